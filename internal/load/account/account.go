// Package account reads what aws iam get-account-authorization-details prints:
// the users, groups, roles and policies of an account, with their documents.
//
// It imports source, value, app, the policy grammar and the catalogue. Output
// may come in pages, several files of one folder, and for several accounts;
// each account becomes one application of the format "account", whose
// resources have CloudFormation's types. What is read is never changed, and
// what is not understood is a problem.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
package account

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Format is the format of the applications.
const Format = "account"

// GoesOn begins the problem of pages whose last one is missing.
const GoesOn = "the output goes on after this page"

// The lists of a page.
const (
	userList   = "UserDetailList"
	groupList  = "GroupDetailList"
	roleList   = "RoleDetailList"
	policyList = "Policies"
)

// Words stand in every page: a file without any of them is none.
func Words() []string { return []string{userList, groupList, roleList} }

// A Page is one document of the output.
type Page struct {
	File string
	root *source.Node
	next *source.Node // what says that further pages follow
}

// Parse reads a file; no pages and no problems where it is something else.
func Parse(file string, data []byte, limits source.Limits) ([]*Page, []source.Problem) {
	if !slices.ContainsFunc(Words(), func(w string) bool { return bytes.Contains(data, []byte(w)) }) {
		return nil, nil
	}
	root, problems := source.Parse(file, data, limits)
	if root == nil {
		if !bytes.HasPrefix(bytes.TrimLeft(source.Plain(data), " \t\r\n"), []byte("{")) || bytes.Contains(data, []byte("AWSTemplateFormatVersion")) {
			return nil, nil // some other document that cannot be read
		}
		return nil, problems
	}
	list := []*source.Node{root}
	if root.Is(source.ListNode) {
		list = root.Items
	}
	var pages []*Page
	for _, n := range list {
		if isPage(n) {
			pages = append(pages, &Page{File: file, root: n})
		}
	}
	if len(pages) == 0 {
		return nil, nil
	}
	if len(pages) < len(list) {
		problems = append(problems, problem(root.Span, "%d of the %d elements are no pages of get-account-authorization-details and are not read", len(list)-len(pages), len(list)))
	}
	return pages, problems
}

func isPage(n *source.Node) bool {
	return slices.ContainsFunc(Words(), func(w string) bool { return n.Get(w).Is(source.ListNode) })
}

// A Stack is one account with its resources.
type Stack struct {
	App       *app.App
	Resources []*app.Resource
}

// Stacks makes the accounts of all pages, in the order of their ids. The pages
// of one folder belong together: an account that stands in several is one. The
// pages are used up, so that a large account is not held twice.
func Stacks(pages []*Page) ([]Stack, []source.Problem) {
	r := &reader{accounts: map[string]*account{}, byFile: map[string][]*account{}, aws: map[string]map[string]*value.Value{}}
	sorted := slices.Clone(pages)
	slices.SortStableFunc(sorted, func(a, b *Page) int { return strings.Compare(a.File, b.File) })
	for _, p := range sorted {
		r.page(p)
		p.next = p.more()
		p.root = nil
	}
	r.truncated(sorted)
	r.finish()
	var out []Stack
	for _, a := range r.order {
		out = append(out, a.stack())
	}
	return out, r.problems
}

// A reader collects accounts from pages.
type reader struct {
	accounts map[string]*account // by folder and account id
	order    []*account
	byFile   map[string][]*account // that start in the file
	// aws are the documents of AWS's own policies that differ from what is
	// embedded, by folder and ARN.
	aws      map[string]map[string]*value.Value
	problems []source.Problem
	said     map[string]bool // what is reported once a file
}

// An account is what was read of one account.
type account struct {
	id, partition string
	appID         string
	files         []string
	entities      []*entity
	byKey         map[string]*entity
	policies      map[string]string       // keys of the managed policies, by ARN
	aws           map[string]*value.Value // documents of AWS's own
}

// An entity is one user, group, role, policy or instance profile.
type entity struct {
	typ, name, arn string
	file           string
	span           source.Span
	fields         []value.Field
	finish         func(*entity) // sets what needs the whole account
}

func (r *reader) problem(span source.Span, format string, args ...any) {
	r.problems = append(r.problems, problem(span, format, args...))
}

// account returns the account that an ARN belongs to, as the pages of the
// file's folder tell of it.
func (r *reader) account(file, arn string) *account {
	parts := strings.SplitN(arn, ":", 6)
	key := path.Dir(file) + "\n" + parts[4]
	a := r.accounts[key]
	if a == nil {
		a = &account{id: parts[4], partition: parts[1], byKey: map[string]*entity{}, policies: map[string]string{}, aws: r.awsDocuments(file)}
		r.accounts[key] = a
		r.order = append(r.order, a)
		r.byFile[file] = append(r.byFile[file], a)
	}
	if !slices.Contains(a.files, file) {
		a.files = append(a.files, file)
	}
	return a
}

// awsDocuments are the documents of AWS's own policies in the file's folder.
func (r *reader) awsDocuments(file string) map[string]*value.Value {
	dir := path.Dir(file)
	if r.aws[dir] == nil {
		r.aws[dir] = map[string]*value.Value{}
	}
	return r.aws[dir]
}

// truncated notes that the last page is missing where each page of a folder
// says that there are more.
func (r *reader) truncated(pages []*Page) {
	last := map[string]bool{}
	for _, p := range pages {
		if p.next == nil {
			last[path.Dir(p.File)] = true
		}
	}
	for _, p := range pages {
		if dir := path.Dir(p.File); !last[dir] {
			last[dir] = true
			r.problem(p.next.Span, GoesOn+", and no file of the folder holds the last page; put all pages into it, or run the command without --max-items")
		}
	}
}

// more is the element that says that further pages follow, or nil.
func (p *Page) more() *source.Node {
	if n := p.root.Get("IsTruncated"); n.Is(source.BoolNode) && n.Text == "true" {
		return n
	}
	if n := p.root.Get("NextToken"); n.Is(source.StringNode) {
		return n
	}
	return nil
}

// finish names the accounts: by the file that they start in, with their id
// where that holds several.
func (r *reader) finish() {
	for _, a := range r.order {
		a.appID = a.files[0]
		if len(r.byFile[a.files[0]]) > 1 {
			a.appID += "/" + a.id
		}
	}
	for _, a := range r.order {
		for _, e := range a.entities {
			if e.finish != nil {
				e.finish(e)
			}
		}
	}
	slices.SortFunc(r.order, func(a, b *account) int { return strings.Compare(a.appID, b.appID) })
}

// add files an entity; the first of equal ones counts.
func (r *reader) add(a *account, e *entity) {
	key := e.key()
	if old := a.byKey[key]; old != nil {
		if old.file != e.file {
			r.once(e.file, "stands in "+old.file+" too", e.span, "%s of the account %s stands in %s too, and perhaps more does; the first is read: keep the output of one run in a folder", e.arn, a.id, old.file)
		} else {
			r.problem(e.span, "%s stands twice; the first is read", e.arn)
		}
		return
	}
	a.byKey[key] = e
	a.entities = append(a.entities, e)
}

// once reports something of a file a single time.
func (r *reader) once(file, what string, span source.Span, format string, args ...any) {
	if r.said == nil {
		r.said = map[string]bool{}
	}
	if key := file + "\n" + what; !r.said[key] {
		r.said[key] = true
		r.problem(span, format, args...)
	}
}

func (e *entity) key() string {
	return strings.ToLower(e.typ[strings.LastIndexByte(e.typ, ':')+1:]) + "/" + e.name
}

func (a *account) resourceID(key string) string { return a.appID + "/" + key }

// stack makes the application.
func (a *account) stack() Stack {
	place := app.Place{Account: value.Lit(a.id), Partition: value.Lit(a.partition)}
	s := Stack{App: &app.App{ID: a.appID, Name: a.id, Format: Format, Root: a.files[0], Files: slices.Clone(a.files), Place: place}}
	for _, e := range a.entities {
		s.Resources = append(s.Resources, &app.Resource{
			ID: a.resourceID(e.key()), LogicalID: e.name, Type: e.typ, Span: e.span, Name: value.Lit(e.name), Exists: value.Yes,
			Props: value.NewMap(e.fields, e.span), Metadata: value.NewAbsent(e.span),
			DeletionPolicy: value.NewAbsent(e.span), UpdateReplacePolicy: value.NewAbsent(e.span),
		})
	}
	return s
}

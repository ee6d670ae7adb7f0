package access

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A PolicyFile is a policy that stands in a file of its own.
type PolicyFile struct {
	Path     string
	Doc      *policy.Document
	Kind     policy.Kind
	Problems []source.Problem
	Compiled *iam.Policy
}

// addFiles reads the policies that stand alone: JSON or YAML documents with
// statements that no application claims.
func (m *Model) addFiles(root *source.Root) {
	read := map[string]bool{}
	for _, f := range m.Project.Files {
		read[f] = true
	}
	files, _ := root.Files()
	m.there = map[string]bool{}
	for _, f := range files {
		m.there[f.Path] = true
	}
	found, problems := policies(root, files, read)
	m.Problems = append(m.Problems, problems...)
	for _, p := range found {
		m.addFile(p)
	}
}

// holder is whoever has a policy that stands alone.
func holder(account value.Text, file string) iam.Principal {
	return iam.Role(value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":role/"), value.Fresh("holder of "+file)))
}

// Policies are the policies that stand alone below a root.
func Policies(root *source.Root) []*PolicyFile {
	files, _ := root.Files()
	found, problems := policies(root, files, nil)
	if len(found) > 0 {
		found[0].Problems = append(problems, found[0].Problems...)
	}
	return found
}

func policies(root *source.Root, files []source.File, read map[string]bool) (out []*PolicyFile, problems []source.Problem) {
	problem := func(file, format string, args ...any) {
		problems = append(problems, source.Problem{Span: source.FileSpan(file), Message: fmt.Sprintf(format, args...)})
	}
	for _, f := range files {
		switch strings.ToLower(path.Ext(f.Path)) {
		case ".json", ".yaml", ".yml", ".policy", "":
		default:
			continue
		}
		if read[f.Path] {
			continue
		}
		if f.Size > root.Limits().FileBytes {
			if is, err := root.Contains(f.Path, `"Statement"`); err == nil && is {
				p := unreadable(f.Path)
				p.Problems = []source.Problem{{Span: source.FileSpan(f.Path), Message: fmt.Sprintf("the policy has %d MB; remit reads files up to %d MB", f.Size>>20, root.Limits().FileBytes>>20)}}
				out = append(out, p)
			}
			continue
		}
		data, err := root.Read(f.Path)
		if err != nil {
			problem(f.Path, "the file is not read: %v", err)
			continue
		}
		if p := ParsePolicy(f.Path, data, root.Limits()); p != nil {
			out = append(out, p)
		}
	}
	return out, problems
}

func (m *Model) addFile(p *PolicyFile) {
	m.Files = append(m.Files, p)
	m.Problems = append(m.Problems, p.Problems...)
	p.Compiled = iam.Compile(p.Doc)
	m.policies[p.Compiled] = origin{name: p.Path}
	switch p.Kind {
	case policy.Identity:
		account := m.account
		if account.IsEmpty() {
			account = value.Hole("AWS::AccountId")
		}
		m.Identities = append(m.Identities, &Identity{ID: p.Path, Name: p.Path, Kind: "policy",
			Identity: iam.Identity{Principal: holder(account, p.Path), Policies: []*iam.Policy{p.Compiled}}})
	default:
		g := &Guarded{Name: p.Path, File: p, Trust: p.Kind == policy.Trust}
		m.guard(g, p.Doc, p.Path, "")
		p.Compiled = g.Policy
	}
}

// ParsePolicy reads a policy that stands alone, as it is or as AWS's commands
// print it; nil where the file is something else.
func ParsePolicy(file string, data []byte, limits source.Limits) *PolicyFile {
	if !bytes.Contains(bytes.ToLower(data), []byte("statement")) {
		return nil
	}
	root, problems := source.Parse(file, data, limits)
	if root == nil {
		if len(problems) == 0 || !seems(file, source.Plain(data)) {
			return nil
		}
		p := unreadable(file)
		p.Problems = problems
		return p
	}
	n := unwrap(root)
	if n == nil {
		return nil
	}
	doc, more := policy.Parse(value.FromNode(n))
	if doc == nil {
		return nil
	}
	return &PolicyFile{Path: file, Doc: doc, Kind: kindOf(doc), Problems: append(problems, more...)}
}

// unreadable is a policy of which nothing is known.
func unreadable(file string) *PolicyFile {
	doc, _ := policy.Parse(value.NewUnresolved("the file cannot be read", source.FileSpan(file), nil))
	return &PolicyFile{Path: file, Doc: doc}
}

// seems tells whether a file that cannot be read would be a policy.
func seems(file string, text []byte) bool {
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return bytes.Contains(text, []byte(`"Statement"`))
	}
	return path.Ext(file) != "" && bytes.Contains(text, []byte("Statement")) && bytes.Contains(text, []byte("Effect"))
}

// unwrap finds the document in what AWS's commands print around it:
// get-policy-version, get-role-policy, get-bucket-policy, describe-policy.
func unwrap(n *source.Node) *source.Node {
	if !n.Is(source.MapNode) {
		return nil
	}
	for _, f := range n.Fields {
		if strings.EqualFold(f.Key, "Statement") {
			return n
		}
	}
	for _, keys := range [][]string{{"PolicyVersion", "Document"}, {"PolicyDocument"}, {"Policy"}, {"ResourcePolicy"}, {"Policy", "Content"}} {
		if inner := n.Path(keys...); inner.Is(source.MapNode) && inner.Has("Statement") || inner.Is(source.StringNode) && strings.Contains(inner.Text, `"Statement"`) {
			return inner
		}
	}
	return nil
}

// kindOf tells what a document does by what it says: one that names whom it is
// about belongs to a resource, and without a resource to a role.
func kindOf(doc *policy.Document) policy.Kind {
	principal, resource := false, false
	for i := range doc.Statements {
		s := &doc.Statements[i]
		principal = principal || s.Principal != nil || s.NotPrincipal != nil
		resource = resource || s.Resource.Present || s.NotResource.Present
	}
	switch {
	case !principal:
		return policy.Identity
	case !resource && slices.ContainsFunc(doc.Statements, assumes):
		return policy.Trust
	case !resource:
		return policy.OwnResource
	}
	return policy.Resource
}

func assumes(s policy.Statement) bool {
	return slices.ContainsFunc(s.Action.Items, func(it policy.Item) bool {
		return strings.HasPrefix(strings.ToLower(it.String()), "sts:")
	})
}

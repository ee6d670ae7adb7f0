package organisation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Document is a policy document as an organisation has it: JSON, or parsed
// from sources, perhaps with holes. Documents are told apart by their content,
// but one that many principals share is cheapest as one pointer.
type Document struct {
	name   string
	text   string
	parsed *policy.Document
}

// JSON is a document that is written as JSON; name is what problems call it.
func JSON(name, text string) *Document { return &Document{name: name, text: text} }

// Parsed is a document that was parsed before.
func Parsed(name string, doc *policy.Document) *Document { return &Document{name: name, parsed: doc} }

// Managed is AWS's managed policy with the ARN.
func Managed(arn string) (*Document, bool) {
	doc, ok := catalogue.Managed(arn)
	return Parsed(arn, doc), ok
}

// mark encloses what stands for an ARN, or for the owner's account and the
// resource itself, in the text of a shape; no policy holds it.
const (
	mark     = "\u2063"
	selfMark = mark + "S" + mark
	ownMark  = mark + "A" + mark
)

// A shape is a document without the names in it: documents of one shape say the
// same of different resources. Of an identity's document the resource patterns
// are taken out, of a resource's its own ARN and account.
type shape struct {
	id     uint32
	name   string
	text   string // with marks
	parsed *policy.Document
	// slots are the resource patterns in the order of the statements.
	slots []slot
	// names are patterns of principals that the document tells apart.
	names []string
	// tags are the keys of principal tags in it, resourceTags those of
	// resources as conditions write them; lower case.
	tags, resourceTags []string
	personal           bool // it tells callers apart in other ways
	byARN              bool // by their ARN
	account            bool // it tells accounts apart
	byPath             bool // it tells apart places in the organisation
	varies             bool // its resource patterns have variables
	broken             bool // it could not be read at all
	noted              bool // its tags are among those of the index
	notedOutside       bool // and among those that resources tell apart
	grants             grants
	statements         []saying
}

// A saying is what a statement's actions are, to tell whether it may matter.
type saying struct {
	allow   bool // or may
	open    bool // not known
	not     bool // NotAction
	actions []string
}

// A slot is one resource pattern of a document.
type slot struct {
	arg       int // which of the texts taken out; -1: text
	text      value.Text
	statement int
	allow     bool // the statement allows, or may
	not       bool // under NotResource
	variables bool
}

// grants are whom the Allow statements of a resource's document name.
type grants struct {
	open     bool // anybody, or it is not known whom
	accounts []string
	names    []string
}

// documents interns documents.
type documents struct {
	byPointer map[*Document]*document
	byKey     map[string]*document
	shapes    map[string]*shape
	raw       map[string][]int // of a skeleton: which texts stay what they are
	problems  []source.Problem
	count     uint32
	list      []*document // by number
}

// A document is one with its names: a shape and the texts taken out of it.
type document struct {
	id    uint32
	shape *shape
	args  []string
}

func newDocuments() *documents {
	return &documents{byPointer: map[*Document]*document{}, byKey: map[string]*document{}, shapes: map[string]*shape{}, raw: map[string][]int{}}
}

// identity interns a document whose resource patterns are taken out.
func (ds *documents) identity(d *Document) *document {
	if d == nil {
		return nil
	}
	if x, ok := ds.byPointer[d]; ok {
		return x
	}
	x := ds.identityText(d)
	ds.byPointer[d] = x
	return x
}

func (ds *documents) identityText(d *Document) *document {
	if d.parsed != nil {
		return ds.parsedDocument(d)
	}
	skeleton, args := takeOut(d.text)
	fixed, ok := ds.raw[skeleton]
	if !ok {
		fixed = ds.fixed(skeleton, len(args))
		ds.raw[skeleton] = fixed
	}
	text, free := skeleton, args
	if len(fixed) > 0 {
		text, free = putBack(skeleton, args, fixed)
	}
	return ds.intern(d.name, text, free)
}

func (ds *documents) parsedDocument(d *Document) *document {
	s := &shape{id: uint32(len(ds.shapes)), name: d.name, parsed: d.parsed}
	ds.shapes[mark+"parsed "+strconv.Itoa(int(s.id))] = s
	s.read(d.parsed)
	ds.count++
	return &document{id: ds.count, shape: s}
}

func (ds *documents) intern(name, text string, args []string) *document {
	s := ds.shape(name, text)
	key := strconv.Itoa(int(s.id)) + mark + strings.Join(args, mark)
	x, ok := ds.byKey[key]
	if !ok {
		ds.count++
		x = &document{id: ds.count, shape: s}
		if len(args) > 0 { // parts of the key, so that the text they come from can go
			x.args = strings.Split(key, mark)[1:]
		}
		ds.byKey[key] = x
	}
	return x
}

// forget lets go of documents that are only known by their text.
func (ds *documents) forget() {
	for d := range ds.byPointer {
		if d.parsed == nil {
			delete(ds.byPointer, d)
		}
	}
}

func (ds *documents) shape(name, text string) *shape {
	s, ok := ds.shapes[text]
	if !ok {
		doc, problems := policy.ParseJSON(name, []byte(text))
		ds.problems = append(ds.problems, problems...)
		text = strings.Clone(text)
		s = &shape{id: uint32(len(ds.shapes)), name: name, text: text}
		ds.shapes[text] = s
		s.read(doc)
	}
	return s
}

// resource interns the document of a resource, whose own ARN and account are
// taken out.
func (ds *documents) resource(d *Document, self, account string) *document {
	if d == nil {
		return nil
	}
	if d.parsed != nil {
		return ds.identity(d)
	}
	text := strings.ReplaceAll(d.text, `"`+self, `"`+selfMark)
	text, args := takePrincipals(text)
	text = strings.ReplaceAll(text, account, ownMark)
	text, args = takeAccounts(text, args)
	return ds.intern(d.name, text, args)
}

// takePrincipals replaces the ARNs of roles and users by numbered marks.
func takePrincipals(text string) (string, []string) {
	var b strings.Builder
	var args []string
	from := 0
	for at := 0; ; {
		i := strings.Index(text[at:], `"arn:`)
		if i < 0 {
			break
		}
		start := at + i + 1
		length := strings.IndexByte(text[start:], '"')
		if length < 0 {
			break
		}
		at = start + length
		s := text[start:at]
		if parts := strings.SplitN(s, ":", 6); len(parts) < 6 || parts[2] != "iam" || strings.ContainsAny(s, `*?$\`) ||
			!strings.HasPrefix(parts[5], "role/") && !strings.HasPrefix(parts[5], "user/") {
			continue
		}
		b.WriteString(text[from:start])
		b.WriteString(principalMark(len(args)))
		args = append(args, s)
		from = at
	}
	if from == 0 {
		return text, nil
	}
	b.WriteString(text[from:])
	return b.String(), args
}

func principalMark(n int) string { return mark + "P" + strconv.Itoa(n) + mark }

// takeAccounts replaces the ids of other accounts by numbered marks.
func takeAccounts(text string, others []string) (string, []string) {
	var b strings.Builder
	from := 0
	for i := 0; i+12 < len(text); i++ {
		if c := text[i]; (c != ':' && c != '"') || !isAccount(text[i+1:i+13]) {
			continue
		}
		if end := i + 13; end < len(text) && (text[end] == ':' || text[end] == '"') {
			id := text[i+1 : end]
			n := slices.Index(others, id)
			if n < 0 {
				n = len(others)
				others = append(others, id)
			}
			b.WriteString(text[from : i+1])
			b.WriteString(foreignMark(n))
			from = end
			i = end - 1
		}
	}
	if from == 0 {
		return text, others
	}
	b.WriteString(text[from:])
	return b.String(), others
}

func foreignMark(n int) string { return mark + "B" + strconv.Itoa(n) + mark }

// foreign writes the principals and the ids of other accounts into a string of a
// resource's document.
func (x *document) foreign(s string) string {
	if strings.Contains(s, mark+"B") || strings.Contains(s, mark+"P") {
		for i, a := range x.args {
			s = strings.ReplaceAll(strings.ReplaceAll(s, foreignMark(i), a), principalMark(i), a)
		}
	}
	return s
}

// takeOut replaces the ARNs among a JSON text's strings by numbered marks; those
// with variables say something of the caller and stay.
func takeOut(text string) (string, []string) {
	var b strings.Builder
	var args []string
	b.Grow(len(text))
	from := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		end, escaped := i+1, false
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				escaped = true
				end++
			}
			end++
		}
		if end >= len(text) {
			break
		}
		if s := text[i+1 : end]; !escaped && strings.HasPrefix(s, "arn:") && !strings.Contains(s, "${") && !isKey(text[end+1:]) {
			b.WriteString(text[from : i+1])
			b.WriteString(markOf(len(args)))
			args = append(args, s)
			from = end
		}
		i = end
	}
	b.WriteString(text[from:])
	return b.String(), args
}

func isKey(after string) bool {
	return strings.HasPrefix(strings.TrimLeft(after, " \t\r\n"), ":")
}

func markOf(n int) string { return mark + strconv.Itoa(n) + mark }

// fixed are the texts of a skeleton that are no resource patterns, and so
// belong to its shape.
func (ds *documents) fixed(skeleton string, n int) []int {
	free := make([]bool, n)
	if doc, _ := policy.ParseJSON("policy", []byte(skeleton)); doc != nil {
		for i := range doc.Statements {
			for _, l := range []policy.List{doc.Statements[i].Resource, doc.Statements[i].NotResource} {
				for _, it := range l.Items {
					if k, ok := markNumber(it.Text); ok {
						free[k] = true
					}
				}
			}
		}
	}
	var out []int
	for i, ok := range free {
		if !ok {
			out = append(out, i)
		}
	}
	return out
}

func markNumber(t value.Text) (int, bool) {
	s, _ := t.Known()
	if !strings.HasPrefix(s, mark) || len(s) < 2*len(mark) {
		return 0, false
	}
	n, err := strconv.Atoi(s[len(mark) : len(s)-len(mark)])
	return n, err == nil
}

// putBack writes the texts with the numbers into the skeleton and counts the
// others anew.
func putBack(skeleton string, args []string, fixed []int) (string, []string) {
	var b strings.Builder
	var free []string
	for i, a := range args {
		before, after, _ := strings.Cut(skeleton, markOf(i))
		b.WriteString(before)
		skeleton = after
		if slices.Contains(fixed, i) {
			b.WriteString(a)
			continue
		}
		b.WriteString(markOf(len(free)))
		free = append(free, a)
	}
	b.WriteString(skeleton)
	return b.String(), free
}

// compile compiles the document as it was written. self and account are those
// of the resource that carries it.
func (x *document) compile(self, account string) *iam.Policy {
	s := x.shape
	if s.parsed != nil {
		return iam.Compile(s.parsed)
	}
	text := x.foreign(s.text)
	for i, a := range x.args {
		text = strings.Replace(text, markOf(i), a, 1)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, selfMark, self), ownMark, account)
	doc, _ := policy.ParseJSON(s.name, []byte(text))
	return iam.Compile(doc)
}

// pattern is the text of a slot.
func (x *document) pattern(i int) value.Text {
	s := &x.shape.slots[i]
	if s.arg >= 0 && s.arg < len(x.args) {
		return value.Lit(x.args[s.arg])
	}
	return s.text
}

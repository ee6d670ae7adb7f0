package app

import (
	"slices"
	"sort"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A grant is a permission with what comparing it with entries needs.
type grant struct {
	Permission
	kind    EntryKind
	limited bool // to a SourceArn
	arn     value.Pattern
	service string // of the ARN; empty where it is not known
	length  int
	// whole is the resource of the project that SourceArn is, as a reference.
	whole *Resource
	// method and path are the end of an execute-api ARN, where it has one;
	// prefix is the path up to its first wildcard.
	route        bool
	method, path value.Pattern
	prefix       string
}

func grantOf(p Permission) grant {
	principal, _ := p.Principal().Known()
	g := grant{Permission: p, kind: callerKind(principal), limited: p.SourceArn().Exists() != value.No}
	text := p.SourceArn().Text()
	arn := anyPartition(text)
	g.arn, g.service, g.length = value.NewPattern(arn), serviceIn(arn), len(text.String())
	g.whole = p.App.Target(p.SourceArn())
	if parts := text.Split('/', 4); len(parts) == 4 { // API/STAGE/METHOD/PATH
		g.route, g.method, g.path = true, value.NewPattern(parts[2]), value.NewPattern(parts[3])
		g.prefix = literalPrefix(parts[3])
	}
	return g
}

// serviceIn is the service of an ARN without its partition, where it is known
// and no pattern.
func serviceIn(arn value.Text) string {
	if len(arn.Parts()) == 0 {
		return ""
	}
	rest, ok := strings.CutPrefix(arn.Parts()[0].Lit, "arn::")
	service, _, whole := strings.Cut(rest, ":")
	if !ok || !whole || strings.ContainsAny(service, "*?") {
		return ""
	}
	return service
}

// literalPrefix is a pattern's text up to its first wildcard or hole.
func literalPrefix(t value.Text) string {
	if len(t.Parts()) == 0 || t.Parts()[0].Hole != "" {
		return ""
	}
	lit := t.Parts()[0].Lit
	if i := strings.IndexAny(lit, "*?"); i >= 0 {
		return lit[:i]
	}
	return lit
}

// A caller is an entry with what comparing it with permissions needs.
type caller struct {
	*Entry
	// method and path are those of the route; the path without its first
	// slash and with variables as *. Both are empty where it is not known.
	method, path string
	length       int // of the SourceArn of the entry's permission
}

func callerOf(e *Entry) caller {
	c := caller{Entry: e}
	if e.Route != nil {
		if path, ok := e.Route.Path.Known(); ok {
			c.method, c.path = e.Route.Method, variables(strings.TrimPrefix(path, "/"))
		}
	}
	return c
}

// A callerIndex holds the entries of a function, found by what a permission says of
// their source, so that not every permission meets every entry.
type callerIndex struct {
	all []caller
	// of are the callers that a resource sends or declares.
	of map[*Resource]*lane
	// senders are those resources that have ARNs, by the service in them; empty
	// where the type does not tell it.
	senders map[string][]*sender
	// strangers are the callers whose source is not of the project.
	strangers []*caller
	// swept are the kinds of which a permission without SourceArn was seen,
	// with whether it served an entry.
	swept map[EntryKind]bool
}

// A lane holds the callers of one resource: routes by their paths, and others.
type lane struct {
	routes []*caller // sorted by path
	others []*caller
}

// A sender is a resource with its ARN, which is made when it is first asked
// for.
type sender struct {
	*Resource
	arn value.Text
}

func (s *sender) matches(g *grant) bool {
	if s.arn.IsEmpty() {
		s.arn = anyPartition(s.ARN())
	}
	return g.arn.Match(s.arn) != value.No
}

func indexCallers(list []Entry) *callerIndex {
	x := &callerIndex{all: make([]caller, len(list)), of: map[*Resource]*lane{}, senders: map[string][]*sender{}, swept: map[EntryKind]bool{}}
	for i := range list {
		x.all[i] = callerOf(&list[i])
		c := &x.all[i]
		if c.Source == nil {
			x.strangers = append(x.strangers, c)
		}
		x.put(c.In, c)
		if c.Source != c.In {
			x.put(c.Source, c)
		}
	}
	for _, l := range x.of {
		slices.SortStableFunc(l.routes, func(a, b *caller) int { return strings.Compare(a.path, b.path) })
	}
	return x
}

func (x *callerIndex) put(r *Resource, c *caller) {
	if r == nil {
		return
	}
	l := x.of[r]
	if l == nil {
		l = &lane{}
		x.of[r] = l
		if row := namings[r.Type]; row.arn != "" {
			service := serviceIn(value.Lit(strings.Replace(row.arn, "${P}", "", 1)))
			x.senders[service] = append(x.senders[service], &sender{Resource: r})
		}
	}
	if c.method == "" {
		l.others = append(l.others, c)
	} else {
		l.routes = append(l.routes, c)
	}
}

// permit gives the permission to every entry that it may be meant for and that
// has none which names its source more closely. It reports whether there is
// such an entry.
func (x *callerIndex) permit(g grant) bool {
	if !g.limited {
		used, known := x.swept[g.kind]
		if !known {
			for i := range x.all {
				used = x.all[i].take(g) || used
			}
			x.swept[g.kind] = used
		}
		return used
	}
	used := false
	named := map[*Resource]bool{}
	for _, ref := range g.SourceArn().Refs() {
		r := g.App.Project.Resource(ref.Resource)
		if l := x.of[r]; l != nil && !named[r] {
			named[r] = true
			used = l.permit(g) || used
		}
	}
	if g.whole != nil { // it is this resource, and no other has its ARN
		return used
	}
	for service, senders := range x.senders { // in whatever order: every one is asked
		if g.service != "" && service != "" && g.service != service {
			continue
		}
		for _, s := range senders {
			if !named[s.Resource] && s.matches(&g) {
				used = x.of[s.Resource].matched(g, named) || used
			}
		}
	}
	if len(g.SourceArn().Refs()) == 0 {
		for _, c := range x.strangers {
			used = c.take(g) || used
		}
	}
	return used
}

// matched gives the permission to all callers of a resource whose ARN it
// matches, but those that it names by reference.
func (l *lane) matched(g grant, named map[*Resource]bool) bool {
	used := false
	for _, list := range [...][]*caller{l.others, l.routes} {
		for _, c := range list {
			if !named[c.In] && !named[c.Source] {
				used = c.take(g) || used
			}
		}
	}
	return used
}

// permit is callerIndex.permit for the callers of a resource that SourceArn names.
// The end of an execute-api ARN says which routes it is for; one that ends
// earlier is for the whole API or stage.
func (l *lane) permit(g grant) bool {
	used := false
	for _, c := range l.others {
		used = c.take(g) || used
	}
	routes := l.routes
	if g.route {
		from := sort.Search(len(routes), func(i int) bool { return routes[i].path >= g.prefix })
		routes = routes[from:]
	}
	for _, c := range routes {
		if !g.route {
			used = c.take(g) || used
			continue
		}
		if !strings.HasPrefix(c.path, g.prefix) {
			break
		}
		if (c.method == "ANY" || g.method.MatchString(c.method) != value.No) && g.path.MatchString(c.path) != value.No {
			used = c.take(g) || used
		}
	}
	return used
}

// take gives the entry the permission, unless it has one that names its source
// more closely. It reports whether the permission's principal sends such
// entries.
func (c *caller) take(g grant) bool {
	if !serves(g.kind, c.Kind) {
		return false
	}
	if c.Permission == nil || g.length > c.length {
		c.Permission, c.length = g.Permission.Resource, g.length
	}
	return true
}

// variables replaces a path's variables as permissions write them.
func variables(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Options say where the application goes.
type Options struct {
	// Place is the application's: resources of another place get their own.
	Place app.Place
	// Dir is the folder of the root module relative to the scanned root, from
	// which local paths count; without it no assets are told.
	Dir string
}

// Resources maps the managed instances of one application to resources. Data
// sources among the instances are asked for what the resources name of them.
// The resources come in the order of the instances; problems name what was not
// read, once a type.
func Resources(instances []*lang.Instance, o Options) ([]*app.Resource, []source.Problem) {
	m := newMapper(instances, o)
	for _, in := range instances {
		if !in.Data {
			m.instance(in)
		}
	}
	for _, in := range m.parts {
		m.merge(in)
	}
	m.join()
	for _, r := range m.out {
		if strings.HasPrefix(r.Type, "AWS::IAM::") {
			attachOnce(r)
		}
	}
	m.redirect()
	m.unreadProblems()
	return m.out, m.problems
}

// A mapper maps the instances of one application.
type mapper struct {
	provider
	options Options
	byID    map[string]*lang.Instance
	ofType  map[string][]*lang.Instance
	out     []*app.Resource
	made    map[string]*app.Resource // by the id of the instance
	parts   []*lang.Instance         // of which the wholes are not yet known
	merged  map[string]string        // a part's id to its whole's
	joins   map[*app.Resource]*joining
	assets  map[string][]app.Asset // by the id of the instance
	wholes  map[string]map[string][]*lang.Instance
	outputs map[string]*lang.Instance // archives by the text of their path
	objects map[string]*value.Value   // files by the bucket and key that they are uploaded to

	problems []source.Problem
	unread   map[string]map[string]bool // arguments that no row reads, by type
	first    map[string]source.Span     // where a type has something unread
	unknown  map[string]int             // resources of types without a table
	widening map[string]int             // resources that give what is not counted
}

func newMapper(instances []*lang.Instance, o Options) *mapper {
	m := &mapper{
		provider: provider{allTables()}, options: o,
		byID:   make(map[string]*lang.Instance, len(instances)),
		ofType: map[string][]*lang.Instance{},
		made:   make(map[string]*app.Resource, len(instances)),
		merged: map[string]string{}, joins: map[*app.Resource]*joining{}, assets: map[string][]app.Asset{},
		wholes: map[string]map[string][]*lang.Instance{},
		unread: map[string]map[string]bool{}, first: map[string]source.Span{}, unknown: map[string]int{}, widening: map[string]int{},
	}
	for _, in := range instances {
		m.byID[in.ID] = in
		m.ofType[m.typeOf(in)] = append(m.ofType[m.typeOf(in)], in)
	}
	return m
}

// instance maps one instance, or puts a part by until all wholes are there.
func (m *mapper) instance(in *lang.Instance) {
	t := m.tables.of(in.Type, false)
	switch {
	case t == nil:
		m.withoutTable(in)
	case t.plain:
		if strings.HasPrefix(in.Type, "aws_") {
			m.raw(in)
		}
		if t.widens != "" && (t.widensIf == "" || in.Attrs.Get(t.widensIf).Exists() != value.No) {
			m.note(in, m.widening)
		}
	case len(t.parts) > 0:
		m.parts = append(m.parts, in)
		m.unreadIn(in, t)
	default:
		m.add(in, t.cfn, m.props(in, t))
		m.unreadIn(in, t)
	}
}

// props are the properties that the table and its shape make.
func (m *mapper) props(in *lang.Instance, t *table) *value.Value {
	props := withPresets(t.defaults, mapped(t.rows, tagged(in)), in.Span)
	if f := shapeOf(in.Type); f != nil {
		s := &shaping{mapper: m, in: in, props: props}
		f(s)
		props = s.props
	}
	if props.Kind() != value.Map {
		props = value.NewMap(nil, in.Span)
	}
	why := in.Attrs.Why()
	if in.Attrs.Kind() == value.Unresolved || why != "" {
		return value.NewOpenMap(props.Fields(), why, props.Span())
	}
	return props
}

// tagged are the arguments with the tags that the provider configuration adds
// where the resource writes none.
func tagged(in *lang.Instance) *value.Value {
	if in.DefaultTags == nil || in.Attrs.Kind() != value.Map || in.Attrs.Get("tags").Exists() != value.No {
		return in.Attrs
	}
	tags := value.Field{Key: "tags", KeySpan: in.DefaultTags.Span(), Value: in.DefaultTags}
	return remap(in.Attrs, append(slices.Clone(in.Attrs.Fields()), tags), in.Attrs.Span())
}

// add makes the resource of an instance.
func (m *mapper) add(in *lang.Instance, typ string, props *value.Value) *app.Resource {
	r := &app.Resource{
		ID: in.ID, LogicalID: in.Address, Type: typ, Span: in.Span, Name: m.nameOf(in),
		Exists: in.Exists, When: in.When, Props: keepUnread(props, in, m.tables.of(in.Type, false)), DependsOn: in.DependsOn,
		Assets: m.assets[in.ID],
	}
	if place := in.Place; !samePlace(place, m.options.Place) {
		r.Place = &place
	}
	switch in.Protected {
	case value.Yes:
		r.DeletionPolicy = value.NewText(value.Lit("Retain"), in.Span)
	case value.Unknown:
		r.DeletionPolicy = value.NewUnresolved("prevent_destroy", in.Span, nil)
	}
	m.out = append(m.out, r)
	m.made[in.ID] = r
	return r
}

// raw keeps an instance under Terraform's names.
func (m *mapper) raw(in *lang.Instance) {
	props := in.Attrs
	if props.Kind() != value.Map {
		props = value.NewMap(nil, in.Span)
	}
	m.add(in, in.Type, withoutSecrets(in.Type, props))
}

// withoutTable keeps what no table knows under its own names, and leaves out
// what is not AWS's.
func (m *mapper) withoutTable(in *lang.Instance) {
	m.note(in, m.unknown)
	if strings.HasPrefix(in.Type, "aws_") || strings.HasPrefix(in.Type, "awscc_") {
		m.raw(in)
	}
}

// note counts an instance, for one problem about its type.
func (m *mapper) note(in *lang.Instance, counts map[string]int) {
	counts[in.Type]++
	if _, ok := m.first[in.Type]; !ok {
		m.first[in.Type] = in.Span
	}
}

// samePlace reports whether two places are written alike.
func samePlace(a, b app.Place) bool {
	return a.Region.String() == b.Region.String() && a.Account.String() == b.Account.String() && a.Partition.String() == b.Partition.String()
}

// keepUnread adds the arguments that no row reads, whole and under their own
// names.
func keepUnread(props *value.Value, in *lang.Instance, t *table) *value.Value {
	if t == nil || t.plain {
		return props
	}
	unread := map[string]bool{}
	t.read.unread(in.Attrs, "", func(p string) {
		top, _, _ := strings.Cut(p, ".")
		unread[top] = true
	})
	if len(unread) == 0 {
		return props
	}
	fields := slices.Clone(props.Fields())
	for _, f := range in.Attrs.Fields() {
		if unread[f.Key] {
			fields = append(fields, f)
		}
	}
	return remap(props, fields, props.Span())
}

// unread visits the paths of what lies in v and is not in the trie.
func (t *trie) unread(v *value.Value, at string, visit func(path string)) {
	if t.end {
		return
	}
	switch v.Kind() {
	case value.List:
		for _, el := range v.Items() {
			t.unread(el, at, visit)
		}
	case value.Unresolved:
		for _, c := range v.Choices() {
			t.unread(c, at, visit)
		}
	case value.Map:
		for _, f := range v.Fields() {
			p := f.Key
			if at != "" {
				p = at + "." + f.Key
			}
			if next := t.next[f.Key]; next != nil {
				next.unread(f.Value, p, visit)
			} else {
				visit(p)
			}
		}
	}
}

// unreadIn notes the arguments of an instance that no row reads.
func (m *mapper) unreadIn(in *lang.Instance, t *table) {
	t.read.unread(in.Attrs, "", func(p string) {
		if m.unread[in.Type] == nil {
			m.unread[in.Type] = map[string]bool{}
			m.first[in.Type] = in.Span
		}
		m.unread[in.Type][p] = true
	})
}

// unreadProblems says once a type what was not read.
func (m *mapper) unreadProblems() {
	for _, typ := range slices.Sorted(maps.Keys(m.unread)) {
		args := slices.Sorted(maps.Keys(m.unread[typ]))
		verb := "argument %s is"
		if len(args) > 1 {
			verb = "arguments %s are"
		}
		m.problem(m.first[typ], "%s: the "+verb+" not read", typ, enumerate(args))
	}
	others := map[string]source.Span{}
	for _, typ := range slices.Sorted(maps.Keys(m.unknown)) {
		provider, _, _ := strings.Cut(typ, "_")
		switch n := m.unknown[typ]; {
		case provider != "aws":
			if at, ok := others[provider]; !ok || m.first[typ].Compare(at) < 0 {
				others[provider] = m.first[typ]
			}
		case n == 1:
			m.problem(m.first[typ], "%s: one resource is kept under Terraform's name; no rule knows it", typ)
		default:
			m.problem(m.first[typ], "%s: %d resources are kept under Terraform's name; no rule knows it", typ, n)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(others)) {
		if p == "awscc" {
			m.problem(others[p], "resources of the provider awscc are kept under its names; no rule knows them, remit knows aws")
			continue
		}
		m.problem(others[p], "resources of the provider %s are not read; remit knows aws", p)
	}
	for _, typ := range slices.Sorted(maps.Keys(m.widening)) {
		m.problem(m.first[typ], "%s: %s; the analysis does not count it", typ, m.tables.of(typ, false).widens)
	}
}

// enumerate joins names with commas and "and".
func enumerate(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

// redirect lets what depends on a part depend on its whole.
func (m *mapper) redirect() {
	for _, r := range m.out {
		var out []string
		seen := map[string]bool{r.ID: true}
		for _, id := range r.DependsOn {
			if whole := m.merged[id]; whole != "" {
				id = whole
			}
			if m.made[id] != nil && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		r.DependsOn = out
	}
}

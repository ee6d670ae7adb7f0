package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Options say what to read and what the plan does not tell.
type Options struct {
	Root     *source.Root
	Provider lang.Provider
	// App is the application's id, File the plan.
	App, File string
	// Region, Account and Partition are the place of the deployment where the
	// plan does not tell it.
	Region, Account, Partition string
	// Written are the instances that the configuration in the plan's folder
	// evaluates to, where it is at hand: the plan takes spans of them, and what
	// it does not know. Without them the files of that folder are looked into.
	Written []*lang.Instance
	// Files are the files below Root; nil lists them anew when they are needed.
	Files []source.File
}

// A reader reads one plan.
type reader struct {
	o        Options
	problems source.Problems
	doc      *source.Node
	root     *module
	all      []*instance
	byAddr   map[string]*instance
	byBlock  map[string][]*instance
	changes  map[string]*source.Node
	arns     map[string]*instance
	written  map[string]*lang.Instance
	files    []string
	configs  map[string]*folder // of the configuration's files
	listed   map[string][]string
	searches map[searchKey]*search
	places   map[string]app.Place
	deep     int // instances that wait for the one that is built
}

// An instance is a resource of the plan while it is read.
type instance struct {
	lang.Instance
	module   string // the address of its module instance
	node     *source.Node
	values   *source.Node
	unknown  *source.Node
	secret   *source.Node
	config   *source.Node // its block in the plan's configuration
	block    string       // the block's address in its module
	owner    *module
	provider string // the key of its provider configuration
	state    state
}

type state uint8

const (
	waiting state = iota
	building
	built
)

// Read reads a plan or a state. A file that is damaged or of another version
// gives a result with a problem and no instances.
func Read(o Options) *lang.Result {
	r := &reader{o: o, byAddr: map[string]*instance{}, byBlock: map[string][]*instance{}, changes: map[string]*source.Node{},
		arns: map[string]*instance{}, written: map[string]*lang.Instance{}, configs: map[string]*folder{},
		searches: map[searchKey]*search{}, places: map[string]app.Place{}, files: []string{o.File}}
	out := &lang.Result{}
	if r.parse() {
		r.collect()
		for _, in := range r.all {
			r.build(in)
		}
		slices.SortFunc(r.all, func(a, b *instance) int { return strings.Compare(a.Address, b.Address) })
		for _, in := range r.all {
			out.Instances = append(out.Instances, &in.Instance)
		}
		r.provisioners()
		out.Variables, out.Outputs = r.variables(), r.outputs()
		out.Place = r.place("aws")
	}
	slices.Sort(r.files)
	out.Files = slices.Compact(r.files)
	out.Problems = r.problems.Sorted()
	return out
}

func (r *reader) parse() bool {
	data, err := r.o.Root.Read(r.o.File)
	if err != nil {
		r.problems.Add(source.FileSpan(r.o.File), "the plan is not read: %v", err)
		return false
	}
	doc, problems := source.ParseJSON(r.o.File, data, r.o.Root.Limits())
	r.problems.Append(problems...)
	if doc == nil {
		return false
	}
	if err := checkVersion(doc); err != nil {
		r.problems.Add(cmp.Or(fieldSpan(doc, "format_version"), source.FileSpan(r.o.File)), "%v", err)
		return false
	}
	if isTrue(doc.Get("errored")) {
		r.problems.Add(fieldSpan(doc, "errored"), "the plan ended with an error; resources may be missing")
	}
	if c := doc.Get("complete"); c.Is(source.BoolNode) && !isTrue(c) {
		r.problems.Add(c.Span, "the plan is not complete, since it was targeted or deferred; resources may be missing")
	}
	r.doc = doc
	return true
}

func fieldSpan(n *source.Node, key string) source.Span {
	if f := n.Field(key); f != nil {
		return f.Value.Span
	}
	return source.Span{}
}

// collect finds all instances: those planned, data sources that were read
// before the plan, and changes that the planned values lack.
func (r *reader) collect() {
	config := r.doc.Get("configuration")
	r.root = modules(config, Folder(r.o.File))
	for _, w := range r.o.Written {
		r.written[w.Address] = w
	}
	for _, c := range items(r.doc.Get("resource_changes")) {
		if address := text(c.Get("address")); address != "" && !c.Has("deposed") {
			r.changes[address] = c
		}
	}
	top := r.doc.Get("planned_values")
	if top == nil {
		top = r.doc.Get("values")
	}
	r.module(top.Get("root_module"), false)
	r.module(r.doc.Path("prior_state", "values", "root_module"), true)
	for _, c := range items(r.doc.Get("resource_changes")) {
		if !c.Has("deposed") && !leaves(c) {
			r.add(c, c.Path("change", "after"), value.Yes)
		}
	}
	for _, d := range items(r.doc.Get("deferred_changes")) {
		c := d.Get("resource_change")
		r.changes[text(c.Get("address"))] = c
		r.add(c, c.Path("change", "after"), value.Unknown)
	}
}

// leaves reports whether a change only takes a resource away.
func leaves(c *source.Node) bool {
	actions := items(c.Path("change", "actions"))
	for _, a := range actions {
		if a.Text != "delete" && a.Text != "forget" {
			return false
		}
	}
	return len(actions) > 0
}

// module adds the resources of a module and of those below it; of the state
// before the plan only data sources.
func (r *reader) module(m *source.Node, prior bool) {
	for _, res := range items(m.Get("resources")) {
		if prior && text(res.Get("mode")) != "data" || res.Has("deposed_key") {
			continue
		}
		r.add(res, res.Get("values"), value.Yes)
	}
	for _, child := range items(m.Get("child_modules")) {
		r.module(child, prior)
	}
}

func (r *reader) add(res, values *source.Node, exists value.Tri) {
	address := text(res.Get("address"))
	if c := r.changes[address]; c != nil && leaves(c) {
		return
	}
	if address == "" || r.byAddr[address] != nil {
		if address == "" && res != nil {
			r.problems.Add(res.Span, "a resource of the plan has no address; it is not read")
		}
		return
	}
	ss := steps(address)
	n := 0
	for n+1 < len(ss) && ss[n].name == "module" {
		n += 2
	}
	if len(ss)-n != 2 && !(len(ss)-n == 3 && ss[n].name == "data") {
		r.problems.Add(res.Span, "%.200q is no address of a resource; it is not read", address)
		return
	}
	in := &instance{node: res, values: values}
	var module []string
	for _, s := range ss[:n] {
		module = append(module, s.text)
	}
	in.module = strings.Join(module, ".")
	in.Data = ss[n].name == "data"
	in.Type, in.Name = ss[len(ss)-2].name, ss[len(ss)-1].name
	in.block = in.Type + "." + in.Name
	if in.Data {
		in.block = "data." + in.block
	}
	in.Address, in.ID, in.Exists = address, r.o.App+"/"+address, exists
	in.Span = fieldSpan(res, "address")
	in.owner = r.root.at(in.module)
	if in.owner != nil {
		in.config = in.owner.blocks[in.block]
	}
	in.provider = text(in.config.Get("provider_config_key"))
	in.secret = res.Get("sensitive_values")
	if c := r.changes[address]; c != nil {
		in.unknown = c.Path("change", "after_unknown")
		if s := c.Path("change", "after_sensitive"); s != nil {
			in.secret = s
		}
	}
	r.byAddr[address] = in
	key := in.module + "|" + in.block
	r.byBlock[key] = append(r.byBlock[key], in)
	r.all = append(r.all, in)
	if arn := text(in.values.Get("arn")); arn != "" && !in.Data && r.arns[arn] == nil && !sensitive(in.secret, "arn") {
		r.arns[arn] = in
	}
}

// key is the key of the instance in count or for_each.
func (in *instance) key() (string, bool) {
	ss := steps(in.Address)
	if k := ss[len(ss)-1].keys; len(k) > 0 {
		return k[0], true
	}
	return "", false
}

func sensitive(marks *source.Node, key string) bool { return isTrue(marks) || isTrue(marks.Get(key)) }

// build fills an instance's arguments; those that it refers to come first.
func (r *reader) build(in *instance) {
	if in.state != waiting {
		return
	}
	in.state = building
	w := r.overlay(in)
	in.Attrs = r.attributes(in, w)
	in.DependsOn = r.dependencies(in)
	in.Place = r.placeOf(in)
	in.state = built
}

// provisioners says, once, which resources run programs when they are made.
func (r *reader) provisioners() {
	var kinds, names []string
	var first source.Span
	for _, in := range r.all {
		list := items(in.config.Get("provisioners"))
		block := strings.TrimPrefix(in.module+"."+in.block, ".")
		if len(list) == 0 || len(names) > 0 && names[len(names)-1] == block {
			continue
		}
		if names == nil {
			first = list[0].Span
		}
		names = append(names, block)
		for _, p := range list {
			kinds = append(kinds, text(p.Get("type")))
		}
	}
	if names != nil {
		r.problems.Add(first, "%s", lang.Unprovisioned(kinds, names))
	}
}

// dependencies are the instances that the block says it depends on.
func (r *reader) dependencies(in *instance) []string {
	var out []string
	list := items(in.config.Get("depends_on"))
	if in.config == nil {
		list = items(in.node.Get("depends_on"))
	}
	for _, d := range list {
		t, ok := parseTarget(text(d))
		if !ok {
			continue
		}
		if t.kind == "module" && in.config == nil {
			ss := steps(text(d)) // the address of a block in a state
			var blocks []string
			for _, s := range ss {
				blocks = append(blocks, s.text)
			}
			out = append(out, r.addressed(strings.Join(blocks, "."))...)
			continue
		}
		for _, to := range r.byBlock[in.module+"|"+blockOf(t)] {
			if !t.keyed || keyIs(to, t.key) {
				out = append(out, to.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addressed are the ids of the instances with an address, which may lack the
// key of its resource.
func (r *reader) addressed(address string) []string {
	var out []string
	if in := r.byAddr[address]; in != nil {
		return []string{in.ID}
	}
	ss := steps(address)
	n := len(ss) - 2
	if n < 0 {
		return nil
	}
	if n > 0 && ss[n-1].name == "data" {
		n--
	}
	var mod, block []string
	for i, s := range ss {
		if i < n {
			mod = append(mod, s.text)
		} else {
			block = append(block, s.name)
		}
	}
	for _, in := range r.byBlock[strings.Join(mod, ".")+"|"+strings.Join(block, ".")] {
		out = append(out, in.ID)
	}
	return out
}

func blockOf(t target) string {
	if t.kind == "data" {
		return "data." + t.typ + "." + t.name
	}
	return t.typ + "." + t.name
}

func keyIs(in *instance, key string) bool {
	k, ok := in.key()
	return ok && k == key
}

// variables are the inputs of the root module.
func (r *reader) variables() []app.Parameter {
	var out []app.Parameter
	given := r.doc.Get("variables")
	declared := r.root.node.Get("variables")
	for _, f := range fields(declared) {
		d := f.Value.Field("default")
		p := app.Parameter{Name: f.Key, Hole: "var." + f.Key, Type: "String", Span: f.KeySpan, Secret: isTrue(f.Value.Get("sensitive")), HasDefault: d != nil && d.Value.Kind != source.NullNode}
		if p.HasDefault {
			p.DefaultSpan, p.Placeholder = d.Value.Span, app.IsPlaceholder(d.Value.Text)
			if !p.Secret {
				p.Default = r.plain(d.Value)
			}
		}
		out = append(out, p)
	}
	for _, f := range fields(given) {
		if !declared.Has(f.Key) {
			out = append(out, app.Parameter{Name: f.Key, Hole: "var." + f.Key, Type: "String", Span: f.KeySpan})
		}
	}
	slices.SortFunc(out, func(a, b app.Parameter) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// outputs are those of the root module; secret ones keep only their name.
func (r *reader) outputs() []app.Output {
	top := r.doc.Get("planned_values")
	if top == nil {
		top = r.doc.Get("values")
	}
	var out []app.Output
	for _, f := range fields(top.Get("outputs")) {
		o := app.Output{Name: f.Key, Span: f.KeySpan, Export: value.NewAbsent(f.KeySpan)}
		v := f.Value.Field("value")
		change := r.doc.Path("output_changes", f.Key)
		e := r.root.node.Path("outputs", f.Key, "expression")
		switch {
		case isTrue(f.Value.Get("sensitive")):
			o.Value = value.NewUnresolved("the sensitive output "+f.Key, f.KeySpan, nil)
		case v == nil || isTrue(change.Get("after_unknown")):
			o.Value = r.later(leaf{r: r, at: f.KeySpan, name: "output." + f.Key, key: f.Key, e: e, from: scope{module: "", owner: r.root}}, value.NewAbsent(f.KeySpan))
		default:
			o.Value = r.plain(v.Value)
		}
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b app.Output) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// plain is a value that the plan holds and that nothing marks.
func (r *reader) plain(n *source.Node) *value.Value {
	return leaf{r: r, at: n.Span, spanned: true}.value(n, nil, nil, nil)
}

package lang

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A call is a module block in one instance of its module.
type call struct {
	module    *module
	block     *block
	name      string
	done      bool
	busy      bool
	conf      *config // nil for a module that is not at hand
	at        source.Span
	keys      []key
	why       string
	instances []*module
}

// moduleArguments are arguments of a call that are no inputs.
var moduleArguments = map[string]bool{"source": true, "version": true, "count": true, "for_each": true, "providers": true, "depends_on": true}

// expand makes the instances of the called module; none where it is not at
// hand.
func (c *call) expand(at source.Span) []*module {
	if c.done {
		return c.instances
	}
	m := c.module
	if c.busy {
		m.once("cycle "+m.path+"module."+c.name, at, "how many instances module %s has depends on itself; none is read", c.name)
		return nil
	}
	c.busy = true
	m.apart(func() {
		c.conf = c.find()
		address := m.path + "module." + c.name
		if c.keys, c.why = m.scope.keys(c.block, address); c.conf == nil {
			return
		}
		for _, k := range c.keys {
			if m.levels++; m.levels > maxModules {
				m.once("modules", m.span(c.block.header), "the configuration has more than %d instances of modules; module %s and what comes after it are not read", maxModules, c.name)
				break
			}
			c.instances = append(c.instances, c.instance(k, address))
		}
	})
	c.busy, c.done = false, true
	return c.instances
}

func (c *call) instance(k key, address string) *module {
	m := c.module
	child := m.newModule(c.conf, m, c, address+suffix(k)+".")
	if child.at = m.at; !c.at.IsZero() {
		child.at = c.at
	}
	child.exists = k.exists.And(m.exists)
	child.outer = m.scope.each(k, address+suffix(k), m.span(c.block.header))
	if !k.single {
		inner := *child.outer
		inner.address = address + suffix(k)
		child.outer = &inner
	}
	for _, a := range c.block.args {
		if moduleArguments[a.name] {
			continue
		}
		if c.conf.index["variable "+a.name] == nil {
			m.once("argument "+c.block.header.String()+a.name, m.span(a.at), "module %s has no variable %s; the argument is not used", c.name, a.name)
			continue
		}
		child.inputs[a.name] = a
	}
	for _, n := range c.block.blocks {
		m.once("block "+n.header.String(), m.span(n.header), "a call of a module has no %s blocks; this one is not read", n.typ)
	}
	return child
}

// value is what a reference to the call gives.
func (c *call) value(at source.Span) *value.Value {
	all := c.expand(at)
	if c.conf == nil {
		return value.NewUnresolved(c.absent(), at, nil)
	}
	handles := make([]*value.Value, len(all))
	for i, m := range all {
		handles[i] = m.standIn(at)
	}
	return collection(c.keys, handles, c.why, at, c.module.run)
}

func (c *call) absent() string {
	return "module " + c.name + " is not at hand"
}

// find finds the configuration of the called module.
func (c *call) find() *config {
	m := c.module
	at := m.span(c.block.header)
	a := c.block.arg("source")
	if a == nil {
		m.problem(at, "module %s has no source; its outputs stay unresolved", c.name)
		return nil
	}
	at = m.span(a.expr.Range())
	from := literal(a.expr)
	if e, ok := a.expr.(*hclsyntax.TemplateExpr); !ok || !e.IsStringLiteral() {
		// OpenTofu lets variables choose a module.
		if from, ok = m.scope.eval(a.expr).Known(); !ok {
			m.problem(at, "the source of module %s is not known; its outputs stay unresolved", c.name)
			return nil
		}
	}
	if m.level >= maxLevels {
		m.once("levels", at, "modules nest deeper than %d levels; module %s is not read", maxLevels, c.name)
		return nil
	}
	if strings.HasPrefix(from, "./") || strings.HasPrefix(from, "../") || from == "." || from == ".." {
		return c.local(from, at)
	}
	return c.distant(from, at)
}

// local finds a module by its path below the scanned folder.
func (c *call) local(from string, at source.Span) *config {
	m := c.module
	dir, err := source.Clean(path.Join(m.conf.dir, from))
	if err != nil || m.conf.dir == "" {
		m.problem(at, "module %s lies outside the scanned folder (%.100q); scan a folder that holds both; its outputs stay unresolved", c.name, from)
		return nil
	}
	for p := m; p != nil; p = p.parent {
		if p.conf.dir == dir {
			m.once("includes "+m.conf.dir+" "+c.name, at, "module %s includes itself; it is not read again", c.name)
			return nil
		}
	}
	conf := m.folder(dir)
	if conf == nil {
		m.problem(at, "module %s: the folder %.200q holds no configuration; its outputs stay unresolved", c.name, dir)
	}
	return conf
}

// distant finds a module of a registry or repository where terraform init has
// put it, or its known resources.
func (c *call) distant(from string, at source.Span) *config {
	m := c.module
	if dir := m.vendored().folder(c.key()); dir != "" {
		if conf := m.folder(dir); conf != nil {
			return conf
		}
	}
	main, sub := splitSource(from)
	if conf := m.folder(path.Join(m.options.Dir, ".terraform/modules", c.key(), path.Clean("/"+sub))); conf != nil {
		return conf // put there, but not listed
	}
	if m.options.Module != nil {
		if conf, ok := m.known[from]; ok && conf != nil {
			c.at = m.span(c.block.header)
			return conf
		}
		if text, ok := m.options.Module(main, sub); ok {
			conf := newConfig("", m.problem)
			name := "module " + from
			f := parse(name, text, m.options.Root.Limits(), func(_ source.Span, format string, args ...any) { m.problem(at, format, args...) })
			conf.add(f)
			m.texts[name] = f
			m.known[from] = conf
			c.at = m.span(c.block.header)
			return conf
		}
	}
	m.once("absent "+m.path+c.name, at, "module %s (%.100s) is not at hand; run terraform init before the scan, or copy the module and name it by path; its resources are not read and its outputs stay unresolved", c.name, from)
	return nil
}

// splitSource cuts the path inside a module's repository off its address.
func splitSource(from string) (main, sub string) {
	rest, scheme := from, ""
	if i := strings.Index(from, "://"); i >= 0 {
		scheme, rest = from[:i+3], from[i+3:]
	}
	main, sub, _ = strings.Cut(rest, "//")
	if i := strings.IndexByte(sub, '?'); i >= 0 {
		sub = sub[:i]
	}
	return scheme + main, sub
}

// key is the call's path in the list that terraform init writes.
func (c *call) key() string {
	k := c.name
	for m := c.module; m.parent != nil; m = m.parent {
		k = m.from.name + "." + k
	}
	return k
}

// vendored is what terraform init has put beside the root module.
type vendored struct{ folders map[string]string }

func (v *vendored) folder(key string) string { return v.folders[key] }

func (r *run) vendored() *vendored {
	if r.vendor != nil {
		return r.vendor
	}
	r.vendor = &vendored{folders: map[string]string{}}
	name := path.Join(r.options.Dir, ".terraform/modules/modules.json")
	data, err := r.options.Root.Read(name)
	if err != nil {
		return r.vendor
	}
	var list struct {
		Modules []struct{ Key, Dir string }
	}
	if err := json.Unmarshal(data, &list); err != nil {
		r.problem(source.FileSpan(name), "the list of modules cannot be read: %v", err)
		return r.vendor
	}
	for _, m := range list.Modules {
		if dir, err := source.Clean(path.Join(r.options.Dir, m.Dir)); err == nil && m.Key != "" {
			r.vendor.folders[m.Key] = dir
		}
	}
	return r.vendor
}

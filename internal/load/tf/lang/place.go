package lang

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// A provider is one configuration of the provider, evaluated when it is first
// asked for.
type provider struct {
	done, busy bool
	place      app.Place
	tags       *value.Value
}

// placeOf is where an instance's provider configuration points, and its
// default tags.
func (m *module) placeOf(in *instance) (app.Place, *value.Value) {
	b := in.res.block
	local, _, _ := strings.Cut(in.Type, "_")
	alias := ""
	if a := b.arg("provider"); a != nil {
		if t := in.scope.static(a.expr); t != nil {
			local = t.RootName()
			alias, _ = name(t, 1)
		} else {
			m.problem(m.span(a.expr.Range()), "the provider of %s is no reference to a provider configuration", in.Address)
		}
	}
	p := m.provider(local, alias)
	place := p.place
	if a := b.arg("region"); a != nil && strings.HasPrefix(in.Type, "aws_") {
		place = m.withRegion(place, in.scope.eval(a.expr))
	}
	if in.Data || !strings.HasPrefix(in.Type, "aws_") {
		return place, nil
	}
	return place, p.tags
}

// provider finds a provider configuration by its name in this module: its own,
// or the one that the call passes, or, for the default, the parent's.
func (m *module) provider(local, alias string) *provider {
	id := local + "." + alias
	if p := m.places[id]; p != nil {
		if !p.busy {
			return p
		}
		return &provider{place: m.deployed()}
	}
	p := &provider{busy: true, place: m.deployed()}
	m.places[id] = p
	found := m.findProvider(local, alias, p)
	found.busy, found.done = false, true
	m.places[id] = found
	return found
}

func (m *module) findProvider(local, alias string, p *provider) *provider {
	if b := m.conf.index["provider "+local+" "+alias]; b != nil {
		m.apart(func() { m.configure(p, b) })
		return p
	}
	if m.parent == nil {
		if alias != "" {
			m.once("provider "+local+alias, m.span(m.header()), "there is no provider %s.%s in the root module; what uses it is taken to go where the default does", local, alias)
		}
		return p
	}
	if a := m.from.block.arg("providers"); a != nil {
		if t := m.passed(a.expr, local, alias); t != nil {
			other, _ := name(t, 1)
			return m.parent.provider(t.RootName(), other)
		}
	}
	if alias != "" {
		m.once("provider "+m.path+local+alias, m.span(m.from.block.header), "the call of module %s passes no provider for %s.%s; what uses it is taken to go where the default does", m.from.name, local, alias)
	}
	return m.parent.provider(local, "")
}

// header is the first block of the module, for what has no better place.
func (m *module) header() hcl.Range {
	if len(m.conf.resources) > 0 {
		return m.conf.resources[0].header
	}
	return hcl.Range{}
}

// passed looks up a provider in the providers argument of a call.
func (m *module) passed(e hclsyntax.Expression, local, alias string) hcl.Traversal {
	object, ok := e.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	for _, item := range object.Items {
		k := item.KeyExpr
		if w, ok := k.(*hclsyntax.ObjectConsKeyExpr); ok {
			k = w.Wrapped
		}
		t := m.scope.static(k)
		if t == nil || t.RootName() != local {
			continue
		}
		if own, _ := name(t, 1); own == alias {
			return m.scope.static(item.ValueExpr)
		}
	}
	return nil
}

// deployed is the place that the options tell.
func (m *module) deployed() app.Place {
	o := m.options
	return m.withRegion(app.Place{Account: value.Lit(o.Account), Partition: value.Lit(o.Partition)}, value.NewText(value.Lit(o.Region), m.scope.span(hcl.Range{})))
}

// withRegion sets the region, and the partition that it lies in.
func (m *module) withRegion(p app.Place, region *value.Value) app.Place {
	if region.Kind() != value.String {
		return p
	}
	p.Region = region.Text()
	if p.Partition.IsEmpty() {
		if r, ok := region.Known(); ok && r != "" {
			p.Partition = value.Lit(partition(r))
		}
	}
	return p
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// configure reads a provider block.
func (m *module) configure(p *provider, b *block) {
	s := m.scope
	if b.arg("for_each") != nil { // OpenTofu: which one is meant is not followed
		at := m.span(b.header)
		s = s.each(key{unknown: true, text: value.Hole("each.key of provider " + b.label(0))}, "provider "+b.label(0), at)
	}
	if a := b.arg("region"); a != nil {
		if v := s.eval(a.expr); isHole(v) || v.Kind() == value.Unresolved {
			if p.place.Region.IsEmpty() { // --region decides what is not known
				p.place = m.withRegion(p.place, v)
			}
		} else {
			p.place.Partition = value.Lit(m.options.Partition)
			p.place = m.withRegion(p.place, v)
		}
	}
	if a := b.arg("allowed_account_ids"); a != nil {
		if v := s.eval(a.expr); v.Kind() == value.List && v.Len() == 1 {
			if _, ok := v.Items()[0].Known(); ok {
				p.place.Account = v.Items()[0].Text()
			}
		}
	}
	if role := s.inBlock(b, "assume_role", "role_arn"); role.Kind() == value.String {
		if parts := role.Text().Split(':', 6); len(parts) == 6 && !parts[4].IsEmpty() {
			p.place.Account = parts[4]
			if part, ok := parts[1].Known(); ok && part != "" {
				p.place.Partition = parts[1]
			}
		}
	}
	if tags := s.inBlock(b, "default_tags", "tags"); tags.Kind() == value.Map {
		p.tags = tags
	}
}

// inBlock is an argument of a nested block, which in JSON is an object.
func (s *scope) inBlock(b *block, typ, arg string) *value.Value {
	for _, n := range b.nested(typ) {
		if a := n.arg(arg); a != nil {
			return s.eval(a.expr)
		}
	}
	if a := b.arg(typ); a != nil {
		v := s.eval(a.expr)
		if v.Kind() == value.List && v.Len() == 1 {
			v = v.Items()[0]
		}
		if v.Kind() == value.Map {
			return v.Get(arg)
		}
	}
	return nil
}

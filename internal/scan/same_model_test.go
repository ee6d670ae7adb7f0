package scan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// A sameModel describes an application in lines that do not depend on the
// format: resources are called by what they are and by the name they are given,
// never by a logical id.
type sameModel struct {
	a   *app.App
	f   sameFormat
	out []string
}

func (m *sameModel) who(r *app.Resource) string { return who(r) }

// who is what a resource is, and its name where one is given.
func who(r *app.Resource) string {
	if r == nil {
		return "nobody"
	}
	key := app.NameProperty(r.Type)
	switch r.Type { // whose reference is an id
	case "AWS::Cognito::UserPool":
		key = "UserPoolName"
	case "AWS::Cognito::UserPoolClient":
		key = "ClientName"
	}
	name := ""
	if key != "" {
		name = r.Get(key).Str()
	}
	return strings.TrimSpace(r.Type + " " + name)
}

// props are a resource's properties without some, and without those that the
// tool adds.
func (m *sameModel) props(r *app.Resource, without ...string) string {
	without = append(without, m.f.adds[r.Type]...)
	var parts []string
	for _, f := range r.Props.Fields() {
		if !slices.Contains(without, f.Key) && f.Value.Exists() != value.No {
			parts = append(parts, f.Key+": "+m.render(f.Value, false))
		}
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}

// policies describes the statements of a resource's policies, one a line.
func (m *sameModel) policies(r *app.Resource, list []app.Attached) {
	for _, p := range list {
		if p.Document == nil {
			m.add("%s has the managed policy %s", m.who(r), m.text(p.ARN))
			continue
		}
		statements := p.Document.Get("Statement").Items()
		if len(statements) == 0 {
			statements = []*value.Value{p.Document}
		}
		for _, s := range statements {
			m.add("%s has the statement %s", m.who(r), m.document(s))
		}
	}
}

// document describes a part of a policy or filter: a list of one is its
// element, and order says nothing.
func (m *sameModel) document(v *value.Value) string { return m.render(v, true) }

func (m *sameModel) render(v *value.Value, loose bool) string {
	switch v.Kind() {
	case value.Map:
		var parts []string
		for _, f := range v.Fields() {
			if f.Value.Exists() != value.No && (!loose || f.Key != "Sid") {
				parts = append(parts, f.Key+": "+m.render(f.Value, loose))
			}
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case value.List:
		var parts []string
		for _, it := range v.Items() {
			parts = append(parts, m.render(it, loose))
		}
		if loose {
			slices.Sort(parts)
			if len(parts) == 1 {
				return parts[0]
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case value.Absent:
		return "nothing"
	}
	return m.text(v)
}

// text is a text whose holes name resources by what they are.
func (m *sameModel) text(v *value.Value) string {
	var b strings.Builder
	for _, p := range v.Text().Parts() {
		if p.Hole == "" {
			b.WriteString(p.Lit)
			continue
		}
		b.WriteString("${" + m.hole(p.Hole) + "}")
	}
	return b.String()
}

// hole names the resource that a hole is of, and the attribute behind its id.
func (m *sameModel) hole(name string) string {
	for i := len(name); i > 0; i-- {
		if i < len(name) && name[i] != '.' {
			continue
		}
		if r := m.a.Project.Resource(name[:i]); r != nil {
			return m.who(r) + name[i:]
		}
	}
	return name
}

// samePaths describes the attack paths: who reaches what, how, and how bad
// that is.
func samePaths(p *app.Project, r *report.Report, f sameFormat) []string {
	name := func(id string) string {
		if res := p.Resource(id); res != nil {
			return who(res)
		}
		return id
	}
	var out []string
	for _, path := range r.Paths {
		var hops, assets []string
		for _, h := range path.Hops {
			hops = append(hops, h.Technique)
		}
		for _, id := range path.Assets {
			if res := p.Resource(id); res != nil && f.makes != nil && f.makes(res) {
				continue
			}
			assets = append(assets, name(id))
		}
		slices.Sort(assets)
		out = append(out, fmt.Sprintf("%s can %s %s by %v: %s, %s, %d times, assets %v", path.Actor, path.Impact, name(path.Asset), hops,
			path.Severity, path.Certainty, path.Count, assets))
	}
	slices.Sort(out)
	return out
}

package cdk

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Finish adds to the resources of a stack which constructs wrote them and which
// local files stand behind them. It gives problems that it met.
func (a *Assemblies) Finish(template string, resources []*app.Resource) []source.Problem {
	s := a.stacks[template]
	if s == nil {
		return nil
	}
	as := a.folders[s.deployment.Group]
	var problems source.Problems
	for _, r := range resources {
		as.finish(s, r, &problems)
	}
	return problems.Sorted()
}

func (as *assembly) finish(s *stack, r *app.Resource, problems *source.Problems) {
	at := s.constructs.pathOf(r.LogicalID)
	if own, ok := r.Metadata.Get("aws:cdk:path").Known(); ok && own != "" {
		at = "/" + own
	}
	if at != "" {
		// The L1 construct inside a construct is of no interest to people.
		r.Construct = app.Construct{Path: strings.TrimSuffix(strings.TrimPrefix(at, "/"), "/Resource"), Span: s.constructs.spans[at]}
	}
	as.uploaded(r, nil, r.Props)
	as.declared(r, problems)
}

// uploaded finds the properties whose text ends in the name of an upload; keys
// lead to v.
func (as *assembly) uploaded(r *app.Resource, keys []string, v *value.Value) {
	const most = 50 // assets of one resource
	if len(r.Assets) == most {
		return
	}
	switch v.Kind() {
	case value.Map:
		for _, f := range v.Fields() {
			as.uploaded(r, append(keys, f.Key), f.Value)
		}
	case value.List:
		for _, it := range v.Items() {
			as.uploaded(r, keys, it)
		}
	case value.String, value.Unresolved:
		parts := v.Text().Parts()
		if len(parts) == 0 {
			return
		}
		last := parts[len(parts)-1].Lit
		if file, ok := as.uploads[last[strings.LastIndexByte(last, '/')+1:]]; ok {
			r.Assets = append(r.Assets, app.Asset{Property: property(keys), Path: file})
		} else if folder, ok := as.images[last[strings.LastIndexByte(last, ':')+1:]]; ok {
			r.Assets = append(r.Assets, app.Asset{Property: property(keys), Path: folder, Image: true})
		}
	}
}

// property writes the way to a property; none that is longer than any of AWS's.
func property(keys []string) string {
	n := 0
	for _, k := range keys {
		n += len(k) + 1
	}
	if n > maxPath {
		return ""
	}
	return strings.Join(keys, ".")
}

// declared reads the asset that the metadata of a resource names, which older
// versions have in place of a list of uploads.
func (as *assembly) declared(r *app.Resource, problems *source.Problems) {
	name := r.Metadata.Get("aws:asset:path")
	text, ok := name.Known()
	if !ok || text == "" || as.refused[text] {
		return
	}
	property, _ := r.Metadata.Get("aws:asset:property").Known()
	for _, a := range r.Assets {
		if a.Property == property || strings.HasPrefix(a.Property, property+".") {
			return
		}
	}
	file, err := as.join(as.manifest, text)
	switch {
	case err != nil:
		problems.Add(name.Span(), "the asset %s of %s is not read: %v", quote(text), r.Label(), err)
	case !as.exists(file):
		problems.Add(name.Span(), "the asset %s of %s is missing; run cdk synth again", quote(file), r.Label())
	default:
		_, image := r.Metadata.Get("aws:asset:dockerfile-path").Known()
		r.Assets = append(r.Assets, app.Asset{Property: property, Path: file, Image: image})
	}
}

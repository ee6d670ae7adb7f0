package app

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A Target is a function that something calls.
type Target struct {
	Function *Resource
	// Alias is the alias or version that the caller names, where it is a
	// resource; Qualifier its text, empty for the function itself.
	Alias     *Resource
	Qualifier value.Text
	Sure      value.Tri // Yes or Unknown
}

// FunctionsNamed returns the functions that a value names: by reference to the
// function, an alias or a version; by name, partial ARN or ARN, with or
// without a qualifier; or inside an invocation URI of API Gateway. Branches of
// unresolved conditions give several.
func (a *App) FunctionsNamed(v *value.Value) []Target {
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		var out []Target
		for _, c := range v.Choices() {
			for _, t := range a.FunctionsNamed(c) {
				if len(v.Choices()) > 1 {
					t.Sure = value.Unknown
				}
				out = append(out, t)
			}
		}
		return out
	}
	if r := a.Target(v); r != nil {
		return a.targetOf(r, value.Yes, 0)
	}
	if v.Kind() != value.String && v.Kind() != value.Unresolved {
		return nil
	}
	// An expression around a reference, such as an invocation URI.
	for _, ref := range v.Refs() {
		if out := a.targetOf(a.Project.Resource(ref.Resource), value.Yes, 0); out != nil {
			if out[0].Alias == nil {
				out[0].Qualifier = qualifierIn(v.Text())
			}
			return out
		}
	}
	return a.functionsByText(v.Text())
}

// targetOf follows an alias or version to its function.
func (a *App) targetOf(r *Resource, sure value.Tri, depth int) []Target {
	if r == nil || depth > 4 {
		return nil
	}
	switch r.Type {
	case "AWS::Lambda::Function":
		return []Target{{Function: r, Sure: sure}}
	case "AWS::Lambda::Alias", "AWS::Lambda::Version":
		var out []Target
		of := r.App
		for _, m := range of.LookupAll(r.Get("FunctionName"), functionTypes...) {
			for _, t := range of.targetOf(m.Resource, sure.And(m.Sure), depth+1) {
				t.Alias = r
				t.Qualifier = r.Get("Name").Text()
				out = append(out, t)
			}
		}
		return out
	}
	return nil
}

// functionsByText finds functions by name or ARN.
func (a *App) functionsByText(t value.Text) []Target {
	if _, inner, ok := cut(t, ":lambda:path/2015-03-31/functions/"); ok {
		t = inner
		if before, _, ok := cut(t, "/invocations"); ok {
			t = before
		}
	}
	name, qualifier := t, value.Text{}
	if parts := t.Split(':', -1); len(parts) > 1 {
		switch head, _ := parts[0].Known(); {
		case head == "arn" && len(parts) >= 7:
			qualifier = join(parts[7:])
			name = join(parts[:7])
		case len(parts) == 2: // name:qualifier
			name, qualifier = parts[0], parts[1]
		case len(parts) >= 3: // account:function:name
			name = parts[2]
			qualifier = join(parts[3:])
		}
	}
	matches, _ := a.lookupText(name, functionTypes)
	var out []Target
	for _, m := range matches {
		for _, target := range a.targetOf(m.Resource, m.Sure, 0) {
			if !qualifier.IsEmpty() {
				target.Qualifier = qualifier
			}
			out = append(out, target)
		}
	}
	return out
}

// qualifierIn is the text between a function's hole and the end of its ARN in
// an invocation URI: ":live" in ….Arn}:live/invocations.
func qualifierIn(t value.Text) value.Text {
	parts := t.Parts()
	if len(parts) == 0 || parts[len(parts)-1].Hole != "" {
		return value.Text{}
	}
	last := strings.TrimSuffix(parts[len(parts)-1].Lit, "/invocations")
	i := strings.LastIndexByte(last, ':')
	if i < 0 || i != 0 {
		return value.Text{}
	}
	return value.Lit(last[i+1:])
}

// cut is strings.Cut at a separator that lies within one literal part.
func cut(t value.Text, sep string) (before, after value.Text, found bool) {
	var head []value.Text
	parts := t.Parts()
	for i, p := range parts {
		if p.Hole == "" {
			if b, rest, ok := strings.Cut(p.Lit, sep); ok {
				tail := []value.Text{value.Lit(rest)}
				for _, q := range parts[i+1:] {
					tail = append(tail, textOf(q))
				}
				return value.Concat(append(head, value.Lit(b))...), value.Concat(tail...), true
			}
		}
		head = append(head, textOf(p))
	}
	return t, value.Text{}, false
}

func textOf(p value.Part) value.Text {
	switch {
	case p.Hole == "":
		return value.Lit(p.Lit)
	case p.Fresh:
		return value.Fresh(p.Hole)
	}
	return value.Hole(p.Hole)
}

func join(parts []value.Text) value.Text {
	var out []value.Text
	for i, p := range parts {
		if i > 0 {
			out = append(out, value.Lit(":"))
		}
		out = append(out, p)
	}
	return value.Concat(out...)
}

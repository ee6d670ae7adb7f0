package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A template is a string of a policy in which variables may stand.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
type template struct {
	pattern value.Pattern // where there are no variables
	pieces  []piece       // otherwise
}

type piece struct {
	text    value.Text // literal, wildcards and holes
	plain   bool       // ${*}, ${?}, ${$}: not a wildcard
	key     string     // a variable, lower case
	name    string     // the same as written
	dflt    string
	hasDflt bool
}

// compileTemplate reads t; variables tells whether ${…} are variables, wild
// whether * and ? are wildcards.
func compileTemplate(t value.Text, variables value.Tri, wild bool) template {
	if variables == value.No || !hasVariable(t) {
		return template{pattern: makePattern(t, wild)}
	}
	var out template
	add := func(p piece) { out.pieces = append(out.pieces, p) }
	for _, part := range t.Parts() {
		if part.Hole != "" {
			hole := value.Hole(part.Hole)
			if part.Fresh {
				hole = value.Fresh(part.Hole)
			}
			add(piece{text: hole})
			continue
		}
		rest := part.Lit
		for rest != "" {
			start := strings.Index(rest, "${")
			end := -1
			if start >= 0 {
				end = strings.IndexByte(rest[start:], '}')
			}
			if end < 0 {
				add(piece{text: value.Lit(rest)})
				break
			}
			if start > 0 {
				add(piece{text: value.Lit(rest[:start])})
			}
			add(variable(rest[start+2 : start+end]))
			rest = rest[start+end+1:]
		}
	}
	if variables == value.Unknown {
		// The version is not known, so neither is what ${…} means.
		add(piece{text: value.Hole("policy version")})
	}
	return out
}

func hasVariable(t value.Text) bool {
	for _, p := range t.Parts() {
		if strings.Contains(p.Lit, "${") {
			return true
		}
	}
	return false
}

// variable reads what stands between ${ and }: a key, perhaps with a default
// in single quotes after a comma, or one of the escapes.
func variable(inner string) piece {
	if inner == "*" || inner == "?" || inner == "$" {
		return piece{text: value.Lit(inner), plain: true}
	}
	key, dflt, has := strings.Cut(inner, ",")
	if dflt = strings.TrimSpace(dflt); has && len(dflt) >= 2 && dflt[0] == '\'' && dflt[len(dflt)-1] == '\'' {
		key = strings.TrimSpace(key)
		return piece{key: strings.ToLower(key), name: key, dflt: dflt[1 : len(dflt)-1], hasDflt: true}
	}
	key = strings.TrimSpace(key)
	return piece{key: strings.ToLower(key), name: key}
}

func makePattern(t value.Text, wild bool) value.Pattern {
	if wild {
		return value.NewPattern(t)
	}
	return value.Plain(t)
}

// resolve fills the variables. ok is No where a variable has no value, so that
// nothing matches, and Unknown where that is not known; hinge is its key.
func (t *template) resolve(r *Request, wild bool) (p value.Pattern, ok value.Tri, hinge string) {
	if t.pieces == nil {
		return t.pattern, value.Yes, ""
	}
	parts := make([]value.Pattern, len(t.pieces))
	ok = value.Yes
	for i := range t.pieces {
		pc := &t.pieces[i]
		switch {
		case pc.key == "":
			parts[i] = makePattern(pc.text, wild && !pc.plain)
			continue
		}
		f := r.lookup(pc.key)
		switch {
		case f.has == value.Yes && f.len() == 1 && !f.at(0).IsEmpty():
			parts[i] = value.Plain(f.at(0))
		case f.has == value.Unknown:
			parts[i], hinge = value.Plain(value.Hole(pc.name)), pc.name
			if ok == value.Yes {
				ok = value.Unknown
			}
		case pc.hasDflt && (f.has == value.No || f.len() == 1):
			// A key without a value counts as absent.
			parts[i] = value.Plain(value.Lit(pc.dflt))
		default:
			return value.Pattern{}, value.No, pc.name
		}
	}
	return value.Join(parts...), ok, hinge
}

// valueless returns the key of a variable that has no value in the request, or
// may have none.
func (t *template) valueless(r *Request) (key string, found bool) {
	if t.pieces == nil {
		return "", false
	}
	_, ok, key := t.resolve(r, true)
	return key, ok != value.Yes
}

// match matches a subject; a variable without a value matches nothing.
func (t *template) match(r *Request, subject value.Text, wild bool, tr *trace) value.Tri {
	if t.pieces == nil {
		return t.pattern.Match(subject)
	}
	p, ok, hinge := t.resolve(r, wild)
	if ok == value.No {
		return value.No
	}
	m := p.Match(subject)
	if ok == value.Unknown && m != value.No {
		tr.hinge(hinge)
		return value.Unknown
	}
	return m
}

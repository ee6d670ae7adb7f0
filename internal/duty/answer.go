package duty

import (
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func met(why string, at ...Place) Answer   { return Answer{Customer, Met, why, shown(at)} }
func unmet(why string, at ...Place) Answer { return Answer{Customer, Unmet, why, shown(at)} }
func manual(why string, at ...Place) Answer {
	return Answer{Customer, Manual, why, shown(at)}
}
func notApplicable(why string) Answer { return Answer{Customer, NA, why, nil} }

// provided is what AWS does by default, where the customer could change it.
func provided(why string, at ...Place) Answer { return Answer{AWS, Provided, why, shown(at)} }

// unknown names the value that decides and why it is not known.
func unknown(why string, v *value.Value, at ...Place) Answer {
	if r := reason(v); r != "" {
		why += ": " + r
	}
	return Answer{Customer, Unknown, why, shown(at)}
}

// by gives the answer another holder.
func (a Answer) by(h Holder) Answer {
	a.Holder = h
	return a
}

// shown drops places that point nowhere.
func shown(at []Place) []Place {
	var out []Place
	for _, p := range at {
		if !p.Span.IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// decide answers by a truth value; v is the property that decides, name what
// to call it.
func decide(t value.Tri, name string, v *value.Value, ifMet, ifUnmet string) Answer {
	at := prop(name, v)
	switch t {
	case value.Yes:
		return met(ifMet, at)
	case value.No:
		return unmet(ifUnmet, at)
	}
	return unknown("it cannot be decided whether "+ifMet, v, at)
}

// prop is a property as evidence. Only settings are shown this way, never
// what could hold a secret.
func prop(name string, v *value.Value) Place {
	text := name
	switch v.Kind() {
	case value.Absent, value.Null:
		text += " is not set"
	case value.Bool, value.Number, value.String:
		text += ": " + v.Str()
		if v.IsDefault() {
			text += " (AWS's default)"
		}
	case value.Unresolved:
		text += " is not known"
	}
	return Place{v.Span(), text}
}

// here is the resource itself as evidence.
func here(r *app.Resource) Place { return Place{r.Span, r.Label()} }

// at is a span as evidence.
func at(span source.Span, format string, args ...any) Place {
	return Place{span, fmt.Sprintf(format, args...)}
}

// set tells whether a property is there with a value that is not empty.
func set(v *value.Value) value.Tri {
	if v.Kind() == value.List || v.Kind() == value.Map {
		return value.Of(v.Len() > 0)
	}
	return v.Exists()
}

// positive tells whether a number is above zero.
func positive(v *value.Value) value.Tri {
	if n, ok := v.Int(); ok {
		return value.Of(n > 0)
	}
	if v.Exists() == value.No {
		return value.No
	}
	return value.Unknown
}

// reason says what is not known of a value, in the loader's words.
func reason(v *value.Value) string {
	if why := v.Why(); why != "" {
		return why
	}
	var out string
	v.Walk(func(part *value.Value) bool {
		if out != "" {
			return false
		}
		if out = part.Why(); out != "" {
			return false
		}
		for _, p := range part.Text().Parts() {
			if p.Hole != "" && out == "" {
				out = p.String() + " is not known"
			}
		}
		return true
	})
	return out
}

// join lists a few names and counts the rest.
func join(names []string) string {
	const shown = 4
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown-1], ", "), len(names)-shown+1)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

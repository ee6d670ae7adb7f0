package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// functionOf is the function that a value names, directly or through an alias
// or version; nil where it is another's or not known.
func functionOf(a *app.App, v *value.Value) *app.Resource {
	for range 3 { // an alias of a version of a function
		r := a.Target(v)
		if r == nil {
			return nil
		}
		switch r.Type {
		case "AWS::Lambda::Function":
			return r
		case "AWS::Lambda::Alias", "AWS::Lambda::Version":
			v = r.Get("FunctionName")
		default:
			return nil
		}
	}
	return nil
}

// usersOf are the places that refer to the function or to an alias or version
// of it, apart from those aliases and versions.
func usersOf(a *app.App, fn *app.Resource) []app.Use {
	var out []app.Use
	for _, u := range a.Users(fn) {
		switch u.By.Type {
		case "AWS::Lambda::Alias", "AWS::Lambda::Version":
			out = append(out, usersOf(a, u.By)...)
		default:
			out = append(out, u)
		}
	}
	return out
}

// written tells whether the property is set, so far as the sources tell; a
// property of an unresolved map counts as perhaps set.
func written(v *value.Value) value.Tri {
	if v.Kind() == value.Unresolved && len(v.Choices()) == 0 {
		return value.Unknown
	}
	return v.Exists()
}

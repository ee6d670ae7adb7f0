package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// functionOf is the function that a value names, directly or through an alias
// or version; nil where it is another's or not known.
func functionOf(a *app.App, v *value.Value) *app.Resource {
	if named := a.FunctionsNamed(v); len(named) == 1 {
		return named[0].Function
	}
	return nil
}

// written tells whether the property is set, so far as the sources tell; a
// property of an unresolved map counts as perhaps set.
func written(v *value.Value) value.Tri {
	if v.Kind() == value.Unresolved && len(v.Choices()) == 0 {
		return value.Unknown
	}
	return v.Exists()
}

package config

import (
	"strings"

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

// firstOf returns the first value for which the answer is Yes, or else the
// first for which it is Unknown, with the answer.
func firstOf(list []*value.Value, ask func(*value.Value) value.Tri) (*value.Value, value.Tri) {
	var maybe *value.Value
	for _, v := range list {
		switch ask(v) {
		case value.Yes:
			return v, value.Yes
		case value.Unknown:
			if maybe == nil {
				maybe = v
			}
		}
	}
	if maybe != nil {
		return maybe, value.Unknown
	}
	return nil, value.No
}

// blank tells whether nothing is known of a text: it is a parameter without a
// default, and not a resource of the application.
func blank(v *value.Value) bool {
	parts := v.Text().Parts()
	return len(v.Refs()) == 0 && len(parts) == 1 && parts[0].Hole != "" && !parts[0].Fresh && !strings.HasPrefix(parts[0].Hole, "AWS::")
}

// written tells whether the property is set, so far as the sources tell; a
// property of an unresolved map counts as perhaps set.
func written(v *value.Value) value.Tri {
	if v.Kind() == value.Unresolved && len(v.Choices()) == 0 {
		return value.Unknown
	}
	return v.Exists()
}

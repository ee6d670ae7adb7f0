package config

import (
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// kept says where the sources hold the value of a secret parameter.
func kept(param app.Parameter, words app.Words) string {
	if file := param.DefaultSpan.File; file != param.Span.File {
		return "is given its value in " + path.Base(file) + "; take it out of the sources"
	}
	return "has a default in the " + words.Template + "; remove the default"
}

// textual tells whether a parameter is text that whoever deploys gives, and
// not the name of a parameter that is kept elsewhere.
func textual(p app.Parameter) bool { return p.Type == "String" || p.Type == "Any" }

// defaultedSecret returns the first resource that uses the default of a
// parameter named after a secret, where the default is a secret too; nil where
// the place that it is used at is reported for itself.
func defaultedSecret(a *app.App, param app.Parameter) *app.Resource {
	if _, ok := secretLiteral(param.Name, param.Default); !ok {
		return nil
	}
	text := param.Default.Str()
	var user *app.Resource
	for _, r := range a.Resources() {
		for _, f := range secretPlaces(r) {
			if _, told := secretLiteral(f.Key, f.Value); told && f.Value.Str() == text {
				return nil
			}
		}
		r.Props.Walk(func(v *value.Value) bool {
			if user == nil && v.Kind() == value.String && strings.Contains(v.Str(), text) {
				user = r
			}
			return user == nil
		})
	}
	return user
}

// usesParameter tells whether a value is made of a parameter whose value is
// not known.
func usesParameter(v *value.Value, param app.Parameter) bool {
	found := false
	v.Walk(func(v *value.Value) bool {
		found = found || slices.ContainsFunc(v.Text().Parts(), param.StandsIn)
		return !found
	})
	return found
}

// wholly tells whether a value is the parameter's and nothing else.
func wholly(v *value.Value, param app.Parameter) bool {
	parts := v.Text().Parts()
	return len(parts) == 1 && param.StandsIn(parts[0])
}

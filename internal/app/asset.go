package app

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// source is the local file or folder that a property of r stands for: the
// asset that a deployment uploads, or the path that a template not yet
// packaged has in its place, which counts from the template's folder.
func (r *Resource) source(property string) (path string, ok bool) {
	if r == nil {
		return "", false
	}
	for _, a := range r.Assets {
		if a.Property == property || strings.HasPrefix(a.Property, property+".") {
			return a.Path, true
		}
	}
	v := r.Get(property)
	if v.Kind() == value.Map {
		v = v.Get("ImageUri")
	}
	text, known := v.Known()
	if v.Kind() != value.String || !known || text == "" || v.Span().File == "" || !local(text) {
		return "", false
	}
	path, err := source.Join(v.Span().File, text)
	return path, err == nil
}

// local reports whether a location is written as a local path and not as an
// address, of a bucket or of an image.
func local(location string) bool {
	return !strings.Contains(location, ":") && !strings.Contains(location, ".amazonaws.")
}

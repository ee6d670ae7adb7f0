package load

import (
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/source"
)

// packaged finds the templates that a packaging command wrote from another
// one of the same folder: they declare the same resources and their code lies
// in a bucket. To read both would report everything twice. It gives the
// original of each.
func packaged(templates []*cfn.Template) map[*cfn.Template]*cfn.Template {
	folders := map[string][]*cfn.Template{}
	for _, t := range templates {
		dir := path.Dir(t.File)
		folders[dir] = append(folders[dir], t)
	}
	out := map[*cfn.Template]*cfn.Template{}
	for _, list := range folders {
		for _, t := range list {
			if len(list) < 2 || !codeInBucket(t) {
				continue
			}
			for _, o := range list {
				if o != t && !codeInBucket(o) && slices.Equal(resources(t), resources(o)) {
					out[t] = o
					break
				}
			}
		}
	}
	return out
}

// codeInBucket reports whether all code of a SAM template that is named by a
// string lies in a bucket, and some does.
func codeInBucket(t *cfn.Template) bool {
	found := false
	for _, f := range t.Root.Get("Resources").Fields {
		for _, key := range []string{"CodeUri", "ContentUri", "DefinitionUri"} {
			if uri := f.Value.Path("Properties", key); uri.Is(source.StringNode) {
				if !strings.HasPrefix(uri.Text, "s3://") {
					return false
				}
				found = true
			}
		}
	}
	return found
}

// resources are the logical ids and types of a template, sorted.
func resources(t *cfn.Template) []string {
	var out []string
	for _, f := range t.Root.Get("Resources").Fields {
		typ := ""
		if n := f.Value.Get("Type"); n.Is(source.StringNode) {
			typ = n.Text
		}
		out = append(out, f.Key+" "+typ)
	}
	slices.Sort(out)
	return out
}

package cdk

import (
	"path"

	"github.com/remit-security/remit/internal/source"
)

// readAssets reads an asset manifest: which local files and folders a
// deployment uploads, and under which names.
func (as *assembly) readAssets(file string, at source.Span) {
	as.used[file] = true
	n := as.document(file, at, "asset manifest")
	if n == nil {
		return
	}
	for _, f := range as.entries(n, "files") {
		local, ok := as.sourceOf(file, f, "path")
		if !ok {
			continue
		}
		for _, d := range as.entries(f.Value, "destinations") {
			if key := d.Value.Get("objectKey"); key.Is(source.StringNode) && key.Text != "" {
				as.uploads[path.Base(key.Text)] = local
			} else {
				as.problem(d.KeySpan, "the destination %s of an asset has no objectKey; run cdk synth again", quote(d.Key))
			}
		}
	}
	for _, f := range as.entries(n, "dockerImages") {
		local, ok := as.sourceOf(file, f, "directory")
		if !ok {
			continue
		}
		for _, d := range as.entries(f.Value, "destinations") {
			if tag := d.Value.Get("imageTag"); tag.Is(source.StringNode) && tag.Text != "" {
				as.images[tag.Text] = local
			} else {
				as.problem(d.KeySpan, "the destination %s of an image has no imageTag; run cdk synth again", quote(d.Key))
			}
		}
	}
}

// entries are the entries of a map of the asset manifest.
func (as *assembly) entries(n *source.Node, key string) []source.Field {
	m := n.Get(key)
	if m == nil || m.Kind == source.NullNode {
		return nil
	}
	if m.Kind != source.MapNode {
		as.problem(m.Span, "%s must be a map, not a %s; nothing of it is read, run cdk synth again", key, m.Kind)
		return nil
	}
	return m.Fields
}

// sourceOf is the local file or folder of an asset, relative to the root.
func (as *assembly) sourceOf(file string, f source.Field, key string) (string, bool) {
	name := f.Value.Path("source", key)
	if !name.Is(source.StringNode) || name.Text == "" {
		if f.Value.Path("source", "executable") != nil {
			as.problem(f.KeySpan, "the asset %s is made by a program when it is deployed; what it holds is not seen", title(f))
		} else {
			as.problem(f.KeySpan, "the asset %s names no source; run cdk synth again", title(f))
		}
		return "", false
	}
	local, ok := as.path(file, name)
	as.refused[name.Text] = !ok || !as.exists(local)
	if ok && as.refused[name.Text] {
		as.problem(name.Span, "%s, the source of the asset %s, is missing; run cdk synth again", quote(local), title(f))
		return "", false
	}
	return local, ok
}

// title is what people call an asset.
func title(f source.Field) string {
	if name := f.Value.Get("displayName"); name.Is(source.StringNode) && name.Text != "" {
		return quote(name.Text)
	}
	return quote(f.Key)
}

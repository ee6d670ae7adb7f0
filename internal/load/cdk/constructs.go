package cdk

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Constructs tell which construct of the program wrote which resource of a
// stack and of those nested in it.
type constructs struct {
	// byID has the path of each logical id. Logical ids of different nested
	// stacks may be equal, so each has its stack's own path before it.
	byID   map[scoped]string
	frames map[string][]frame // by path
	// paths are those that were found, before they are divided among stacks.
	paths []located
	spans map[string]source.Span // of the paths whose frames lead to a file
}

type scoped struct{ scope, id string }

type located struct{ path, id string }

// nestedStack ends the path of the resource that stands for a nested stack:
// the stack "/Shop/Jobs" is deployed by
// "/Shop/Jobs.NestedStack/Jobs.NestedStackResource".
const (
	nestedStack    = ".NestedStack"
	nestedResource = ".NestedStackResource"
)

// maxPath is the longest path of a construct or file that is looked at.
const maxPath = 1024

// scopeOf is the path of the nested stack that a resource stands for.
func scopeOf(resource string) (string, bool) {
	dir, base := path.Split(resource)
	dir = strings.TrimSuffix(dir, "/")
	if !strings.HasSuffix(base, nestedResource) || !strings.HasSuffix(dir, nestedStack) {
		return "", false
	}
	return strings.TrimSuffix(dir, nestedStack), true
}

// readConstructs reads the metadata of a stack: inside the manifest, or in a
// file of its own as newer versions write it. Where a stack has none, the tree
// of all constructs still has the paths.
func (as *assembly) readConstructs(s *stack, artifact *source.Node) *constructs {
	c := &constructs{byID: map[scoped]string{}, frames: map[string][]frame{}}
	as.readMetadata(s, c, artifact.Get("metadata"))
	if extra := artifact.Get("additionalMetadataFile"); extra.Is(source.StringNode) {
		if file, ok := as.path(as.manifest, extra); ok && as.used[file] {
			as.problem(extra.Span, "the metadata file %s of the stack %s is another's too; constructs are not named", quote(file), quote(s.id))
		} else if ok {
			as.used[file] = true
			if n := as.document(file, extra.Span, "metadata file"); n != nil {
				s.deployment.Files = append(s.deployment.Files, file)
				as.readMetadata(s, c, n)
			}
		}
	}
	if len(c.paths) == 0 && as.tree.file != "" {
		as.readTree(s, c)
	}
	c.divide()
	return c
}

// readMetadata reads a map from construct paths to lists of entries.
func (as *assembly) readMetadata(s *stack, c *constructs, n *source.Node) {
	if n == nil || n.Kind == source.NullNode {
		return
	}
	if n.Kind != source.MapNode {
		as.problem(n.Span, "the metadata of the stack %s must be a map, not a %s; constructs are not named", quote(s.id), n.Kind)
		return
	}
	for _, f := range n.Fields {
		if f.Value == nil {
			continue
		}
		if len(f.Key) > maxPath {
			as.problem(f.KeySpan, "the path of a construct has more than %d characters; the construct is not named", maxPath)
			continue
		}
		for _, e := range f.Value.Items {
			typ, data := e.Get("type"), e.Get("data")
			if !typ.Is(source.StringNode) {
				continue
			}
			switch typ.Text {
			case "aws:cdk:logicalId":
				if data.Is(source.StringNode) {
					c.paths = append(c.paths, located{f.Key, data.Text})
				}
				c.addFrames(f.Key, e.Get("trace"))
			case "aws:cdk:creationStack":
				c.addFrames(f.Key, data)
			}
		}
	}
}

// readTree reads the tree of constructs.
func (as *assembly) readTree(s *stack, c *constructs) {
	if !as.used[as.tree.file] {
		as.used[as.tree.file] = true
		as.tree.root = as.document(as.tree.file, s.span, "construct tree").Get("tree")
		as.tree.walked = map[*source.Node]bool{}
	}
	template := path.Base(s.template)
	var walk func(n *source.Node)
	walk = func(n *source.Node) {
		at, id := n.Get("path"), n.Path("attributes", "aws:cdk:cloudformation:logicalId")
		if at.Is(source.StringNode) && id.Is(source.StringNode) && len(at.Text) < maxPath {
			c.paths = append(c.paths, located{"/" + at.Text, id.Text})
		}
		if children := n.Get("children"); children.Is(source.MapNode) {
			for _, f := range children.Fields {
				walk(f.Value)
			}
		}
	}
	// The tree has all stacks; a stack is the child of the app or stage that
	// has its id, which its template is named after.
	for _, key := range []string{s.id, strings.TrimSuffix(template, ".template.json")} {
		if child := as.tree.root.Path("children", key); child != nil && !as.tree.walked[child] {
			as.tree.walked[child] = true
			walk(child)
			return
		}
	}
}

// divide gives every path to the stack that it lies in.
func (c *constructs) divide() {
	nested := map[string]bool{}
	for _, p := range c.paths {
		if scope, ok := scopeOf(p.path); ok {
			nested[scope] = true
		}
	}
	for _, p := range c.paths {
		scope := ""
		dir := p.path
		for i := len(dir); len(nested) > 0 && i > 0; i = strings.LastIndexByte(dir, '/') {
			if dir = dir[:i]; nested[dir] && dir != p.path {
				scope = dir
				break
			}
		}
		if _, twice := c.byID[scoped{scope, p.id}]; !twice {
			c.byID[scoped{scope, p.id}] = p.path
		}
	}
	c.paths = nil
}

// pathOf is the construct path of a resource, by its logical id with those of
// its nested stacks before it; empty where it is not known.
func (c *constructs) pathOf(logical string) string {
	scope := ""
	for {
		outer, rest, more := strings.Cut(logical, "/")
		if !more {
			return c.byID[scoped{scope, logical}]
		}
		at, ok := scopeOf(c.byID[scoped{scope, outer}])
		if !ok {
			return ""
		}
		scope, logical = at, rest
	}
}

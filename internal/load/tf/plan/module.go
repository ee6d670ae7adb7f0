package plan

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A module is one module of the configuration that a plan holds.
type module struct {
	node   *source.Node // its configuration; nil where the plan has none
	call   *source.Node // the call of it, nil for the root
	parent *module
	calls  map[string]*module
	dir    string // its folder, "" where it is not at hand
	blocks map[string]*source.Node
}

// modules reads the configuration from the root module on.
func modules(config *source.Node, dir string) *module {
	m := &module{node: config.Get("root_module"), dir: dir}
	m.fill()
	return m
}

func (m *module) fill() {
	m.blocks = map[string]*source.Node{}
	for _, r := range items(m.node.Get("resources")) {
		if address := text(r.Get("address")); address != "" {
			m.blocks[address] = r
		}
	}
	m.calls = map[string]*module{}
	for _, f := range fields(m.node.Get("module_calls")) {
		child := &module{node: f.Value.Get("module"), call: f.Value, parent: m}
		if src := text(f.Value.Get("source")); m.dir != "" && (strings.HasPrefix(src, "./") || strings.HasPrefix(src, "../")) {
			if dir, err := source.Clean(path.Join(m.dir, src)); err == nil {
				child.dir = dir
			}
		}
		m.calls[f.Key] = child
		child.fill()
	}
}

// at is the configuration of the module with an instance's address; nil where
// the plan has none.
func (m *module) at(address string) *module {
	ss := steps(address)
	for i := 0; i+1 < len(ss) && m != nil; i += 2 {
		m = m.calls[ss[i+1].name]
	}
	return m
}

func text(n *source.Node) string {
	if n.Is(source.StringNode) {
		return n.Text
	}
	return ""
}

func isTrue(n *source.Node) bool { return n.Is(source.BoolNode) && n.Text == "true" }

func items(n *source.Node) []*source.Node {
	if n.Is(source.ListNode) {
		return n.Items
	}
	return nil
}

func fields(n *source.Node) []source.Field {
	if n.Is(source.MapNode) {
		return n.Fields
	}
	return nil
}

func item(n *source.Node, i int) *source.Node {
	if list := items(n); i < len(list) {
		return list[i]
	}
	return nil
}

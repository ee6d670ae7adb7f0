package source

// NodeKind is the syntactic kind of a Node.
type NodeKind uint8

// The kinds of a document's nodes.
const (
	NullNode NodeKind = iota
	BoolNode
	NumberNode
	StringNode
	ListNode
	MapNode
)

func (k NodeKind) String() string {
	return [...]string{"null", "boolean", "number", "string", "list", "map"}[k]
}

// A Node is one value of a YAML or JSON document: syntax, before any
// intrinsic function or parameter means something. Trees may share nodes
// (YAML aliases), so a node is never changed in place; build a new one.
type Node struct {
	Kind NodeKind
	// Text is the scalar as written, without quotes: "042", "abc". A boolean
	// is "true" or "false" however it is spelt.
	Text string
	// Quoted tells a quoted or block scalar from a plain one.
	Quoted bool
	// Tag is a local YAML tag such as "!Sub", which the loader gives meaning.
	Tag    string
	Items  []*Node // of a list
	Fields []Field // of a map, in the order written
	Span   Span
}

// A Field is one key of a map with its value. KeySpan is the key's own span.
type Field struct {
	Key     string
	KeySpan Span
	Value   *Node
}

// Get returns the value of a key, or nil. A key that is written twice gives
// its last value, as AWS's own parsers do.
func (n *Node) Get(key string) *Node {
	if f := n.Field(key); f != nil {
		return f.Value
	}
	return nil
}

// Path follows keys from map to map; nil where one is missing.
func (n *Node) Path(keys ...string) *Node {
	for _, k := range keys {
		n = n.Get(k)
	}
	return n
}

// Field returns the field of a key, or nil.
func (n *Node) Field(key string) *Field {
	if n == nil || n.Kind != MapNode {
		return nil
	}
	for i := len(n.Fields) - 1; i >= 0; i-- {
		if n.Fields[i].Key == key {
			return &n.Fields[i]
		}
	}
	return nil
}

// Has reports whether a map has the key.
func (n *Node) Has(key string) bool { return n.Field(key) != nil }

// Is reports whether n is of the kind; false for nil.
func (n *Node) Is(kind NodeKind) bool { return n != nil && n.Kind == kind }

// IsScalar reports whether n is a boolean, number or string.
func (n *Node) IsScalar() bool {
	return n != nil && (n.Kind == StringNode || n.Kind == NumberNode || n.Kind == BoolNode)
}

// NewString, NewBool, NewNumber, NewList and NewMap build nodes for trees
// that a transform writes; each takes the span of what it was derived from.
func NewString(text string, span Span) *Node {
	return &Node{Kind: StringNode, Text: text, Quoted: true, Span: span}
}

// NewBool builds a boolean node.
func NewBool(b bool, span Span) *Node {
	text := "false"
	if b {
		text = "true"
	}
	return &Node{Kind: BoolNode, Text: text, Span: span}
}

// NewNumber builds a number node from its decimal text.
func NewNumber(text string, span Span) *Node {
	return &Node{Kind: NumberNode, Text: text, Span: span}
}

// NewList builds a list node.
func NewList(span Span, items ...*Node) *Node {
	return &Node{Kind: ListNode, Items: items, Span: span}
}

// NewMap builds a map node.
func NewMap(span Span, fields ...Field) *Node {
	return &Node{Kind: MapNode, Fields: fields, Span: span}
}

// F is a field whose key stands where its value does.
func F(key string, value *Node) Field {
	return Field{Key: key, KeySpan: value.Span, Value: value}
}

// With returns a copy of the map with one key set; the key keeps its place
// if it is there already.
func (n *Node) With(key string, value *Node) *Node {
	out := *n
	out.Fields = make([]Field, 0, len(n.Fields)+1)
	found := false
	for _, f := range n.Fields {
		if f.Key == key {
			if found {
				continue
			}
			found = true
			f.Value = value
		}
		out.Fields = append(out.Fields, f)
	}
	if !found {
		out.Fields = append(out.Fields, F(key, value))
	}
	return &out
}

// Without returns a copy of the map that lacks the keys.
func (n *Node) Without(keys ...string) *Node {
	out := *n
	out.Fields = make([]Field, 0, len(n.Fields))
next:
	for _, f := range n.Fields {
		for _, k := range keys {
			if f.Key == k {
				continue next
			}
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// node is a value of the template. The expansion owns a private copy of the
// whole document, so the helpers below change maps in place; no node that the
// caller holds is ever touched.
type node = source.Node

// Bounds on a template: beyond them it is hostile or broken. AWS itself takes
// templates of 1 MB with 500 resources.
const (
	maxDepth = 512
	maxNodes = 2_000_000
	maxKeys  = 10_000    // of one map
	maxText  = 1 << 20   // bytes of one text with parameters put in
	maxGrow  = 4_000_000 // values that the expansion may repeat
)

// copier makes private copies and counts them, so that aliases or cycles in
// the input cannot blow up.
type copier struct {
	nodes int
	over  bool
}

func (c *copier) copy(n *node, depth int) *node {
	if n == nil {
		return nil
	}
	if c.nodes++; c.nodes > maxNodes || depth > maxDepth {
		c.over = true
		return &node{Span: n.Span}
	}
	out := *n
	if n.Items != nil {
		out.Items = make([]*node, len(n.Items))
		for i, it := range n.Items {
			out.Items[i] = c.copy(it, depth+1)
		}
	}
	if n.Fields != nil {
		fields := n.Fields
		if len(fields) > maxKeys {
			c.over, fields = true, fields[:maxKeys]
		}
		out.Fields = make([]source.Field, 0, len(fields))
		for _, f := range fields {
			f.Value = c.copy(f.Value, depth+1)
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// clone copies a tree that is within bounds already.
func clone(n *node) *node {
	var c copier
	return c.copy(n, 0)
}

// size counts the values of a tree, up to the bound on growth.
func size(n *node) int {
	if n == nil {
		return 0
	}
	count := 1
	for _, it := range n.Items {
		if count += size(it); count > maxGrow {
			return count
		}
	}
	for _, f := range n.Fields {
		if count += size(f.Value); count > maxGrow {
			return count
		}
	}
	return count
}

// isNone is "not given": absent or null.
func isNone(n *node) bool { return n == nil || n.Kind == source.NullNode }

func isMap(n *node) bool  { return n.Is(source.MapNode) }
func isList(n *node) bool { return n.Is(source.ListNode) }
func isStr(n *node) bool  { return n.Is(source.StringNode) }
func isBool(n *node) bool { return n.Is(source.BoolNode) }

// isInt accepts booleans as the transform's own type check does.
func isInt(n *node) bool {
	if isBool(n) {
		return true
	}
	if !n.Is(source.NumberNode) {
		return false
	}
	_, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64)
	return err == nil
}

func isTrue(n *node) bool { return isBool(n) && strings.EqualFold(n.Text, "true") }

// truthy is the transform's notion of a value that counts as given: empty
// strings, lists and maps, zero and false do not.
func truthy(n *node) bool {
	if isNone(n) {
		return false
	}
	switch n.Kind {
	case source.BoolNode:
		return isTrue(n)
	case source.NumberNode:
		f, err := strconv.ParseFloat(n.Text, 64)
		return err != nil || f != 0
	case source.StringNode:
		return n.Text != ""
	case source.ListNode:
		return len(n.Items) > 0
	}
	return len(n.Fields) > 0
}

// text is the text of a string, and "" for everything else.
func text(n *node) string {
	if isStr(n) {
		return n.Text
	}
	return ""
}

// get is n.Get, but nil for null.
func get(n *node, key string) *node {
	if v := n.Get(key); !isNone(v) {
		return v
	}
	return nil
}

// set gives a map's key a value, in place.
func set(m *node, key string, v *node) {
	if !isMap(m) || v == nil {
		return
	}
	if f := m.Field(key); f != nil {
		f.Value = v
		return
	}
	m.Fields = append(m.Fields, source.F(key, v))
}

// del removes keys from a map, in place.
func del(m *node, keys ...string) {
	if !isMap(m) {
		return
	}
	m.Fields = slices.DeleteFunc(m.Fields, func(f source.Field) bool { return slices.Contains(keys, f.Key) })
}

// child returns the value of a key, after giving it an empty map if it is
// absent or null.
func child(m *node, key string, span source.Span) *node {
	if v := get(m, key); v != nil {
		return v
	}
	v := source.NewMap(span)
	set(m, key, v)
	return v
}

func push(list *node, items ...*node) { list.Items = append(list.Items, items...) }

// asList is n's items, or n alone if it is no list.
func asList(n *node) []*node {
	if isNone(n) {
		return nil
	}
	if isList(n) {
		return n.Items
	}
	return []*node{n}
}

// fn returns the name and argument of an intrinsic function call.
func fn(n *node) (name string, arg *node) {
	if !isMap(n) || len(n.Fields) != 1 {
		return "", nil
	}
	f := n.Fields[0]
	if f.Key == "Ref" || f.Key == "Condition" || strings.HasPrefix(f.Key, "Fn::") {
		return f.Key, f.Value
	}
	return "", nil
}

func isFn(n *node) bool {
	name, _ := fn(n)
	return name != ""
}

// ifArgs returns the arguments of an Fn::If; is is false if n is no Fn::If,
// and args is nil if it has not three of them.
func ifArgs(n *node) (args []*node, is bool) {
	name, arg := fn(n)
	if name != "Fn::If" {
		return nil, false
	}
	if !isList(arg) || len(arg.Items) != 3 {
		return nil, true
	}
	return arg.Items, true
}

func isNoValue(n *node) bool {
	name, arg := fn(n)
	return name == "Ref" && text(arg) == "AWS::NoValue"
}

// target is the logical id that a Ref or Fn::GetAtt names, or "".
func target(n *node) string {
	name, arg := fn(n)
	switch name {
	case "Ref":
		return text(arg)
	case "Fn::GetAtt":
		if isList(arg) && len(arg.Items) == 2 {
			return text(arg.Items[0])
		}
		if parts := strings.Split(text(arg), "."); len(parts) == 2 {
			return parts[0]
		}
	}
	return ""
}

// equal compares two trees by value, whatever the order of keys.
func equal(a, b *node) bool {
	if isNone(a) || isNone(b) {
		return isNone(a) && isNone(b)
	}
	return a == b || canonical(a) == canonical(b)
}

// value makes a node of what obj and list accept: a node, a list of nodes or
// strings, a string, a boolean or an integer. nil gives nil.
func value(span source.Span, v any) *node {
	switch v := v.(type) {
	case *node:
		return v
	case []*node:
		return source.NewList(span, v...)
	case string:
		return source.NewString(v, span)
	case []string:
		out := source.NewList(span)
		for _, s := range v {
			push(out, source.NewString(s, span))
		}
		return out
	case bool:
		return source.NewBool(v, span)
	case int:
		return source.NewNumber(strconv.Itoa(v), span)
	}
	return nil
}

// obj builds a map from keys and values in turn; a nil value leaves its key
// out. A node given as value is used as it is, with its own span.
func obj(span source.Span, pairs ...any) *node {
	m := source.NewMap(span)
	for i := 0; i+1 < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		if v := value(span, pairs[i+1]); v != nil {
			m.Fields = append(m.Fields, source.Field{Key: key, KeySpan: span, Value: v})
		}
	}
	return m
}

func list(span source.Span, items ...any) *node {
	out := source.NewList(span)
	for _, it := range items {
		if v := value(span, it); v != nil {
			push(out, v)
		}
	}
	return out
}

func ref(span source.Span, id string) *node { return obj(span, "Ref", id) }

func getAtt(span source.Span, id, attr string) *node {
	return obj(span, "Fn::GetAtt", []string{id, attr})
}

// sub builds Fn::Sub, with variables if there are any.
func sub(span source.Span, text string, vars ...any) *node {
	if len(vars) == 0 {
		return obj(span, "Fn::Sub", text)
	}
	return obj(span, "Fn::Sub", list(span, text, obj(span, vars...)))
}

// when builds Fn::If; a nil alternative is AWS::NoValue.
func when(span source.Span, condition string, yes, no *node) *node {
	if no == nil {
		no = ref(span, "AWS::NoValue")
	}
	return obj(span, "Fn::If", list(span, condition, yes, no))
}

// spanOf is n's span, or the fallback where n does not exist.
func spanOf(n *node, fallback source.Span) source.Span {
	if n == nil || n.Span.IsZero() {
		return fallback
	}
	return n.Span
}

func keys(m *node) []string {
	out := make([]string, 0, len(m.Fields))
	for _, f := range m.Fields {
		out = append(out, f.Key)
	}
	return out
}

func alnum(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}

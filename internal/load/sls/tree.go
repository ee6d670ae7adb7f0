package sls

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// node is a value of the service file or of the template made from it. Trees
// share nodes, so a node is changed in place only by what built it.
type node = source.Node

func isMap(n *node) bool  { return n.Is(source.MapNode) }
func isList(n *node) bool { return n.Is(source.ListNode) }

// isNone is "not given": absent or null.
func isNone(n *node) bool { return n == nil || n.Kind == source.NullNode }

// isTrue and isFalse ask for the booleans themselves.
func isTrue(n *node) bool  { return n.Is(source.BoolNode) && n.Text == "true" }
func isFalse(n *node) bool { return n.Is(source.BoolNode) && n.Text == "false" }

// truthy is JavaScript's notion of a value that counts as given, which is what
// the framework asks for in most places.
func truthy(n *node) bool {
	switch {
	case isNone(n), isFalse(n):
		return false
	case n.Kind == source.NumberNode:
		f, err := strconv.ParseFloat(n.Text, 64)
		return err != nil || f != 0
	case n.Kind == source.StringNode:
		return n.Text != ""
	}
	return true
}

// text is the text of a scalar, "" for everything else.
func text(n *node) string {
	if n.IsScalar() {
		return n.Text
	}
	return ""
}

// isFn reports whether n is a call of an intrinsic function.
func isFn(n *node) bool {
	_, _, ok := intrinsic.Of(n)
	return ok
}

// plain reports whether n is a map that is no call of a function.
func plain(n *node) bool { return isMap(n) && !isFn(n) }

// get follows keys from map to map; nil for what is missing or null.
func get(n *node, keys ...string) *node {
	if v := n.Path(keys...); !isNone(v) {
		return v
	}
	return nil
}

// first is the first value that counts as given.
func first(list ...*node) *node {
	for _, n := range list {
		if truthy(n) {
			return n
		}
	}
	return nil
}

// items are the items of a list, or n alone if it is none.
func items(n *node) []*node {
	switch {
	case isNone(n):
		return nil
	case isList(n):
		return n.Items
	}
	return []*node{n}
}

func spanOf(n *node, otherwise source.Span) source.Span {
	if n == nil {
		return otherwise
	}
	return n.Span
}

// value makes a node of a Go value: a node, text, a number, a boolean or a
// list. nil gives nil.
func value(span source.Span, v any) *node {
	switch v := v.(type) {
	case *node:
		return v
	case string:
		return source.NewString(v, span)
	case int:
		return source.NewNumber(strconv.Itoa(v), span)
	case bool:
		return source.NewBool(v, span)
	case []*node:
		return source.NewList(span, v...)
	case []string:
		out := source.NewList(span)
		for _, s := range v {
			out.Items = append(out.Items, source.NewString(s, span))
		}
		return out
	}
	return nil
}

// obj makes a map of keys and values in turn; what is nil is left out.
func obj(span source.Span, pairs ...any) *node {
	out := source.NewMap(span)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(out, pairs[i].(string), value(span, pairs[i+1]))
	}
	return out
}

// set gives a map's key a value, in place; nil leaves it as it is.
func set(m *node, key string, v *node) {
	if v == nil || !isMap(m) {
		return
	}
	if f := m.Field(key); f != nil {
		f.Value = v
		return
	}
	m.Fields = append(m.Fields, source.F(key, v))
}

// del takes keys out of a map, in place.
func del(m *node, keys ...string) {
	m.Fields = slices.DeleteFunc(m.Fields, func(f source.Field) bool { return slices.Contains(keys, f.Key) })
}

func list(span source.Span, values ...any) *node {
	out := source.NewList(span)
	for _, v := range values {
		if n := value(span, v); n != nil {
			out.Items = append(out.Items, n)
		}
	}
	return out
}

func ref(span source.Span, name string) *node { return obj(span, "Ref", name) }

func getAtt(span source.Span, id, attr string) *node {
	return obj(span, "Fn::GetAtt", list(span, id, attr))
}

// cat joins texts: one string where all are known, else Fn::Join. Texts that
// are joined already are taken apart, so that literals stay together.
func cat(span source.Span, parts ...any) *node {
	var out []*node
	var add func(n *node)
	add = func(n *node) {
		if isNone(n) {
			return
		}
		if args := get(n, "Fn::Join"); isFn(n) && isList(args) && len(args.Items) == 2 && args.Items[0].Is(source.StringNode) &&
			args.Items[0].Text == "" && isList(args.Items[1]) {
			for _, it := range args.Items[1].Items {
				add(it)
			}
			return
		}
		if last := len(out) - 1; n.IsScalar() && last >= 0 && out[last].IsScalar() {
			out[last] = source.NewString(out[last].Text+n.Text, span)
			return
		}
		if n.IsScalar() {
			n = source.NewString(n.Text, span)
		}
		out = append(out, n)
	}
	for _, p := range parts {
		add(value(span, p))
	}
	switch {
	case len(out) == 0:
		return source.NewString("", span)
	case len(out) == 1:
		return out[0]
	}
	return obj(span, "Fn::Join", list(span, "", source.NewList(span, out...)))
}

// joinedBy puts a separator between texts.
func joinedBy(span source.Span, sep string, parts ...any) *node {
	all := make([]any, 0, 2*len(parts))
	for i, p := range parts {
		if i > 0 {
			all = append(all, sep)
		}
		all = append(all, p)
	}
	return cat(span, all...)
}

// arn writes arn:PARTITION:service:REGION:ACCOUNT:rest of the place that the
// stack is deployed to.
func arn(span source.Span, service string, rest ...any) *node {
	return cat(span, append([]any{"arn:", ref(span, "AWS::Partition"), ":" + service + ":", ref(span, "AWS::Region"), ":",
		ref(span, "AWS::AccountId"), ":"}, rest...)...)
}

// shown is a text for logical ids and messages: what is not known stands as
// the name of what it refers to.
func shown(n *node) string {
	switch {
	case isNone(n):
		return ""
	case n.IsScalar():
		return n.Text
	case isList(n):
		var b strings.Builder
		for _, it := range n.Items {
			b.WriteString(shown(it))
		}
		return b.String()
	}
	if name, arg, ok := intrinsic.Of(n); ok {
		switch {
		case name == "Fn::Join" && isList(arg) && len(arg.Items) == 2:
			return shown(arg.Items[1])
		case name == "Fn::GetAtt" && isList(arg) && len(arg.Items) > 0:
			return shown(arg.Items[0])
		}
		return shown(arg)
	}
	return ""
}

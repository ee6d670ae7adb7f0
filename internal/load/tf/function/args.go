package function

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// The readers of arguments give what the argument is, or, as their last
// result, the value that the call returns because the argument is wrong.

// str is a string, number or boolean as text with its holes; what is
// unresolved is one hole.
func (c *call) str(i int) (value.Text, *value.Value) {
	t, ok := scalar(c.args[i])
	if !ok {
		return value.Text{}, c.wrong("argument %d must be a string, not %s", i+1, kindName(c.args[i]))
	}
	return t, nil
}

// scalar is the text of what converts to a string.
func scalar(v *value.Value) (value.Text, bool) {
	switch v.Kind() {
	case value.String, value.Number, value.Bool, value.Unresolved:
		return v.Text(), true
	}
	return value.Text{}, false
}

// known is a string that is known whole; false where it is not.
func (c *call) known(i int) (string, bool, *value.Value) {
	t, bad := c.str(i)
	if bad != nil {
		return "", false, bad
	}
	s, ok := t.Known()
	return s, ok, nil
}

// integer is a whole number; false where it is not known.
func (c *call) integer(i int) (int, bool, *value.Value) {
	s, ok, bad := c.known(i)
	if bad != nil || !ok {
		return 0, false, bad
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, ".0"))
	if err != nil {
		return 0, false, c.wrong("argument %d must be a whole number, not %.40q", i+1, s)
	}
	return n, true, nil
}

// items are the elements of a list; what is unresolved is one element that
// stands for any number.
func (c *call) items(i int) ([]*value.Value, *value.Value) {
	switch v := untyped(c.args[i]); v.Kind() {
	case value.List:
		if !c.spend(v.Len()) {
			return nil, c.tooLarge()
		}
		return v.Items(), nil
	case value.Unresolved:
		return []*value.Value{rest(v)}, nil
	default:
		return nil, c.wrong("argument %d must be a list, not %s", i+1, kindName(v))
	}
}

// untyped is v as a collection would be seen: a text of which nothing is known,
// such as an attribute that a provider computes, may be one.
func untyped(v *value.Value) *value.Value {
	if v.Kind() != value.String {
		return v
	}
	if parts := v.Text().Parts(); len(parts) != 1 || parts[0].Hole == "" {
		return v
	}
	return value.NewUnresolved(v.Str(), v.Span(), v.Refs())
}

// fields are the fields of a map, each key once, sorted; why is set where
// there may be more.
func (c *call) fields(i int) (fields []value.Field, why string, bad *value.Value) {
	switch v := untyped(c.args[i]); v.Kind() {
	case value.Map:
		if !c.spend(v.Len()) {
			return nil, "", c.tooLarge()
		}
		return sortedFields(v), v.Why(), nil
	case value.Unresolved:
		return nil, v.Why(), nil
	default:
		return nil, "", c.wrong("argument %d must be a map or an object, not %s", i+1, kindName(v))
	}
}

// sortedFields are the fields in the order of the keys, in which Terraform
// iterates; of two equal keys the last counts.
func sortedFields(v *value.Value) []value.Field {
	fields := slices.Clone(v.Fields())
	slices.SortStableFunc(fields, func(a, b value.Field) int { return strings.Compare(a.Key, b.Key) })
	out := fields[:0]
	for i, f := range fields {
		if i+1 < len(fields) && fields[i+1].Key == f.Key {
			continue
		}
		out = append(out, f)
	}
	return out
}

func kindName(v *value.Value) string {
	if k := v.Kind(); k != value.Absent && k != value.Null {
		return "a " + k.String()
	}
	return "null"
}

const restOf = "elements of "

// rest stands for the elements of a list that are not known.
func rest(v *value.Value) *value.Value {
	if isRest(v) {
		return v
	}
	return value.NewUnresolved(restOf+v.Why(), v.Span(), v.Refs(), v.Choices()...)
}

func isRest(v *value.Value) bool {
	return v.Kind() == value.Unresolved && strings.HasPrefix(v.Why(), restOf)
}

// Open reports whether a list may have other elements than those that it
// shows: one of them stands for any number.
func Open(list *value.Value) bool {
	return list.Kind() == value.Unresolved || list.Kind() == value.List && slices.ContainsFunc(list.Items(), isRest)
}

package cfn

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// maxDefinition bounds the text of one definition; a longer one goes by its sum.
const maxDefinition = 4000

// definition spells out a condition with what is known put in: two conditions
// of one name are the same only if this is.
func (s *stack) definition(name string) string {
	c := s.conditions[name]
	f := s.sections["Conditions"].field(name)
	switch {
	case f == nil:
		return name + " is not declared"
	case c == nil || !c.done:
		return name // on the way to itself
	case c.truth == value.Yes:
		return "true"
	case c.truth == value.No:
		return "false"
	}
	if c.text == "" {
		c.done = false
		text := s.spell(f.Value)
		c.done = true
		if len(text) > maxDefinition {
			text = fmt.Sprintf("%.200q… %x", text, sha256.Sum256([]byte(text)))
		}
		c.text = text
	}
	return c.text
}

// spell spells out a condition expression.
func (s *stack) spell(n *source.Node) string {
	name, arg, ok := intrinsic.Of(n)
	if !ok {
		if n.Is(source.MapNode) && len(n.Fields) == 1 && n.Fields[0].Key == "Condition" && n.Fields[0].Value.Is(source.MapNode) {
			return s.spell(n.Fields[0].Value)
		}
		return spellValue(s.eval(n))
	}
	var parts []string
	switch name {
	case "Condition":
		if arg.Is(source.StringNode) {
			return s.definition(arg.Text)
		}
	case "Fn::And", "Fn::Or", "Fn::Not":
		if arg.Is(source.ListNode) {
			for _, it := range arg.Items {
				parts = append(parts, s.spell(it))
			}
		}
		return name + "(" + strings.Join(parts, ", ") + ")"
	case "Fn::Equals":
		if arg.Is(source.ListNode) {
			for _, it := range arg.Items {
				parts = append(parts, spellValue(s.eval(it)))
			}
		}
		return name + "(" + strings.Join(parts, ", ") + ")"
	}
	return spellValue(s.eval(n))
}

// spellValue writes a value in full; what is not known goes by its name.
func spellValue(v *value.Value) string {
	if t, ok := scalar(v); ok {
		if v.Kind() == value.Unresolved && t.IsEmpty() {
			return v.Why()
		}
		return "\"" + t.String() + "\""
	}
	var parts []string
	switch v.Kind() {
	case value.List:
		for _, it := range v.Items() {
			parts = append(parts, spellValue(it))
		}
	case value.Map:
		for _, f := range v.Fields() {
			parts = append(parts, f.Key+"="+spellValue(f.Value))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// when spells out the conditions under which a resource is there: its own, and
// those of the stacks around it.
func (s *stack) when(logical string) string {
	out := ""
	if c := s.resource(logical).Get("Condition"); c.Is(source.StringNode) {
		out = s.definition(c.Text)
	}
	if s.parent == nil {
		return out
	}
	name := strings.TrimSuffix(strings.TrimPrefix(s.prefix, s.parent.prefix), "/")
	return s.parent.when(name) + "; " + out
}

// labelled is what values that a condition chooses are called by: its name,
// and where it is compared with another of the same name, which one it is.
func (s *stack) labelled(name string) string {
	if s.loader.options.Redefined[s.app+"/"+s.prefix+name] {
		return name + " (as it was)"
	}
	return name
}

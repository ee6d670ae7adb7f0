package solve

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// smt3 is a formula in two versions: what holds for certain, and what may.
type smt3 struct{ sure, maybe string }

func both(s string) smt3 { return smt3{s, s} }

func join(op, zero string, list []string) string {
	if len(list) == 0 {
		return zero
	}
	return "(" + op + " " + strings.Join(list, " ") + ")"
}

func allOf(list ...smt3) smt3 { return combine("and", "true", list) }
func anyOf(list ...smt3) smt3 { return combine("or", "false", list) }

func combine(op, zero string, list []smt3) smt3 {
	var s, m []string
	for _, x := range list {
		s, m = append(s, x.sure), append(m, x.maybe)
	}
	return smt3{join(op, zero, s), join(op, zero, m)}
}

func notOf(x smt3) smt3 { return smt3{"(not " + x.maybe + ")", "(not " + x.sure + ")"} }

// An encoder writes formulas and collects the variables they use.
type encoder struct {
	keys map[string]bool
	// partly is set where something cannot be written as a formula: an unsat
	// then proves nothing.
	partly bool
}

const multi = "aws:tagkeys"

func symbol(kind, key string) string { return "|" + kind + " " + key + "|" }

func smtString(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// regex writes a glob; part excludes colons from its wildcards.
func regex(p string, wild, part, fold bool) string {
	one, many := "re.allchar", "re.all"
	if part {
		one = `(re.diff re.allchar (str.to_re ":"))`
		many = "(re.* " + one + ")"
	}
	var out []string
	for i := range len(p) {
		c := p[i : i+1]
		switch {
		case wild && c == "*":
			out = append(out, many)
		case wild && c == "?":
			out = append(out, one)
		case fold && strings.ToUpper(c) != strings.ToLower(c):
			out = append(out, fmt.Sprintf("(re.union (str.to_re %q) (str.to_re %q))", strings.ToLower(c), strings.ToUpper(c)))
		default:
			out = append(out, "(str.to_re "+smtString(c)+")")
		}
	}
	switch len(out) {
	case 0:
		return `(str.to_re "")`
	case 1:
		return out[0]
	}
	return join("re.++", "", out)
}

func arnRegex(p string) string {
	parts := strings.SplitN(p, ":", 6)
	if len(parts) != 6 {
		return "re.none"
	}
	var out []string
	for i, x := range parts {
		if i > 0 {
			out = append(out, `(str.to_re ":")`)
		}
		out = append(out, regex(x, true, i < 5, false))
	}
	return join("re.++", "", out)
}

// simple writes what needs no regular expression.
func simple(subject, text string, how policy.OperatorKind) (string, bool) {
	head, star := strings.CutSuffix(text, "*")
	switch {
	case how == policy.StringEquals, how == policy.StringLike && !strings.ContainsAny(text, "*?"):
		return fmt.Sprintf("(= %s %s)", subject, smtString(text)), true
	case how == policy.StringLike && text == "*":
		return "true", true
	case how == policy.StringLike && star && !strings.ContainsAny(head, "*?"):
		return fmt.Sprintf("(str.prefixof %s %s)", smtString(head), subject), true
	}
	return "", false
}

// match says that a subject matches a text of a policy. Variables stand where
// at most one star or question mark follows them, at the end.
func (e *encoder) match(subject, text string, how policy.OperatorKind, negated bool) smt3 {
	wild := how == policy.StringLike
	if !strings.Contains(text, "${") {
		if m, ok := simple(subject, text, how); ok {
			return both(m)
		}
		return both(fmt.Sprintf("(str.in_re %s %s)", subject, regex(text, wild, false, how == policy.StringEqualsIgnoreCase)))
	}
	var pieces []string
	var there, lost []string
	rest, tail := text, ""
	for rest != "" {
		start := strings.Index(rest, "${")
		if start < 0 {
			if wild {
				if n := len(rest); strings.HasSuffix(rest, "*") || strings.HasSuffix(rest, "?") {
					rest, tail = rest[:n-1], rest[n-1:]
				}
			}
			pieces = append(pieces, smtString(rest))
			break
		}
		end := start + strings.IndexByte(rest[start:], '}')
		pieces = append(pieces, smtString(rest[:start]))
		inner := rest[start+2 : end]
		rest = rest[end+1:]
		if inner == "*" {
			pieces = append(pieces, `"*"`)
			continue
		}
		key, dflt, has := strings.Cut(inner, ", ")
		key = strings.ToLower(key)
		e.keys[key] = true
		ok := fmt.Sprintf("(and %s (not (= %s \"\")))", symbol("has", key), symbol("val", key))
		v := symbol("val", key)
		if has {
			v = fmt.Sprintf("(ite %s %s %s)", ok, v, smtString(strings.Trim(dflt, "'")))
		} else {
			there = append(there, ok)
			lost = append(lost, "(not "+ok+")")
		}
		pieces = append(pieces, v)
	}
	whole := join("str.++", `""`, append(pieces, `""`))
	var m string
	switch {
	case how == policy.StringEqualsIgnoreCase:
		e.partly = true
		return smt3{"false", "true"} // no function of the theory folds
	case tail == "*":
		m = fmt.Sprintf("(str.prefixof %s %s)", whole, subject)
	case tail == "?":
		m = fmt.Sprintf("(and (str.prefixof %s %s) (= (str.len %s) (+ 1 (str.len %s))))", whole, subject, subject, whole)
	default:
		m = fmt.Sprintf("(= %s %s)", whole, subject)
	}
	out := both(join("and", "true", append(there, m)))
	if negated && len(lost) > 0 {
		out.maybe = join("or", "false", append(lost, out.maybe))
	}
	return out
}

// compare is one value against the list of a condition.
func (e *encoder) compare(op policy.Operator, key string, val string, items []policy.Item) smt3 {
	var list []smt3
	for _, it := range items {
		s, _ := it.Text.Known()
		switch k := op.Kind; {
		case k == policy.Bool:
			list = append(list, both(fmt.Sprintf("(str.in_re %s %s)", val, regex(strings.ToLower(s), false, false, true))))
		case k == policy.ArnLike:
			list = append(list, both(fmt.Sprintf("(str.in_re %s %s)", val, arnRegex(s))))
		case k == policy.IPAddress:
			b, _ := iam.ReadBlock(s)
			list = append(list, both(block(key, b)))
		case k >= policy.DateEquals && k <= policy.DateGreaterThanEquals:
			t, _ := iam.ReadDate(s)
			list = append(list, both(fmt.Sprintf("(%s %s %d)", smtRelation(k-policy.DateEquals), symbol("num", key), t.Unix())))
		case k >= policy.NumericEquals && k <= policy.NumericGreaterThanEquals:
			list = append(list, both(fmt.Sprintf("(%s %s %s)", smtRelation(k-policy.NumericEquals), symbol("num", key), s)))
		default:
			list = append(list, e.match(val, s, k, op.Negated))
		}
	}
	return anyOf(list...)
}

func smtRelation(k policy.OperatorKind) string { return [...]string{"=", "<", "<=", ">", ">="}[k] }

// block is an address block over the first four bytes of an address.
func block(key string, p netip.Prefix) string {
	b := p.Addr().AsSlice()
	first := int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])
	size := int64(1) << (32 - p.Bits())
	family := symbol("four", key)
	if !p.Addr().Is4() {
		family = "(not " + family + ")"
	}
	return fmt.Sprintf("(and %s (>= %s %d) (< %s %d))", family, symbol("num", key), first, symbol("num", key), first+size)
}

const manyValues = 4

func (e *encoder) condition(c *policy.Condition) smt3 {
	op, _ := policy.ParseOperator(c.Operator)
	key := strings.ToLower(c.Key)
	e.keys[key] = true
	has := symbol("has", key)
	if op.Kind == policy.Null {
		var list []string
		for _, it := range c.Values.Items {
			if s := it.Text.String(); s == "true" {
				list = append(list, "(not "+has+")")
			} else {
				list = append(list, has)
			}
		}
		return both(join("or", "false", list))
	}
	absent := op.IfExists || op.Negated
	some := !op.Negated
	switch op.Set {
	case policy.ForAllValues:
		absent, some = true, false
	case policy.ForAnyValue:
		absent, some = false, true
	}
	var list []smt3
	n := 1
	if key == multi {
		n = manyValues
	}
	for i := range n {
		m := e.compare(op, key, value3(key, i), c.Values.Items)
		if op.Negated {
			m = notOf(m)
		}
		on := both("true")
		if i > 0 {
			on = both(symbol("has"+fmt.Sprint(i), key))
		}
		if some {
			list = append(list, allOf(on, m))
		} else {
			list = append(list, anyOf(notOf(on), m))
		}
	}
	there := allOf(list...)
	if some {
		there = anyOf(list...)
	}
	out := allOf(both(has), there)
	if absent {
		out = anyOf(both("(not "+has+")"), there)
	}
	return out
}

func value3(key string, i int) string {
	if i == 0 {
		return symbol("val", key)
	}
	return symbol("val"+fmt.Sprint(i), key)
}

func (e *encoder) statement(s *policy.Statement) smt3 {
	action, resource := s.Action, s.Resource
	if s.NotAction.Present {
		action = s.NotAction
	}
	var list []smt3
	for i, n := range genAsked {
		for _, it := range action.Items {
			if it.Text.Map(strings.ToLower).Glob(value.Lit(strings.ToLower(n))) == value.Yes {
				list = append(list, both(fmt.Sprintf("(= action %d)", i)))
				break
			}
		}
	}
	acts := anyOf(list...)
	if s.NotAction.Present {
		acts = notOf(acts)
	}
	if s.NotResource.Present {
		resource = s.NotResource
	}
	list = nil
	for _, it := range resource.Items {
		list = append(list, e.match("resource", it.Text.String(), policy.StringLike, s.NotResource.Present))
	}
	res := anyOf(list...)
	if s.NotResource.Present {
		res = notOf(res)
	}
	list = []smt3{acts, res}
	for i := range s.Condition {
		list = append(list, e.condition(&s.Condition[i]))
	}
	return allOf(list...)
}

func (e *encoder) allowed(d *policy.Document) smt3 {
	var allow, deny []smt3
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Is(policy.Allow) == value.Yes {
			allow = append(allow, e.statement(s))
		} else {
			deny = append(deny, e.statement(s))
		}
	}
	return allOf(anyOf(allow...), notOf(anyOf(deny...)))
}

// script asks for a request that a allows for certain and b cannot allow.
func script(a, b *policy.Document) (smt string, partly bool) {
	e := encoder{keys: map[string]bool{}}
	fa, fb := e.allowed(a), e.allowed(b)
	var out strings.Builder
	out.WriteString("(reset)\n(set-option :timeout 200)\n(declare-const action Int)\n(declare-const resource String)\n")
	fmt.Fprintf(&out, "(assert (and (>= action 0) (< action %d)))\n", len(genAsked))
	keys := make([]string, 0, len(e.keys))
	for k := range e.keys {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&out, "(declare-const %s Bool)(declare-const %s String)", symbol("has", k), symbol("val", k))
		switch k {
		case "aws:sourceip":
			fmt.Fprintf(&out, "(declare-const %s Bool)(declare-const %s Int)(assert (and (>= %s 0) (< %s 4294967296)))", symbol("four", k), symbol("num", k), symbol("num", k), symbol("num", k))
		case "s3:max-keys", "aws:currenttime":
			fmt.Fprintf(&out, "(declare-const %s Real)", symbol("num", k))
		case multi:
			for i := 1; i < manyValues; i++ {
				fmt.Fprintf(&out, "(declare-const %s Bool)(declare-const %s String)", symbol("has"+fmt.Sprint(i), k), value3(k, i))
			}
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "(assert %s)\n(assert (not %s))\n(check-sat)\n", fa.sure, fb.maybe)
	return out.String(), e.partly
}

package iam

import (
	"strings"
	"time"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// condition is one operator on one key, compiled.
type condition struct {
	op     policy.Operator
	known  bool // the operator is one that AWS knows
	key    string
	name   string // the key as written, for hinges
	values []operand
}

func compileCondition(c *policy.Condition, variables value.Tri) condition {
	out := condition{key: strings.ToLower(c.Key), name: c.Key}
	out.op, out.known = policy.ParseOperator(c.Operator)
	if strings.Contains(c.Key, "${") {
		out.known = false // a key with a hole: which key is not known
	}
	for _, it := range c.Values.Items {
		out.values = append(out.values, compileOperand(out.op.Kind, it, variables))
	}
	return out
}

// eval tells whether the condition holds; a key on which that hinges is noted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (c *condition) eval(r *Request, deny value.Tri, tr *trace) value.Tri {
	if !c.known {
		tr.open("Condition")
		return value.Unknown
	}
	f := r.lookup(c.key)
	var out value.Tri
	switch {
	case f.has == value.Unknown:
		// There or not, and with which value, is open: what all cases agree on
		// still holds.
		there := c.holds(r, &found{has: value.Yes, one: value.Hole(c.name), open: true, since: f.since}, tr)
		out = value.Agree(c.holds(r, &absent, tr), there)
		if out == value.Unknown && deny != value.Unknown && r.chooses(c.key) {
			// The caller sets the key so that it is let in.
			tr.chooses(c.name)
			return deny.Not()
		}
	default:
		out = c.holds(r, &f, tr)
	}
	if out == value.Unknown {
		tr.hinge(c.name)
	}
	return out
}

func (c *condition) holds(r *Request, f *found, tr *trace) value.Tri {
	if c.op.Kind == policy.Null {
		return c.null(f)
	}
	if f.has == value.No || f.has == value.Yes && f.len() == 0 {
		switch c.op.Set {
		case policy.ForAllValues:
			return value.Yes
		case policy.ForAnyValue:
			return value.No
		}
		return value.Of(c.op.IfExists || c.op.Negated)
	}
	if !f.since.IsZero() {
		return c.later(f.since)
	}
	if c.op.Set == policy.ForAllValues {
		out := value.Yes
		for i := range f.len() {
			out = out.And(c.one(r, f.at(i), tr))
		}
		if f.open {
			// There may be more values than the one that the hole stands for.
			out = out.And(c.one(r, value.Hole(c.name+" (another)"), tr))
		}
		return out
	}
	if c.op.Negated && c.op.Set == policy.NoSet {
		out := value.Yes
		for i := range f.len() {
			out = out.And(c.one(r, f.at(i), tr))
		}
		return out
	}
	out := value.No
	for i := range f.len() {
		out = out.Or(c.one(r, f.at(i), tr))
	}
	return out
}

// later compares a time that is not before since.
func (c *condition) later(since time.Time) value.Tri {
	out := value.No
	for i := range c.values {
		m := c.values[i].later(c.op.Kind, since)
		if c.values[i].maybe && m == value.Yes {
			m = value.Unknown
		}
		out = out.Or(m)
	}
	if c.op.Negated {
		return out.Not()
	}
	return out
}

// null is Null: true asks that the key be absent, false that it be there.
func (c *condition) null(f *found) value.Tri {
	out := value.No
	for i := range c.values {
		o := &c.values[i]
		m := value.Unknown
		if o.ok {
			m = value.Of(o.flag == (f.has == value.No))
		} else if !o.open {
			m = value.No
		}
		if o.maybe && m == value.Yes {
			m = value.Unknown
		}
		out = out.Or(m)
	}
	return out
}

// one compares one value of the request: it must match one of the condition's
// values, or none of them where the operator is negated.
func (c *condition) one(r *Request, subject value.Text, tr *trace) value.Tri {
	out := value.No
	for i := range c.values {
		o := &c.values[i]
		m := o.match(c.op.Kind, r, subject, tr)
		if o.maybe && m == value.Yes {
			m = value.Unknown
		}
		if out = out.Or(m); out == value.Yes {
			break
		}
	}
	if !c.op.Negated {
		return out
	}
	for i := range c.values {
		if out != value.No {
			break
		}
		// A variable that cannot be resolved may make the whole statement
		// invalid, so that it differs is not certain.
		if key, found := c.values[i].valueless(r); found {
			tr.hinge(key)
			out = value.Unknown
		}
	}
	return out.Not()
}

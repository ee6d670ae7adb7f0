package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// arnPatterns makes a pattern of each of an ARN's six parts.
func arnPatterns(t value.Text) []value.Pattern {
	parts := t.Split(':', 6)
	out := make([]value.Pattern, len(parts))
	for i, p := range parts {
		out[i] = value.NewPattern(p)
	}
	return out
}

// matchARN matches the six parts of an ARN one by one; the sixth keeps its
// colons. What is no ARN matches nothing.
func (o *operand) matchARN(r *Request, subject value.Text, tr *trace) value.Tri {
	if o.pieces == nil && o.open && len(o.arn) != 6 {
		// A hole may hold several parts.
		return o.text.Glob(subject).And(value.Unknown)
	}
	if s, ok := o.text.Known(); ok && s == "*" {
		// One part where AWS asks for six: whether it stands for every ARN or
		// for none, the documentation does not say.
		return value.Unknown
	}
	if s, ok := subject.Known(); ok && o.arn != nil {
		return matchKnownARN(o.arn, s)
	}
	if !subject.IsKnown() && len(subject.Split(':', 6)) != 6 {
		// One hole for the whole ARN.
		return o.wholeARN(r, subject, tr)
	}
	patterns := o.arn
	state := value.Yes
	if patterns == nil {
		// With variables: the colons of a substituted value are not separators
		// of the pattern, so the parts are filled one by one.
		var hinge string
		patterns, state, hinge = o.fillARN(r)
		if state == value.Unknown {
			tr.hinge(hinge)
		}
		if state == value.No {
			return value.No
		}
	}
	parts := subject.Split(':', 6)
	if len(patterns) != 6 || len(parts) != 6 {
		return unsure(o.open)
	}
	out := value.Yes
	for i := range parts {
		out = out.And(patterns[i].Match(parts[i]))
	}
	return out.And(state)
}

// unsure is Unknown where a hole could still change a no.
func unsure(open bool) value.Tri {
	if open {
		return value.Unknown
	}
	return value.No
}

func (o *operand) wholeARN(r *Request, subject value.Text, tr *trace) value.Tri {
	if o.text.IsKnown() && o.pieces == nil && len(o.arn) != 6 {
		return value.No
	}
	return o.template.match(r, subject, true, tr).And(value.Unknown)
}

func matchKnownARN(patterns []value.Pattern, s string) value.Tri {
	if len(patterns) != 6 {
		return value.No
	}
	out := value.Yes
	for i := range 6 {
		part := s
		if i < 5 {
			var found bool
			if part, s, found = strings.Cut(s, ":"); !found {
				return value.No
			}
		}
		if out = out.And(patterns[i].MatchString(part)); out == value.No {
			return out
		}
	}
	return out
}

// fillARN fills the variables of the six parts.
func (o *operand) fillARN(r *Request) ([]value.Pattern, value.Tri, string) {
	state, hinge := value.Yes, ""
	var out []value.Pattern
	for _, pieces := range splitPieces(o.pieces) {
		t := template{pieces: pieces}
		p, ok, h := t.resolve(r, true)
		if ok != value.Yes {
			hinge = h
		}
		if state = state.And(ok); state == value.No {
			return nil, value.No, ""
		}
		out = append(out, p)
	}
	return out, state, hinge
}

// splitPieces cuts at the first five colons of the literal text.
func splitPieces(pieces []piece) [][]piece {
	out := [][]piece{{}}
	for _, p := range pieces {
		known, ok := p.text.Known()
		if p.key != "" || p.plain || !ok {
			out[len(out)-1] = append(out[len(out)-1], p)
			continue
		}
		for i, part := range strings.SplitN(known, ":", 7-len(out)) {
			if i > 0 {
				out = append(out, []piece{})
			}
			out[len(out)-1] = append(out[len(out)-1], piece{text: value.Lit(part)})
		}
	}
	return out
}

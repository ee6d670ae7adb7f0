package iam

import (
	"net/netip"
	"strconv"
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

// An operand is one value of a condition, in the form its operator needs.
type operand struct {
	template                 // strings
	arn      []value.Pattern // six parts, where the value has no variable
	text     value.Text
	maybe    bool
	ok       bool // number, date, block or boolean could be read
	open     bool // it has a hole
	number   float64
	at       time.Time
	block    netip.Prefix
	flag     bool
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

func compileOperand(kind policy.OperatorKind, it policy.Item, variables value.Tri) operand {
	o := operand{text: it.Text, maybe: it.Maybe}
	known, ok := it.Text.Known()
	o.open = !ok
	switch kind {
	case policy.StringEquals:
		o.template = compileTemplate(it.Text, variables, false)
	case policy.StringEqualsIgnoreCase:
		o.template = compileTemplate(it.Text, variables, false)
		if o.pieces == nil {
			o.pattern = value.Plain(it.Text.Map(strings.ToLower))
		}
	case policy.StringLike:
		o.template = compileTemplate(it.Text, variables, true)
	case policy.ArnLike:
		o.template = compileTemplate(it.Text, variables, true)
		if o.pieces == nil {
			o.arn = arnPatterns(it.Text)
		}
	case policy.Bool, policy.Null:
		o.flag, o.ok = parseBool(known)
	case policy.IPAddress:
		o.block, o.ok = parseBlock(known)
	case policy.DateEquals, policy.DateLessThan, policy.DateLessThanEquals, policy.DateGreaterThan, policy.DateGreaterThanEquals:
		o.at, o.ok = parseDate(known)
	case policy.NumericEquals, policy.NumericLessThan, policy.NumericLessThanEquals, policy.NumericGreaterThan, policy.NumericGreaterThanEquals:
		o.number, o.ok = parseNumber(known)
	}
	return o
}

func arnPatterns(t value.Text) []value.Pattern {
	parts := t.Split(':', 6)
	out := make([]value.Pattern, len(parts))
	for i, p := range parts {
		out[i] = value.NewPattern(p)
	}
	return out
}

func parseBool(s string) (bool, bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

func parseNumber(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && n == n
}

func parseBlock(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// parseDate reads the ISO 8601 forms that IAM takes, and seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006"} {
		if layout == "2006" && len(s) != 4 {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), true
	}
	return time.Time{}, false
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
		there := c.holds(r, &found{has: value.Yes, one: value.Hole(c.name), open: true}, tr)
		out = value.Agree(c.holds(r, &absent, tr), there)
		if out == value.Unknown && r.Context.Chosen && deny != value.Unknown && CallerWrites(c.key) {
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

func (o *operand) match(kind policy.OperatorKind, r *Request, subject value.Text, tr *trace) value.Tri {
	switch kind {
	case policy.StringEquals:
		return o.template.match(r, subject, false, tr)
	case policy.StringLike:
		return o.template.match(r, subject, true, tr)
	case policy.StringEqualsIgnoreCase:
		return o.fold(r, subject, tr)
	case policy.ArnLike:
		return o.matchARN(r, subject, tr)
	case policy.BinaryEquals:
		return o.text.Equal(subject)
	}
	known, ok := subject.Known()
	if kind == policy.IPAddress && o.ok && isFresh(subject) {
		return value.Of(o.anywhere())
	}
	if !ok || o.open {
		return value.Unknown
	}
	if !o.ok {
		return value.No
	}
	switch kind {
	case policy.Bool:
		b, ok := parseBool(known)
		return value.Of(ok && b == o.flag)
	case policy.IPAddress:
		a, err := netip.ParseAddr(known)
		return value.Of(err == nil && o.block.Contains(a))
	case policy.DateEquals, policy.DateLessThan, policy.DateLessThanEquals, policy.DateGreaterThan, policy.DateGreaterThanEquals:
		t, ok := parseDate(known)
		return value.Of(ok && ordered(kind-policy.DateEquals, t.Compare(o.at)))
	}
	n, ok := parseNumber(known)
	cmp := 0
	if n < o.number {
		cmp = -1
	} else if n > o.number {
		cmp = 1
	}
	return value.Of(ok && ordered(kind-policy.NumericEquals, cmp))
}

// isFresh tells whether the text stands for what nobody wrote.
func isFresh(t value.Text) bool {
	parts := t.Parts()
	return len(parts) == 1 && parts[0].Fresh
}

// anywhere tells whether a block of addresses is so wide that it holds back
// nobody, by the bounds that S3 draws.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (o *operand) anywhere() bool {
	if o.block.Addr().Is4() {
		return o.block.Bits() < 8
	}
	return o.block.Bits() < 32
}

// ordered applies the comparison that stands so many places after Equals.
func ordered(rel policy.OperatorKind, cmp int) bool {
	switch rel {
	case 0:
		return cmp == 0
	case policy.NumericLessThan - policy.NumericEquals:
		return cmp < 0
	case policy.NumericLessThanEquals - policy.NumericEquals:
		return cmp <= 0
	case policy.NumericGreaterThan - policy.NumericEquals:
		return cmp > 0
	}
	return cmp >= 0
}

// fold compares without regard to case.
func (o *operand) fold(r *Request, subject value.Text, tr *trace) value.Tri {
	low := subject.Map(strings.ToLower)
	if o.pieces == nil {
		return o.pattern.Match(low)
	}
	lower := template{pieces: make([]piece, len(o.pieces))}
	for i, p := range o.pieces {
		p.text, p.dflt = p.text.Map(strings.ToLower), strings.ToLower(p.dflt)
		if p.key != "" {
			if f := r.lookup(p.key); f.has == value.Yes && f.len() == 1 && !f.at(0).IsEmpty() {
				p.text, p.key, p.plain = f.at(0).Map(strings.ToLower), "", true
			}
		}
		lower.pieces[i] = p
	}
	return lower.match(r, low, false, tr)
}

// matchARN matches the six parts of an ARN one by one; the sixth keeps its
// colons. What is no ARN matches nothing.
func (o *operand) matchARN(r *Request, subject value.Text, tr *trace) value.Tri {
	if o.pieces == nil && o.open && len(o.arn) != 6 {
		// A hole may hold several parts.
		return o.text.Glob(subject).And(value.Unknown)
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
	if s, ok := o.text.Known(); ok && o.pieces == nil && (s == "*" || len(o.arn) != 6) {
		if s == "*" {
			return value.Unknown
		}
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

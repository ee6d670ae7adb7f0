package solve

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A sym is one symbol of a pattern or of a string: a byte, a wildcard, a letter
// in either case, or a token, which stands for the value of a policy variable
// or for what the sources leave open.
type sym uint16

const (
	anyByte  sym = 256 + iota // ?
	star                      // *
	partByte                  // ? in one of the first five parts of an ARN: no colon
	partStar                  // * there

	folded    sym = 0x200 // with a lower-case letter: the letter in either case
	tokenBase sym = 0x400 // with the number of a token
)

// style is how an element or operator reads the text of a pattern.
type style uint8

const (
	plainStyle style = iota // StringEquals
	foldStyle               // StringEqualsIgnoreCase, Bool
	globStyle               // StringLike, Resource
	arnStyle                // ArnLike: six parts, matched one by one
)

// A pattern is one alternative of a literal over strings.
type pattern struct {
	syms    []sym
	kind    shape
	text    string  // of an exact pattern, or before the one star at the end
	pieces  []piece // instead of syms, where it has tokens
	maybe   bool    // it may not be written
	vague   bool    // what it matches is not known
	never   bool    // it matches nothing
	fold    bool    // it ignores case
	tokens  bool    // its symbols hold tokens
	unknown bool    // it has holes and no wildcards: whatever it is, a stranger has none like it
	service string  // third part of the ARNs that it matches, where they have one
}

// shape picks the way to match a pattern.
type shape uint8

const (
	general shape = iota
	exactly
	prefixed
	everything
	globbed // bytes, ? and *
)

// A piece is a stretch of symbols or one token.
type piece struct {
	syms    []sym
	token   string // name of a token: "$key" of a variable, the hole's otherwise
	key     string // of a variable, lower case
	dflt    []sym
	hasDflt bool
	fresh   bool
}

// newPattern reads the text of an item.
func newPattern(t value.Text, how style, variables value.Tri) *pattern {
	c := reader{how: how}
	for _, p := range t.Parts() {
		if p.Hole != "" {
			c.flush()
			c.pieces = append(c.pieces, piece{token: p.Hole, fresh: p.Fresh})
			continue
		}
		c.literal(p.Lit, variables != value.No)
	}
	out := &pattern{fold: how == foldStyle}
	if s, ok := t.Known(); ok && how == arnStyle && s == "*" {
		out.vague = true // see the divergences: every ARN, or none
	}
	if how == foldStyle && !ascii(t) {
		out.vague = true // which letters are one without regard to case, bytes do not tell
		return out
	}
	if how == arnStyle && c.colons < 5 {
		// What is no ARN matches nothing; a hole may hold the missing parts.
		out.never, out.vague = t.IsKnown() && !out.vague, !t.IsKnown() || out.vague
		return out
	}
	if variables == value.Unknown && c.variable {
		out.vague = true
		return out
	}
	c.flush()
	if c.tokens() {
		out.pieces = c.pieces
		out.unknown = how == plainStyle && !c.variable
		return out
	}
	if len(c.pieces) > 0 {
		out.syms = c.pieces[0].syms
	}
	out.classify()
	return out
}

func ascii(t value.Text) bool {
	for _, p := range t.Parts() {
		for i := range len(p.Lit) {
			if p.Lit[i] >= 0x80 {
				return false
			}
		}
	}
	return true
}

// reader turns text into pieces.
type reader struct {
	how      style
	colons   int
	cur      []sym
	pieces   []piece
	variable bool
}

func (c *reader) flush() {
	if len(c.cur) > 0 {
		c.pieces = append(c.pieces, piece{syms: c.cur})
		c.cur = nil
	}
}

func (c *reader) tokens() bool {
	for i := range c.pieces {
		if c.pieces[i].token != "" {
			return true
		}
	}
	return false
}

func (c *reader) literal(s string, variables bool) {
	for s != "" {
		start, end := -1, -1
		if variables {
			start = strings.Index(s, "${")
		}
		if start >= 0 {
			end = strings.IndexByte(s[start:], '}')
		}
		if end < 0 {
			c.text(s, true)
			return
		}
		c.variable = true
		c.text(s[:start], true)
		c.inner(s[start+2 : start+end])
		s = s[start+end+1:]
	}
}

// inner reads what stands between ${ and }.
func (c *reader) inner(s string) {
	if s == "*" || s == "?" || s == "$" {
		c.text(s, false)
		return
	}
	c.flush()
	p := piece{}
	key, dflt, has := strings.Cut(s, ",")
	if dflt = strings.TrimSpace(dflt); has && len(dflt) >= 2 && dflt[0] == '\'' && dflt[len(dflt)-1] == '\'' {
		inner := reader{how: c.how, colons: 5}
		inner.text(dflt[1:len(dflt)-1], false)
		p.dflt, p.hasDflt = inner.cur, true
	}
	p.key = strings.ToLower(strings.TrimSpace(key))
	p.token = "$" + p.key
	c.pieces = append(c.pieces, p)
}

// text adds literal text, in which * and ? may be wildcards.
func (c *reader) text(s string, wild bool) {
	if c.how == foldStyle {
		s = strings.ToLower(s)
	}
	wild = wild && (c.how == globStyle || c.how == arnStyle)
	part := c.how == arnStyle
	for i := range len(s) {
		b := s[i]
		x := sym(b)
		switch {
		case wild && b == '*' && part && c.colons < 5:
			x = partStar
		case wild && b == '?' && part && c.colons < 5:
			x = partByte
		case wild && b == '*':
			x = star
		case wild && b == '?':
			x = anyByte
		case c.how == foldStyle && b >= 'a' && b <= 'z':
			x = folded | sym(b)
		case b == ':' && wild:
			c.colons++
		}
		if n := len(c.cur); x == star && n > 0 && c.cur[n-1] == star {
			continue
		}
		c.cur = append(c.cur, x)
	}
}

// classify finds the shape of a pattern without tokens.
func (p *pattern) classify() {
	if p.service == "" {
		p.service = serviceOf(p.head())
	}
	p.kind = exactly
	for i, x := range p.syms {
		switch {
		case x < 256 || p.kind == general && x < tokenBase:
		case x == star && i == len(p.syms)-1 && p.kind == exactly:
			p.kind = prefixed
		case x == star || x == anyByte:
			p.kind = globbed
		default:
			p.kind = general
			p.tokens = p.tokens || x >= tokenBase
			continue
		}
		if p.kind == prefixed && i < len(p.syms)-1 {
			p.kind = globbed
		}
	}
	switch p.kind {
	case exactly:
		p.text = bytesOf(p.syms)
	case prefixed:
		p.text = bytesOf(p.syms[:len(p.syms)-1])
		if p.text == "" {
			p.kind = everything
		}
	}
}

// serviceOf is the third part of an ARN whose beginning is given.
func serviceOf(head []sym) string {
	colons, from := 0, 0
	for i, x := range head {
		if x != ':' {
			continue
		}
		if colons++; colons == 2 {
			from = i + 1
		} else if colons == 3 {
			return bytesOf(head[from:i])
		}
	}
	return ""
}

func bytesOf(syms []sym) string {
	out := make([]byte, len(syms))
	for i, x := range syms {
		out[i] = byte(x)
	}
	return string(out)
}

func symsOf(s string) []sym {
	out := make([]sym, len(s))
	for i := range len(s) {
		out[i] = sym(s[i])
	}
	return out
}

// head and tail are the bytes at the ends, up to the first other symbol.
func (p *pattern) head() []sym {
	n := 0
	for n < len(p.syms) && p.syms[n] < 256 {
		n++
	}
	return p.syms[:n]
}

func (p *pattern) tail() []sym {
	n := len(p.syms)
	for n > 0 && p.syms[n-1] < 256 {
		n--
	}
	return p.syms[n:]
}

// apart tells, by their ends alone, that no string matches both.
func (p *pattern) apart(q *pattern) bool {
	if p.service != q.service && p.service != "" && q.service != "" {
		return true
	}
	a, b := p.head(), q.head()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return true
		}
	}
	a, b = p.tail(), q.tail()
	for i := 1; i <= min(len(a), len(b)); i++ {
		if a[len(a)-i] != b[len(b)-i] {
			return true
		}
	}
	return false
}

// covers tells that q matches whatever p does; a no may be wrong. It matches
// the symbols of p themselves.
func (q *pattern) covers(p *pattern) bool {
	if q.kind == everything {
		return true
	}
	s, t := q.syms, p.syms
	pi, si, back, mark := 0, 0, -1, 0
	for si < len(t) {
		switch {
		case pi < len(s) && s[pi] == star:
			back, mark = pi, si
			pi++
		case pi < len(s) && (s[pi] == t[si] || s[pi] == anyByte && single(t[si])):
			pi, si = pi+1, si+1
		case back >= 0:
			mark++
			pi, si = back+1, mark
		default:
			return false
		}
	}
	for pi < len(s) && s[pi] == star {
		pi++
	}
	return pi == len(s)
}

// single reports whether the symbol stands for one byte.
func single(x sym) bool {
	return x < star || x == partByte || x >= folded && x < tokenBase
}

package solve

// A problem asks for one string that every union of all matches and no pattern
// of none does.
type problem struct {
	all    [][]*pattern
	none   []*pattern
	tokens *tokenTable
	states *int // what is left of the bound
	strict bool // tokens stand for nothing but themselves
}

var anything = &pattern{syms: []sym{star}, kind: everything}

// solve finds the string. Patterns of one union, the base, are tried one by
// one; in the base a token stands for itself, in the other unions for any
// text, and in what must not match for nothing else: whatever the tokens are,
// a string that fits has a form that is found.
func (p *problem) solve() (str, status) {
	base, at := []*pattern{anything}, -1
	for i, u := range p.all {
		if len(u) == 0 {
			return str{}, unsat
		}
		if !hasAnything(u) && (at < 0 || better(u, base)) {
			base, at = u, i
		}
	}
	var rest [][]*pattern
	for i, u := range p.all {
		if i != at && !hasAnything(u) {
			rest = append(rest, u)
		}
	}
	none := newIndex(p.none, len(base))
	out := unsat
	for _, b := range base {
		s, st := p.from(b, rest, none)
		if st == sat {
			return s, st
		}
		if st == capped {
			out = capped
		}
	}
	return str{}, out
}

// better tells which of two unions is the base: one with tokens, for they are
// exact there, then the one with fewer patterns.
func better(a, b []*pattern) bool {
	if x, y := hasToken(a), hasToken(b); x != y {
		return x
	}
	return len(a) < len(b)
}

func hasToken(u []*pattern) bool {
	for _, p := range u {
		if p.tokens {
			return true
		}
	}
	return false
}

func hasAnything(u []*pattern) bool {
	for _, p := range u {
		if p.kind == everything || p.vague {
			return true
		}
	}
	return false
}

func (p *problem) from(base *pattern, rest [][]*pattern, none *index) (str, status) {
	if base.never {
		return str{}, unsat
	}
	c := chase{problem: p, base: base}
	list := none.near(base)
	if *p.states -= len(list) / 64; *p.states < 0 {
		return str{}, capped
	}
	for _, q := range list {
		if q.never || q.vague || q.apart(base) {
			continue
		}
		if q.covers(base) {
			return str{}, unsat
		}
		c.none = append(c.none, q)
	}
	for _, u := range rest {
		var fit []*pattern
		free := false
		for _, q := range u {
			if q.never || q.apart(base) {
				continue
			}
			free = free || q.covers(base)
			fit = append(fit, q)
		}
		if free {
			continue
		}
		if len(fit) == 0 {
			return str{}, unsat
		}
		c.all = append(c.all, fit)
	}
	for _, how := range []filling{nice, empty, letter} {
		if s := base.sample(how); c.accepts(&s) {
			return s, sat
		}
	}
	if base.kind == exactly {
		return str{}, unsat
	}
	return c.search()
}

// filling is how a sample fills the wildcards.
type filling uint8

const (
	nice   filling = iota // as an ARN would
	empty                 // with nothing
	letter                // with a letter
)

// sample is one string that the pattern matches.
func (p *pattern) sample(how filling) str {
	out := make([]sym, 0, len(p.syms)+16)
	colons := 0
	for i, x := range p.syms {
		switch {
		case x == ':':
			colons++
			out = append(out, x)
		case x == star || x == partStar:
			switch {
			case x == partStar && i > 3 && colons == 1 && p.syms[i-1] == 's':
				if how == letter {
					out = append(out, symsOf("-cn")...) // "aws" itself, or another partition
				}
			case how == nice && (i == 0 || p.syms[i-1] == ':'):
				part := [...]string{"x", "aws", "x", "us-east-1", "123456789012"}
				fill := "x"
				if colons < len(part) && i > 0 {
					fill = part[colons]
				}
				out = append(out, symsOf(fill)...)
			case how != empty:
				out = append(out, 'x')
			}
		case x == anyByte || x == partByte:
			out = append(out, 'x')
		case x >= folded && x < tokenBase:
			out = append(out, x&0xff)
		default:
			out = append(out, x)
		}
	}
	return symbolic(out)
}

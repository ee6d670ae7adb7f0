package attack

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// pathID hashes what the path is: who, how and through what.
func pathID(q *Path) string {
	h := fnv.New64a()
	fmt.Fprintln(h, q.Actor, q.Asset)
	for _, hop := range q.Hops {
		fmt.Fprintln(h, hop.Technique, hop.From.Kind, hop.From.Of, hop.To.Kind, hop.To.Of)
	}
	return fmt.Sprintf("P-%010x", h.Sum64()&0xffffffffff)
}

// tell turns the edges of a proof into hops: those that end in a hidden node
// are joined with the one that goes on from there.
func (p *pathfinder) tell(proof []int32) []Hop {
	into := map[Capability]*hop{} // hidden capability -> the edge that gave it
	var out []Hop
	for _, e := range proof {
		h := p.hops[e]
		if h.to.Kind.hidden() {
			into[h.to] = h
			continue
		}
		told := p.tellHop(h, into)
		if h.from[0].Kind == kindAt {
			p.tellSiblings(&told, h)
		}
		out = append(out, told)
	}
	return out
}

// tellSiblings adds the other doors to the same room: a second open route to
// the same function is no other way in.
func (p *pathfinder) tellSiblings(told *Hop, h *hop) {
	var more []string
	for _, e := range p.doors[h.from[0]] {
		o := p.hops[e]
		if o == h || o.to != h.to || o.via == "" || o.via == h.via || slices.Contains(more, o.via) || o.certainty == Unknown {
			continue
		}
		more = append(more, o.via)
		if len(o.evidence) > 0 {
			told.Evidence = oneEach(append(told.Evidence, o.evidence[0]))
		}
	}
	if len(more) > 0 {
		told.Why += "; so does " + join(more)
	}
}

func (p *pathfinder) tellHop(h *hop, into map[Capability]*hop) Hop {
	out := Hop{
		Technique: h.by.ID, To: p.shown(h.to), Why: h.why, Certainty: h.certainty,
		Assumption: h.assume, Difficulty: h.by.Difficulty + h.extra,
	}
	from := h.from[0]
	var chain []*hop
	for from.Kind.hidden() {
		before := into[from]
		chain = append(chain, before)
		from = before.from[0]
	}
	out.From = p.shown(from)
	if h.unsaid {
		out.Why = p.who(p.identityAt[from.Of]) + " " + h.why
	}
	for i := len(chain) - 1; i >= 0; i-- {
		c := chain[i]
		out.Evidence = append(out.Evidence, c.evidence...)
		out.Difficulty += c.extra
		if c.certainty.rank() > out.Certainty.rank() {
			out.Certainty = c.certainty
		}
		if c.assume != "" && out.Assumption == "" {
			out.Assumption = c.assume
		}
		for _, w := range c.weak {
			out.Weaknesses = append(out.Weaknesses, w.ID)
		}
		if c.why != "" {
			out.Why = c.why + ", so " + out.Why
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		p.absorb(&out, chain[i], into)
	}
	p.absorb(&out, h, into)
	out.Evidence = oneEach(append(out.Evidence, h.evidence...))
	for _, w := range h.weak {
		out.Weaknesses = append(out.Weaknesses, w.ID)
	}
	slices.Sort(out.Weaknesses)
	out.Weaknesses = slices.Compact(out.Weaknesses)
	return out
}

// absorb adds to a told hop what its premises beside the first say.
func (p *pathfinder) absorb(out *Hop, h *hop, into map[Capability]*hop) {
	for _, c := range h.from[1:] {
		for c.Kind.hidden() && into[c] != nil {
			x := into[c]
			out.Evidence = append(out.Evidence, x.evidence...)
			if x.certainty.rank() > out.Certainty.rank() {
				out.Certainty, out.Assumption = x.certainty, x.assume
			} else if x.assume != "" && out.Assumption == "" {
				out.Assumption = x.assume
			}
			for _, w := range x.weak {
				out.Weaknesses = append(out.Weaknesses, w.ID)
			}
			p.absorb(out, x, into)
			c = x.from[0]
		}
		if c.Kind == KindTags {
			out.Why += ", once " + p.label(c.Of) + " " + c.Detail
		}
		if n := p.shown(c); n != out.From && !slices.Contains(out.Also, n) {
			out.Also = append(out.Also, n)
		}
	}
}

// oneEach shows each line once, with all that it is evidence of.
func oneEach(list []Evidence) []Evidence {
	var out []Evidence
	for _, e := range list {
		i := slices.IndexFunc(out, func(o Evidence) bool { return o.Span == e.Span })
		switch {
		case i < 0:
			out = append(out, e)
		case !strings.Contains(out[i].Message, e.Message):
			out[i].Message += "; " + e.Message
		}
	}
	return out
}

func (p *pathfinder) shown(c Capability) Node {
	of := c.Of
	if c.Kind == KindActor && of == string(Anonymous) {
		of = Internet
	}
	return Node{Capability: c.Kind.phrase(), Kind: c.Kind, Of: of}
}

package iam

import (
	"maps"
	"slices"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// trace notes which statements matched and what they hinge on. A nil trace
// notes nothing.
type trace struct {
	matches []Match
	hinges  []string // of the statement being read
	opens   []string
	chosen  map[string]bool // keys that the caller sets at will
	missing []string        // what is not known beside the statements
}

func (t *trace) hinge(key string) {
	if t != nil && key != "" {
		t.hinges = append(t.hinges, key) // each once at the end
	}
}

func (t *trace) open(element string) {
	if t != nil && !slices.Contains(t.opens, element) {
		t.opens = append(t.opens, element)
	}
}

func (t *trace) lacks(what string) {
	if t != nil {
		t.missing = append(t.missing, what)
	}
}

func (t *trace) chooses(key string) {
	if t == nil {
		return
	}
	if t.chosen == nil {
		t.chosen = map[string]bool{}
	}
	t.chosen[key] = true
}

// begin starts the notes of a statement, end files them.
func (t *trace) begin() {
	if t != nil {
		t.hinges, t.opens = nil, nil
	}
}

func (t *trace) end(s Source, p *Policy, st *statement, allow, deny value.Tri) {
	if t == nil {
		return
	}
	add := func(effect string, holds value.Tri) {
		if holds == value.No {
			return
		}
		m := Match{Source: s, Policy: p, Statement: st.src, Effect: effect, Holds: holds}
		if holds == value.Unknown {
			m.Hinges, m.Open = slices.Clone(t.hinges), slices.Clone(t.opens)
			slices.Sort(m.Hinges)
			m.Hinges = slices.Compact(m.Hinges)
			if st.maybe {
				m.Open = append(m.Open, "Statement")
			}
		}
		t.matches = append(t.matches, m)
	}
	add(policy.Allow, allow)
	add(policy.Deny, deny)
}

// result keeps the statements that bear on the decision.
func (t *trace) result(d Decision, blocked []Source) Result {
	out := Result{Decision: d, Blocked: blocked}
	for _, m := range t.matches {
		keep := true
		switch d {
		case DeniedExplicit:
			keep = m.Effect == policy.Deny && m.Holds == value.Yes
		case Allowed:
			keep = m.Effect == policy.Allow && m.Holds == value.Yes
		}
		if !keep {
			continue
		}
		out.Statements = append(out.Statements, m)
		if d != Unknown {
			continue
		}
		out.Hinges = append(out.Hinges, m.Hinges...)
	}
	slices.Sort(out.Hinges)
	out.Hinges = slices.Compact(out.Hinges)
	if d == Unknown {
		out.Open = t.missing
	}
	if d == Allowed || d == Unknown {
		out.Chosen = slices.Sorted(maps.Keys(t.chosen))
	}
	return out
}

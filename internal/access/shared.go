package access

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/report"
)

// managedPolicy is the kind of a subject that may be attached to others.
const managedPolicy = "policy in AWS::IAM::ManagedPolicy"

// A pairing is a subject in two versions, with how they compare.
type pairing struct {
	now, old *subject
	change   report.AccessChange
}

// once takes out of the changes of identities what a managed policy that they
// have in both versions brings them, and names them where the policy is told.
func once(now, old *Model, list []*pairing) []*pairing {
	policies := map[string]*pairing{}
	for _, p := range list {
		if first := p.now; first != nil && p.old != nil && first.kind == managedPolicy {
			policies[first.key] = p
		}
	}
	if len(policies) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(p *pairing) bool {
		if p.now == nil || p.old == nil || len(p.now.attached) == 0 {
			return false
		}
		o := ofBoth(p.now.options, p.old.options)
		name := func(policy *pairing) {
			if !slices.Contains(policy.change.Identities, p.change.Subject) {
				policy.change.Identities = append(policy.change.Identities, p.change.Subject)
			}
		}
		told := false
		beside := func(m *Model, is, was *subject, g *report.AccessGrowth, of func(*pairing) *report.AccessGrowth) {
			if g == nil || g.Answer == report.AccessNo {
				return
			}
			with := *was
			all := *was.policies
			all.Identity = slices.Clone(all.Identity)
			var by []*pairing
			for _, key := range is.attachedKeys() {
				q := policies[key]
				if q == nil || was.attached[key] == nil || of(q).Answer == report.AccessNo {
					continue
				}
				all.Identity = append(all.Identity, is.attached[key])
				by = append(by, q)
			}
			if len(by) == 0 {
				return
			}
			with.policies = &all
			rest := grown(m, is, &with, o, false)
			if rest.Answer == report.AccessNo || len(rest.Examples) < len(g.Examples) || rest.Answer != g.Answer {
				told = true
				for _, q := range by {
					name(q)
				}
				*g = rest
			}
		}
		beside(now, p.now, p.old, &p.change.Grows, func(q *pairing) *report.AccessGrowth { return &q.change.Grows })
		beside(old, p.old, p.now, p.change.Shrinks, func(q *pairing) *report.AccessGrowth { return q.change.Shrinks })
		return told && p.change.Grows.Answer == report.AccessNo && (p.change.Shrinks == nil || p.change.Shrinks.Answer == report.AccessNo)
	})
}

func (s *subject) attachedKeys() []string {
	var out []string
	for key := range s.attached {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// attach notes a policy of an identity's that is a subject of its own.
func (s *subject) attach(name string, p *iam.Policy) {
	if s.attached == nil {
		s.attached = map[string]*iam.Policy{}
	}
	s.attached[name+"\n"+managedPolicy] = p
}

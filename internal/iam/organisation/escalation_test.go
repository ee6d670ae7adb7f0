package organisation_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/value"
)

// A search for administrators that knows nothing of classes: every row for
// every principal and every victim, then who leads to whom.
type searcher struct {
	p    *plain
	who  []*plainPrincipal
	at   []int // account
	next [][]value.Tri
	// by principal and account: administrator by itself, or by one row
	admin []map[int]value.Tri
}

func (p *plain) search() *searcher {
	s := &searcher{p: p}
	for i := range p.accounts {
		for m := range p.accounts[i].principals {
			s.who, s.at = append(s.who, &p.accounts[i].principals[m]), append(s.at, i)
		}
	}
	for i := range s.who {
		s.admin = append(s.admin, map[int]value.Tri{s.at[i]: s.administers(i, nil, false)})
		s.next = append(s.next, make([]value.Tri, len(s.who)))
		for v := range s.who {
			s.next[i][v] = value.No
		}
	}
	for i := range s.who {
		s.rows(i)
	}
	return s
}

// administers asks whether a principal may do everything, with its own policies
// or with the given ones.
func (s *searcher) administers(i int, policies []string, unbound bool) value.Tri {
	q := *s.who[i]
	if policies != nil {
		q.policies = policies
	}
	if unbound {
		q.boundary = ""
	}
	r := &plainResource{kind: "none"}
	p := *s.p
	p.accounts = slices.Clone(p.accounts)
	p.accounts[s.at[i]].rcp = nil
	out := value.Yes
	for _, action := range []string{"remit:any", "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:PutUserPolicy"} {
		out = out.And(p.askAny(s.at[i], &q, r, action))
	}
	return out
}

// made asks for something new, under every name that this file's policies tell
// apart.
func (s *searcher) made(i int, actions []string) value.Tri {
	out := value.No
	id := s.p.accounts[s.at[i]].id
	for _, action := range actions {
		a, _ := catalogue.ActionOf(action)
		names := []string{"*"}
		if len(a.Resources) > 0 {
			names = nil
		}
		for _, t := range a.Resources {
			for _, region := range []string{"zz~zz", "eu-west-1"} {
				for _, name := range []string{"zz~zz", "orders", "orders-eu", "logs", "o~", "red", "blue", "u3", "xogs", "a1", "zz~zzorders"} {
					arn := strings.NewReplacer("${Partition}", "aws", "${Region}", region, "${Account}", id).Replace(t.Type.ARN)
					for strings.Contains(arn, "${") {
						before, rest, _ := strings.Cut(arn, "${")
						_, after, _ := strings.Cut(rest, "}")
						arn = before + name + after
					}
					names = append(names, arn)
				}
			}
		}
		for _, n := range names {
			out = out.Or(s.p.ask(s.at[i], s.who[i], s.at[i], &plainResource{kind: "new"}, action, n, ""))
		}
	}
	return out
}

func (s *searcher) rows(i int) {
	kindOf := func(v int) escalation.Target {
		if s.who[v].trust == "" {
			return escalation.User
		}
		return escalation.Role
	}
	type raise struct {
		v     int
		holds value.Tri
	}
	var raises []raise
	for _, row := range escalation.Rows() {
		for v := range s.who {
			holds, uses := value.Yes, false
			for _, n := range row.Needs {
				need := value.No
				switch n.On {
				case escalation.New, escalation.Anything:
					if s.at[v] == s.at[i] {
						need = s.made(i, n.Actions)
					}
				case escalation.Self, escalation.Role, escalation.User:
					uses = true
					if n.On == escalation.Self && v != i || n.On != escalation.Self && kindOf(v) != n.On {
						break
					}
					for _, action := range n.Actions {
						if n.On == escalation.Self && strings.Contains(action, "Role") != (kindOf(v) == escalation.Role) {
							continue
						}
						res := &plainResource{kind: "AWS::IAM::Role", arn: s.who[v].arn, policy: s.who[v].trust, tags: s.who[v].tags}
						if kindOf(v) == escalation.User {
							res.kind = "AWS::IAM::User"
						}
						need = need.Or(s.p.ask(s.at[i], s.who[i], s.at[v], res, action, res.arn, n.Service))
					}
					if n.Service != "" && need != value.No {
						r := iam.AssumeRequest(iam.Service(n.Service), value.Lit(s.who[v].arn))
						need = need.And(iam.Decide(&r, &iam.Policies{Resource: compile(s.who[v].trust)}).Allows())
					}
				}
				if holds = holds.And(need); holds == value.No {
					break
				}
			}
			if !uses && v != i {
				continue
			}
			switch {
			case holds == value.No:
			case row.Gain == escalation.AnyVictim:
				s.raise(i, s.at[i], holds)
			case row.Gain == escalation.Victim:
				s.next[i][v] = s.next[i][v].Or(holds)
			case row.AsVictim:
				raises = append(raises, raise{v, holds.And(s.administers(v, []string{everythingAllowed}, false))})
			default:
				s.raise(i, s.at[i], holds.And(s.administers(v, []string{everythingAllowed}, row.Unbinds)))
			}
		}
	}
	for _, x := range raises {
		s.raise(i, s.at[x.v], x.holds.And(s.next[i][x.v]))
	}
}

func (s *searcher) raise(i, account int, holds value.Tri) {
	if old, ok := s.admin[i][account]; ok {
		holds = holds.Or(old)
	}
	s.admin[i][account] = holds
}

// reach lists what each principal comes to administer.
func (s *searcher) reach() map[string]value.Tri {
	out := map[string]value.Tri{}
	for i := range s.who {
		best := map[int]value.Tri{}
		for _, least := range []value.Tri{value.Yes, value.Unknown} {
			counts := func(t value.Tri) bool { return t == value.Yes || least == value.Unknown && t == value.Unknown }
			seen := map[int]bool{i: true}
			for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
				for account, t := range s.admin[queue[0]] {
					if _, ok := best[account]; counts(t) && !ok {
						best[account] = least
					}
				}
				for v, t := range s.next[queue[0]] {
					if counts(t) && !seen[v] {
						seen[v] = true
						queue = append(queue, v)
					}
				}
			}
		}
		for account := range best {
			out[s.who[i].arn+" "+s.p.accounts[account].id] = best[account]
		}
	}
	return out
}

// Who becomes administrator is who does so principal by principal, and the
// list of all administrators has each of them.
func TestSameEscalations(t *testing.T) {
	n, chains, total, vague := 16, 0, 0, 0
	if testing.Short() {
		n = 3
	}
	for seed := range n {
		r := random{rand.New(rand.NewPCG(uint64(seed), 21))}
		p := r.organisation()
		for i := range p.accounts { // so that there is somebody to become
			p.accounts[i].principals[r.IntN(4)].policies = []string{everythingAllowed}
		}
		ix := organisation.Build(p.organisation())
		got := map[string]value.Tri{}
		listed := map[string]bool{}
		for a := range ix.Administrators() {
			listed[a.Principal+a.Account] = true
		}
		for i := range p.accounts {
			for _, m := range p.accounts[i].principals {
				own, any := false, false
				for _, a := range ix.Administers(m.arn) {
					got[a.Principal+" "+a.Account] = a.Holds
					own, any = own || a.Account == p.accounts[i].id, true
					if len(a.Chain) > 0 {
						chains++
					}
				}
				if own && !listed[m.arn+p.accounts[i].id] {
					t.Fatalf("seed %d: %s administers its own account and is not listed", seed, m.arn)
				}
				if any && !slices.ContainsFunc(slices.Collect(maps.Keys(listed)), func(k string) bool { return strings.HasPrefix(k, m.arn) }) {
					t.Fatalf("seed %d: %s is not listed", seed, m.arn)
				}
			}
		}
		want := p.search().reach()
		for who, holds := range want {
			if have, ok := got[who]; !ok || have != holds && have != value.Unknown {
				t.Fatalf("seed %d: %s: %v (%v), want %v", seed, who, have, ok, holds)
			}
		}
		for who, have := range got {
			if holds, ok := want[who]; !ok && have != value.Unknown {
				t.Fatalf("seed %d: %s: %v, want none", seed, who, have)
			} else if !ok || have != holds {
				vague++
			}
			total++
		}
	}
	if chains < n {
		t.Errorf("only %d chains", chains)
	}
	t.Logf("%d chains, %d of %d only possible in the index", chains, vague, total)
	if vague*20 > total {
		t.Errorf("%d of %d are vague", vague, total)
	}
}

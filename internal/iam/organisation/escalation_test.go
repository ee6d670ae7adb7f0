package organisation_test

import (
	"fmt"
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
	asked map[string]value.Tri // what may be made
}

func (p *plain) search() *searcher {
	s := &searcher{p: p, asked: map[string]value.Tri{}}
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
	return s.mayDoAll(i, &q)
}

// newborn asks it about who is made with every right, by whatever name.
func (s *searcher) newborn(i int) value.Tri {
	q := &plainPrincipal{arn: "arn:aws:iam::" + s.p.accounts[s.at[i]].id + ":role/zz~zz", policies: []string{everythingAllowed}, newborn: true}
	t := s.mayDoAll(i, q)
	if t == value.Unknown && s.administers(i, q.policies, true) == value.Yes {
		return value.Yes
	}
	return t
}

func (s *searcher) mayDoAll(i int, q *plainPrincipal) value.Tri {
	r := &plainResource{kind: "none"}
	p := *s.p
	p.accounts = slices.Clone(p.accounts)
	p.accounts[s.at[i]].rcp = nil
	out := value.Yes
	for _, action := range []string{"remit:any", "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:PutUserPolicy"} {
		out = out.And(p.askAny(s.at[i], q, r, action))
	}
	return out
}

// made asks for something new, under every name that this file's policies tell
// apart.
func (s *searcher) made(i int, actions []string) value.Tri {
	key := fmt.Sprint(i, actions)
	if out, ok := s.asked[key]; ok {
		return out
	}
	out := s.makes(i, actions)
	s.asked[key] = out
	return out
}

func (s *searcher) makes(i int, actions []string) value.Tri {
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

// A binding is what the needs of a row are asked about.
type binding struct {
	victim int
	host   *plainResource
	at     int // the account of the host
	group  string
}

func (s *searcher) kind(v int) escalation.Target {
	if s.who[v].trust == "" {
		return escalation.User
	}
	return escalation.Role
}

// bindings are all that a row may be asked about for one principal.
func (s *searcher) bindings(i int, row *escalation.Row) []binding {
	var out []binding
	hosts := func(account int) []plainResource {
		return slices.DeleteFunc(slices.Clone(s.p.accounts[account].resources), func(r plainResource) bool { return r.kind != row.Host })
	}
	switch on := row.Needs[0].On; {
	case row.Gain == escalation.HostRole:
		for at := range s.p.accounts {
			for _, h := range hosts(at) {
				for v := range s.who {
					if s.at[v] == at && (s.who[v].arn == h.role || strings.Contains(s.who[v].trust, `"Federated":"`+h.arn)) {
						out = append(out, binding{victim: v, host: &h, at: at})
					}
				}
			}
		}
	case on == escalation.Role || on == escalation.User:
		for v := range s.who {
			switch {
			case s.kind(v) != on:
			case row.Host == "":
				out = append(out, binding{victim: v})
			case s.at[v] == s.at[i]:
				for _, h := range hosts(s.at[i]) {
					out = append(out, binding{victim: v, host: &h, at: s.at[i]})
				}
			}
		}
	case on == escalation.Group || on == escalation.OwnGroup:
		for v := range s.who {
			for _, g := range s.who[v].groups {
				if s.at[v] != s.at[i] || s.kind(i) != escalation.User || on == escalation.OwnGroup && v != i || on == escalation.Group && (v == i || v != s.least(g)) {
					continue
				}
				out = append(out, binding{victim: v, group: g})
			}
		}
	default:
		out = append(out, binding{victim: i})
	}
	return out
}

// least is the member of a group that says most closely what the group has.
func (s *searcher) least(group string) int {
	best := -1
	better := func(x, y *plainPrincipal) bool {
		if (x.boundary == "") != (y.boundary == "") {
			return x.boundary == ""
		}
		count := func(p *plainPrincipal) int { return len(slices.Compact(slices.Sorted(slices.Values(p.policies)))) }
		if count(x) != count(y) {
			return count(x) < count(y)
		}
		return x.arn < y.arn
	}
	for v := range s.who {
		if slices.Contains(s.who[v].groups, group) && (best < 0 || better(s.who[v], s.who[best])) {
			best = v
		}
	}
	return best
}

// need asks for one need of a row.
func (s *searcher) need(i int, b binding, n *escalation.Need) value.Tri {
	v := s.who[b.victim]
	res := &plainResource{kind: "AWS::IAM::Role", arn: v.arn, policy: v.trust, tags: v.tags, bounded: v.boundary != ""}
	if s.kind(b.victim) == escalation.User {
		res.kind = "AWS::IAM::User"
	}
	at := s.at[b.victim]
	switch n.On {
	case escalation.Anything:
		if b.host != nil && b.at != s.at[i] || s.at[b.victim] != s.at[i] {
			return value.No
		}
		return s.made(i, n.Actions)
	case escalation.Host:
		res, at = b.host, b.at
	case escalation.Group, escalation.OwnGroup:
		res = &plainResource{kind: "AWS::IAM::Group", arn: b.group}
	case escalation.Policy, escalation.PolicyOf:
		return value.No // the policies of these organisations have no names
	}
	services := n.Services
	if len(services) == 0 {
		services = []string{""}
	}
	out := value.No
	for _, action := range n.Actions {
		if n.On == escalation.Self && strings.Contains(action, "Role") != (s.kind(i) == escalation.Role) {
			continue
		}
		for _, service := range services {
			t := s.p.ask(s.at[i], s.who[i], at, res, action, res.arn, service)
			if service != "" && t != value.No {
				r := iam.AssumeRequest(iam.Service(service), value.Lit(v.arn))
				t = t.And(iam.Decide(&r, &iam.Policies{Resource: compile(v.trust)}).Allows())
			}
			out = out.Or(t)
		}
	}
	return out
}

// besides tells whether what a row asks for besides its needs is there.
func (s *searcher) besides(i int, b binding, row *escalation.Row) value.Tri {
	out := value.Yes
	switch row.Is {
	case escalation.Whatever, escalation.RoomForKey:
	case escalation.Managed:
		if s.p.ask(s.at[b.victim], s.who[b.victim], b.at, b.host, "ssm:UpdateInstanceInformation", b.host.arn, "") != value.Yes {
			out = value.Unknown
		}
	default:
		out = value.Unknown
	}
	for _, w := range row.Wants {
		there := len(w.Make) > 0
		for _, n := range w.Make {
			there = there && s.made(i, n.Actions) == value.Yes
		}
		if !there {
			out = value.Unknown
		}
	}
	return out
}

func (s *searcher) rows(i int) {
	type raise struct {
		v     int
		holds value.Tri
	}
	var raises []raise
	for _, row := range escalation.Rows() {
		for _, b := range s.bindings(i, &row) {
			v := b.victim
			holds := value.Yes
			for _, n := range row.Needs {
				if holds = holds.And(s.need(i, b, &n)); holds == value.No {
					break
				}
			}
			if holds == value.No {
				continue
			}
			holds = holds.And(s.besides(i, b, &row))
			switch {
			case b.group != "" && row.Gain == escalation.Victim:
				s.next[i][v] = s.next[i][v].Or(value.Unknown)
			case row.Gain == escalation.NewAdministrator:
				s.raise(i, s.at[i], holds.And(s.newborn(i)))
			case row.Gain != escalation.Administer:
				s.next[i][v] = s.next[i][v].Or(holds)
			case row.AsVictim:
				raises = append(raises, raise{v, holds.And(s.administers(v, []string{everythingAllowed}, false))})
			default:
				s.raise(i, s.at[v], holds.And(s.administers(v, []string{everythingAllowed}, row.Unbinds)))
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
	ways := map[string]int{}
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
					inside := !slices.ContainsFunc(a.Chain, func(h organisation.Hop) bool { return !strings.Contains(h.To, ":"+p.accounts[i].id+":") })
					own, any = own || inside && a.Account == p.accounts[i].id, true
					if len(a.Chain) > 0 {
						chains++
					}
					for _, h := range a.Chain {
						ways[h.Way]++
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
	overHosts := 0
	for _, row := range escalation.Rows() {
		if row.Host != "" {
			overHosts += ways[row.ID]
		}
	}
	if overHosts < n/4 {
		t.Errorf("only %d steps over hosts: %v", overHosts, ways)
	}
	if chains < n {
		t.Errorf("only %d chains", chains)
	}
	t.Logf("%d chains, %d of %d only possible in the index", chains, vague, total)
	if vague*20 > total+20 { // of few, one is many
		t.Errorf("%d of %d are vague", vague, total)
	}
}

package organisation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/iam/organisation/synthetic"
	"github.com/remit-security/remit/internal/value"
)

// facts are all answers of an index, one a line.
func facts(ix *organisation.Index, p *plain) []string {
	var out []string
	for _, a := range p.accounts {
		for _, m := range a.principals {
			for x := range ix.Reach(m.arn) {
				out = append(out, fmt.Sprint(x.Principal, " ", x.Resource, " ", x.Can))
			}
			for _, x := range ix.Administers(m.arn) {
				out = append(out, fmt.Sprint(x.Principal, " administers ", x.Account, " ", len(x.Chain), " ", x.Holds))
			}
		}
	}
	for x := range ix.Administrators() {
		own := strings.Contains(x.Principal, ":"+x.Account+":")
		out = append(out, fmt.Sprint(x.Principal, " is listed, own account ", own, ", ", len(x.Chain), " hops, ", x.Holds))
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s: line %d differs: %q", what, i, []string{strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""), strings.Join(want[min(i, len(want)):min(i+1, len(want))], "")})
		}
	}
}

// An index that took an account anew answers what one of the new accounts does.
func TestUpdateIsRebuild(t *testing.T) {
	for seed := range 5 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 11))}
		p := r.organisation()
		ix := organisation.Build(p.organisation())
		for range 3 {
			n := r.IntN(3)
			q := r.organisation()
			a := &p.accounts[n]
			switch r.IntN(3) {
			case 0: // one policy
				a.principals[r.IntN(len(a.principals))].policies = []string{r.document(false)}
			case 1: // one resource
				a.resources[r.IntN(len(a.resources))].policy = r.document(true)
			default:
				*a = q.accounts[n]
			}
			if !ix.Update(&p.organisation().Accounts[n]) {
				t.Fatal("no such account")
			}
			same(t, fmt.Sprint("seed ", seed), facts(ix, p), facts(organisation.Build(p.organisation()), p))
		}
	}
}

// So it does where resources let the whole organisation in, which is asked about
// all callers that are alike at once: some, none or the last of them come and go.
func TestUpdateOfThoseWhoAreAlike(t *testing.T) {
	allow := func(action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
	}
	own := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::%s-data/*"}]}`
	inside := `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"` + orgID + `"}}`
	for seed := range 12 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 19))}
		ids := []string{"111111111111", "222222222222", "333333333333", "444444444444", "555555555555"}
		people := func(id string) (out []plainPrincipal) {
			for n := range r.IntN(3) {
				out = append(out, plainPrincipal{arn: fmt.Sprintf("arn:aws:iam::%s:role/a%d", id, n),
					policies: []string{one(r, allow("*"), allow("s3:GetObject"), allow("s3:*"), allow("sts:*"), fmt.Sprintf(own, one(r, ids...)))},
					trust:    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"` + inside + `}]}`})
			}
			return out
		}
		p := &plain{}
		for _, id := range ids {
			bucket := "arn:aws:s3:::" + id + "-data"
			deny := one(r, "", `,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::`+one(r, ids...)+`:role/a0"},"Action":"s3:*","Resource":"`+bucket+`/*"}`)
			p.accounts = append(p.accounts, plainAccount{id: id, principals: people(id), resources: []plainResource{{arn: bucket, kind: "AWS::S3::Bucket",
				policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"` + bucket + `/*"` + inside + `}` + deny + `]}`}}})
		}
		ix := organisation.Build(p.organisation())
		for step := range 6 {
			n, m := r.IntN(len(ids)), r.IntN(len(ids)) // one account, or two at once
			p.accounts[n].principals, p.accounts[m].principals = people(ids[n]), people(ids[m])
			ix.Update(&p.organisation().Accounts[n], &p.organisation().Accounts[m])
			same(t, fmt.Sprint("seed ", seed, ", step ", step), facts(ix, p), facts(organisation.Build(p.organisation()), p))
		}
	}
}

// The order of accounts, principals, policies and resources says nothing.
func TestOrder(t *testing.T) {
	for seed := range 5 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 12))}
		p := r.organisation()
		in := p.organisation()
		want := facts(organisation.Build(in), p)
		for i := range in.Accounts {
			a := &in.Accounts[i]
			ps, rs := slices.Collect(a.Principals), slices.Collect(a.Resources)
			for _, x := range ps {
				slices.Reverse(x.Policies)
			}
			slices.Reverse(ps)
			slices.Reverse(rs)
			a.Principals, a.Resources = seq(ps), seq(rs)
		}
		slices.Reverse(in.Accounts)
		same(t, fmt.Sprint("seed ", seed), facts(organisation.Build(in), p), want)
	}
}

// A deny, in an identity's policy or a control policy, never adds reach.
func TestDenyAddsNothing(t *testing.T) {
	for seed := range 5 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 13))}
		p := r.organisation()
		before := organisation.Build(p.organisation())
		had := map[string]value.Tri{}
		each := func(ix *organisation.Index, visit func(string, value.Tri)) {
			for _, a := range p.accounts {
				for _, m := range a.principals {
					for x := range ix.Reach(m.arn) {
						for _, c := range x.Can {
							visit(fmt.Sprint(x.Principal, x.Resource, c.Capability, c.Service), c.Holds)
						}
					}
				}
			}
		}
		each(before, func(k string, h value.Tri) { had[k] = h })
		deny := strings.Replace(r.statement(false), `"Allow"`, `"Deny"`, 1)
		if strings.Contains(deny, "aws:user") {
			continue // it tells apart the members of a class, of whom less is known then
		}
		a := &p.accounts[1+r.IntN(2)]
		if r.IntN(2) == 0 {
			a.scp = append(a.scp, strings.Replace(everythingAllowed, "]}", ","+deny+"]}", 1))
		} else {
			for i := range a.principals {
				a.principals[i].policies = append(a.principals[i].policies, `{"Version":"2012-10-17","Statement":[`+deny+`]}`)
			}
		}
		each(organisation.Build(p.organisation()), func(k string, h value.Tri) {
			if old, ok := had[k]; !ok || old == value.Unknown && h == value.Yes {
				t.Fatalf("seed %d: a deny gives %s: %s", seed, k, deny)
			}
		})
	}
}

// Who reaches a resource is who has it in its reach.
func TestBothWays(t *testing.T) {
	for seed := range 5 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 14))}
		p := r.organisation()
		ix := organisation.Build(p.organisation())
		var there, back []string
		for i, a := range p.accounts {
			for _, m := range a.principals {
				for x := range ix.Reach(m.arn) {
					there = append(there, fmt.Sprint(x))
				}
			}
			for _, res := range p.all(i) {
				for x := range ix.WhoReaches(res.arn, "") {
					back = append(back, fmt.Sprint(x))
				}
			}
		}
		slices.Sort(there)
		slices.Sort(back)
		same(t, fmt.Sprint("seed ", seed), back, there)
	}
}

// The synthetic organisation has the administrators that it is made with, by
// the ways that it is made with.
func TestAdministrators(t *testing.T) {
	ix := organisation.Build(synthetic.New(synthetic.Sizes{Seed: 1, Accounts: 3, Principals: 100, Resources: 100}))
	ways := map[string]string{}
	for a := range ix.Administrators() {
		var chain []string
		for _, h := range a.Chain {
			chain = append(chain, h.Way)
		}
		ways[a.Principal+" of "+a.Account] = fmt.Sprint(strings.Join(chain, ", "), " ", a.Holds)
	}
	home, other := synthetic.ID(0), synthetic.ID(1)
	role := func(account, name string) string { return "arn:aws:iam::" + account + ":role/" + name }
	for who, want := range map[string]string{
		role(home, "org/OrganizationAccess") + " of " + home: " yes",
		role(home, "operate/stacks") + " of " + home:         " yes",
		role(home, "operate/deploy") + " of " + home:         "assume-role yes",
		role(home, "operate/deploy") + " of " + other:        "assume-role yes",
		role(other, "operate/deploy") + " of " + other:       "cloudformation-create-stack yes",
	} {
		if ways[who] != want {
			t.Errorf("%s: %q, want %q", who, ways[who], want)
		}
	}
	var accounts []string
	for _, a := range ix.Administers(role(home, "operate/deploy")) {
		accounts = append(accounts, a.Account)
	}
	// In the third nobody is administrator: its control policy takes keys away.
	if len(accounts) != 2 {
		t.Errorf("the deployment role of the management account administers %v, not two", accounts)
	}
	if len(ix.Problems()) > 0 {
		t.Error(ix.Problems())
	}
}

// An account that moved is judged by where it is now.
func TestMoved(t *testing.T) {
	for seed := range 8 {
		r := random{rand.New(rand.NewPCG(uint64(seed), 17))}
		p := r.organisation()
		ix := organisation.Build(p.organisation())
		if ix.Update(&p.organisation().Accounts[0], &organisation.Account{ID: "999999999999"}) {
			t.Error("there is no such account")
		}
		moved := p.organisation()
		moved.Accounts[1].Path = moved.Accounts[0].Path
		ix.Update(&moved.Accounts[1])
		same(t, fmt.Sprint("seed ", seed), facts(ix, p), facts(organisation.Build(moved), p))
	}
}

package solve

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

var (
	genEntries = []string{`"*"`, `{"AWS":"*"}`, `{"AWS":"arn:aws:iam::123456789012:user/ann"}`, `{"AWS":"arn:aws:iam::123456789012:role/app"}`,
		`{"AWS":"arn:aws:sts::123456789012:assumed-role/app/s"}`, `{"AWS":"123456789012"}`, `{"AWS":"arn:aws:iam::210987654321:root"}`, `{"Service":"sns.amazonaws.com"}`}
	genPrincipals = []iam.Principal{
		iam.User(value.Lit("arn:aws:iam::123456789012:user/ann")),
		iam.Session(value.Lit("arn:aws:sts::123456789012:assumed-role/app/s"), value.Lit("arn:aws:iam::123456789012:role/app")),
		iam.Root(value.Lit("123456789012")),
		iam.Service("sns.amazonaws.com"),
		iam.Anonymous(),
		iam.Role(value.Lit("arn:aws:iam::123456789012:role/app")),
	}
	layerActions = []string{"kms:Decrypt", "kms:*", "sts:AssumeRole", "sts:*", "iam:PutRolePolicy", "iam:*"}
	layerObjects = map[string][]string{
		"kms": {"arn:aws:kms:us-east-1:123456789012:key/k", "arn:aws:kms:us-east-1:123456789012:alias/a"},
		"sts": {"arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:role/other"},
		"iam": {"arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:role/aws-reserved/x"},
	}
)

// resourcePolicy draws a policy with principals.
func (g *generator) resourcePolicy() string {
	var out []string
	for range 1 + g.r.IntN(2) {
		who := "Principal"
		if g.r.IntN(6) == 0 {
			who = "NotPrincipal"
		}
		s := g.statement()
		if g.r.IntN(3) == 0 {
			s = strings.Replace(s, `"s3:GetObject"`, `"`+draw(g, layerActions...)+`"`, 1)
		}
		out = append(out, `{"`+who+`":`+draw(g, genEntries...)+","+s[1:])
	}
	return strings.Join(out, ",")
}

func (g *generator) layer(t *testing.T) *iam.Policy {
	s := g.policy(2)
	switch g.r.IntN(3) {
	case 0:
		s += `,{"Effect":"Allow","Action":["` + draw(g, layerActions...) + `","s3:*"],"Resource":"*"}`
	case 1:
		s += `,{"Effect":"Allow","Action":"*","Resource":"*"}`
	}
	return iam.Compile(doc(t, s))
}

// policies draws all kinds of policies.
func (g *generator) policies(t *testing.T) iam.Policies {
	p := iam.Policies{Identity: []*iam.Policy{g.layer(t)}}
	one := func() []*iam.Policy { return []*iam.Policy{g.layer(t)} }
	if g.r.IntN(3) == 0 {
		p.Boundary = g.layer(t)
	}
	if g.r.IntN(4) == 0 {
		p.Session = one()
	}
	if g.r.IntN(3) == 0 {
		p.SCP = [][]*iam.Policy{one(), one()}
	}
	if g.r.IntN(2) == 0 {
		p.Resource = iam.Compile(doc(t, g.resourcePolicy()))
	}
	if g.r.IntN(4) == 0 {
		p.RCP = [][]*iam.Policy{{iam.Compile(doc(t, g.resourcePolicy()))}}
	}
	if g.r.IntN(6) == 0 {
		p.Endpoint = []*iam.Policy{iam.Compile(doc(t, g.resourcePolicy())), g.layer(t)}
	}
	return p
}

// vary changes one kind.
func (g *generator) vary(t *testing.T, p iam.Policies) iam.Policies {
	switch g.r.IntN(5) {
	case 0:
		p.Identity = append([]*iam.Policy{g.layer(t)}, p.Identity...)
	case 1:
		p.Boundary = nil
	case 2:
		p.SCP = nil
	case 3:
		p.Resource = iam.Compile(doc(t, g.resourcePolicy()))
	case 4:
		p.RCP = [][]*iam.Policy{{iam.Compile(doc(t, g.resourcePolicy()))}}
	}
	return p
}

// TestOracleLayers compares answers over all kinds of policies with requests
// drawn at the corners.
func TestOracleLayers(t *testing.T) {
	rounds := rounds(800, 10_000)
	g := &generator{r: rand.New(rand.NewPCG(9, 10))}
	var count [3]int
	for range rounds {
		pa := g.policies(t)
		pb := g.policies(t)
		if g.r.IntN(2) == 0 {
			pb = g.vary(t, pa)
		}
		who := draw(g, genPrincipals...)
		if who.Kind == iam.RootKind {
			pa.Session, pb.Session = nil, nil // it has none
		}
		a, b := Compile(&pa), Compile(&pb)
		o := Options{Principal: &who, Owner: value.Lit(draw(g, someAccount, someAccount, ownerAccount))}
		ans := Within(a, b, o)
		replay(t, ans)
		count[ans.Holds]++
		if ans.Holds == value.Unknown && who.Kind != iam.RoleKind {
			show(t, "a", &pa)
			show(t, "b", &pb)
			t.Log(who.Kind, o.Owner)
			t.Fatalf("not decided: %q %s", ans.Why, ans.Witness)
		}
		if ans.Holds != value.Yes {
			continue
		}
		q := question{a: a, b: b, caller: caller{principal: who, owner: o.Owner}}
		pa, pb = *q.assumed(a), *q.assumed(b)
		for range 150 {
			r := g.request()
			r.Principal, r.Account = who, o.Owner
			if who.Kind == iam.ServiceKind || who.Kind == iam.AnonymousKind {
				r.Context.Absent("aws:PrincipalTag/team")
			}
			if g.r.IntN(2) == 0 {
				r.Action = draw(g, "kms:Decrypt", "sts:AssumeRole", "iam:PutRolePolicy")
				r.Resource = value.Lit(draw(g, layerObjects[r.Action[:3]]...))
			}
			if da, db := iam.Decide(&r, &pa), iam.Decide(&r, &pb); da == iam.Allowed && db != iam.Allowed && !(db == iam.Unknown && who.Kind == iam.RoleKind) {
				w := Witness{Request: r}
				show(t, "a", &pa)
				show(t, "b", &pb)
				t.Fatalf("yes, but %s: %s and %s", &w, da, db)
			}
		}
	}
	t.Logf("%d no, %d yes, %d open", count[value.No], count[value.Yes], count[value.Unknown])
}

func show(t *testing.T, side string, p *iam.Policies) {
	a := Compile(p)
	a.each(func(s iam.Source, p *iam.Policy) {
		text, _ := p.Document.MarshalJSON()
		t.Logf("%s, %s: %s", side, s, text)
	})
}

// TestOracleResources compares answers about resource policies alone with
// requests of callers of all kinds.
func TestOracleResources(t *testing.T) {
	rounds := rounds(600, 6000)
	g := &generator{r: rand.New(rand.NewPCG(11, 12))}
	who := append([]iam.Principal{
		iam.User(value.Lit("arn:aws:iam::210987654321:user/bob")),
		iam.User(value.Lit("arn:aws:iam::333333333333:user/eve")),
		iam.User(value.Lit("arn:aws:iam::123456789012:user/bob")),
		iam.Session(value.Lit("arn:aws:sts::333333333333:assumed-role/app/s"), value.Lit("arn:aws:iam::333333333333:role/app")),
		iam.Session(value.Lit("arn:aws:sts::123456789012:assumed-role/app/other"), value.Lit("arn:aws:iam::123456789012:role/app")),
		iam.Service("events.amazonaws.com"),
	}, genPrincipals[:5]...)
	all := iam.Compile(doc(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`))
	var count [3]int
	for range rounds {
		ta, tb := g.resourcePolicy(), g.resourcePolicy()
		if g.r.IntN(2) == 0 {
			tb += "," + ta
		}
		a, b := Resource(doc(t, ta)), Resource(doc(t, tb))
		ans := Within(a, b, Options{})
		replay(t, ans)
		count[ans.Holds]++
		if ans.Holds != value.Yes {
			continue
		}
		for range 200 {
			r := g.request()
			r.Principal, r.Account = draw(g, who...), value.Lit("444455556666")
			if r.Principal.Kind == iam.ServiceKind || r.Principal.Kind == iam.AnonymousKind {
				r.Context.Absent("aws:PrincipalTag/team")
			}
			pa, pb := a.policies, b.policies
			pa.Identity, pb.Identity = []*iam.Policy{all}, []*iam.Policy{all}
			if da, db := iam.Decide(&r, &pa), iam.Decide(&r, &pb); da == iam.Allowed && db != iam.Allowed {
				w := Witness{Request: r}
				t.Fatalf("yes, but %s: %s and %s\n%s\n%s", &w, da, db, ta, tb)
			}
		}
	}
	t.Logf("%d no, %d yes, %d open", count[value.No], count[value.Yes], count[value.Unknown])
}

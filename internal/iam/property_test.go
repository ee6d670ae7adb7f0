package iam

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// set compiles the policies of a generated case, without going by way of its
// request.
func (c *simulatorCase) set(t *testing.T) Policies {
	compile := func(raw json.RawMessage) *Policy {
		if len(raw) == 0 {
			return nil
		}
		return compileJSON(t, string(raw))
	}
	p := Policies{Identity: []*Policy{compile(c.IdentityPolicies[0])}, Resource: compile(c.ResourcePolicy)}
	if len(c.PermissionBoundaries) > 0 {
		p.Boundary = compile(c.PermissionBoundaries[0])
	}
	if s := compile(c.SessionPolicy); s != nil {
		p.Session = []*Policy{s}
	}
	for _, l := range c.ServiceControlPolicies {
		p.SCP = append(p.SCP, []*Policy{compile(l.Policies[0])})
	}
	return p
}

func (c *simulatorCase) strict(t *testing.T) Request {
	r := Request{Principal: c.principal(t), Action: c.Request.Action, Resource: value.Lit(c.Request.Resource.Resource), Account: value.Lit(c.Request.Resource.AccountID)}
	c.context(&r, &Policies{})
	return r
}

// What is decided while something is unknown holds whatever it turns out to be:
// keys of the context, parts of the resource, the account.
func TestUnknownIsSound(t *testing.T) {
	g := generator{r: rand.New(rand.NewPCG(7, 8))}
	decided := 0
	for i := range 6000 {
		c := g.next(i)
		p, exact := c.set(t), c.strict(t)
		truth := Decide(&exact, &p)

		vague := exact
		vague.Context.keys = append([]contextKey(nil), exact.Context.keys...)
		for _, k := range append(genKeys, "aws:TagKeys", "s3:max-keys", "aws:SourceIp", "aws:SecureTransport", "aws:CurrentTime") {
			if g.r.IntN(3) == 0 {
				vague.Context.Unknown(k)
			}
		}
		if g.r.IntN(3) == 0 {
			cut := g.r.IntN(len(c.Request.Resource.Resource))
			vague.Resource = value.Concat(value.Lit(c.Request.Resource.Resource[:cut]), value.Hole("rest"))
		}
		if g.r.IntN(4) == 0 {
			vague.Account = value.Hole("some account")
		}
		res := Evaluate(&vague, &p)
		if res.Decision == Unknown {
			continue
		}
		decided++
		if res.Decision.Allows() != truth.Allows() && truth != Unknown {
			text, _ := json.Marshal(c)
			t.Fatalf("%s with unknowns, %s without\n%+v\n%s", res.Decision, truth, vague, text)
		}
	}
	if decided < 1000 {
		t.Errorf("only %d requests were decided", decided)
	}
	t.Logf("%d of 6000 requests with unknowns are decided", decided)
}

// The same for holes in the policies, all of them, and for keys of the context
// beside: what is decided with a hole holds for what stands there.
func TestHolesInPoliciesAreSound(t *testing.T) {
	g := generator{r: rand.New(rand.NewPCG(9, 13))}
	decided := 0
	for i := range 6000 {
		c := g.next(i)
		p, r := c.set(t), c.strict(t)
		if g.r.IntN(4) == 0 {
			p.RCP = [][]*Policy{{compileJSON(t, string(g.policy("Principal")))}}
		}
		if g.r.IntN(4) == 0 {
			p.Endpoint = []*Policy{compileJSON(t, string(g.policy("NotPrincipal")))}
		}
		truth := Decide(&r, &p)
		vague := p
		vague.Identity, vague.Session = punchAll(g.r, p.Identity), punchAll(g.r, p.Session)
		vague.Endpoint = punchAll(g.r, p.Endpoint)
		vague.Resource, vague.Boundary = punch(g.r, p.Resource), punch(g.r, p.Boundary)
		vague.SCP, vague.RCP = nil, nil
		for _, l := range p.SCP {
			vague.SCP = append(vague.SCP, punchAll(g.r, l))
		}
		for _, l := range p.RCP {
			vague.RCP = append(vague.RCP, punchAll(g.r, l))
		}
		switch g.r.IntN(12) {
		case 0:
			vague.Identity, vague.IdentityOpen = nil, true
		case 1:
			vague.Resource, vague.ResourceOpen = nil, true
		}
		ask := r
		if g.r.IntN(2) == 0 {
			ask.Context.keys = append([]contextKey(nil), r.Context.keys...)
			ask.Context.Unknown(pick(&g, genKeys...))
		}
		res := Decide(&ask, &vague)
		if res == Unknown {
			continue
		}
		decided++
		if res.Allows() != truth.Allows() && truth != Unknown {
			text, _ := json.Marshal(c)
			t.Fatalf("%s with holes, %s without\n%s", res, truth, text)
		}
	}
	if decided < 1000 {
		t.Errorf("only %d requests were decided", decided)
	}
	t.Logf("%d of 6000 requests are decided with holes in the policies", decided)
}

// A caller that is named by holes, as in a template, is whoever it turns out to
// be.
func TestHolesInCallersAreSound(t *testing.T) {
	g := generator{r: rand.New(rand.NewPCG(21, 22))}
	decided := 0
	for i := range 4000 {
		c := g.next(i)
		p, r := c.set(t), c.strict(t)
		truth := Decide(&r, &p)
		vague := r
		arn := r.Principal.ARN.String()
		account, name := value.Lit("111122223333"), strings.LastIndexByte(arn, '/')
		if g.r.IntN(2) == 0 {
			account = value.Hole("AWS::AccountId")
		}
		before, after, _ := strings.Cut(arn[:name+1], "111122223333")
		named := value.Concat(value.Lit(before), account, value.Lit(after), value.Hole("name"))
		switch r.Principal.Kind {
		case UserKind:
			vague.Principal = User(named)
		case SessionKind:
			vague.Principal = Session(named, value.Text{})
		}
		vague.Context.keys = nil
		for _, k := range r.Context.keys {
			if !strings.HasPrefix(k.name, "aws:principala") && k.name != "aws:username" {
				vague.Context.keys = append(vague.Context.keys, k)
			}
		}
		res := Decide(&vague, &p)
		if res == Unknown {
			continue
		}
		decided++
		if res.Allows() != truth.Allows() && truth != Unknown {
			text, _ := json.Marshal(c)
			t.Fatalf("%s for %s, %s for %s\n%s", res, named, truth, arn, text)
		}
	}
	if decided < 1000 {
		t.Errorf("only %d requests were decided", decided)
	}
}

func punchAll(r *rand.Rand, list []*Policy) []*Policy {
	out := make([]*Policy, len(list))
	for i, p := range list {
		out[i] = punch(r, p)
	}
	return out
}

// punch replaces the ends of some strings by holes, marks some statements as
// possible only, and compiles the result.
func punch(r *rand.Rand, p *Policy) *Policy {
	if p == nil {
		return nil
	}
	doc := *p.Document
	doc.Statements = append([]policy.Statement(nil), doc.Statements...)
	hole := func(l policy.List) policy.List {
		l.Items = append([]policy.Item(nil), l.Items...)
		for i := range l.Items {
			// A hole holds no wildcard and no variable, so what it stands for
			// must not either.
			s := l.Items[i].Text.String()
			if strings.ContainsAny(s, "*?$") || r.IntN(3) > 0 {
				continue
			}
			cut := r.IntN(len(s) + 1)
			l.Items[i].Text = value.Concat(value.Lit(s[:cut]), value.Hole(fmt.Sprint("hole ", i, s)))
		}
		return l
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		s.Action, s.NotAction, s.Resource, s.NotResource = hole(s.Action), hole(s.NotAction), hole(s.Resource), hole(s.NotResource)
		if s.Principal != nil {
			who := *s.Principal
			who.Entries = append([]policy.Entry(nil), who.Entries...)
			for j := range who.Entries {
				who.Entries[j].Values = hole(who.Entries[j].Values)
			}
			s.Principal = &who
		}
		if s.NotPrincipal != nil {
			who := *s.NotPrincipal
			who.Entries = append([]policy.Entry(nil), who.Entries...)
			for j := range who.Entries {
				who.Entries[j].Values = hole(who.Entries[j].Values)
			}
			s.NotPrincipal = &who
		}
		s.Maybe = r.IntN(6) == 0
		s.Condition = append([]policy.Condition(nil), s.Condition...)
		for j := range s.Condition {
			s.Condition[j].Values = hole(s.Condition[j].Values)
		}
	}
	return Compile(&doc)
}

// Adding a deny never grows access; adding an allow to the identity never
// shrinks it; a statement split in two says the same.
func TestMonotone(t *testing.T) {
	g := generator{r: rand.New(rand.NewPCG(11, 12))}
	for i := range 4000 {
		c := g.next(i)
		p, r := c.set(t), c.strict(t)
		before := Decide(&r, &p)

		statement := g.statement("")
		flip := func(effect string) Decision {
			s := strings.Replace(strings.Replace(statement, `"Effect":"Deny"`, `"Effect":"Allow"`, 1), `"Effect":"Allow"`, `"Effect":"`+effect+`"`, 1)
			q := p
			q.Identity = append([]*Policy{compileJSON(t, `{"Version":"2012-10-17","Statement":[`+s+`]}`)}, p.Identity...)
			return Decide(&r, &q)
		}
		if after := flip("Deny"); after == Allowed && before != Allowed {
			t.Fatalf("a deny makes %s of %s: %s", after, before, statement)
		}
		if after := flip("Allow"); before == Allowed && after != Allowed {
			t.Fatalf("an allow makes %s of %s: %s", after, before, statement)
		}
		q := p
		q.Identity = []*Policy{split(p.Identity[0])}
		if after := Decide(&r, &q); after != before {
			t.Fatalf("split: %s, whole: %s", after, before)
		}
	}
}

// split makes a statement of each action and resource of a statement.
func split(p *Policy) *Policy {
	doc := *p.Document
	doc.Statements = nil
	for _, s := range p.Document.Statements {
		if s.NotAction.Present || s.NotResource.Present {
			doc.Statements = append(doc.Statements, s)
			continue
		}
		for _, a := range s.Action.Items {
			for _, r := range s.Resource.Items {
				one := s
				one.Action.Items, one.Resource.Items = []policy.Item{a}, []policy.Item{r}
				doc.Statements = append(doc.Statements, one)
			}
		}
	}
	return Compile(&doc)
}

func FuzzEvaluate(f *testing.F) {
	f.Add([]byte(functionPolicy), "arn:aws:s3:::receipts/a", "aws:SecureTransport", "true", user)
	f.Add([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::${aws:username, 'x'}/${*}","Condition":{"ArnLike":{"aws:SourceArn":"arn:*:${aws:username}:*"},"DateLessThan":{"k":"2026-01-01"},"ForAllValues:IpAddress":{"k":"10.0.0.0/8"},"NumericEquals":{"k":"1e3"}}}]}`), "a:b:c:d:e:f", "k", "10.1.1.1", session)
	f.Fuzz(func(t *testing.T, doc []byte, resource, key, val, caller string) {
		if len(doc) > 4096 || len(resource) > 256 {
			return
		}
		d, _ := policy.ParseJSON("p.json", doc)
		p := Compile(d)
		r := Request{Principal: ParsePrincipal(caller), Action: "s3:GetObject", Resource: value.Lit(resource)}
		r.Context.Set(key, val)
		set := Policies{Identity: []*Policy{p}, Resource: p, Boundary: p, Session: []*Policy{p}}
		if a, b := Decide(&r, &set), Evaluate(&r, &set); a != b.Decision {
			t.Fatalf("Decide says %s, Evaluate %s", a, b.Decision)
		}
		r.Resource = value.Concat(value.Lit(resource), value.Hole("x"))
		Evaluate(&r, &set)
		Public(p, "AWS::S3::Bucket", value.Hole("AWS::AccountId"))
	})
}

// Documents made to hurt stay cheap.
func TestPathological(t *testing.T) {
	star := strings.Repeat("*a", 500) + "*b*"
	subject := strings.Repeat("a", 2000)
	doc := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:%s","Resource":%q,"Condition":{"StringLike":{"k":[%q,%q]},"ArnLike":{"k":"arn:%s:*:*:*:*"}}}]}`, star, star, star, star, star)
	p := compileJSON(t, doc)
	r := Request{Principal: ParsePrincipal(user), Action: "s3:" + subject, Resource: value.Lit(subject)}
	r.Context.Set("k", subject)
	if d := Decide(&r, &Policies{Identity: []*Policy{p}}); d != DeniedImplicit {
		t.Error(d)
	}
	r.Resource = value.Concat(value.Lit(subject), value.Hole("x"))
	Decide(&r, &Policies{Identity: []*Policy{p}})

	var keys strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&keys, `%q:"v",`, fmt.Sprint("aws:RequestTag/", i))
	}
	p = compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{`+strings.TrimSuffix(keys.String(), ",")+`}}}]}`)
	res := Evaluate(&Request{Principal: ParsePrincipal(user), Action: "s3:GetObject", Resource: value.Lit("*")}, &Policies{Identity: []*Policy{p}})
	if res.Decision != Unknown || len(res.Hinges) != 20_000 {
		t.Errorf("%s, %d hinges", res.Decision, len(res.Hinges))
	}
}

package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

func escalationTechniques() []*Technique {
	out := []*Technique{codeToExec, layerSwap, assumeRole}
	return append(out, rows()...)
}

// codeToExec is what replacing a function's code comes to.
var codeToExec = &Technique{
	ID: "lambda-update-code", Title: "Replace the code of a function",
	Doc: "lambda:UpdateFunctionCode puts code of the attacker's into a function, which runs at its next event with the function's role. " +
		"No pipeline's role but one should hold it, and no function's; code signing refuses what the pipeline did not sign.",
	Needs: []string{"lambda:UpdateFunctionCode on the function"}, Gives: "run code in the function",
	Refs: Refs{ATTACK: []string{"T1525", "T1648"}, CWE: []string{"CWE-269"}, Pathfinding: []string{"lambda-003", "lambda-004", "lambda-005"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			if unsigned := signed(f).Not(); unsigned != value.No {
				h := hop{by: t, from: []Capability{{Kind: KindCode, Of: f.ID}}, to: Capability{Kind: KindExec, Of: f.ID},
					why: "the new code of " + f.Label() + " runs at its next event, or when it is invoked", evidence: evidence(f.Span, "the function "+f.Label())}
				unsure(&h, unsigned, "the code signing of "+f.Label()+" only warns")
				b.add(h)
			}
			b.add(hop{by: layerSwap, from: []Capability{{Kind: KindManage, Of: f.ID}}, to: Capability{Kind: KindExec, Of: f.ID},
				why: "a layer or an environment variable of the attacker's runs in " + f.Label(), evidence: evidence(f.Span, "the function "+f.Label())})
		}
	},
}

// signed tells whether a function refuses code that nobody trusted has signed:
// only with a policy that enforces it, for the default merely warns.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
func signed(f *function) value.Tri {
	exists := f.CodeSigning().Exists()
	if exists != value.Yes {
		return exists
	}
	config, _ := f.App.Lookup(f.CodeSigning(), "AWS::Lambda::CodeSigningConfig")
	if config == nil {
		return value.Unknown
	}
	return config.Get("CodeSigningPolicies", "UntrustedArtifactOnDeployment").Is("Enforce")
}

var layerSwap = &Technique{
	ID: "lambda-update-configuration", Title: "Run code in a function by its configuration",
	Doc: "lambda:UpdateFunctionConfiguration adds a layer of the attacker's, or a variable such as NODE_OPTIONS or AWS_LAMBDA_EXEC_WRAPPER, " +
		"and that code runs with the function's role.",
	Needs: []string{"lambda:UpdateFunctionConfiguration on the function"}, Gives: "run code in the function",
	Refs:       Refs{ATTACK: []string{"T1574", "T1648"}, CWE: []string{"CWE-269"}},
	Difficulty: 2,
	apply:      func(*building, *Technique) {}, // with codeToExec
}

var assumeRole = &Technique{
	ID: "assume-role", Title: "Take on another role",
	Doc: "A role whose trust policy names an identity, or its account, can be taken on by it; where the account is named the identity's own policies " +
		"must allow sts:AssumeRole too. Name single roles in trust policies.",
	Needs: []string{"an identity's credentials", "a trust policy that lets it in"}, Gives: "act as the other role",
	Refs:       Refs{ATTACK: []string{"T1550.001", "T1548.005"}, CWE: []string{"CWE-269"}, Pathfinding: []string{"sts-001"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			if !role.user && role.trust != nil && trustsInside(role) {
				b.assumable = append(b.assumable, role)
			}
		}
		for _, class := range b.classes() {
			reach := b.reachOf(class[0])
			for _, role := range b.assumable {
				for _, id := range class {
					b.assume(t, id, role, reach)
				}
			}
		}
	},
}

// trustsInside tells whether a role's trust policy names anything but
// services and federation.
func trustsInside(role *identity) bool {
	for _, p := range iam.TrustedBy(role.trust) {
		if p.Type == "AWS" || p.Type == "*" {
			return true
		}
	}
	return false
}

func (b *building) assume(t *Technique, id, role *identity, reach *reachable) {
	if id == role || !reach.may("sts:AssumeRole") && !b.namedIn(role, id) {
		return
	}
	req := iam.AssumeRequest(id.iam.Principal, arnOf(role.Resource))
	req.Context = id.context()
	ans := judge(iam.Trust(&req, role.trust, &id.iam))
	if ans.holds == value.No || len(ans.statements) == 0 {
		return
	}
	h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindCreds, Of: role.ID},
		why: id.owner() + " may take on " + role.Label()}
	for _, m := range ans.statements {
		switch m.Source {
		case iam.FromResource:
			h.evidence = append(h.evidence, Evidence{m.Statement.Span, "the trust policy of " + role.Label() + " lets it in"})
		default:
			h.evidence = append(h.evidence, b.statementEvidence(id, m, "sts:AssumeRole"))
			if at := id.attachmentOf(m); at != nil && b.wideResource(m.Statement, role.Resource) {
				h.weak = append(h.weak, b.policyWeakness(id, at, m, "sts:AssumeRole", false))
			}
		}
	}
	b.answered(&h, ans)
	conditional(&h, role.Resource)
	b.add(h)
}

func (b *building) namedIn(role, id *identity) bool {
	for _, p := range iam.TrustedBy(role.trust) {
		if p.Item.Text.Equal(arnOf(id.Resource)) == value.Yes {
			return true
		}
		for _, ref := range p.Item.Refs {
			if ref.Resource == id.ID {
				return true
			}
		}
	}
	return false
}

func (r row) technique() *Technique {
	t := &Technique{ID: r.id, Title: r.title, Doc: r.doc + " Take the permission away, or name the roles and services that it may be used with.",
		Refs: Refs{ATTACK: r.attack, CWE: []string{"CWE-269"}, Pathfinding: r.pathfinding}, Difficulty: r.cost}
	for _, n := range r.needs {
		t.Needs = append(t.Needs, n.label())
	}
	t.Gives = [...]string{"administer the account", "act as the other identity", "act as a role that the service may take on"}[r.gives]
	t.apply = func(b *building, t *Technique) { b.escalate(t, &r) }
	return t
}

func (n need) label() string {
	action, service, passed := strings.Cut(n.action, " ")
	if passed {
		return action + " to " + service
	}
	return strings.ReplaceAll(action, "|", " or ")
}

// permissions are the need's actions as policies write them, any of which will
// do.
func (n need) permissions() []string {
	action, _, _ := strings.Cut(n.action, " ")
	return strings.Split(action, "|")
}

// escalate adds a row's hops. Identities whose statements on the row's actions
// say the same are looked at together.
func (b *building) escalate(t *Technique, r *row) {
	groups := map[string][]*identity{}
	var order []string
	for _, id := range b.identities {
		reach := b.reachOf(id)
		if slices.ContainsFunc(r.needs, func(n need) bool { return !slices.ContainsFunc(n.permissions(), reach.may) }) {
			continue
		}
		if r.gives == gainAdmin || !id.certain() {
			b.escalateFrom(t, r, id)
			continue
		}
		limit, _ := b.restraint(id)
		key := limit + "\n" + reach.key(r.needs)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], id)
	}
	for _, key := range order {
		if len(groups[key]) == 1 {
			b.escalateFrom(t, r, groups[key][0])
			continue
		}
		b.escalateClass(t, r, groups[key])
	}
}

// certain tells whether the identity and all its policies are there for sure.
func (id *identity) certain() bool {
	return id.Exists != value.Unknown && !slices.ContainsFunc(id.attached, func(a attachment) bool { return a.sure == value.Unknown })
}

// escalateClass adds a row's hops for identities that are alike: each is
// joined to a node that stands for the statements, from which the victims are
// reached.
func (b *building) escalateClass(t *Technique, r *row, class []*identity) {
	node := Capability{Kind: kindGrant, Of: class[0].ID, Detail: "row " + t.ID}
	var hops []hop
	for _, v := range b.rowVictims(r, class[0]) {
		h := hop{by: t, from: []Capability{node}, to: Capability{Kind: KindCreds, Of: v.ID}}
		if !b.satisfy(&h, r, class[0], v) {
			continue
		}
		h.why, h.unsaid, h.evidence, h.weak = "may come to act as "+v.Label()+": "+strings.Join(t.Needs, ", "), true, nil, nil
		hops = append(hops, h)
	}
	if len(hops) == 0 {
		return
	}
	for _, id := range class {
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: node, certainty: Exact}
		if b.satisfy(&h, r, id, b.identityAt[hops[0].to.Of]) {
			h.certainty, h.assume = Exact, "" // the hop from the node says what is not sure
			b.edge(h, 0)
		}
	}
	for _, h := range hops {
		b.add(h)
	}
}

// rowVictims are the identities that a row may be used on, of those that a
// statement may cover; one nil where it needs none.
func (b *building) rowVictims(r *row, id *identity) []*identity {
	for _, n := range r.needs {
		if n.on == onRole || n.on == onUser || n.on == onPolicyOf {
			reach := b.reachOf(id)
			return slices.DeleteFunc(slices.Clone(b.victims(n.on == onUser, n.action)), func(v *identity) bool {
				return !slices.ContainsFunc(n.permissions(), func(a string) bool { return n.on == onPolicyOf || reach.on(a, v.arn) })
			})
		}
	}
	return []*identity{nil}
}

// escalateFrom adds a row's hops for one identity: one for each victim.
func (b *building) escalateFrom(t *Technique, r *row, id *identity) {
	for _, v := range b.rowVictims(r, id) {
		if v == id {
			continue
		}
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}}
		if r.asVictim {
			if b.allowed(id, r.needs[0], id) {
				return // it does the same to itself
			}
			if v.iam.Boundary != nil || v.unbounded == value.Unknown {
				continue
			}
			h.from = append(h.from, Capability{Kind: KindCreds, Of: v.ID})
		}
		if !b.satisfy(&h, r, id, v) {
			continue
		}
		switch {
		case r.asVictim:
			h.to = Capability{Kind: KindAdmin, Of: Account}
			h.why = id.owner() + " may give " + v.Label() + " every right, and act as it: " + strings.Join(t.Needs, ", ")
		case r.gives == gainAdmin:
			h.to = Capability{Kind: KindAdmin, Of: Account}
			h.why = id.owner() + " may give itself every right: " + strings.Join(t.Needs, ", ")
		default:
			h.to = Capability{Kind: KindCreds, Of: v.ID}
			h.why = id.owner() + " may come to act as " + v.Label() + ": " + strings.Join(t.Needs, ", ")
		}
		b.add(h)
		if r.gives == gainAdmin && !r.asVictim {
			return // one is enough to become administrator
		}
	}
}

// victims are the identities of the application that an action may be used on;
// of those that a service must be trusted by, only these.
func (b *building) victims(users bool, action string) []*identity {
	key := fmt.Sprint(users, action)
	if out, ok := b.victimsOf[key]; ok {
		return out
	}
	_, service, passed := strings.Cut(action, " ")
	out := slices.DeleteFunc(slices.Clone(b.identities), func(v *identity) bool {
		return v.user != users || passed && !b.trustsService(v, service)
	})
	b.victimsOf[key] = out
	return out
}

func (b *building) trustsService(role *identity, service string) bool {
	for _, p := range iam.TrustedBy(role.trust) {
		if p.Type == "Service" && p.Item.Text.Equal(value.Lit(service)) != value.No {
			return true
		}
	}
	return false
}

package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func permissionTechniques() []*Technique {
	return []*Technique{usePermission, administrator, invokeAPI, publicResource, publicACL}
}

var usePermission = &Technique{
	ID: "use-permission", Title: "Use what a role or user is allowed",
	Doc: "Whoever holds an identity's credentials may do all that its policies allow, whatever the code that they were made for does. " +
		"Allow the actions that the code calls, on the resources that it names.",
	Needs: []string{"an identity's credentials", "a policy that allows the action on the resource"}, Gives: "read, write, delete, reconfigure or invoke the resource",
	Refs: Refs{ATTACK: []string{"T1078.004", "T1530", "T1485"}, CWE: []string{"CWE-269", "CWE-732"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		index := newResourceIndex(b.resources)
		for _, class := range b.classes() {
			b.grants(t, class, index)
		}
	},
}

// classes groups identities whose policies say the same, so that each set of
// policies is evaluated once.
func (f *facts) classes() [][]*identity {
	if f.classList != nil {
		return f.classList
	}
	at := map[string]int{}
	for _, id := range f.identities {
		i, ok := at[id.class]
		if !ok {
			i = len(f.classList)
			at[id.class] = i
			f.classList = append(f.classList, nil)
		}
		f.classList[i] = append(f.classList[i], id)
	}
	return f.classList
}

// grants adds what the identities of one class are allowed.
func (b *building) grants(t *Technique, class []*identity, index *resourceIndex) {
	rep := class[0]
	reach := b.reachOf(rep)
	for _, r := range index.candidates(reach) {
		rp := b.policies[r.ID]
		for _, e := range effectsOn(r.Type) {
			if rp != nil && rp.personal {
				for _, id := range class {
					b.grant(t, []*identity{id}, r, &e, reach)
				}
				continue
			}
			b.grant(t, class, r, &e, reach)
		}
	}
	for _, r := range b.resources { // what a resource's policy gives by itself
		if rp := b.policies[r.ID]; rp != nil && rp.personal && !slices.Contains(index.candidates(reach), r) {
			for _, e := range effectsOn(r.Type) {
				for _, id := range class {
					b.grant(t, []*identity{id}, r, &e, nil)
				}
			}
		}
	}
}

// grant adds one effect on one resource for identities that share policies.
// A statement that is meant for the resource gives a hop for each identity; a
// broad one gives its hops once, from a node that stands for the statement.
func (b *building) grant(t *Technique, class []*identity, r *app.Resource, e *effect, reach *reachable) {
	rep := class[0]
	for _, action := range e.actions {
		if reach != nil && !reach.may(action) {
			continue
		}
		ans, resource := b.mayObject(rep, action, r, e.object, reach)
		if ans.holds == value.No || len(ans.statements) == 0 {
			continue
		}
		for _, m := range b.deciding(ans) {
			b.grantBy(t, class, r, e, action, resource, m, ans)
		}
		if ans.holds == value.Yes {
			return
		}
	}
}

// deciding are the statements of an answer, the certain ones if there are
// any: each of them is enough, so each gives a hop.
func (b *building) deciding(a answer) []iam.Match {
	if a.holds != value.Yes {
		return a.statements[:1]
	}
	return a.statements
}

// mayObject asks for the action on the resource, or on some object in it:
// any, or one that a statement names.
func (b *building) mayObject(id *identity, action string, r *app.Resource, tail string, reach *reachable) (answer, value.Text) {
	rp := b.policyOf(r)
	arn := arnOf(r)
	if tail == "" {
		return b.may(id, action, arn, rp), arn
	}
	any := witness(arn, tail)
	best := b.may(id, action, any, rp)
	if best.holds == value.Yes || reach == nil {
		return best, any
	}
	at := any
	for _, named := range reach.objects(r) {
		if a := b.may(id, action, named, rp); a.holds == value.Yes || a.holds == value.Unknown && best.holds == value.No {
			best, at = a, named
			if a.holds == value.Yes {
				break
			}
		}
	}
	return best, at
}

func (b *building) grantBy(t *Technique, class []*identity, r *app.Resource, e *effect, action string, resource value.Text, m iam.Match, ans answer) {
	to := Capability{Kind: e.kind, Of: r.ID}
	if e.kind == KindInvoke {
		to.Detail = eventFields
	}
	var shared *Capability
	own := m
	for _, id := range class {
		m := class[0].in(id, own)
		if !id.user && e.kind == KindInvoke && len(id.functions) == 1 && id.functions[0].ID == r.ID {
			continue // a function that calls itself gains nothing
		}
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: to,
			why: b.grantWhy(id, e.kind, r), evidence: []Evidence{b.statementEvidence(id, m, action)}}
		b.answered(&h, ans)
		if at := id.attachmentOf(m); at != nil {
			unsure(&h, at.sure, at.name+" is attached to "+id.Label())
		}
		conditional(&h, r, id.Resource)
		h.from = append(h.from, b.keyOf(r, e)...)
		weak, broad := b.broad(id, m, r, action, e.kind)
		if !broad {
			b.add(h)
			continue
		}
		if len(class) == 1 || len(h.from) > 1 || h.certainty == Unknown {
			h.weak = []Weakness{weak}
			b.add(h)
			continue
		}
		node := Capability{Kind: kindGrant, Of: class[0].ID, Detail: fmt.Sprintf("%s %d %s %s", e.kind, own.Statement.Index, own.Policy.Document.Span, r.Type)}
		key := Capability{Kind: KindCreds, Of: id.ID}
		if !b.granted[grantKey{key.Of, node}] {
			b.granted[grantKey{key.Of, node}] = true
			b.edge(hop{by: t, from: []Capability{key}, to: node, certainty: Exact, evidence: h.evidence, weak: []Weakness{weak}}, 0)
		}
		if shared == nil {
			shared = &node
			h.from, h.evidence, h.why = []Capability{node}, nil, b.grantWhy(nil, e.kind, r)
			b.add(h)
		}
	}
}

type grantKey struct {
	identity string
	node     Capability
}

func (b *building) grantWhy(id *identity, k Kind, r *app.Resource) string {
	who := "its role"
	if id != nil {
		who = "the role of " + id.owner()
		if id.user || len(id.functions) != 1 {
			who = id.Label()
		}
	}
	return who + " may " + k.phrase() + " " + r.Label()
}

// keyOf is the key that the resource's data lies under, where it is a
// customer's: its use must be allowed too.
func (b *building) keyOf(r *app.Resource, e *effect) []Capability {
	if !e.needsKey {
		return nil
	}
	var v *value.Value
	switch r.Type {
	case "AWS::S3::Bucket":
		v = app.AsBucket(r).Key()
	case "AWS::SecretsManager::Secret", "AWS::Kinesis::Stream":
		v = r.Get("KmsKeyId")
		if r.Type == "AWS::Kinesis::Stream" {
			v = r.Get("StreamEncryption", "KeyId")
		}
	case "AWS::SQS::Queue":
		v = r.Get("KmsMasterKeyId")
	case "AWS::DynamoDB::Table":
		v = r.Get("SSESpecification", "KMSMasterKeyId")
	}
	if v.Exists() != value.Yes {
		return nil
	}
	key, _ := r.App.Lookup(v, "AWS::KMS::Key", "AWS::KMS::Alias")
	if key != nil && key.Type == "AWS::KMS::Alias" {
		key, _ = key.App.Lookup(key.Get("TargetKeyId"), "AWS::KMS::Key")
	}
	if key == nil {
		return nil
	}
	return []Capability{{Kind: KindRead, Of: key.ID}}
}

// broad tells whether a statement gives an identity more than it is there
// for, and what to change. A statement that names the resource, for actions
// that it spells out, is meant; one that covers it by a wildcard is not,
// unless the identity's function is configured with the resource.
func (b *building) broad(id *identity, m iam.Match, r *app.Resource, action string, kind Kind) (Weakness, bool) {
	at := id.attachmentOf(m)
	if at == nil || m.Source != iam.FromIdentity {
		return Weakness{}, false // the resource's own policy means it
	}
	if at.managed && executionPolicy(at.name) {
		return Weakness{}, false
	}
	wide := wideResource(m.Statement, r)
	if wide && b.serves(id, r) && (kind == KindRead || kind == KindWrite || kind == KindInvoke) {
		wide = false
	}
	if !wide && (wideAction(m.Statement, action) || at.managed) {
		wide = kind != KindRead && kind != KindWrite && kind != KindInvoke
	}
	escalates := kind == KindCode || kind == KindManage || kind == KindAdmin || kind == KindCreds
	if !wide && !escalates {
		return Weakness{}, false
	}
	return b.policyWeakness(id, at, m, action, escalates && !wide), true
}

// policyWeakness is what is wrong with one policy of an identity: the whole
// of a managed policy, one statement of another.
func (b *building) policyWeakness(id *identity, at *attachment, m iam.Match, action string, narrow bool) Weakness {
	kind, title, fix := WeakPolicyBroad, "", ""
	part, span, cost := at.name, at.span, 2
	switch {
	case at.managed:
		title = at.name + " on " + id.owner() + " allows more than it needs"
		fix = "replace " + at.name + " on " + id.owner() + " by the actions it calls on the resources it names"
		if at.name == "AdministratorAccess" || at.name == "PowerUserAccess" {
			cost = 3
		}
	default:
		part += fmt.Sprintf("/%d", m.Statement.Index)
		span = m.Statement.Span
		title = id.owner() + " is allowed " + statementText(m.Statement, action)
		fix = "narrow " + m.Statement.Name() + " of " + at.name + " on " + id.owner() + " to the resources it names"
		if narrow {
			kind = WeakPolicyEscalates
			fix = "take " + statementText(m.Statement, action) + " away from " + id.owner()
		}
	}
	return fault(kind, id.ID, part, span, cost, title, fix)
}

// executionPolicy names the managed policies that Lambda's own event sources
// and VPC access need: they are as wide as AWS made them.
func executionPolicy(name string) bool {
	return strings.HasPrefix(name, "AWSLambda") && strings.HasSuffix(name, "ExecutionRole") || name == "AWSXRayDaemonWriteAccess" ||
		name == "CloudWatchLambdaInsightsExecutionRolePolicy" || name == "CloudWatchLambdaApplicationSignalsExecutionRolePolicy"
}

// serves tells whether a function of the identity is configured with the
// resource.
func (b *building) serves(id *identity, r *app.Resource) bool {
	return slices.ContainsFunc(id.functions, func(f *function) bool { return f.refs[r.ID] })
}

// wideResource tells whether a statement covers a resource by a wildcard that
// stands in the place of its name.
func wideResource(s *policy.Statement, r *app.Resource) bool {
	if !s.Resource.Present {
		return true // NotResource
	}
	arn := arnOf(r)
	_, name, _ := arnKey(arn)
	covered := false
	for _, it := range s.Resource.Items {
		if it.String() == "*" {
			covered = true
			continue
		}
		_, pattern, ok := arnKey(it.Text)
		if !ok {
			continue
		}
		star := strings.IndexAny(pattern, "*?")
		if star < 0 {
			if pattern == name {
				return false
			}
			continue
		}
		if strings.HasPrefix(pattern, name) && star >= len(name) {
			return false // the name is whole; the wildcard is in what lies under it
		}
		covered = true
	}
	return covered
}

// wideAction tells whether a statement covers an action by a wildcard only.
func wideAction(s *policy.Statement, action string) bool {
	if !s.Action.Present {
		return true // NotAction
	}
	for _, it := range s.Action.Items {
		if strings.EqualFold(it.String(), action) {
			return false
		}
	}
	return true
}

var administrator = &Technique{
	ID: "administrator", Title: "Use an administrator's rights",
	Doc: "An identity that is allowed every action on every resource is the account: it reads all data, changes all code and makes new identities. " +
		"This is decided by evaluating its policies, whatever they are called.",
	Needs: []string{"the credentials of an identity that is allowed * on *"}, Gives: "administer the account",
	Refs:       Refs{ATTACK: []string{"T1078.004", "T1098"}, CWE: []string{"CWE-250", "CWE-269"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, id := range b.identities {
			if !slices.ContainsFunc(id.attached, func(a attachment) bool { return mayBeAdmin(a.policy.Document) }) {
				continue
			}
			ans := adminAnswer(id)
			if ans.holds == value.No || len(ans.statements) == 0 {
				continue
			}
			m := ans.statements[0]
			h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindAdmin, Of: Account},
				why: id.owner() + " is allowed everything on everything", evidence: []Evidence{b.statementEvidence(id, m, "every action")}}
			b.answered(&h, ans)
			if at := id.attachmentOf(m); at != nil {
				unsure(&h, at.sure, at.name+" is attached to "+id.Label())
				h.weak = []Weakness{b.policyWeakness(id, at, m, "*", false)}
			}
			conditional(&h, id.Resource)
			b.add(h)
		}
	},
}

// adminAnswer tells whether an identity may do everything: an action that no
// policy names, on a resource that none does, and what makes more of it.
func adminAnswer(id *identity) answer {
	var first answer
	for i, action := range []string{"remit-any:Any", "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:CreateRole"} {
		req := iam.Request{Principal: id.iam.Principal, Action: action, Resource: value.Fresh("any resource"),
			Account: id.iam.Principal.Account, Context: insideContext()}
		p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary}
		ans := judge(iam.Evaluate(&req, &p))
		if ans.holds != value.Yes {
			return ans
		}
		if i == 0 {
			first = ans
		}
	}
	return first
}

// mayBeAdmin is a quick look for statements as wide as an administrator's.
func mayBeAdmin(d *policy.Document) bool {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.NotAction.Present || s.Open != nil {
			return true
		}
		for _, it := range s.Action.Items {
			if text := it.String(); text == "*" || text == "*:*" || !it.Text.IsKnown() {
				return true
			}
		}
	}
	return false
}

var invokeAPI = &Technique{
	ID: "invoke-api", Title: "Call an IAM-authorised route with an identity",
	Doc: "A route or function URL with AWS_IAM lets in every identity that is allowed execute-api:Invoke or lambda:InvokeFunctionUrl on it. " +
		"Name the routes in the policy.",
	Needs: []string{"an identity's credentials", "a policy that allows the call"}, Gives: "invoke the function with a chosen body, path, query and headers",
	Refs:       Refs{ATTACK: []string{"T1078.004"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		call := func(f *function, action string, arn value.Text, rp *iam.Policy, at Evidence, via string) {
			for _, class := range b.classes() {
				ans := b.may(class[0], action, arn, rp)
				if ans.holds == value.No || len(ans.statements) == 0 {
					continue
				}
				for _, id := range class {
					m := class[0].in(id, ans.statements[0])
					h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{KindInvoke, f.ID, requestFields}, via: via,
						why: id.owner() + " may call " + via, evidence: []Evidence{b.statementEvidence(id, m, action), at}}
					b.answered(&h, ans)
					b.add(h)
				}
			}
		}
		b.eachEntry(app.EntryRoute, func(f *function, e *app.Entry) {
			if e.Route == nil || e.Route.Auth.Kind != app.AuthIAM {
				return
			}
			arn := value.Concat(invokeARN(e.Route.API), value.Lit("/"), value.Fresh("stage"), value.Lit("/"+e.Route.Method), e.Route.Path)
			call(f, "execute-api:Invoke", arn, b.policyOf(e.Route.API), Evidence{e.Span, e.Route.Label() + " calls " + f.Label()}, e.Route.Label())
		})
		for _, f := range b.functions {
			for _, u := range f.URLs() {
				if u.AuthType().Is("AWS_IAM") == value.Yes {
					call(f, "lambda:InvokeFunctionUrl", arnOf(f.Resource), nil, Evidence{u.Span, "the URL of " + f.Label()}, "URL of "+f.Label())
				}
			}
		}
	},
}

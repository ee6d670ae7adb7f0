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
		index := b.newResourceIndex()
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
	f.classOf = map[string][]*identity{}
	var order []string
	for _, id := range f.identities {
		if f.classOf[id.class] == nil {
			order = append(order, id.class)
		}
		f.classOf[id.class] = append(f.classOf[id.class], id)
	}
	for _, c := range order {
		f.classList = append(f.classList, f.classOf[c])
	}
	return f.classList
}

// grants adds what the identities of one class are allowed.
func (b *building) grants(t *Technique, class []*identity, index *resourceIndex) {
	reach := b.reachOf(class[0])
	seen := map[*app.Resource]bool{}
	for _, r := range index.candidates(class, reach) {
		seen[r] = true
		rp := b.policies[r.ID]
		for _, e := range reach.effectsOf(r.Type) {
			if rp != nil && rp.personal {
				for _, id := range class {
					b.grant(t, []*identity{id}, r, &e, reach)
				}
				continue
			}
			b.grant(t, class, r, &e, reach)
		}
	}
	for _, r := range b.personal { // what a resource's policy gives by itself
		if seen[r] && len(reach.effectsOf(r.Type)) == len(effectsOn(r.Type)) {
			continue
		}
		for _, e := range effectsOn(r.Type) {
			for _, id := range class {
				b.grant(t, []*identity{id}, r, &e, nil)
			}
		}
	}
}

// grant adds one effect on one resource for identities that share policies.
// A statement that is meant for the resource gives a hop for each identity; a
// broad one gives its hops once, from a node that stands for the statement.
func (b *building) grant(t *Technique, class []*identity, r *app.Resource, e *effect, reach *reachable) {
	for _, action := range e.actions {
		ans := b.mayObject(class[0], action, r, e.object, reach)
		if ans.holds == value.No || len(ans.statements) == 0 {
			continue
		}
		for _, m := range b.deciding(ans) {
			b.grantBy(t, class, r, e, action, m, ans)
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
func (b *building) mayObject(id *identity, action string, r *app.Resource, tail string, reach *reachable) answer {
	rp := b.policyOf(r)
	arn := b.arn(r)
	if tail == "" {
		return b.may(id, action, arn.arn, rp)
	}
	best := b.may(id, action, witness(arn.arn, tail), rp)
	if best.holds == value.Yes || reach == nil {
		return best
	}
	for _, named := range reach.objects(arn) {
		if a := b.may(id, action, named, rp); a.holds == value.Yes {
			return a
		} else if a.holds == value.Unknown && best.holds == value.No {
			best = a
		}
	}
	return best
}

// grantBy adds the hops that one statement gives.
func (b *building) grantBy(t *Technique, class []*identity, r *app.Resource, e *effect, action string, own iam.Match, ans answer) {
	to := Capability{Kind: e.kind, Of: r.ID}
	if e.kind == KindInvoke {
		to.Detail = eventFields
	}
	keys := b.keyOf(r, e)
	sharable := len(class) > 1 && len(keys) == 0 && ans.holds == value.Yes && r.Exists != value.Unknown
	node := Capability{Kind: kindGrant, Of: class[0].ID}
	if sharable {
		node.Detail = fmt.Sprintf("%s %d %s %s", e.kind, own.Statement.Index, own.Policy.Document.Span, r.Type)
	}
	shared := false
	var asMeant []hop
	for _, id := range class {
		if !id.user && e.kind == KindInvoke && len(id.functions) == 1 && id.functions[0].ID == r.ID {
			continue // a function that calls itself gains nothing
		}
		m := class[0].in(id, own)
		at := id.attachmentOf(m)
		if at != nil && at.managed && executionPolicy(at.name) && !b.serves(id, r) {
			continue // as wide as AWS made it, and nobody can narrow it
		}
		broad, escalates := b.broad(id, at, m, r, action, e.kind)
		served := broad && b.served(id, r, e.kind)
		fold := broad && sharable && at.sure != value.Unknown && id.Exists != value.Unknown
		if fold && !served && shared && b.granted[grantKey{id.ID, node}] {
			continue
		}
		h := hop{by: t, from: append([]Capability{{Kind: KindCreds, Of: id.ID}}, keys...), to: to,
			why: b.grantWhy(id, e.kind, r), evidence: []Evidence{b.statementEvidence(id, m, action)}}
		b.answered(&h, ans)
		if at != nil {
			unsure(&h, at.sure, at.name+" is attached to "+id.Label())
		}
		conditional(&h, r, id.Resource)
		if broad {
			h.weak = []Weakness{b.policyWeakness(id, at, m, action, escalates)}
		}
		if served { // what the function is there for, by whatever statement
			meant := h
			meant.weak = nil
			asMeant = append(asMeant, meant)
			if !fold {
				continue
			}
		}
		if !fold {
			b.add(h)
			continue
		}
		if key := (grantKey{id.ID, node}); !b.granted[key] {
			b.granted[key] = true
			b.edge(hop{by: t, from: h.from[:1], to: node, certainty: Exact, evidence: h.evidence, weak: h.weak}, 0)
		}
		if !shared {
			shared = true
			b.add(hop{by: t, from: []Capability{node}, to: to, why: b.grantWhy(nil, e.kind, r)})
		}
	}
	// After the shared ones, which then are preferred where both cost the same:
	// the assets of one path are then reached by one identity.
	for _, h := range asMeant {
		b.add(h)
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
func (b *building) broad(id *identity, at *attachment, m iam.Match, r *app.Resource, action string, kind Kind) (broad, escalates bool) {
	if at == nil || m.Source != iam.FromIdentity {
		return false, false // the resource's own policy means it
	}
	if at.managed && executionPolicy(at.name) {
		return false, false // for what it serves
	}
	wide := b.wideResource(m.Statement, r)
	if !wide && (wideAction(m.Statement, action) || at.managed) {
		wide = kind != KindRead && kind != KindWrite && kind != KindInvoke
	}
	power := kind == KindCode || kind == KindManage
	return wide || power, power && !wide
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

// served tells whether what a broad statement gives is what the identity's
// function is there for all the same.
func (b *building) served(id *identity, r *app.Resource, kind Kind) bool {
	return (kind == KindRead || kind == KindWrite || kind == KindInvoke) && b.serves(id, r)
}

// serves tells whether a function of the identity is configured with the
// resource.
func (b *building) serves(id *identity, r *app.Resource) bool {
	return slices.ContainsFunc(id.functions, func(f *function) bool { return f.refs[r.ID] })
}

// wideResource tells whether a statement covers a resource by a wildcard that
// stands in the place of its name.
func (b *building) wideResource(s *policy.Statement, r *app.Resource) bool {
	if !s.Resource.Present {
		return true // NotResource
	}
	name := b.arn(r).name
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

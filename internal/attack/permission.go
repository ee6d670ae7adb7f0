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
	return []*Technique{usePermission, administrator, invokeAPI, invokeAgent, publicResource, publicACL}
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
		for _, g := range b.newGrants() {
			b.statementGrants(t, g, index)
		}
		b.ownGrants(t)
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

// alikeFor are the classes of identities that a resource's policy does not tell
// apart: single identities where it does.
func (f *facts) alikeFor(r *app.Resource, rp *iam.Policy) [][]*identity {
	if rp == nil || !f.policies[r.ID].personal {
		return f.classes()
	}
	out := make([][]*identity, len(f.identities))
	for i, id := range f.identities {
		out[i] = []*identity{id}
	}
	return out
}

// who is what sentences call an identity.
func (f *facts) who(id *identity) string {
	if id.user || len(id.functions) != 1 {
		return id.Label()
	}
	return "the role of " + id.owner()
}

// keyOf is the key that the resource's data lies under, where it is a
// customer's: its use must be allowed too.
// open says what must hold where the key is not of this project.
func (b *building) keyOf(r *app.Resource, e *effect) (needs []Capability, open string) {
	if e.key == "" {
		return nil, ""
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
	if v.Exists() == value.No || v.Text().HasPrefix("alias/aws/") == value.Yes {
		return nil, "" // a key of AWS's own asks nothing of the caller
	}
	key, _ := r.App.Lookup(v, "AWS::KMS::Key", "AWS::KMS::Alias")
	if key != nil && key.Type == "AWS::KMS::Alias" {
		key, _ = key.App.Lookup(key.Get("TargetKeyId"), "AWS::KMS::Key")
	}
	if key == nil {
		return nil, "the key of " + r.Label() + " may be used too"
	}
	return []Capability{{Kind: e.key, Of: key.ID}}, ""
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

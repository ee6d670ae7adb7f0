package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func itoa(n int) string { return strconv.Itoa(n) }

// PolicyKind tells what a policy document does.
type PolicyKind uint8

// The kinds of policies.
const (
	IdentityPolicy PolicyKind = iota + 1 // what identities may do
	TrustPolicy                          // who may assume a role
	ResourcePolicy                       // who may use a resource
	EndpointPolicy                       // what may pass a VPC endpoint
)

// A Policy is one policy document that the application writes.
type Policy struct {
	Kind PolicyKind
	// In is the resource that holds the document.
	In  *app.Resource
	Doc *policy.Document
	// Of are the values that name whom the policy is attached to, or which
	// resources it protects, where In itself is not that.
	Of []*value.Value

	problems []source.Problem // of reading it
}

// Holder is the one resource that the policy belongs to as messages name it:
// the identity or resource where it is known and single, or In.
func (q *Policy) Holder(a *app.App) *app.Resource {
	if len(q.Of) == 1 {
		if r, _ := a.Lookup(q.Of[0], holders[q.In.Type]...); r != nil {
			return r
		}
	}
	return q.In
}

// identityTypes attach their document to what their properties name.
var identityTypes = map[string][]string{
	"AWS::IAM::Policy":        {"Roles", "Users", "Groups"},
	"AWS::IAM::ManagedPolicy": {"Roles", "Users", "Groups"},
	"AWS::IAM::RolePolicy":    {"RoleName"},
	"AWS::IAM::UserPolicy":    {"UserName"},
	"AWS::IAM::GroupPolicy":   {"GroupName"},
}

// protects is the property by which a resource names what its policy protects,
// where that is another resource.
var protects = map[string]string{
	"AWS::S3::BucketPolicy":               "Bucket",
	"AWS::SQS::QueuePolicy":               "Queues",
	"AWS::SQS::QueueInlinePolicy":         "Queue",
	"AWS::SNS::TopicPolicy":               "Topics",
	"AWS::SNS::TopicInlinePolicy":         "TopicArn",
	"AWS::SecretsManager::ResourcePolicy": "SecretId",
	"AWS::Kinesis::ResourcePolicy":        "ResourceArn",
	"AWS::Events::EventBusPolicy":         "EventBusName",
}

// holders are the types that a resource attaches its policy to. A value that
// is not resolved may name any of them, and nothing else.
var holders = map[string][]string{
	"AWS::IAM::Policy":                    {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"},
	"AWS::IAM::ManagedPolicy":             {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"},
	"AWS::IAM::RolePolicy":                {"AWS::IAM::Role"},
	"AWS::IAM::UserPolicy":                {"AWS::IAM::User"},
	"AWS::IAM::GroupPolicy":               {"AWS::IAM::Group"},
	"AWS::S3::BucketPolicy":               {"AWS::S3::Bucket"},
	"AWS::SQS::QueuePolicy":               {"AWS::SQS::Queue"},
	"AWS::SQS::QueueInlinePolicy":         {"AWS::SQS::Queue"},
	"AWS::SNS::TopicPolicy":               {"AWS::SNS::Topic"},
	"AWS::SNS::TopicInlinePolicy":         {"AWS::SNS::Topic"},
	"AWS::SecretsManager::ResourcePolicy": {"AWS::SecretsManager::Secret"},
	"AWS::Kinesis::ResourcePolicy":        {"AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"},
	"AWS::Events::EventBusPolicy":         {"AWS::Events::EventBus"},
}

// Policies are the policy documents that the resource holds.
func Policies(r *app.Resource) []*Policy {
	var out []*Policy
	add := func(kind PolicyKind, v *value.Value, of ...*value.Value) {
		if doc, problems := policy.Parse(v); doc != nil {
			out = append(out, &Policy{Kind: kind, In: r, Doc: doc, Of: of, problems: problems})
		}
	}
	switch r.Type {
	case "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group":
		add(TrustPolicy, r.Get("AssumeRolePolicyDocument"))
		for _, p := range r.Get("Policies").Items() {
			add(IdentityPolicy, p.Get("PolicyDocument"))
		}
		return out
	}
	if attached, ok := identityTypes[r.Type]; ok {
		var of []*value.Value
		for _, key := range attached {
			of = append(of, r.Get(key).Items()...)
		}
		add(IdentityPolicy, r.Get("PolicyDocument"), of...)
		return out
	}
	kind := ResourcePolicy
	if r.Type == "AWS::EC2::VPCEndpoint" {
		kind = EndpointPolicy
	}
	var of []*value.Value
	if key := protects[r.Type]; key != "" {
		of = r.Get(key).Items()
	}
	for _, v := range r.HeldPolicies() {
		add(kind, v, of...)
	}
	return out
}

// Grammar is the kind of policy whose grammar the document must keep.
func (q *Policy) Grammar() policy.Kind {
	switch q.Kind {
	case IdentityPolicy:
		return policy.Identity
	case TrustPolicy:
		return policy.Trust
	case EndpointPolicy:
		return policy.Endpoint
	}
	switch q.In.Type {
	case "AWS::ECR::Repository", "AWS::EFS::FileSystem":
		return policy.OwnResource
	}
	return policy.Resource
}

// Unread is what was not understood in reading the document.
func (q *Policy) Unread() []source.Problem { return q.problems }

// Problems are what AWS would refuse or never match in the document, and what
// was not understood of it, each with the name of the resource.
func (q *Policy) Problems() []source.Problem {
	var out []source.Problem
	for _, p := range slices.Concat(q.problems, q.Doc.Check(q.Grammar())) {
		p.Message = q.In.ID + ": " + p.Message
		out = append(out, p)
	}
	return out
}

// FunctionsOf are the functions of the application that run as the role.
func FunctionsOf(a *app.App, role *app.Resource) []*app.Resource {
	var out []*app.Resource
	for _, u := range a.Users(role) {
		if u.By.Type != "AWS::Lambda::Function" || a.Target(u.By.Get("Role")) != role {
			continue
		}
		if len(out) == 0 || out[len(out)-1] != u.By {
			out = append(out, u.By)
		}
	}
	return out
}

// ManagedPolicyName is the name of the AWS managed policy that an ARN names,
// with its path, or empty where it is another policy.
func ManagedPolicyName(arn *value.Value) string {
	_, name, ok := strings.Cut(arn.Str(), ":iam::aws:policy/")
	if !ok || strings.Contains(name, "${") {
		return ""
	}
	return name
}

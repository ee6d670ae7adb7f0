package rule

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
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
}

// Holder is the one resource that the policy belongs to as messages name it:
// the identity or resource where it is known and single, or In.
func (q *Policy) Holder(a *app.App) *app.Resource {
	if len(q.Of) == 1 {
		if r, _ := a.Lookup(q.Of[0]); r != nil {
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

// resourceTypes protect a resource: the path of the document, and the property
// that names the resource where it is another.
var resourceTypes = map[string]struct {
	doc []string
	of  string
}{
	"AWS::S3::BucketPolicy":               {[]string{"PolicyDocument"}, "Bucket"},
	"AWS::SQS::QueuePolicy":               {[]string{"PolicyDocument"}, "Queues"},
	"AWS::SQS::QueueInlinePolicy":         {[]string{"PolicyDocument"}, "Queue"},
	"AWS::SNS::TopicPolicy":               {[]string{"PolicyDocument"}, "Topics"},
	"AWS::SNS::TopicInlinePolicy":         {[]string{"PolicyDocument"}, "TopicArn"},
	"AWS::SecretsManager::ResourcePolicy": {[]string{"ResourcePolicy"}, "SecretId"},
	"AWS::Kinesis::ResourcePolicy":        {[]string{"ResourcePolicy"}, "ResourceArn"},
	"AWS::KMS::Key":                       {[]string{"KeyPolicy"}, ""},
	"AWS::ECR::Repository":                {[]string{"RepositoryPolicyText"}, ""},
	"AWS::DynamoDB::Table":                {[]string{"ResourcePolicy", "PolicyDocument"}, ""},
	"AWS::Events::EventBus":               {[]string{"Policy"}, ""},
	"AWS::ApiGateway::RestApi":            {[]string{"Policy"}, ""},
	"AWS::Backup::BackupVault":            {[]string{"AccessPolicy"}, ""},
	"AWS::OpenSearchService::Domain":      {[]string{"AccessPolicies"}, ""},
	"AWS::EFS::FileSystem":                {[]string{"FileSystemPolicy"}, ""},
}

// Policies are the policy documents that the resource holds.
func Policies(r *app.Resource) []*Policy {
	var out []*Policy
	add := func(kind PolicyKind, v *value.Value, of ...*value.Value) {
		if doc, _ := policy.Parse(v); doc != nil { // the loader reports what does not parse
			out = append(out, &Policy{Kind: kind, In: r, Doc: doc, Of: of})
		}
	}
	switch r.Type {
	case "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group":
		add(TrustPolicy, r.Get("AssumeRolePolicyDocument"))
		for _, p := range r.Get("Policies").Items() {
			add(IdentityPolicy, p.Get("PolicyDocument"))
		}
	case "AWS::Events::EventBusPolicy":
		add(ResourcePolicy, busStatement(r), r.Get("EventBusName"))
	default:
		if attached, ok := identityTypes[r.Type]; ok {
			var of []*value.Value
			for _, key := range attached {
				of = append(of, r.Get(key).Items()...)
			}
			add(IdentityPolicy, r.Get("PolicyDocument"), of...)
		}
		if at, ok := resourceTypes[r.Type]; ok {
			var of []*value.Value
			if at.of != "" {
				of = r.Get(at.of).Items()
			}
			add(ResourcePolicy, r.Get(at.doc...), of...)
		}
	}
	return out
}

// busStatement makes a document of an event bus policy, which is one statement
// or, in its old form, the statement's parts beside each other.
func busStatement(r *app.Resource) *value.Value {
	stmt := r.Get("Statement")
	if stmt.Exists() == value.No {
		if r.Get("Principal").Exists() == value.No {
			return nil
		}
		effect := value.NewText(value.Lit("Allow"), r.Span)
		fields := []value.Field{{Key: "Effect", KeySpan: r.Span, Value: effect}}
		principal := r.Get("Principal")
		if principal.Is("*") == value.No {
			principal = value.NewMap([]value.Field{{Key: "AWS", KeySpan: principal.Span(), Value: principal}}, principal.Span())
		}
		fields = append(fields,
			value.Field{Key: "Principal", KeySpan: principal.Span(), Value: principal},
			value.Field{Key: "Action", KeySpan: r.Span, Value: r.Get("Action")},
			value.Field{Key: "Resource", KeySpan: r.Span, Value: value.NewText(value.Lit("*"), r.Span)},
		)
		if c := r.Get("Condition"); c.Exists() != value.No {
			test := value.NewMap([]value.Field{{Key: c.Get("Key").Str(), KeySpan: c.Span(), Value: c.Get("Value")}}, c.Span())
			cond := value.NewMap([]value.Field{{Key: c.Get("Type").Str(), KeySpan: c.Span(), Value: test}}, c.Span())
			fields = append(fields, value.Field{Key: "Condition", KeySpan: c.Span(), Value: cond})
		}
		stmt = value.NewMap(fields, r.Span)
	}
	return value.NewMap([]value.Field{{Key: "Statement", KeySpan: stmt.Span(), Value: value.NewList([]*value.Value{stmt}, stmt.Span())}}, stmt.Span())
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

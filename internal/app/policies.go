package app

import (
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// ownPolicy is the path of the policy document that a resource holds itself.
var ownPolicy = map[string][]string{
	"AWS::KMS::Key":                   {"KeyPolicy"},
	"AWS::KMS::ReplicaKey":            {"KeyPolicy"},
	"AWS::ECR::Repository":            {"RepositoryPolicyText"},
	"AWS::DynamoDB::Table":            {"ResourcePolicy", "PolicyDocument"},
	"AWS::Events::EventBus":           {"Policy"},
	"AWS::ApiGateway::RestApi":        {"Policy"},
	"AWS::Backup::BackupVault":        {"AccessPolicy"},
	"AWS::OpenSearchService::Domain":  {"AccessPolicies"},
	"AWS::Elasticsearch::Domain":      {"AccessPolicies"},
	"AWS::EFS::FileSystem":            {"FileSystemPolicy"},
	"AWS::EC2::VPCEndpoint":           {"PolicyDocument"},
	"AWS::Kinesis::Stream":            {"ResourcePolicy"},
	"AWS::S3Express::DirectoryBucket": {"ResourcePolicy"},
}

// policyChild is the path of the document in a resource that attaches a
// policy to another.
var policyChild = map[string][]string{
	"AWS::S3::BucketPolicy":               {"PolicyDocument"},
	"AWS::SQS::QueuePolicy":               {"PolicyDocument"},
	"AWS::SQS::QueueInlinePolicy":         {"PolicyDocument"},
	"AWS::SNS::TopicPolicy":               {"PolicyDocument"},
	"AWS::SNS::TopicInlinePolicy":         {"PolicyDocument"},
	"AWS::SecretsManager::ResourcePolicy": {"ResourcePolicy"},
	"AWS::Kinesis::ResourcePolicy":        {"ResourcePolicy"},
}

// HeldPolicies are the resource policies that the resource writes: for itself,
// or to attach them to another.
func (r *Resource) HeldPolicies() []*value.Value {
	var out []*value.Value
	add := func(v *value.Value) {
		if v.Exists() != value.No {
			out = append(out, v)
		}
	}
	if path, ok := ownPolicy[r.Type]; ok {
		add(r.Get(path...))
	} else if path, ok := policyChild[r.Type]; ok {
		add(r.Get(path...))
	}
	switch r.Type {
	case "AWS::ApiGateway::RestApi":
		add(r.Get("Body", "x-amazon-apigateway-policy"))
	case "AWS::DynamoDB::GlobalTable":
		for _, replica := range items(r.Get("Replicas")) {
			add(replica.Get("ResourcePolicy", "PolicyDocument"))
		}
	case "AWS::Events::EventBusPolicy":
		add(busStatement(r))
	}
	return out
}

// PermissionDocument is what a permission says in the terms of IAM: of a
// function, a layer or an event bus; nil for other resources.
func (r *Resource) PermissionDocument() *value.Value {
	switch r.Type {
	case "AWS::Lambda::Permission":
		return functionStatement(r)
	case "AWS::Lambda::LayerVersionPermission":
		return layerStatement(r)
	case "AWS::Events::EventBusPolicy":
		return busStatement(r)
	}
	return nil
}

// PolicyDocumentsOn returns the resource policies of a resource: its own
// document, those that other resources attach to it, and, for functions,
// layers and event buses, the documents that their permissions amount to. A key
// without a policy has the one that AWS makes.
func (a *App) PolicyDocumentsOn(r *Resource) []Attached {
	if r == nil {
		return nil
	}
	var out []Attached
	if path, ok := ownPolicy[r.Type]; ok {
		if doc := r.Get(path...); doc.Exists() != value.No {
			out = append(out, Attached{Document: doc, In: r, Span: doc.Span(), Sure: r.Exists})
		} else if r.Type == "AWS::KMS::Key" {
			out = append(out, Attached{Document: defaultKeyPolicy(r), In: r, Span: r.Span, Sure: r.Exists})
		}
	}
	if doc := r.Get("Body", "x-amazon-apigateway-policy"); r.Type == "AWS::ApiGateway::RestApi" && doc.Exists() != value.No {
		out = append(out, Attached{Document: doc, In: r, Span: doc.Span(), Sure: r.Exists})
	}
	if r.Type == "AWS::DynamoDB::GlobalTable" {
		for _, replica := range items(r.Get("Replicas")) {
			if doc := replica.Get("ResourcePolicy", "PolicyDocument"); doc.Exists() != value.No {
				out = append(out, Attached{Document: doc, In: r, Span: doc.Span(), Sure: replica.sure})
			}
		}
	}
	for _, c := range a.Children(r) {
		var doc *value.Value
		switch c.Type {
		case "AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission", "AWS::Events::EventBusPolicy":
			doc = c.PermissionDocument()
		default:
			path, ok := policyChild[c.Type]
			if !ok {
				continue
			}
			doc = c.Get(path...)
		}
		if doc.Exists() == value.No {
			continue
		}
		out = append(out, Attached{Document: doc, In: c.Resource, Span: c.By.Span(), Sure: c.Sure.And(c.Exists)})
	}
	return out
}

// A statement is built in the terms of IAM from properties that say the same.
type statement struct {
	span   source.Span
	fields []value.Field
}

func (s *statement) put(key string, v *value.Value) {
	if v.Exists() != value.No {
		s.fields = append(s.fields, value.Field{Key: key, KeySpan: v.Span(), Value: v})
	}
}

func (s *statement) lit(key, text string) {
	s.put(key, value.NewText(value.Lit(text), s.span))
}

// document makes the statement a document.
func (s *statement) document() *value.Value {
	list := value.NewList([]*value.Value{value.NewMap(s.fields, s.span)}, s.span)
	return value.NewMap([]value.Field{
		{Key: "Version", KeySpan: s.span, Value: value.NewText(value.Lit("2012-10-17"), s.span)},
		{Key: "Statement", KeySpan: s.span, Value: list},
	}, s.span)
}

// defaultKeyPolicy is what a key gets that is made without a policy: it hands
// over to the policies of the account's identities.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func defaultKeyPolicy(r *Resource) *value.Value {
	s := &statement{span: r.Span}
	s.lit("Effect", "Allow")
	place := r.place()
	root := value.Concat(value.Lit("arn:"), orHole(place.Partition, "AWS::Partition"), value.Lit(":iam::"), orHole(place.Account, "AWS::AccountId"), value.Lit(":root"))
	s.put("Principal", pair("AWS", value.NewText(root, r.Span)))
	s.lit("Action", "kms:*")
	s.lit("Resource", "*")
	return s.document()
}

// pair is a map of one key.
func pair(key string, v *value.Value) *value.Value {
	return value.NewMap([]value.Field{{Key: key, KeySpan: v.Span(), Value: v}}, v.Span())
}

// awsPrincipal is a Principal element of an account, ARN or *.
func awsPrincipal(v *value.Value) *value.Value {
	if v.Is("*") == value.Yes {
		return v
	}
	return pair("AWS", v)
}

// functionStatement is what a permission adds to a function's policy.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func functionStatement(r *Resource) *value.Value {
	s := &statement{span: r.Span}
	s.lit("Effect", "Allow")
	p := r.Get("Principal")
	if p.Text().HasSuffix(".amazonaws.com") == value.Yes || p.Text().HasSuffix(".amazon.com") == value.Yes {
		s.put("Principal", pair("Service", p))
	} else {
		s.put("Principal", awsPrincipal(p))
	}
	s.put("Action", r.Get("Action"))
	s.put("Resource", functionARN(r.App, r.Get("FunctionName")))
	s.put("Condition", s.conditions(
		test{"ArnLike", "aws:SourceArn", r.Get("SourceArn")},
		test{"StringEquals", "aws:SourceAccount", r.Get("SourceAccount")},
		test{"StringEquals", "aws:PrincipalOrgID", r.Get("PrincipalOrgID")},
		test{"StringEquals", "lambda:FunctionUrlAuthType", r.Get("FunctionUrlAuthType")},
		test{"Bool", "lambda:InvokedViaFunctionUrl", r.Get("InvokedViaFunctionUrl")},
		test{"StringEquals", "lambda:EventSourceToken", r.Get("EventSourceToken")},
	))
	return s.document()
}

// functionARN is the ARN of the function that a property names, or the
// property itself.
func functionARN(a *App, v *value.Value) *value.Value {
	named := a.FunctionsNamed(v)
	if len(named) == 0 {
		return v
	}
	arn := named[0].Function.ARN()
	if q := named[0].Qualifier; !q.IsEmpty() {
		arn = value.Concat(arn, value.Lit(":"), q)
	}
	return value.NewText(arn, v.Span(), v.Refs()...)
}

// layerStatement is what a layer permission adds to a layer's policy.
func layerStatement(r *Resource) *value.Value {
	s := &statement{span: r.Span}
	s.lit("Effect", "Allow")
	s.put("Principal", awsPrincipal(r.Get("Principal")))
	s.put("Action", r.Get("Action"))
	s.put("Resource", r.Get("LayerVersionArn"))
	s.put("Condition", s.conditions(test{"StringEquals", "aws:PrincipalOrgID", r.Get("OrganizationId")}))
	return s.document()
}

// busStatement makes a document of an event bus policy, which is one
// statement or, in its old form, the statement's parts beside each other.
func busStatement(r *Resource) *value.Value {
	s := &statement{span: r.Span}
	stmt := r.Get("Statement")
	if stmt.Exists() != value.No {
		if stmt.Kind() == value.Map && stmt.Get("Statement").Exists() != value.No {
			return stmt // a whole document
		}
		list := value.NewList([]*value.Value{stmt}, stmt.Span())
		return pair("Statement", list)
	}
	if r.Get("Principal").Exists() == value.No {
		return nil
	}
	s.lit("Effect", "Allow")
	s.put("Principal", awsPrincipal(r.Get("Principal")))
	s.put("Action", r.Get("Action"))
	s.lit("Resource", "*")
	if c := r.Get("Condition"); c.Exists() != value.No {
		s.put("Condition", pair(c.Get("Type").Str(), pair(c.Get("Key").Str(), c.Get("Value"))))
	}
	return s.document()
}

// A test is one line of a condition.
type test struct {
	operator, key string
	v             *value.Value
}

// conditions builds a Condition of the tests whose value is there.
func (s *statement) conditions(tests ...test) *value.Value {
	var ops []value.Field
	for _, t := range tests {
		if t.v.Exists() == value.No {
			continue
		}
		field := value.Field{Key: t.key, KeySpan: t.v.Span(), Value: t.v}
		if n := len(ops); n > 0 && ops[n-1].Key == t.operator {
			ops[n-1].Value = value.NewMap(append(ops[n-1].Value.Fields(), field), t.v.Span())
			continue
		}
		ops = append(ops, value.Field{Key: t.operator, KeySpan: t.v.Span(), Value: value.NewMap([]value.Field{field}, t.v.Span())})
	}
	if len(ops) == 0 {
		return nil
	}
	return value.NewMap(ops, s.span)
}

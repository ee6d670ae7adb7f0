package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

const identities = `AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Wide: {Type: String}, Outside: {Type: String}}
Conditions: {Wide: !Equals [!Ref Wide, 'yes']}
Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  ByText: {Type: AWS::Lambda::Function, Properties: {Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/app/runner', Code: {ZipFile: x}}}
  Elsewhere: {Type: AWS::Lambda::Function, Properties: {Role: 'arn:aws:iam::111122223333:role/none', Code: {ZipFile: x}}}
  Given: {Type: AWS::Lambda::Function, Properties: {Role: !Ref Outside, Code: {ZipFile: x}}}
  Either: {Type: AWS::Lambda::Function, Properties: {Role: !If [Wide, !GetAtt Role.Arn, !Ref Outside], Code: {ZipFile: x}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: runner
      Path: /app/
      AssumeRolePolicyDocument: {Statement: []}
      PermissionsBoundary: !Ref Boundary
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
        - !Ref Shared
        - !If [Wide, arn:aws:iam::aws:policy/AdministratorAccess, !Ref 'AWS::NoValue']
      Policies: [{PolicyName: inline, PolicyDocument: {Statement: [1]}}]
  Shared: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: shared, Roles: [!Ref Role], PolicyDocument: {Statement: [2]}}}
  Boundary: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [3]}}}
  Apart: {Type: AWS::IAM::Policy, Properties: {PolicyName: apart, Roles: [runner], Users: [!Ref User], PolicyDocument: {Statement: [4]}}}
  Single: {Type: AWS::IAM::RolePolicy, Properties: {PolicyName: single, RoleName: !Ref Role, PolicyDocument: {Statement: [5]}}}
  User: {Type: AWS::IAM::User, Properties: {UserName: ada, Groups: [!Ref Group]}}
  Group: {Type: AWS::IAM::Group, Properties: {GroupName: staff, Policies: [{PolicyName: g, PolicyDocument: {Statement: [6]}}]}}
  More: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref Second, Users: [ada]}}
  Second: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]}}
  Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref User}}
`

func toldPolicies(list []app.Attached) []string {
	var out []string
	for _, p := range list {
		s := p.In.LogicalID + " " + p.Name.Str()
		if p.ARN != nil {
			_, name, _ := strings.Cut(p.ARN.Str(), "policy/")
			s += " arn:" + name
		}
		for _, stmt := range p.Document.Get("Statement").Items() {
			s += " #" + stmt.Str()
		}
		if p.Sure != value.Yes {
			s += " " + p.Sure.String()
		}
		if p.Span.IsZero() {
			s += " without a span"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestPoliciesOfIdentities(t *testing.T) {
	a := open(t, identities)
	role := app.AsRole(get(t, a, "Role"))
	want := []string{"Apart apart #4", "Role  arn:AdministratorAccess unknown", "Role  arn:service-role/AWSLambdaBasicExecutionRole",
		"Role inline #1", "Shared shared arn:app?", "Single single #5"}
	want[4] = "Shared shared arn:shared #2"
	if got := toldPolicies(role.Policies()); !slices.Equal(got, want) {
		t.Errorf("role\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	b, ok := role.BoundaryPolicy()
	if !ok || b.In.LogicalID != "Boundary" || b.Document.Get("Statement").Len() != 1 {
		t.Errorf("boundary: %+v", b)
	}
	user := app.AsUser(get(t, a, "User"))
	if got := toldPolicies(user.Policies()); !slices.Equal(got, []string{"Apart apart #4"}) {
		t.Errorf("user: %v", got)
	}
	var groups []string
	for _, g := range user.Groups() {
		groups = append(groups, g.LogicalID)
		if len(g.Policies()) != 1 {
			t.Errorf("group %s: %v", g.LogicalID, toldPolicies(g.Policies()))
		}
	}
	if !slices.Equal(groups, []string{"Group", "Second"}) || len(user.AccessKeys()) != 1 {
		t.Errorf("groups %v, %d keys", groups, len(user.AccessKeys()))
	}
}

func TestRoleOf(t *testing.T) {
	a := open(t, identities)
	for _, c := range []struct {
		function, role string
		sure           value.Tri
	}{
		{"Fn", "Role", value.Yes},
		{"ByText", "Role", value.Yes},
		{"Elsewhere", "", value.No},
		{"Given", "", value.Unknown},
		{"Either", "Role", value.Unknown},
	} {
		role, sure := a.RoleOf(app.AsFunction(get(t, a, c.function)))
		id := ""
		if role.Resource != nil {
			id = role.LogicalID
		}
		if id != c.role || sure != c.sure {
			t.Errorf("%s: role %q %v, want %q %v", c.function, id, sure, c.role, c.sure)
		}
	}
}

func TestPolicyDocumentsOn(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'in-${AWS::AccountId}'}}
  BP: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Sub 'in-${AWS::AccountId}', PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 's3:*', Resource: '*'}]}}}
  Q: {Type: AWS::SQS::Queue}
  QP: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Q], PolicyDocument: {Statement: []}}}
  T: {Type: AWS::SNS::Topic}
  TP: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref T], PolicyDocument: {Statement: []}}}
  S: {Type: AWS::SecretsManager::Secret}
  SP: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref S, ResourcePolicy: {Statement: []}}}
  K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Bare: {Type: AWS::KMS::Key}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Old: {Type: AWS::Events::EventBusPolicy, Properties: {EventBusName: shop, StatementId: a, Action: 'events:PutEvents', Principal: '*', Condition: {Type: StringEquals, Key: 'aws:PrincipalOrgID', Value: o-1}}}
  New: {Type: AWS::Events::EventBusPolicy, Properties: {EventBusName: !Ref Bus, StatementId: b, Statement: {Effect: Allow, Principal: '*', Action: 'events:PutEvents', Resource: '*'}}}
  D: {Type: AWS::DynamoDB::Table, Properties: {ResourcePolicy: {PolicyDocument: {Statement: []}}}}
  G: {Type: AWS::DynamoDB::GlobalTable, Properties: {Replicas: [{Region: eu-west-1, ResourcePolicy: {PolicyDocument: {Statement: []}}}, {Region: eu-west-2}]}}
  E: {Type: AWS::ECR::Repository, Properties: {RepositoryPolicyText: {Statement: []}}}
  L: {Type: AWS::Lambda::LayerVersion, Properties: {LayerName: l}}
  LP: {Type: AWS::Lambda::LayerVersionPermission, Properties: {LayerVersionArn: !Ref L, Action: 'lambda:GetLayerVersion', Principal: '*', OrganizationId: o-1}}
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Code: {ZipFile: x}}}
  P1: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: !GetAtt B.Arn, SourceAccount: !Ref 'AWS::AccountId'}}
  P2: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: 'lambda:InvokeFunction', Principal: '444455556666', PrincipalOrgID: o-1, EventSourceToken: t}}
`)
	for id, want := range map[string]int{"B": 1, "Q": 1, "T": 1, "S": 1, "K": 1, "Bare": 1, "Bus": 2, "D": 1, "G": 1, "E": 1, "L": 1, "F": 2} {
		list := a.PolicyDocumentsOn(get(t, a, id))
		if len(list) != want {
			t.Errorf("%s: %d documents, want %d", id, len(list), want)
		}
		for _, p := range list {
			if p.Document.Kind() != value.Map || p.Document.Get("Statement").Kind() != value.List || p.Span.IsZero() {
				t.Errorf("%s: the document in %s is %v at %v", id, p.In.LogicalID, p.Document.Kind(), p.Span)
			}
		}
	}
	stmt := func(id string, n int) *value.Value {
		return a.PolicyDocumentsOn(get(t, a, id))[n].Document.Get("Statement").Items()[0]
	}
	for _, c := range []struct {
		v    *value.Value
		want string
	}{
		{stmt("F", 0).Get("Principal", "Service"), "s3.amazonaws.com"},
		{stmt("F", 0).Get("Resource"), "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f"},
		{stmt("F", 0).Get("Condition", "ArnLike", "aws:SourceArn"), "arn:${AWS::Partition}:s3:::in-${AWS::AccountId}"},
		{stmt("F", 0).Get("Condition", "StringEquals", "aws:SourceAccount"), "${AWS::AccountId}"},
		{stmt("F", 1).Get("Principal", "AWS"), "444455556666"},
		{stmt("F", 1).Get("Condition", "StringEquals", "aws:PrincipalOrgID"), "o-1"},
		{stmt("F", 1).Get("Condition", "StringEquals", "lambda:EventSourceToken"), "t"},
		{stmt("Bare", 0).Get("Principal", "AWS"), "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
		{stmt("L", 0).Get("Principal"), "*"},
		{stmt("L", 0).Get("Condition", "StringEquals", "aws:PrincipalOrgID"), "o-1"},
		{stmt("Bus", 1).Get("Condition", "StringEquals", "aws:PrincipalOrgID"), "o-1"},
	} {
		if c.v.Str() != c.want {
			t.Errorf("%q, want %q", c.v.Str(), c.want)
		}
	}
}

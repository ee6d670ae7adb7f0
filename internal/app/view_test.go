package app_test

import (
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

func TestPublicAccess(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Open: {Type: String}}
Conditions: {Open: !Equals [!Ref Open, 'yes']}
Resources:
  Silent: {Type: AWS::S3::Bucket}
  Partly: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true}}}
  All: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: 'true'}}}
  Off: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false}}}
  Given: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: !Ref Open, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}}}
  Chosen: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: !If [Open, {BlockPublicAcls: false}, !Ref 'AWS::NoValue']}}
`)
	for id, want := range map[string]value.Tri{"Silent": value.Yes, "Partly": value.No, "All": value.Yes, "Off": value.No, "Given": value.Unknown, "Chosen": value.Unknown} {
		block := app.AsBucket(get(t, a, id)).PublicAccess()
		if got := block.All(); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		if id != "Chosen" && block.BlockPublicPolicy.Span().IsZero() {
			t.Errorf("%s has no span", id)
		}
	}
	if v := app.AsBucket(get(t, a, "Silent")).PublicAccess().BlockPublicAcls; !v.IsDefault() || v.Span() != get(t, a, "Silent").Span {
		t.Errorf("AWS's default is not marked: %v at %v", v.IsDefault(), v.Span())
	}
}

// What one branch of a condition says is not what the bucket has.
func TestBucketBranches(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Open: {Type: String}}
Conditions: {Open: !Equals [!Ref Open, 'yes']}
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      OwnershipControls: {Rules: !If [Open, [{ObjectOwnership: BucketOwnerEnforced}], [{ObjectOwnership: ObjectWriter}]]}
      BucketEncryption: !If [Open, {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: k}}]}, !Ref 'AWS::NoValue']
  Q: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !If [Open, k, !Ref 'AWS::NoValue']}}
`)
	b, q := app.AsBucket(get(t, a, "B")), app.AsQueue(get(t, a, "Q"))
	for _, c := range []struct {
		name string
		got  value.Tri
	}{
		{"ownership", b.Ownership().Is("BucketOwnerEnforced")},
		{"encryption", b.Encryption().Is("aws:kms")},
		{"key", b.Key().Exists()},
		{"managed encryption", q.ManagedEncryption().IsTrue()},
	} {
		if c.got != value.Unknown {
			t.Errorf("%s: %v, want unknown", c.name, c.got)
		}
	}
}

func TestDefaults(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Code: {ZipFile: x}, Environment: {Variables: {A: '1', B: !Ref L}}, Layers: [!Ref L]}}
  L: {Type: AWS::Lambda::LayerVersion, Properties: {LayerName: l}}
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/lambda/f}}
  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
  U: {Type: AWS::Cognito::UserPool}
  C: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref U}}
  W: {Type: AWS::Cognito::UserPool, Properties: {AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}, Policies: {PasswordPolicy: {MinimumLength: 6}}}}
  I: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: true, CognitoIdentityProviders: [{ClientId: !Ref C, ProviderName: !GetAtt U.ProviderName}]}}
  IR: {Type: AWS::Cognito::IdentityPoolRoleAttachment, Properties: {IdentityPoolId: !Ref I, Roles: {unauthenticated: !GetAtt R.Arn}, RoleMappings: {m: {RulesConfiguration: {Rules: [{Claim: a, RoleARN: !GetAtt R.Arn}]}}}}}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}}
  Dead: {Type: AWS::SQS::Queue}
  T: {Type: AWS::DynamoDB::Table}
  GT: {Type: AWS::DynamoDB::GlobalTable, Properties: {Replicas: [{Region: a, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}, {Region: b}]}}
  K: {Type: AWS::KMS::Key}
  E: {Type: AWS::ECR::Repository}
  Dist: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [{Id: b, DomainName: !GetAtt B.RegionalDomainName}]}}}
`)
	f := app.AsFunction(get(t, a, "F"))
	b := app.AsBucket(get(t, a, "B"))
	u, w := app.AsUserPool(get(t, a, "U")), app.AsUserPool(get(t, a, "W"))
	for _, c := range []struct {
		name string
		v    *value.Value
		want string
	}{
		{"timeout", f.Timeout(), "3"}, {"memory", f.Memory(), "128"}, {"package", f.PackageType(), "Zip"}, {"tracing", f.Tracing(), "PassThrough"},
		{"update", f.RuntimeUpdate(), "Auto"}, {"loop", f.RecursiveLoop(), "Terminate"}, {"log group", f.LogGroup(), "/aws/lambda/f"},
		{"ACL", b.ACL(), "Private"}, {"ownership", b.Ownership(), "BucketOwnerEnforced"}, {"encryption", b.Encryption(), "AES256"},
		{"sign-up", u.AdminCreateOnly(), "false"}, {"MFA", u.MFA(), "OFF"}, {"length", u.MinimumLength(), "8"}, {"symbols", u.PasswordSetting("RequireSymbols"), "true"},
		{"symbols in a policy", w.PasswordSetting("RequireSymbols"), "false"}, {"visibility", app.AsQueue(get(t, a, "Q")).VisibilityTimeout(), "30"},
		{"recovery", app.AsTable(get(t, a, "T")).Recovery(), "false"}, {"recovery of one replica", app.AsTable(get(t, a, "GT")).Recovery(), "false"},
		{"rotation", app.AsKey(get(t, a, "K")).Rotation(), "false"}, {"scan", app.AsRepository(get(t, a, "E")).ScanOnPush(), "false"},
		{"TLS", app.AsDistribution(get(t, a, "Dist")).MinimumTLS(), "TLSv1"},
	} {
		if c.v.Str() != c.want || !c.v.IsDefault() || c.v.Span().IsZero() {
			t.Errorf("%s: %q, default %v at %v; want %q", c.name, c.v.Str(), c.v.IsDefault(), c.v.Span(), c.want)
		}
	}
	if f.ReservedConcurrency().Exists() != value.No || b.Versioning().Exists() != value.No {
		t.Error("what AWS leaves unset must be absent")
	}
	if env := f.Env(); len(env) != 2 || env[0].Name != "A" || env[1].Span.IsZero() {
		t.Errorf("environment: %v", env)
	}
	if f.LogGroupResource() != get(t, a, "G") {
		t.Error("the log group is not linked by its name")
	}
	if n := b.Notifications(); len(n) != 1 || n[0].Destination != nil || n[0].Sure != value.Yes {
		t.Errorf("notifications: %+v", n)
	}
	if u.SelfSignUp() != value.Yes || w.SelfSignUp() != value.No || len(u.Clients()) != 1 {
		t.Errorf("sign-up %v and %v", u.SelfSignUp(), w.SelfSignUp())
	}
	pool := app.AsIdentityPool(get(t, a, "I"))
	if !slices.Equal(pool.UserPools(), []*app.Resource{u.Resource}) || len(pool.Roles()) != 2 || pool.Roles()[0].Role.LogicalID != "R" {
		t.Errorf("identity pool: %v %v", pool.UserPools(), pool.Roles())
	}
	if q := app.AsQueue(get(t, a, "Q")); q.DeadLetterQueue() != get(t, a, "Dead") || q.IsDeadLetter() || !app.AsQueue(get(t, a, "Dead")).IsDeadLetter() {
		t.Error("the dead-letter queue is not linked")
	}
	if l := app.AsLayer(get(t, a, "L")); len(l.Functions()) != 1 {
		t.Errorf("layer: %v", l.Functions())
	}
	if o := app.AsDistribution(get(t, a, "Dist")).Origins(); len(o) != 1 || o[0].Resource != b.Resource {
		t.Errorf("origins: %v", o)
	}
}

func TestTasks(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Q: {Type: AWS::SQS::Queue}
  S:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        States:
          A: {Type: Task, Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {TableName: orders}}
          B: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Parameters: {QueueUrl: !Ref Q}}
          C: {Type: Task, Resource: 'arn:aws:states:::aws-sdk:s3:getObject'}
          D: {Type: Pass}
`)
	var got []string
	for _, x := range app.AsStateMachine(get(t, a, "S")).Tasks() {
		s := x.Service + ":" + x.Action
		if x.Resource != nil {
			s += " " + x.Resource.LogicalID
		}
		got = append(got, s)
	}
	if want := []string{"dynamodb:putItem T", "sqs:sendMessage Q", "s3:getObject"}; !slices.Equal(got, want) {
		t.Errorf("tasks %v, want %v", got, want)
	}
}

// TestEmptyViews proves that a view of something else answers and does not
// panic.
func TestEmptyViews(t *testing.T) {
	a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  X: {Type: AWS::SNS::Topic}\n")
	for _, r := range []*app.Resource{nil, get(t, a, "X")} {
		f := app.AsFunction(r)
		if f.Resource != nil || f.Timeout().Exists() != value.No || f.Env() != nil || f.URLs() != nil || f.LogGroupResource() != nil || a.Entries(f) != nil {
			t.Error("a function that is none has something")
		}
		if role, sure := a.RoleOf(f); role.Resource != nil || sure == value.Yes || role.Policies() != nil {
			t.Error("a function that is none has a role")
		}
		b := app.AsBucket(r)
		if b.Notifications() != nil || b.Policies() != nil || b.PublicAccess().All() == value.Yes || b.Ownership() != nil {
			t.Error("a bucket that is none has something")
		}
		if x := app.AsAPI(r); x.Routes() != nil || x.Stages() != nil || x.Throttles() != nil || x.Private() == value.Yes {
			t.Error("an API that is none has something")
		}
		if app.AsStateMachine(r).Tasks() != nil || app.AsUserPool(r).Triggers() != nil || app.AsIdentityPool(r).Roles() != nil ||
			app.AsGraphQLAPI(r).AuthModes() != nil || app.AsUser(r).Groups() != nil || app.AsQueue(r).IsDeadLetter() ||
			app.AsDistribution(r).Origins() != nil || app.AsRule(r).Targets() != nil || app.AsAuthorizer(r).Routes() != nil || app.AsKey(r).Policies() != nil ||
			app.AsLayer(r).Functions() != nil || app.AsTable(r).Policies() != nil {
			t.Error("a view of something else has something")
		}
	}
}

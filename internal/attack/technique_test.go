package attack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/attack/andor"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// group builds the graph of one template.
func group(t testing.TB, template string) *building { return groupIn(t, "template.yaml", template) }

// groupIn builds the graph of one file.
func groupIn(t testing.TB, name, text string) *building {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p := load.Project(root, load.Options{})
	for _, x := range p.Problems {
		t.Log(x)
	}
	groups := connected(p)
	if len(groups) != 1 {
		t.Fatalf("the template makes %d groups, want 1", len(groups))
	}
	return build(p, groups[0], Options{})
}

// applied tells which techniques apply: some actor holds all their premises.
// The value is the certainty of the surest application.
func applied(b *building) map[string]Certainty { return appliedBy(b, actors()) }

func appliedBy(b *building, list []Actor) map[string]Certainty {
	out := map[string]Certainty{}
	s := andor.NewSearch(b.graph)
	for _, a := range list {
		root, ok := b.nodes[actor(a)]
		if !ok {
			continue
		}
		s.Run(root)
		for e, h := range b.hops {
			reached := h.to.Kind != kindAt
			for _, p := range b.graph.Edge(int32(e)).Premises {
				_, plain := s.Cost(p, false)
				_, weak := s.Cost(p, true)
				reached = reached && (plain || weak)
			}
			if old, ok := out[h.by.ID]; reached && !h.latent && (!ok || h.certainty.rank() < old.rank()) {
				out[h.by.ID] = h.certainty
			}
		}
	}
	return out
}

// reachedBy are the capabilities that an actor comes to hold.
func reachedBy(b *building, a Actor) map[Capability]bool {
	s := andor.NewSearch(b.graph)
	s.Run(b.nodes[actor(a)])
	out := map[Capability]bool{}
	for n, c := range b.caps {
		_, plain := s.Cost(int32(n), false)
		_, weak := s.Cost(int32(n), true)
		if plain || weak {
			out[c] = true
		}
	}
	return out
}

const sam = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n"

// function is a SAM function F with more properties and events.
func functionYAML(more string) string {
	return `
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: f.handler
      InlineCode: "def handler(e, c): pass"
` + indent(more, 6)
}

func indent(s string, n int) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.Trim(s, "\n"), "\n") {
		if line != "" {
			b.WriteString(strings.Repeat(" ", n) + line + "\n")
		}
	}
	return b.String()
}

func resources(parts ...string) string { return sam + "Resources:\n" + strings.Join(parts, "\n") }

// allowing is the Policies property of F with one statement.
func allowing(actions, on string) string {
	return "Policies:\n  - Version: '2012-10-17'\n    Statement:\n      - Effect: Allow\n        Action: [" + actions + "]\n        Resource: " + on + "\n"
}

const (
	routeEvent   = "Events:\n  Get:\n    Type: Api\n    Properties: {Path: /x, Method: get}\n"
	table        = "\n  T:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    Properties:\n      BillingMode: PAY_PER_REQUEST\n      AttributeDefinitions: [{AttributeName: k, AttributeType: S}]\n      KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
	victimUser   = "\n  V:\n    Type: AWS::IAM::User\n"
	g            = "\n  G:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.13, Handler: g.handler, InlineCode: \"def handler(e, c): pass\"}\n"
	pool         = "\n  Pool:\n    Type: AWS::Cognito::UserPool\n    DeletionPolicy: Retain\n"
	bedrockAgent = "\n  A:\n    Type: AWS::Bedrock::Agent\n    Properties: {AgentName: a, ActionGroups: [{ActionGroupName: g, ActionGroupExecutor: {Lambda: !GetAtt F.Arn}}]}\n"
	taggedSecret = "\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {Name: opener, Tags: [{Key: team, Value: b}]}\n"
	closedPool   = "\n  Pool:\n    Type: AWS::Cognito::UserPool\n    DeletionPolicy: Retain\n    Properties:\n      AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}\n"
	userAPI      = "\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: p\n      Auth:\n        DefaultAuthorizer: A\n        Authorizers: {A: {UserPoolArn: !GetAtt Pool.Arn}}\n"
	userEvent    = "Events:\n  Get:\n    Type: Api\n    Properties: {Path: /x, Method: get, RestApiId: !Ref Api}\n"
	openBlock    = "      PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false}\n"
	closeBlock   = "      PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}\n"
)

func bucket(block, more string) string {
	return "\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n" + block + more
}

func publicPolicy(principal string) string {
	return "\n  BP:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref B\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Principal: " + principal +
		"\n            Action: s3:PutObject\n            Resource: !Sub '${B.Arn}/*'\n"
}

func role(principal, condition, more string) string {
	c := ""
	if condition != "" {
		c = "\n            Condition: " + condition
	}
	return "\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Principal: " + principal +
		"\n            Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity']" + c + "\n" + more
}

func graphQL(auth string) string {
	return "\n  Api:\n    Type: AWS::AppSync::GraphQLApi\n    Properties: {Name: a, AuthenticationType: " + auth + "}\n" +
		"\n  DS:\n    Type: AWS::AppSync::DataSource\n    Properties:\n      ApiId: !GetAtt Api.ApiId\n      Name: d\n      Type: AWS_LAMBDA\n      LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}\n" +
		"\n  Q:\n    Type: AWS::AppSync::Resolver\n    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: q, DataSourceName: !GetAtt DS.Name}\n"
}

// balancer is a load balancer, with more properties, and a listener, with more
// properties and actions, that sends requests to F.
func balancer(more, listener, before string) string {
	return "\n  LB:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties: {" + more + "Subnets: [subnet-1, subnet-2]}\n" +
		"\n  L:\n    Type: AWS::ElasticLoadBalancingV2::Listener\n    Properties: {LoadBalancerArn: !Ref LB, Port: 443, " + listener + "DefaultActions: [" + before + "{Type: forward, TargetGroupArn: !Ref TG}]}\n" +
		"\n  TG:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt F.Arn}]}\n"
}

func permission(principal, more string) string {
	return "\n  P:\n    Type: AWS::Lambda::Permission\n    Properties:\n      Action: lambda:InvokeFunction\n      FunctionName: !Ref F\n      Principal: '" + principal + "'\n" + more
}

func identityPool(guests string) string {
	return "\n  IP:\n    Type: AWS::Cognito::IdentityPool\n    Properties:\n      AllowUnauthenticatedIdentities: " + guests +
		"\n      CognitoIdentityProviders: [{ClientId: !Ref Client, ProviderName: !GetAtt Pool.ProviderName}]\n" +
		"\n  Client:\n    Type: AWS::Cognito::UserPoolClient\n    Properties: {UserPoolId: !Ref Pool}\n" +
		"\n  Attach:\n    Type: AWS::Cognito::IdentityPoolRoleAttachment\n    Properties:\n      IdentityPoolId: !Ref IP\n      Roles: {unauthenticated: !GetAtt R.Arn, authenticated: !GetAtt R.Arn}\n"
}

const cognitoPrincipal = "{Federated: cognito-identity.amazonaws.com}"

// Each technique has a template in which it applies, and one that differs in
// what the technique needs, in which it does not.
func cases() map[string][2]string {
	queueEvent := "Events:\n  Q:\n    Type: SQS\n    Properties: {Queue: !GetAtt Q.Arn}\n"
	queue := "\n  Q:\n    Type: AWS::SQS::Queue\n"
	queueOpen := "\n  QP:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      Queues: [!Ref Q]\n      PolicyDocument:\n        Statement: [{Effect: Allow, Principal: '*', Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}]\n"
	machine := "\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties: {RoleArn: !GetAtt R.Arn, DefinitionString: '{}'}\n"
	db := "\n  D:\n    Type: AWS::RDS::DBInstance\n    DeletionPolicy: Snapshot\n    Properties: {Engine: postgres, DBInstanceClass: db.t4g.micro}\n"
	secret := "\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {Name: opener}\n"
	deployed := func(code string) string {
		return "\n  G:\n    Type: AWS::Lambda::Function\n    Properties: {Runtime: python3.13, Handler: g.handler, Role: !GetAtt R.Arn, Code: " + code + "}\n"
	}
	lambdaRole := role("{Service: lambda.amazonaws.com}", "", "")
	return map[string][2]string{
		"poison-artifact": {resources(lambdaRole, bucket(openBlock, ""), publicPolicy("'*'"), deployed("{S3Bucket: !Ref B, S3Key: k}")),
			resources(lambdaRole, bucket(openBlock, ""), publicPolicy("'*'"), deployed("{S3Bucket: elsewhere, S3Key: k}"))},
		"rewrite-state-machine": {resources(role("{Service: states.amazonaws.com}", "", ""), machine, functionYAML(allowing("'states:UpdateStateMachine'", "!Ref M"))),
			resources(role("{Service: states.amazonaws.com}", "", ""), machine, functionYAML(allowing("'states:StartExecution'", "!Ref M")))},
		"database-credentials": {resources(db, secret, "\n  Join:\n    Type: AWS::SecretsManager::SecretTargetAttachment\n    Properties: {SecretId: !Ref S, TargetId: !Ref D, TargetType: 'AWS::RDS::DBInstance'}\n", functionYAML(allowing("'secretsmanager:GetSecretValue'", "'*'"))),
			resources(db, secret, functionYAML(allowing("'secretsmanager:GetSecretValue'", "'*'")))},
		"open-route":               {resources(functionYAML(routeEvent)), resources(pool, userAPI, functionYAML(userEvent))},
		"open-function-url":        {resources(functionYAML("FunctionUrlConfig: {AuthType: NONE}")), resources(functionYAML("FunctionUrlConfig: {AuthType: AWS_IAM}"))},
		"open-load-balancer":       {resources(functionYAML(""), balancer("", "", "")), resources(functionYAML(""), balancer("Scheme: internal, ", "", ""))},
		"open-graphql":             {resources(functionYAML(""), graphQL("API_KEY")), resources(functionYAML(""), graphQL("AWS_IAM"))},
		"open-integration":         {integrationAPI("NONE"), integrationAPI("AWS_IAM")},
		"public-invoke-permission": {resources(functionYAML(""), permission("*", "")), resources(functionYAML(""), permission("*", "      PrincipalOrgID: o-abcdefghij\n"))},
		"sign-in":                  {resources(pool, userAPI, functionYAML(userEvent)), resources(functionYAML(routeEvent))},
		"self-sign-up":             {resources(pool, userAPI, functionYAML(userEvent)), resources(closedPool, userAPI, functionYAML(userEvent))},
		"user-route":               {resources(pool, userAPI, functionYAML(userEvent)), resources(pool, functionYAML(routeEvent))},
		"request-by-design": {resources("\n  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      LambdaConfig: {PreSignUp: !GetAtt F.Arn}\n", functionYAML("")),
			resources("\n  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}\n      LambdaConfig: {PreSignUp: !GetAtt F.Arn}\n", functionYAML(""))},
		"code-injection":      {resources(functionYAML(routeEvent)), resources(functionYAML(""))},
		"malicious-library":   {resources(functionYAML("")), resources(table)},
		"role-credentials":    {resources(functionYAML("")), resources(functionYAML("Role: arn:aws:iam::111122223333:role/elsewhere"))},
		"environment-secrets": {resources(functionYAML("Environment: {Variables: {DB_PASSWORD: example-not-real-123}}")), resources(functionYAML("Environment: {Variables: {DB_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x'}}"))},
		"use-permission":      {resources(table, functionYAML(allowing("'dynamodb:GetItem'", "'*'"))), resources(table, functionYAML(allowing("'dynamodb:ListTables'", "'*'")))},
		"administrator":       {resources(functionYAML("Policies: [AdministratorAccess]")), resources(functionYAML("Policies: [PowerUserAccess]"))},
		"invoke-api":          {resources(functionYAML("FunctionUrlConfig: {AuthType: AWS_IAM}"), caller("lambda:InvokeFunctionUrl")), resources(functionYAML("FunctionUrlConfig: {AuthType: AWS_IAM}"), caller("lambda:ListFunctions"))},
		"public-resource":     {resources(bucket(openBlock, ""), publicPolicy("'*'")), resources(bucket(closeBlock, ""), publicPolicy("'*'"))},
		"public-acl": {resources(bucket(openBlock, "      AccessControl: PublicReadWrite\n      OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}\n")),
			resources(bucket(openBlock, "      AccessControl: PublicReadWrite\n"))},
		"lambda-update-code":          {resources(g, functionYAML(allowing("'lambda:UpdateFunctionCode'", "'*'"))), resources(g, functionYAML(allowing("'lambda:GetFunction'", "'*'")))},
		"lambda-update-configuration": {resources(g, functionYAML(allowing("'lambda:UpdateFunctionConfiguration'", "'*'"))), resources(g, functionYAML(allowing("'lambda:GetFunction'", "'*'")))},
		"assume-role": {resources(role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "", ""), functionYAML(allowing("'sts:AssumeRole'", "!GetAtt R.Arn"))),
			resources(role("{Service: ec2.amazonaws.com}", "", ""), functionYAML(allowing("'sts:AssumeRole'", "!GetAtt R.Arn")))},
		"open-trust":   {resources(role("'*'", "", "")), resources(role("'*'", "{StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}}", ""))},
		"vendor-trust": {resources(role("{AWS: '444455556666'}", "", "")), resources(role("{AWS: '444455556666'}", "{StringEquals: {'sts:ExternalId': abc}}", ""))},
		"pipeline-trust": {resources(role("{Federated: !Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'}", "{StringEquals: {'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}", "")),
			resources(role("{Federated: !Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'}", "{StringLike: {'token.actions.githubusercontent.com:sub': 'repo:example/app:*'}}", ""))},
		"guest-role": {resources(pool, identityPool("true"), role(cognitoPrincipal, "", "")), resources(pool, identityPool("false"), role(cognitoPrincipal, "", ""))},
		"user-role":  {resources(pool, identityPool("false"), role(cognitoPrincipal, "", "")), resources(pool, role(cognitoPrincipal, "", ""))},
		"insider":    {resources(victimUser), resources(functionYAML(""))},
		"read-settings": {resources(scripted("export DB_PASSWORD=example-not-real-123"), me("", allow("'ec2:DescribeInstanceAttribute'", ""))),
			resources(scripted("export DB_PASSWORD=example-not-real-123"), me("", allow("'ec2:DescribeInstances'", "")))},
		"iam-rewrite-boundary": {resources(boundedBy("iam:CreatePolicyVersion"), me("PermissionsBoundary: !Ref MB", allow("'*'", ""))),
			resources(boundedBy("iam:ListPolicyVersions"), me("PermissionsBoundary: !Ref MB", allow("'*'", "")))},
		"leaked-key": {resources(victimUser, "\n  Key:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n", functionYAML("Environment: {Variables: {KEY: !GetAtt Key.SecretAccessKey}}")),
			resources(victimUser, "\n  Key:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n", functionYAML(""))},
		"confused-deputy":           {resources(functionYAML(""), permission("sns.amazonaws.com", "")), resources(functionYAML(""), permission("sns.amazonaws.com", "      SourceAccount: !Ref AWS::AccountId\n"))},
		"foreign-invoke-permission": {resources(functionYAML(""), permission("444455556666", "")), resources(functionYAML(""), permission("arn:aws:iam::444455556666:role/caller", ""))},
		"foreign-code-permission":   {resources(functionYAML(""), strings.Replace(permission("444455556666", ""), "lambda:InvokeFunction", "lambda:UpdateFunctionCode", 1)), resources(functionYAML(""), permission("444455556666", ""))},
		"invoke-agent":              {resources(functionYAML(""), bedrockAgent, caller("bedrock:InvokeAgent")), resources(functionYAML(""), bedrockAgent, caller("bedrock:ListAgents"))},
		"bucket-name-takeover": {resources(functionYAML(""), permission("s3.amazonaws.com", "      SourceArn: 'arn:aws:s3:::uploads-of-elsewhere'\n")),
			resources(functionYAML(""), permission("s3.amazonaws.com", "      SourceArn: 'arn:aws:s3:::uploads-of-elsewhere'\n      SourceAccount: !Ref AWS::AccountId\n"))},
		"flood":          {resources(functionYAML(routeEvent)), resources(functionYAML(routeEvent + "ReservedConcurrentExecutions: 5\n"))},
		"recursion":      {resources(queue, functionYAML(queueEvent+allowing("'sqs:SendMessage'", "!GetAtt Q.Arn"))), resources(queue, functionYAML(queueEvent))},
		"poison-message": {resources(queue, queueOpen, functionYAML(queueEvent)), resources(queue+"    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 3}}\n\n  D:\n    Type: AWS::SQS::Queue\n", queueOpen, functionYAML(queueEvent))},
		"stack-deletion": {resources(strings.Replace(table, "    DeletionPolicy: Retain\n", "", 1)), resources(table)},
		"event-chain":    {resources(queue, queueOpen, functionYAML(queueEvent)), resources(queue, queueOpen, functionYAML(""))},
		"change-tags": {resources(taggedSecret, functionYAML("Policies:\n  - Statement:\n      - {Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/team': a}}}\n      - {Effect: Allow, Action: 'secretsmanager:TagResource', Resource: '*'}\n")),
			resources(taggedSecret, functionYAML("Policies:\n  - Statement:\n      - {Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/team': a}}}\n"))},
		"table-stream": {resources(strings.Replace(table, "      BillingMode", "      StreamSpecification: {StreamViewType: NEW_IMAGE}\n      BillingMode", 1), functionYAML("Events:\n  S:\n    Type: DynamoDB\n    Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST}\n"), writer()),
			resources(table, functionYAML(""), writer())},
		"function-destination": {resources(functionYAML(routeEvent+"EventInvokeConfig:\n  DestinationConfig:\n    OnSuccess: {Type: Lambda, Destination: !GetAtt G.Arn}\n"), g), resources(functionYAML(routeEvent), g)},
	}
}

// writer is a function that may write to T.
func writer() string {
	return "\n  W:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Handler: w.handler\n      InlineCode: \"def handler(e, c): pass\"\n" + indent(allowing("'dynamodb:PutItem'", "!GetAtt T.Arn"), 6)
}

// caller is an IAM user that is allowed an action.
func caller(action string) string {
	return "\n  V:\n    Type: AWS::IAM::User\n    Properties:\n      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement: [{Effect: Allow, Action: '" + action + "', Resource: '*'}]\n"
}

func integrationAPI(auth string) string {
	return "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n" + `
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: a}
  Res:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: q}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Res
      HttpMethod: POST
      AuthorizationType: ` + auth + `
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}
        RequestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        RequestTemplates: {application/json: "Action=SendMessage&MessageBody=$input.body"}
`
}

func TestTechniquesApplyWhereTheyShould(t *testing.T) {
	table := cases()
	for _, r := range tables() {
		table[r.id] = rowCase(r)
	}
	for _, r := range hostRows() {
		table[r.id] = hostCase(r)
	}
	for _, tech := range Catalogue() {
		c, ok := table[tech.ID]
		if !ok {
			t.Errorf("technique %s has no wanted and clean case", tech.ID)
			continue
		}
		t.Run(tech.ID, func(t *testing.T) {
			if got, ok := applied(group(t, c[0]))[tech.ID]; !ok || got == Unknown {
				t.Errorf("the technique does not apply where it should (%v %v):\n%s", ok, got, c[0])
			}
			if got, ok := applied(group(t, c[1]))[tech.ID]; ok {
				t.Errorf("the technique applies (%s) where it should not:\n%s", got, c[1])
			}
		})
		delete(table, tech.ID)
	}
	for id := range table {
		t.Errorf("a case for %s, which is no technique", id)
	}
}

func TestCatalogueIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, tech := range Catalogue() {
		if seen[tech.ID] {
			t.Errorf("two techniques are called %s", tech.ID)
		}
		seen[tech.ID] = true
		if tech.Title == "" || tech.Doc == "" || len(tech.Needs) == 0 || tech.Gives == "" || len(tech.Refs.ATTACK) == 0 || tech.apply == nil {
			t.Errorf("technique %s lacks a title, doc, needs, gives, ATT&CK reference or function", tech.ID)
		}
		if strings.ToLower(tech.ID) != tech.ID || strings.Contains(tech.ID, " ") {
			t.Errorf("the id %q is not kebab-case", tech.ID)
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d techniques", len(seen))
	}
}

package attack

import (
	"strings"
	"testing"
)

// byActor tells which techniques apply for one actor, with the certainty of
// the surest application.
func byActor(b *building, a Actor) map[string]Certainty {
	return appliedBy(b, []Actor{a})
}

// reached is what some actor's technique gives: "self-sign-up", or
// "open-graphql possible" where it hangs on an unresolved value.
func reached(t *testing.T, template string, a Actor, technique string) string {
	t.Helper()
	c, ok := byActor(group(t, template), a)[technique]
	if !ok {
		return "no"
	}
	return string(c)
}

func TestUsersOfAnIssuer(t *testing.T) {
	api := func(issuer string) string {
		return "\n  Api:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      Auth:\n        DefaultAuthorizer: A\n        Authorizers:\n          A:\n            IdentitySource: $request.header.Authorization\n            JwtConfiguration: {audience: [web], issuer: " + issuer + "}\n" +
			functionYAML("Events:\n  Get:\n    Type: HttpApi\n    Properties: {Path: /x, Method: get, ApiId: !Ref Api}\n")
	}
	for _, c := range []struct {
		name, template, want string
	}{
		{"the issuer's text", resources(pool, api("!Sub 'https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}'")), "exact"},
		{"the provider's address", resources(pool, api("!GetAtt Pool.ProviderURL")), "exact"},
		{"joined", resources(pool, api("!Join ['', ['https://cognito-idp.', !Ref 'AWS::Region', '.amazonaws.com/', !Ref Pool]]")), "exact"},
		{"another issuer", resources(pool, api("https://login.example.com/")), "no"},
		{"a closed pool", resources(closedPool, api("!GetAtt Pool.ProviderURL")), "no"},
	} {
		if got := reached(t, c.template, Anonymous, "user-route"); got != c.want {
			t.Errorf("%s: anybody who signs up calls the route: %s, want %s", c.name, got, c.want)
		}
		if got := reached(t, c.template, SignedUp, "user-route"); got != "exact" {
			t.Errorf("%s: a user calls the route: %s, want exact", c.name, got)
		}
	}
}

func TestAdditionalWaysIntoGraphQL(t *testing.T) {
	api := func(schema string) string {
		return graphQL("AWS_IAM, AdditionalAuthenticationProviders: [{AuthenticationType: API_KEY}]") + schema
	}
	schema := func(text string) string {
		return "\n  Schema:\n    Type: AWS::AppSync::GraphQLSchema\n    Properties: {ApiId: !GetAtt Api.ApiId, Definition: '" + text + "'}\n"
	}
	for _, c := range []struct{ name, template, want string }{
		{"the default way", resources(functionYAML(""), graphQL("API_KEY")), "exact"},
		{"an additional one without a schema in sight", resources(functionYAML(""), api("")), "unknown"},
		{"a schema elsewhere", resources(functionYAML(""), api("\n  Schema:\n    Type: AWS::AppSync::GraphQLSchema\n    Properties: {ApiId: !GetAtt Api.ApiId, DefinitionS3Location: 's3://elsewhere/schema'}\n")), "unknown"},
		{"a schema that names the key", resources(functionYAML(""), api(schema("type Query { q: String @aws_api_key }"))), "approximate"},
		{"a schema that does not", resources(functionYAML(""), api(schema("type Query { q: String }"))), "no"},
		{"a private API", resources(functionYAML(""), graphQL("API_KEY, Visibility: PRIVATE")), "no"},
	} {
		if got := reached(t, c.template, Anonymous, "open-graphql"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestLoadBalancers(t *testing.T) {
	group := func(cidr string) string {
		return "\n  SG:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupDescription: g, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: " + cidr + "}]}\n"
	}
	cognito := "{Type: authenticate-cognito, Order: 1, AuthenticateCognitoConfig: {UserPoolArn: !GetAtt Pool.Arn, UserPoolClientId: c, UserPoolDomain: d%s}}, "
	with := func(more string) string { return strings.Replace(cognito, "%s", more, 1) }
	rule := "\n  Rule:\n    Type: AWS::ElasticLoadBalancingV2::ListenerRule\n    Properties: {ListenerArn: !Ref L, Priority: 1, Conditions: [{Field: source-ip, SourceIpConfig: {Values: [10.0.0.0/8]}}], Actions: [{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref TG}]}}]}\n"
	f := functionYAML("")
	for _, c := range []struct{ name, template, anonymous, user string }{
		{"internet-facing", resources(f, balancer("Scheme: internet-facing, ", "", "")), "approximate", "no"},
		{"a security group for everybody", resources(f, group("0.0.0.0/0"), balancer("SecurityGroups: [!GetAtt SG.GroupId], ", "", "")), "exact", "no"},
		{"a security group for an office", resources(f, group("192.0.2.0/24"), balancer("SecurityGroups: [!Ref SG], ", "", "")), "no", "no"},
		{"users of a pool", resources(f, closedPool, balancer("", "", with(""))), "no", "approximate"},
		{"users of a pool, others too", resources(f, closedPool, balancer("", "", with(", OnUnauthenticatedRequest: allow"))), "approximate", "no"},
		{"certificates", resources(f, balancer("", "MutualAuthentication: {Mode: verify}, ", "")), "no", "approximate"},
		{"a scheme that is not known", "Parameters: {PX: {Type: String}}\n" + resources(f, balancer("Scheme: !Ref PX, ", "", "")), "unknown", "no"},
		{"a rule for addresses", strings.Replace(resources(f, balancer("", "", "")+rule), "DefaultActions: [{Type: forward, TargetGroupArn: !Ref TG}]", "DefaultActions: [{Type: fixed-response}]", 1), "unknown", "no"},
	} {
		if got := reached(t, c.template, Anonymous, "open-load-balancer"); got != c.anonymous {
			t.Errorf("%s: anybody: %s, want %s", c.name, got, c.anonymous)
		}
		if got := reached(t, c.template, SignedUp, "user-route"); got != c.user {
			t.Errorf("%s: a user: %s, want %s", c.name, got, c.user)
		}
	}
}

func TestForeignPermissions(t *testing.T) {
	f := functionYAML("")
	for _, c := range []struct {
		name, template, technique string
		actor                     Actor
		want                      string
	}{
		{"an account", resources(f, permission("444455556666", "")), "foreign-invoke-permission", Vendor, "approximate"},
		{"an account's root", resources(f, permission("arn:aws:iam::444455556666:root", "")), "foreign-invoke-permission", Vendor, "approximate"},
		{"the own account", resources(f, strings.Replace(permission("x", ""), "'x'", "!Ref AWS::AccountId", 1)), "foreign-invoke-permission", Vendor, "no"},
		{"an account of the organisation", resources(f, permission("444455556666", "      PrincipalOrgID: o-abcdefghij\n")), "foreign-invoke-permission", Vendor, "no"},
		{"another action", resources(f, strings.Replace(permission("444455556666", ""), "lambda:InvokeFunction", "lambda:GetFunction", 1)), "foreign-invoke-permission", Vendor, "no"},
		{"code, by everybody", resources(f, strings.Replace(permission("*", ""), "lambda:InvokeFunction", "lambda:UpdateFunctionCode", 1)), "public-resource", AnyAWS, "exact"},
		{"code, by an account's role", resources(f, strings.Replace(permission("arn:aws:iam::444455556666:role/deploy", ""), "lambda:InvokeFunction", "lambda:UpdateFunctionCode", 1)), "foreign-code-permission", Vendor, "approximate"},
		{"all of it, by an account", resources(f, strings.Replace(permission("444455556666", ""), "lambda:InvokeFunction", "'lambda:*'", 1)), "foreign-code-permission", Vendor, "approximate"},
		{"code, by an account of the organisation", resources(f, strings.Replace(permission("444455556666", "      PrincipalOrgID: o-abcdefghij\n"), "lambda:InvokeFunction", "lambda:UpdateFunctionCode", 1)), "foreign-code-permission", Vendor, "approximate"},
		{"the application's bucket", resources(f, bucket(closeBlock, ""), permission("s3.amazonaws.com", "      SourceArn: !GetAtt B.Arn\n")), "bucket-name-takeover", AnyAWS, "no"},
	} {
		if got := reached(t, c.template, c.actor, c.technique); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTrustThatIsNotKnown(t *testing.T) {
	parameter := "Parameters: {PX: {Type: String}}\n"
	for _, c := range []struct{ principal, want string }{
		{"{AWS: !Ref PX}", "unknown"},
		{"!Ref PX", "unknown"},
		{"{AWS: !Sub 'arn:aws:iam::${PX}:root'}", "no"},
		{"{AWS: ['*', !Ref PX]}", "exact"},
		{"{Service: lambda.amazonaws.com}", "no"},
	} {
		if got := reached(t, parameter+resources(role(c.principal, "", "")), AnyAWS, "open-trust"); got != c.want {
			t.Errorf("%s: %s, want %s", c.principal, got, c.want)
		}
	}
}

// A person may have signed in with MFA; code never has.
func TestMFA(t *testing.T) {
	trust := "\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Statement:\n          - Effect: Allow\n            Action: sts:AssumeRole\n" +
		"            Principal: {AWS: %s}\n            Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}\n"
	for _, c := range []struct {
		template string
		actor    Actor
		want     string
	}{
		{resources(victimUser, strings.Replace(trust, "%s", "!GetAtt V.Arn", 1)), Insider, "approximate"},
		{resources(functionYAML(""), strings.Replace(trust, "%s", "!GetAtt FRole.Arn", 1)), Library, "no"},
	} {
		if got := reached(t, c.template, c.actor, "assume-role"); got != c.want {
			t.Errorf("%s: %s, want %s", c.actor, got, c.want)
		}
	}
}

package attack

import "testing"

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

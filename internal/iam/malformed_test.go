package iam

import (
	"fmt"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// What AWS would refuse is unknown to whoever asks, and reported: it is never
// taken for a policy that grants nothing, or denies nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func TestMalformedIsUnknown(t *testing.T) {
	for _, tc := range []struct{ name, document string }{
		{"not JSON", `"{not json"`},
		{"list", `["x"]`},
		{"number", `7`},
		{"no statement", `{"Version":"2012-10-17","Statements":[]}`},
		{"statement is a string", `{"Statement":["x"]}`},
		{"no effect", `{"Statement":[{"Action":"s3:*","Resource":"*"}]}`},
		{"odd effect", `{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}`},
		{"no action", `{"Statement":[{"Effect":"Allow","Resource":"*"}]}`},
		{"no resource", `{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}`},
		{"action and its opposite", `{"Statement":[{"Effect":"Allow","Action":"ec2:*","NotAction":"iam:*","Resource":"*"}]}`},
		{"resource and its opposite", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::other","NotResource":"*"}]}`},
		{"misspelt condition", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Conditions":{}}]}`},
		{"condition is a string", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":"x"}]}`},
		{"unknown operator", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"aws:username":"ann"}}}]}`},
		{"action is a map", `{"Statement":[{"Effect":"Allow","Action":[{"a":"s3:*"}],"Resource":"*"}]}`},
		{"resource is no ARN", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"docs/*"}]}`},
	} {
		doc, problems := policy.ParseJSON("p.json", []byte(tc.document))
		if doc == nil {
			t.Errorf("%s: no document", tc.name)
			continue
		}
		if problems = append(problems, doc.Check(policy.Identity)...); len(problems) == 0 {
			t.Errorf("%s: no problem", tc.name)
		}
		req := Request{Principal: ParsePrincipal(user), Action: "s3:GetObject", Resource: value.Lit(object)}
		if d := Decide(&req, &Policies{Identity: []*Policy{Compile(doc)}}); d != Unknown {
			t.Errorf("%s: %s", tc.name, d)
		}
	}
}

// The short form in which an API's policy names its methods.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
func TestShortAPI(t *testing.T) {
	p := compileJSON(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:eu-west-1:111122223333:abc/*"},
		{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/prod/DELETE/*"}]}`)
	for method, want := range map[string]Decision{"GET": Allowed, "DELETE": DeniedExplicit} {
		req := Request{Action: "execute-api:Invoke", Resource: value.Lit(fmt.Sprintf("arn:aws:execute-api:eu-west-1:111122223333:abc/prod/%s/pets", method))}
		if d := Decide(&req, &Policies{Resource: p}); d != want {
			t.Errorf("%s: %s", method, d)
		}
	}
}

// A variable whose key may be missing may make a statement invalid: what
// NotResource leaves over is not covered for certain.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func TestVariableThatMayHaveNoValue(t *testing.T) {
	p := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}]}`)
	for _, c := range []struct {
		set  func(*Context)
		want Decision
	}{
		{func(*Context) {}, Unknown},
		{func(c *Context) { c.Absent("aws:PrincipalTag/team") }, Unknown},
		{func(c *Context) { c.Set("aws:PrincipalTag/team", "blue") }, Allowed},
	} {
		r := Request{Principal: ParsePrincipal(role), Action: "s3:GetObject", Resource: value.Lit("arn:aws:s3:::other/key")}
		c.set(&r.Context)
		if got := Decide(&r, &Policies{Identity: []*Policy{p}}); got != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

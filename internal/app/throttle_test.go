package app_test

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/value"
)

func TestLimitedRoutes(t *testing.T) {
	api := `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: POST /x}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: p%}}`
	rest := `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Res: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: x}}
  R: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Res, HttpMethod: POST, AuthorizationType: NONE%}}
  S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: p}}
  Join: {Type: AWS::WAFv2::WebACLAssociation, Properties: {ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${S}', WebACLArn: !GetAtt Acl.Arn}}`
	plan := `
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: !Ref S}], Quota: {Limit: 100, Period: DAY}}}`
	acl := func(props string) string {
		return "\n  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, " + props + "}}"
	}
	for _, c := range []struct {
		name, template, more string
		want                 value.Tri
	}{
		{"nothing", api, "", value.No},
		{"a default for all routes", api, ", DefaultRouteSettings: {ThrottlingRateLimit: 5}", value.Yes},
		{"for this route", api, ", RouteSettings: {POST /x: {ThrottlingRateLimit: 5}}", value.Yes},
		{"for another route", api, ", RouteSettings: {POST /y: {ThrottlingRateLimit: 5}}", value.No},
		{"two stages, one of them limited", api + "\n  S2: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: q}}", ", DefaultRouteSettings: {ThrottlingRateLimit: 5}", value.No},
		{"an ACL with a rate", rest + acl("DefaultAction: {Allow: {}}, Rules: [{Name: r, Priority: 1, Statement: {RateBasedStatement: {Limit: 100, AggregateKeyType: IP}}}]"), "", value.Yes},
		{"an ACL that blocks", rest + acl("DefaultAction: {Block: {}}, Rules: [{Name: r, Priority: 1, Statement: {GeoMatchStatement: {CountryCodes: [CH]}}}]"), "", value.Yes},
		{"an ACL of another kind", rest + acl("DefaultAction: {Allow: {}}, Rules: [{Name: r, Priority: 1, Statement: {ManagedRuleGroupStatement: {VendorName: AWS, Name: AWSManagedRulesCommonRuleSet}}}]"), "", value.No},
		{"an ACL of elsewhere", rest, "", value.Unknown},
		{"a quota for keys", rest + plan + acl("DefaultAction: {Allow: {}}"), ", ApiKeyRequired: true", value.Yes},
		{"a quota that the route does not ask for", rest + plan + acl("DefaultAction: {Allow: {}}"), "", value.No},
	} {
		template := "Resources:" + strings.Replace(c.template, "%", c.more, 1)
		a := open(t, template)
		routes := a.Routes()
		if len(routes) != 1 {
			t.Fatalf("%s: %d routes", c.name, len(routes))
		}
		if got := routes[0].Limited(); got != c.want {
			t.Errorf("%s: limited %s, want %s", c.name, got, c.want)
		}
	}
}

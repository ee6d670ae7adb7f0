package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// toldRoute is a route as the tests compare it.
func toldRoute(r app.Route) string {
	s := fmt.Sprintf("%s %s", r.Label(), r.Auth.Kind)
	if r.Auth.Name != "" {
		s += " " + r.Auth.Name
	}
	if r.Auth.Authorizer != nil {
		s += "=" + r.Auth.Authorizer.LogicalID
	}
	if r.Auth.APIKey == value.Yes {
		s += " +key"
	}
	for _, f := range r.Integration.Functions {
		s += " -> " + f.Function.LogicalID
	}
	if r.Integration.Service != "" {
		s += " -> " + r.Integration.Service + ":" + r.Integration.Action
	}
	if r.Integration.Resource != nil {
		s += " " + r.Integration.Resource.LogicalID
	}
	if r.Sure != value.Yes {
		s += " " + r.Sure.String()
	}
	return s
}

const uri = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations'"

var routeCases = []struct {
	name, resources string
	want            []string
}{
	{"methods", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Orders: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}}
  One: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{id}'}}
  Z: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Name: pool, Type: COGNITO_USER_POOLS}}
  Unused: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Name: spare, Type: TOKEN, AuthorizerUri: ` + uri + `}}
  A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: ` + uri + `}}}
  B: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Orders, HttpMethod: POST, AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Z, Integration: {Type: AWS_PROXY, Uri: ` + uri + `}}}
  C: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref One, HttpMethod: ANY, AuthorizationType: AWS_IAM, ApiKeyRequired: true, Integration: {Type: AWS, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}'}}}
  D: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref One, HttpMethod: PUT, AuthorizationType: NONE, ApiKeyRequired: true, Integration: {Type: AWS, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:dynamodb:action/PutItem', RequestTemplates: {application/json: !Sub '{"TableName":"${T}"}'}}}}
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::DynamoDB::Table}`,
		[]string{"GET / none -> Fn", "POST /orders Cognito pool=Z -> Fn", "ANY /orders/{id} IAM +key -> sqs: Q", "PUT /orders/{id} API key +key -> dynamodb:PutItem T"}},
	{"authorisation by parameter", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: !Ref Auth, Integration: {Type: MOCK}}}`,
		[]string{"GET / unknown"}},
	{"authorisation by condition", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: !If [C, NONE, AWS_IAM], Integration: {Type: MOCK}}}
  B: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: PUT, AuthorizationType: !If [C, NONE, !Ref 'AWS::NoValue'], Integration: {Type: MOCK}}}
  D: {Type: AWS::ApiGateway::Method, Condition: C, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: POST, AuthorizationType: AWS_IAM, Integration: {Type: MOCK}}}`,
		[]string{"GET / unknown", "PUT / none", "POST / IAM unknown"}},
	{"service by text", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, Integration: {Type: AWS, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/todo'}}}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: todo}}`,
		[]string{"GET / none -> sqs: Q"}},
	{"OpenAPI 2", `
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        swagger: '2.0'
        security: [{pool: []}]
        securityDefinitions:
          pool: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [p]}}
          own: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: ` + uri + `}}
          signed: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
          key: {type: apiKey, name: x-api-key, in: header}
        paths:
          /a:
            get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: ` + uri + `}}
            post: {security: [{pool: []}], x-amazon-apigateway-integration: {type: aws_proxy, uri: ` + uri + `}}
            put: {security: [{key: []}, {own: []}]}
            delete: {security: [{signed: []}]}
            patch: {security: [{key: []}]}
            head: {security: []}
            options: {security: [{missing: []}]}
            x-amazon-apigateway-any-method: {x-amazon-apigateway-auth: {type: AWS_IAM}}`,
		[]string{"GET /a none -> Fn", "POST /a Cognito pool -> Fn", "PUT /a Lambda own +key", "DELETE /a IAM signed", "PATCH /a API key key +key",
			"HEAD /a none", "OPTIONS /a unknown missing", "ANY /a IAM"}},
	{"OpenAPI 3 in an HTTP API", `
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        security: [{tokens: [read]}]
        components: {securitySchemes: {tokens: {type: oauth2, x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {issuer: i}}}}}
        paths:
          /a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt Fn.Arn}}, post: {security: []}}
          /$default: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {integrationSubtype: SQS-SendMessage, requestParameters: {QueueUrl: !Ref Q}}}}
  Q: {Type: AWS::SQS::Queue}`,
		[]string{"GET /a JWT tokens -> Fn", "POST /a none", "$default JWT tokens -> sqs:SendMessage Q"}},
	{"x-amazon-apigateway-auth", `
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        security: [{x: []}]
        components: {securitySchemes: {key: {type: apiKey, name: x-api-key, in: header}, own: {type: apiKey, name: t, in: header, x-amazon-apigateway-authtype: corporate, x-amazon-apigateway-authorizer: {type: request, authorizerUri: ` + uri + `}}}}
        paths:
          /a:
            get: {x-amazon-apigateway-auth: {type: none}}
            put: {x-amazon-apigateway-auth: {type: aws_iam}}
            post: {security: [{key: []}], x-amazon-apigateway-auth: {type: AWS_IAM}}
            patch: {security: [{key: []}], x-amazon-apigateway-auth: {type: NONE}}
            delete: {security: [{own: []}], x-amazon-apigateway-auth: {type: NONE}}
            head: {x-amazon-apigateway-auth: {type: !Ref Auth}}
            options: {security: [], x-amazon-apigateway-integration: {type: mock}}`,
		[]string{"GET /a none", "PUT /a IAM", "POST /a IAM +key", "PATCH /a API key key +key", "DELETE /a Lambda own", "HEAD /a unknown", "OPTIONS /a none"}},
	{"API keys in an HTTP API", `
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        components: {securitySchemes: {key: {type: apiKey, name: x-api-key, in: header}, signed: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}}}
        paths:
          /a: {get: {security: [{key: []}]}, post: {security: [{signed: []}]}, x-amazon-apigateway-any-method: {}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /b, ApiKeyRequired: true}}`,
		[]string{"GET /a none", "POST /a IAM signed", "ANY /a none", "GET /b none"}},
	{"OpenAPI 3 in a REST API", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {openapi: 3.0.1, security: [{x: []}], paths: {/a: {get: {}}}}}}`,
		[]string{"GET /a unknown"}},
	{"body that is not here", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: !Ref Auth}}`,
		[]string{"${Auth} unknown unknown"}},
	{"HTTP routes", `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn}}
  E: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationSubtype: EventBridge-PutEvents, RequestParameters: {EventBusName: !Ref Bus}}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Z: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Api, Name: jwt, AuthorizerType: JWT}}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'GET /a', Target: !Sub 'integrations/${I}'}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'POST /a', AuthorizationType: JWT, AuthorizerId: !Ref Z, Target: !Join ['/', [integrations, !Ref E]]}}
  R3: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $default, AuthorizationType: AWS_IAM, Target: !Sub 'integrations/${I}'}}`,
		[]string{"GET /a none -> Fn", "POST /a JWT jwt=Z -> events:PutEvents Bus", "$default IAM -> Fn"}},
	{"quick create", `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}`,
		[]string{"$default none -> Fn"}},
	{"WebSocket", `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: x}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: ` + uri + `}}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $connect, AuthorizationType: AWS_IAM, Target: !Sub 'integrations/${I}'}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: send, Target: !Sub 'integrations/${I}'}}`,
		[]string{"$connect IAM -> Fn", "send IAM -> Fn"}},
	{"WebSocket without $connect", `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: x}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: send}}
  R3: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $default}}`,
		[]string{"send none", "$default none"}},
	{"WebSocket whose $connect a condition decides", `
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: x}}
  R1: {Type: AWS::ApiGatewayV2::Route, Condition: C, Properties: {ApiId: !Ref Api, RouteKey: $connect, AuthorizationType: CUSTOM}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: send}}`,
		[]string{"$connect Lambda unknown", "send unknown"}},
	{"stage variables", `
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Other: {Type: AWS::Lambda::Function, Properties: {FunctionName: other, Code: {ZipFile: x}}}
  S1: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: one, Variables: {fn: handler}}}
  S2: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: two, Variables: {fn: !Ref Other}}}
  A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${!stageVariables.fn}/invocations'}}}`,
		[]string{"GET / none -> Fn -> Other"}},
}

// resourcesOf returns the resources of a case.
func resourcesOf(t *testing.T, name string) string {
	t.Helper()
	for _, c := range routeCases {
		if c.name == name {
			return c.resources
		}
	}
	t.Fatalf("no case %q", name)
	return ""
}

func TestRoutes(t *testing.T) {
	for _, c := range routeCases {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {Auth: {Type: String}}\nConditions: {C: !Equals [!Ref Auth, x]}\nResources:"+plain+c.resources)
			var got []string
			for _, r := range a.Routes() {
				got = append(got, toldRoute(r))
				if r.Span.IsZero() || r.Auth.Value.Span().IsZero() {
					t.Errorf("%s has no span", toldRoute(r))
				}
			}
			want := slices.Clone(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("routes\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

func TestAuthorizerUse(t *testing.T) {
	a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:"+plain+resourcesOf(t, "methods"))
	used := map[string]int{}
	for z := range a.Authorizers() {
		used[z.LogicalID] = len(z.Routes())
		if z.API().LogicalID != "Api" {
			t.Errorf("%s belongs to %v", z.LogicalID, z.API().Resource)
		}
	}
	if used["Z"] != 1 || used["Unused"] != 0 || len(used) != 2 {
		t.Errorf("uses: %v", used)
	}
	for _, e := range entriesOf(t, a, "Fn") {
		if strings.HasPrefix(e, "authorizer") {
			t.Errorf("an authoriser that no route uses calls nothing: %s", e)
		}
	}
	body := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:"+plain+resourcesOf(t, "OpenAPI 2"))
	if got := entriesOf(t, body, "Fn"); !slices.Contains(got, "authorizer from Api in Api via own") {
		t.Errorf("the authoriser of the body is missing: %v", got)
	}
}

func TestRoutePermissions(t *testing.T) {
	a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:"+plain+resourcesOf(t, "methods")+`
  P1: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/'}}
  P2: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/POST/orders'}}`)
	want := []string{"route from Api in A by P1", "route from Api in B by P2"}
	if got := entriesOf(t, a, "Fn"); !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
}

func TestCloserPermission(t *testing.T) {
	a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:"+plain+`
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: !GetAtt Fn.Arn, RouteKey: GET /a}}
  All: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*'}}
  One: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/a'}}`)
	if got, want := entriesOf(t, a, "Fn"), []string{"route from Api in Api by One"}; !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
}

func TestStageSettings(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'GET /a'}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'POST /a'}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, AccessLogSettings: {DestinationArn: x}, RouteSettings: {'GET /a': {ThrottlingRateLimit: 1}}}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: r}}
  V: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Rest, ValidateRequestBody: true}}
  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, ResourceId: !GetAtt Rest.RootResourceId, HttpMethod: GET, RequestValidatorId: !Ref V, Integration: {Type: MOCK}}}
  N: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, ResourceId: !GetAtt Rest.RootResourceId, HttpMethod: PUT, RequestValidatorId: abc, Integration: {Type: MOCK}}}
`)
	x := app.AsAPI(get(t, a, "Api"))
	body := app.AsAPI(get(t, open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Body: {openapi: 3.0.1, x-amazon-apigateway-cors: {allowOrigins: ['*'], allowCredentials: true}, paths: {}}}}
`), "Api"))
	if c := body.CORS(); c.Get("AllowOrigins").Contains("*") != value.Yes || c.Get("AllowCredentials").IsTrue() != value.Yes || c.Span().IsZero() {
		t.Errorf("CORS of a body: %v", c.Kind())
	}
	if len(x.Stages()) != 1 || x.Stages()[0].AccessLogs().Exists() != value.Yes {
		t.Error("the stage or its access logs are missing")
	}
	for _, r := range x.Routes() {
		if got, want := len(r.Throttles()), map[string]int{"GET /a": 1, "POST /a": 0}[r.Label()]; got != want {
			t.Errorf("%s: %d limits, want %d", r.Label(), got, want)
		}
		if r.Auth.Open() != value.Yes || r.Auth.Span().IsZero() {
			t.Errorf("%s is open: %v", r.Label(), r.Auth.Open())
		}
	}
	for _, r := range app.AsAPI(get(t, a, "Rest")).Routes() {
		want := map[string][2]value.Tri{"GET /": {value.Yes, value.No}, "PUT /": {value.Unknown, value.Unknown}}[r.Label()]
		if got := [2]value.Tri{r.Validation.Body, r.Validation.Parameters}; got != want {
			t.Errorf("%s: validation %v, want %v", r.Label(), got, want)
		}
	}
}

func TestValidationAndThrottles(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      EndpointConfiguration: {Types: [PRIVATE]}
      Body:
        swagger: '2.0'
        x-amazon-apigateway-policy: {Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: '*'}]}
        x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: false}}
        paths:
          /a:
            get: {x-amazon-apigateway-request-validator: all, parameters: [{in: body, name: b, schema: {type: object}}]}
            post: {}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      StageName: prod
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /~1a, ThrottlingRateLimit: 5}
        - {HttpMethod: '*', ResourcePath: '/*', LoggingLevel: INFO}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties: {ApiStages: [{ApiId: !Ref Api, Stage: prod}], Throttle: {RateLimit: 1}}
  Acl: {Type: AWS::WAFv2::WebACLAssociation, Properties: {WebACLArn: x, ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/prod'}}`)
	x := app.AsAPI(get(t, a, "Api"))
	if x.Private() != value.Yes || len(x.Policies()) != 1 || len(a.WebACLs(x.Resource)) != 1 {
		t.Errorf("private %v, %d policies, %d web ACLs", x.Private(), len(x.Policies()), len(a.WebACLs(x.Resource)))
	}
	routes := x.Routes()
	if v := routes[0].Validation; v.Body != value.Yes || v.Parameters != value.No || v.Model.Exists() != value.Yes {
		t.Errorf("validation of %s: %+v", routes[0].Label(), v)
	}
	if v := routes[1].Validation; v.Body != value.No {
		t.Errorf("validation of %s: %+v", routes[1].Label(), v)
	}
	if len(x.Throttles()) != 2 || len(routes[0].Throttles()) != 1 || len(routes[1].Throttles()) != 0 {
		t.Errorf("throttles: API %v, GET %v, POST %v", x.Throttles(), routes[0].Throttles(), routes[1].Throttles())
	}
}

package aws_test

import (
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

const functionForAPI = `
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
}
`

func TestRestAPI(t *testing.T) {
	a := model(t, functionForAPI+`
resource "aws_api_gateway_rest_api" "api" {
  name = "orders"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
resource "aws_api_gateway_rest_api_policy" "p" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  policy      = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.api.execution_arn}/*" }] })
}
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_resource" "one" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}
resource "aws_api_gateway_authorizer" "z" {
  name           = "z"
  rest_api_id    = aws_api_gateway_rest_api.api.id
  authorizer_uri = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.one.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.z.id
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.one.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "POST"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = "POST"
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}/invocations"
}
resource "aws_api_gateway_method_response" "ok" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.orders.id
  http_method = aws_api_gateway_method.post.http_method
  status_code = "200"
}
resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.orders.id
  http_method = aws_api_gateway_method.post.http_method
  status_code = aws_api_gateway_method_response.ok.status_code
}
resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  depends_on  = [aws_api_gateway_integration.get]
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = "prod"
}
resource "aws_api_gateway_method_settings" "m" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.s.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit = 10
  }
}
resource "aws_api_gateway_method_settings" "one" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.s.stage_name
  method_path = "orders/{id}/GET"
  settings {
    throttling_burst_limit = 1
  }
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/*"
}
`)
	api := app.AsAPI(get(t, a, "aws_api_gateway_rest_api.api"))
	routes := map[string]app.Route{}
	for _, r := range api.Routes() {
		routes[r.Method+" "+r.Path.String()] = r
	}
	one, all := routes["GET /orders/{id}"], routes["POST /orders"]
	if len(routes) != 2 || one.Auth.Kind != app.AuthLambda || one.Auth.Authorizer == nil || all.Auth.Kind != app.AuthNone {
		t.Errorf("%v", routes)
	}
	for _, r := range routes {
		if len(r.Integration.Functions) != 1 {
			t.Errorf("%s %s calls %v", r.Method, r.Path, r.Integration.Functions)
		}
	}
	if len(one.Throttles()) != 2 || len(all.Throttles()) != 1 {
		t.Errorf("throttles: %v and %v", one.Throttles(), all.Throttles())
	}
	if p := api.Policies(); len(p) != 1 || p[0].Document.Get("Statement").Items()[0].Get("Principal").Str() != "*" {
		t.Error(p)
	}
	m := get(t, a, "aws_api_gateway_method.post")
	is(t, m.Get("MethodResponses").Items()[0].Get("StatusCode"), "200")
	is(t, m.Get("Integration", "IntegrationResponses").Items()[0].Get("StatusCode"), "200")
	line(t, m.Get("Integration", "Uri"), 59)
	if d := get(t, a, "aws_api_gateway_deployment.d").DependsOn; len(d) != 1 || d[0] != "app/aws_api_gateway_method.get" {
		t.Error(d)
	}
	for _, e := range a.Entries(app.AsFunction(get(t, a, "aws_lambda_function.f"))) {
		if e.Permission == nil {
			t.Errorf("%v has no permission", e.Kind)
		}
	}
}

// An integration belongs to the method of its own resource, whatever method it
// takes its HTTP method from.
func TestIntegrationOfResource(t *testing.T) {
	a := model(t, `
resource "aws_api_gateway_method" "a" {
  rest_api_id   = "api"
  resource_id   = "a"
  http_method   = "ANY"
  authorization = "NONE"
}
resource "aws_api_gateway_method" "b" {
  rest_api_id   = "api"
  resource_id   = "b"
  http_method   = "ANY"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "b" {
  rest_api_id = "api"
  resource_id = "b"
  http_method = aws_api_gateway_method.a.http_method
  type        = "MOCK"
}
resource "aws_apigatewayv2_domain_name" "d" {
  domain_name = "api.example.com"
  domain_name_configuration {
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/c"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  environment {
    variables = { HOST = aws_apigatewayv2_domain_name.d.domain_name_configuration[0].target_domain_name }
  }
}
`)
	is(t, get(t, a, "aws_api_gateway_method.b").Get("Integration", "Type"), "MOCK")
	if v := get(t, a, "aws_api_gateway_method.a").Get("Integration"); v.Exists() != value.No {
		t.Error("the integration is at the wrong method")
	}
	if v := get(t, a, "aws_lambda_function.f").Get("Environment", "Variables", "HOST"); v.IsResolved() || v.Exists() == value.No {
		t.Errorf("the host is %s %q", v.Kind(), v.Str())
	}
}

func TestHTTPAPI(t *testing.T) {
	a := model(t, functionForAPI+`
resource "aws_apigatewayv2_api" "api" {
  name          = "orders"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["*"]
  }
}
resource "aws_apigatewayv2_integration" "i" {
  api_id           = aws_apigatewayv2_api.api.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.f.arn
}
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.api.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["a"]
    issuer   = "https://example.com"
  }
}
resource "aws_apigatewayv2_route" "r" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /orders"
  target             = "integrations/${aws_apigatewayv2_integration.i.id}"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.jwt.id
}
resource "aws_apigatewayv2_stage" "s" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
  route_settings {
    route_key              = "GET /orders"
    throttling_rate_limit  = 5
    throttling_burst_limit = 5
  }
  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:api"
    format          = "x"
  }
}
resource "aws_apigatewayv2_api" "quick" {
  name          = "quick"
  protocol_type = "HTTP"
  target        = aws_lambda_function.f.arn
}
`)
	api := app.AsAPI(get(t, a, "aws_apigatewayv2_api.api"))
	routes := api.Routes()
	if len(routes) != 1 || routes[0].Auth.Kind != app.AuthJWT || len(routes[0].Integration.Functions) != 1 {
		t.Fatalf("%v", routes)
	}
	if routes[0].Limited() != value.Yes {
		t.Error("the throttle of the route is not seen")
	}
	is(t, api.CORS().Get("AllowOrigins").Items()[0], "*")
	is(t, api.Stages()[0].StageName(), "$default")
	if r := app.AsAPI(get(t, a, "aws_apigatewayv2_api.quick")).Routes(); len(r) != 1 || len(r[0].Integration.Functions) != 1 {
		t.Errorf("%v", r)
	}
}

// An OpenAPI body, in YAML or in JSON, gives its routes.
func TestBody(t *testing.T) {
	a := model(t, functionForAPI+`
resource "aws_api_gateway_rest_api" "yaml" {
  name = "yaml"
  body = <<EOF
openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: "${aws_lambda_function.f.invoke_arn}"
EOF
}
resource "aws_api_gateway_rest_api" "json" {
  name = "json"
  body = jsonencode({
    openapi = "3.0.1"
    paths = {
      "/orders" = {
        get = {
          x-amazon-apigateway-integration = {
            type       = "aws_proxy"
            httpMethod = "POST"
            uri        = aws_lambda_function.f.invoke_arn
          }
        }
      }
    }
  })
}
`)
	for _, address := range []string{"aws_api_gateway_rest_api.yaml", "aws_api_gateway_rest_api.json"} {
		r := app.AsAPI(get(t, a, address)).Routes()
		if len(r) != 1 || r[0].Path.String() != "/orders" || len(r[0].Integration.Functions) != 1 {
			t.Errorf("%s: %v", address, r)
		}
	}
}

func TestGraphQL(t *testing.T) {
	a := model(t, functionForAPI+`
resource "aws_appsync_graphql_api" "g" {
  name                = "g"
  authentication_type = "API_KEY"
  schema              = "type Query { one: String }"
  additional_authentication_provider {
    authentication_type = "AWS_IAM"
  }
}
resource "aws_appsync_datasource" "d" {
  api_id           = aws_appsync_graphql_api.g.id
  name             = "d"
  type             = "AWS_LAMBDA"
  service_role_arn = "arn:aws:iam::123456789012:role/r"
  lambda_config {
    function_arn = aws_lambda_function.f.arn
  }
}
resource "aws_appsync_function" "step" {
  api_id      = aws_appsync_graphql_api.g.id
  name        = "step"
  data_source = aws_appsync_datasource.d.name
}
resource "aws_appsync_resolver" "direct" {
  api_id      = aws_appsync_graphql_api.g.id
  type        = "Query"
  field       = "one"
  data_source = aws_appsync_datasource.d.name
}
resource "aws_appsync_resolver" "pipeline" {
  api_id = aws_appsync_graphql_api.g.id
  type   = "Query"
  field  = "two"
  kind   = "PIPELINE"
  pipeline_config {
    functions = [aws_appsync_function.step.function_id]
  }
}
`)
	g := app.AsGraphQLAPI(get(t, a, "aws_appsync_graphql_api.g"))
	if m := g.AuthModes(); len(m) != 2 || m[0].Kind != app.AuthAPIKey || m[1].Kind != app.AuthIAM {
		t.Error(m)
	}
	if g.Schema() == nil {
		t.Error("no schema")
	}
	d := g.DataSources()
	if len(d) != 1 || d[0].Target() == nil || len(d[0].Resolvers()) != 2 {
		t.Errorf("%v", d)
	}
}

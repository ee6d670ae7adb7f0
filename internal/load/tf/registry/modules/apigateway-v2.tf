# terraform-aws-modules/apigateway-v2/aws: an HTTP or WebSocket API with its
# routes (integrations, up to the fourth major version), authorisers and stage.

variable "create" { default = true }
variable "create_api_gateway" { default = true }
variable "name" { default = "" }
variable "description" { default = null }
variable "protocol_type" { default = "HTTP" }
variable "body" { default = null }
variable "api_version" { default = null }
variable "cors_configuration" { default = null }
variable "credentials_arn" { default = null }
variable "route_key" { default = null }
variable "target" { default = null }
variable "route_selection_expression" { default = null }
variable "disable_execute_api_endpoint" { default = null }
variable "authorizers" { default = {} }
variable "routes" { default = {} }
variable "integrations" { default = {} }
variable "create_routes_and_integrations" { default = true }
variable "create_stage" { default = true }
variable "create_default_stage" { default = true }
variable "stage_name" { default = "$default" }
variable "stage_access_log_settings" { default = null }
variable "default_stage_access_log_destination_arn" { default = null }
variable "default_stage_access_log_format" { default = null }
variable "stage_default_route_settings" { default = {} }
variable "default_route_settings" { default = {} }
variable "stage_variables" { default = {} }
variable "stage_client_certificate_id" { default = null }
variable "deploy_stage" { default = true }
variable "create_domain_name" { default = true }
variable "create_api_domain_name" { default = true }
variable "create_domain_records" { default = true }
variable "create_certificate" { default = true }
variable "domain_name" { default = "" }
variable "domain_name_certificate_arn" { default = null }
variable "hosted_zone_name" { default = null }
variable "subdomains" { default = [] }
variable "mutual_tls_authentication" { default = {} }
variable "vpc_links" { default = {} }
variable "tags" { default = {} }
variable "stage_tags" { default = {} }

locals {
  on       = var.create && var.create_api_gateway
  settings = merge(try(coalesce(var.default_route_settings), {}), try(coalesce(var.stage_default_route_settings), {}))
  domain   = local.on && var.create_domain_name && var.create_api_domain_name && var.domain_name != ""

  # Both forms of a route in one.
  routes = merge(
    { for key, r in var.integrations : key => { route = r, integration = r } },
    { for key, r in var.routes : key => { route = r, integration = try(r.integration, {}) } },
  )
}

resource "aws_apigatewayv2_api" "this" {
  count                        = local.on ? 1 : 0
  name                         = var.name
  description                  = var.description
  protocol_type                = var.protocol_type
  version                      = var.api_version
  body                         = var.body
  route_key                    = var.route_key
  target                       = var.target
  credentials_arn              = var.credentials_arn
  route_selection_expression   = var.route_selection_expression
  disable_execute_api_endpoint = var.disable_execute_api_endpoint
  tags                         = var.tags
  dynamic "cors_configuration" {
    for_each = try(length(keys(var.cors_configuration)), 0) > 0 ? [var.cors_configuration] : []
    content {
      allow_credentials = try(cors_configuration.value.allow_credentials, null)
      allow_headers     = try(cors_configuration.value.allow_headers, null)
      allow_methods     = try(cors_configuration.value.allow_methods, null)
      allow_origins     = try(cors_configuration.value.allow_origins, null)
      expose_headers    = try(cors_configuration.value.expose_headers, null)
      max_age           = try(cors_configuration.value.max_age, null)
    }
  }
}

resource "aws_apigatewayv2_authorizer" "this" {
  for_each                          = local.on ? var.authorizers : {}
  api_id                            = aws_apigatewayv2_api.this[0].id
  name                              = try(coalesce(each.value.name), each.key)
  authorizer_type                   = try(coalesce(each.value.authorizer_type), "REQUEST")
  authorizer_uri                    = try(each.value.authorizer_uri, null)
  authorizer_credentials_arn        = try(each.value.authorizer_credentials_arn, null)
  authorizer_payload_format_version = try(each.value.authorizer_payload_format_version, null)
  authorizer_result_ttl_in_seconds  = try(each.value.authorizer_result_ttl_in_seconds, null)
  enable_simple_responses           = try(each.value.enable_simple_responses, null)
  identity_sources                  = try(flatten([each.value.identity_sources]), null)
  dynamic "jwt_configuration" {
    for_each = try([coalesce(each.value.jwt_configuration)], [{ audience = each.value.audience, issuer = each.value.issuer }], [])
    content {
      audience = jwt_configuration.value.audience
      issuer   = jwt_configuration.value.issuer
    }
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each               = local.on && var.create_routes_and_integrations ? local.routes : {}
  api_id                 = aws_apigatewayv2_api.this[0].id
  integration_type       = try(coalesce(each.value.integration.type), coalesce(each.value.integration.integration_type), "AWS_PROXY")
  integration_uri        = try(coalesce(each.value.integration.lambda_arn), coalesce(each.value.integration.uri), each.value.integration.integration_uri, null)
  integration_method     = try(coalesce(each.value.integration.method), each.value.integration.integration_method, null)
  integration_subtype    = try(coalesce(each.value.integration.subtype), each.value.integration.integration_subtype, null)
  connection_type        = try(each.value.integration.connection_type, null)
  connection_id          = try(aws_apigatewayv2_vpc_link.this[coalesce(each.value.integration.vpc_link_key, each.value.integration.vpc_link)].id, each.value.integration.connection_id, null)
  credentials_arn        = try(each.value.integration.credentials_arn, null)
  payload_format_version = try(each.value.integration.payload_format_version, null)
  request_parameters     = try(each.value.integration.request_parameters, null)
  timeout_milliseconds   = try(each.value.integration.timeout_milliseconds, null)
}

resource "aws_apigatewayv2_route" "this" {
  for_each             = local.on && var.create_routes_and_integrations ? local.routes : {}
  api_id               = aws_apigatewayv2_api.this[0].id
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  authorization_type   = try(coalesce(each.value.route.authorization_type), "NONE")
  authorization_scopes = try(each.value.route.authorization_scopes, null)
  authorizer_id        = try(aws_apigatewayv2_authorizer.this[each.value.route.authorizer_key].id, each.value.route.authorizer_id, null)
  api_key_required     = try(each.value.route.api_key_required, null)
}

resource "aws_apigatewayv2_stage" "this" {
  count                 = local.on && var.create_stage && var.create_default_stage ? 1 : 0
  api_id                = aws_apigatewayv2_api.this[0].id
  name                  = var.stage_name
  auto_deploy           = true
  stage_variables       = var.stage_variables
  client_certificate_id = var.stage_client_certificate_id
  dynamic "access_log_settings" {
    for_each = try([coalesce(var.default_stage_access_log_destination_arn)], [var.stage_access_log_settings.destination_arn], [])
    content {
      destination_arn = access_log_settings.value
      format          = try(coalesce(var.default_stage_access_log_format), var.stage_access_log_settings.format, null)
    }
  }
  dynamic "default_route_settings" {
    for_each = length(keys(local.settings)) > 0 ? [local.settings] : []
    content {
      data_trace_enabled       = try(default_route_settings.value.data_trace_enabled, null)
      detailed_metrics_enabled = try(default_route_settings.value.detailed_metrics_enabled, null)
      logging_level            = try(default_route_settings.value.logging_level, null)
      throttling_burst_limit   = try(default_route_settings.value.throttling_burst_limit, null)
      throttling_rate_limit    = try(default_route_settings.value.throttling_rate_limit, null)
    }
  }
}

resource "aws_apigatewayv2_domain_name" "this" {
  count       = local.domain ? 1 : 0
  domain_name = var.domain_name
  domain_name_configuration {
    certificate_arn = var.domain_name_certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
  dynamic "mutual_tls_authentication" {
    for_each = try(length(keys(var.mutual_tls_authentication)), 0) > 0 ? [var.mutual_tls_authentication] : []
    content {
      truststore_uri = mutual_tls_authentication.value.truststore_uri
    }
  }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  count       = local.domain ? 1 : 0
  api_id      = aws_apigatewayv2_api.this[0].id
  domain_name = aws_apigatewayv2_domain_name.this[0].id
  stage       = aws_apigatewayv2_stage.this[0].id
}

resource "aws_apigatewayv2_vpc_link" "this" {
  for_each           = local.on ? var.vpc_links : {}
  name               = try(coalesce(each.value.name), each.key)
  security_group_ids = each.value.security_group_ids
  subnet_ids         = each.value.subnet_ids
}

output "api_id" { value = try(aws_apigatewayv2_api.this[0].id, null) }
output "api_arn" { value = try(aws_apigatewayv2_api.this[0].arn, null) }
output "api_endpoint" { value = try(aws_apigatewayv2_api.this[0].api_endpoint, null) }
output "api_execution_arn" { value = try(aws_apigatewayv2_api.this[0].execution_arn, null) }
output "authorizers" { value = aws_apigatewayv2_authorizer.this }
output "integrations" { value = aws_apigatewayv2_integration.this }
output "routes" { value = aws_apigatewayv2_route.this }
output "stage_id" { value = try(aws_apigatewayv2_stage.this[0].id, null) }
output "stage_arn" { value = try(aws_apigatewayv2_stage.this[0].arn, null) }
output "stage_execution_arn" { value = try(aws_apigatewayv2_stage.this[0].execution_arn, null) }
output "stage_invoke_url" { value = try(aws_apigatewayv2_stage.this[0].invoke_url, null) }

# Names up to the fourth major version.
output "apigatewayv2_api_id" { value = try(aws_apigatewayv2_api.this[0].id, "") }
output "apigatewayv2_api_arn" { value = try(aws_apigatewayv2_api.this[0].arn, "") }
output "apigatewayv2_api_api_endpoint" { value = try(aws_apigatewayv2_api.this[0].api_endpoint, "") }
output "apigatewayv2_api_execution_arn" { value = try(aws_apigatewayv2_api.this[0].execution_arn, "") }
output "default_apigatewayv2_stage_arn" { value = try(aws_apigatewayv2_stage.this[0].arn, "") }
output "default_apigatewayv2_stage_id" { value = try(aws_apigatewayv2_stage.this[0].id, "") }
output "default_apigatewayv2_stage_invoke_url" { value = try(aws_apigatewayv2_stage.this[0].invoke_url, "") }

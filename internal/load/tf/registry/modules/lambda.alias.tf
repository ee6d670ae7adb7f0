# terraform-aws-modules/lambda/aws//modules/alias: an alias and what it is
# called by.

variable "create" { default = true }
variable "name" { default = "" }
variable "description" { default = "" }
variable "function_name" { default = "" }
variable "function_version" { default = "" }
variable "refresh_alias" { default = true }
variable "use_existing_alias" { default = false }
variable "create_version_allowed_triggers" { default = true }
variable "create_qualified_alias_allowed_triggers" { default = true }
variable "allowed_triggers" { default = {} }
variable "event_source_mapping" { default = {} }

resource "aws_lambda_alias" "this" {
  count            = var.create && !var.use_existing_alias ? 1 : 0
  name             = var.name
  description      = var.description
  function_name    = var.function_name
  function_version = coalesce(var.function_version, "$LATEST")
}

resource "aws_lambda_permission" "triggers" {
  for_each       = var.create ? var.allowed_triggers : {}
  function_name  = var.function_name
  qualifier      = var.name
  action         = try(each.value.action, "lambda:InvokeFunction")
  principal      = try(each.value.principal, "${each.value.service}.amazonaws.com")
  source_arn     = try(each.value.source_arn, null)
  source_account = try(each.value.source_account, null)
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each          = var.create ? var.event_source_mapping : {}
  function_name     = aws_lambda_alias.this[0].arn
  event_source_arn  = try(each.value.event_source_arn, null)
  starting_position = try(each.value.starting_position, null)
  batch_size        = try(each.value.batch_size, null)
}

output "lambda_alias_arn" { value = try(aws_lambda_alias.this[0].arn, "") }
output "lambda_alias_name" { value = try(aws_lambda_alias.this[0].name, "") }
output "lambda_alias_invoke_arn" { value = try(aws_lambda_alias.this[0].invoke_arn, "") }

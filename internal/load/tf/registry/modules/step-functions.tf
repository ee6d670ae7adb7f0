# terraform-aws-modules/step-functions/aws: a state machine with its role.

variable "create" { default = true }
variable "create_role" { default = true }
variable "use_existing_role" { default = false }
variable "name" { default = "" }
variable "definition" { default = "" }
variable "type" { default = "STANDARD" }
variable "publish" { default = false }
variable "role_arn" { default = "" }
variable "logging_configuration" { default = {} }
variable "use_existing_cloudwatch_log_group" { default = false }
variable "cloudwatch_log_group_name" { default = null }
variable "cloudwatch_log_group_retention_in_days" { default = null }
variable "cloudwatch_log_group_kms_key_id" { default = null }
variable "attach_cloudwatch_logs_policy" { default = true }
variable "attach_policies_for_integrations" { default = true }
variable "service_integrations" { default = {} }
variable "aws_region_assume_role" { default = "" }
variable "tags" { default = {} }
variable "role_name" { default = null }
variable "role_description" { default = null }
variable "role_path" { default = null }
variable "role_permissions_boundary" { default = null }
variable "role_force_detach_policies" { default = true }
variable "role_tags" { default = {} }
variable "policy_path" { default = null }
variable "trusted_entities" { default = [] }
variable "attach_policy_json" { default = false }
variable "policy_json" { default = null }
variable "attach_policy_jsons" { default = false }
variable "number_of_policy_jsons" { default = 0 }
variable "policy_jsons" { default = [] }
variable "attach_policy" { default = false }
variable "policy" { default = null }
variable "attach_policies" { default = false }
variable "number_of_policies" { default = 0 }
variable "policies" { default = [] }
variable "attach_policy_statements" { default = false }
variable "policy_statements" { default = {} }

locals {
  has_role = var.create && var.create_role && !var.use_existing_role
  logs     = try(var.logging_configuration.level, "OFF") != "OFF"

  # What the integrations that people use most may do. The module grants more
  # kinds; those are not known here, so that what they add is missing.
  actions = {
    lambda                    = { lambda = ["lambda:InvokeFunction"] }
    sns                       = { sns = ["sns:Publish"] }
    sqs                       = { sqs = ["sqs:SendMessage"] }
    dynamodb                  = { dynamodb = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"] }
    eventbridge               = { events = ["events:PutEvents"] }
    xray                      = { xray = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"] }
    stepfunction              = { stepfunction = ["states:StartExecution"] }
    stepfunction_Sync         = { stepfunction = ["states:StartExecution"], stepfunction_Wildcard = ["states:DescribeExecution", "states:StopExecution"], events = ["events:PutTargets", "events:PutRule", "events:DescribeRule"] }
    stepfunction_no_polling   = { stepfunction = ["states:StartExecution"], events = ["events:PutTargets", "events:PutRule", "events:DescribeRule"] }
    batch_Sync                = { batch = ["batch:SubmitJob", "batch:DescribeJobs", "batch:TerminateJob"], events = ["events:PutTargets", "events:PutRule", "events:DescribeRule"] }
    ecs                       = { ecs = ["ecs:RunTask"], iam_PassRole = ["iam:PassRole"] }
    ecs_Sync                  = { ecs = ["ecs:RunTask"], ecs_Wildcard = ["ecs:StopTask", "ecs:DescribeTasks"], events = ["events:PutTargets", "events:PutRule", "events:DescribeRule"], iam_PassRole = ["iam:PassRole"] }
    glue                      = { glue = ["glue:StartJobRun"] }
    glue_Sync                 = { glue = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"] }
  }
  granted = merge([
    for service, parts in var.service_integrations : {
      for part, resources in parts : "${service}/${part}" => {
        actions   = local.actions[service][part]
        resources = try(tobool(resources) ? ["*"] : [], tolist(resources), [resources])
      } if can(local.actions[service][part]) && try(tobool(resources), true) != false
    }
  ]...)
}

resource "aws_iam_role" "this" {
  count                = local.has_role ? 1 : 0
  name                 = coalesce(var.role_name, var.name)
  path                 = var.role_path
  description          = var.role_description
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = concat(["states.amazonaws.com"], var.trusted_entities) }
    }]
  })
}

resource "aws_iam_role_policy" "integrations" {
  for_each = local.has_role && var.attach_policies_for_integrations ? local.granted : {}
  name     = "${var.name}-${replace(each.key, "/", "-")}"
  role     = aws_iam_role.this[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value.actions, Resource = each.value.resources }]
  })
}

resource "aws_iam_role_policy" "logs" {
  count = local.has_role && local.logs && var.attach_cloudwatch_logs_policy ? 1 : 0
  name  = "${var.name}-logs"
  role  = aws_iam_role.this[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
        "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
      ]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy" "json" {
  count  = local.has_role && var.attach_policy_json ? 1 : 0
  name   = "${var.name}"
  role   = aws_iam_role.this[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "jsons" {
  count  = local.has_role && var.attach_policy_jsons ? length(var.policy_jsons) : 0
  name   = "${var.name}-${count.index}"
  role   = aws_iam_role.this[0].name
  policy = var.policy_jsons[count.index]
}

resource "aws_iam_role_policy_attachment" "one" {
  count      = local.has_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "many" {
  count      = local.has_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "statements" {
  count = local.has_role && var.attach_policy_statements ? 1 : 0
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "statements" {
  count  = local.has_role && var.attach_policy_statements ? 1 : 0
  name   = "${var.name}-inline"
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.statements[0].json
}

resource "aws_cloudwatch_log_group" "this" {
  count             = var.create && local.logs && !var.use_existing_cloudwatch_log_group ? 1 : 0
  name              = coalesce(var.cloudwatch_log_group_name, "/aws/vendedlogs/states/${var.name}")
  retention_in_days = var.cloudwatch_log_group_retention_in_days
  kms_key_id        = var.cloudwatch_log_group_kms_key_id
}

resource "aws_sfn_state_machine" "this" {
  count      = var.create ? 1 : 0
  name       = var.name
  type       = upper(var.type)
  publish    = var.publish
  definition = var.definition
  role_arn   = var.use_existing_role || !var.create_role ? var.role_arn : aws_iam_role.this[0].arn
  tags       = var.tags
  dynamic "logging_configuration" {
    for_each = local.logs ? [true] : []
    content {
      level                  = var.logging_configuration.level
      include_execution_data = try(var.logging_configuration.include_execution_data, null)
      log_destination        = try(var.logging_configuration.log_destination, "${aws_cloudwatch_log_group.this[0].arn}:*")
    }
  }
  dynamic "tracing_configuration" {
    for_each = can(var.service_integrations.xray) ? [true] : []
    content {
      enabled = true
    }
  }
}

output "state_machine_id" { value = try(aws_sfn_state_machine.this[0].id, "") }
output "state_machine_arn" { value = try(aws_sfn_state_machine.this[0].arn, "") }
output "state_machine_name" { value = try(aws_sfn_state_machine.this[0].name, "") }
output "role_arn" { value = try(aws_iam_role.this[0].arn, "") }
output "role_name" { value = try(aws_iam_role.this[0].name, "") }
output "cloudwatch_log_group_arn" { value = try(aws_cloudwatch_log_group.this[0].arn, "") }
output "cloudwatch_log_group_name" { value = try(aws_cloudwatch_log_group.this[0].name, "") }
output "this_state_machine_arn" { value = try(aws_sfn_state_machine.this[0].arn, "") }
output "this_state_machine_id" { value = try(aws_sfn_state_machine.this[0].id, "") }

# terraform-aws-modules/eventbridge/aws: a bus, rules with targets, schedules,
# permissions, archives, and the role that delivers.

variable "create" { default = true }
variable "create_bus" { default = true }
variable "create_role" { default = true }
variable "create_rules" { default = true }
variable "create_targets" { default = true }
variable "create_permissions" { default = true }
variable "create_archives" { default = false }
variable "create_connections" { default = false }
variable "create_api_destinations" { default = false }
variable "create_schedules" { default = true }
variable "create_schedule_groups" { default = true }
variable "append_rule_postfix" { default = true }
variable "append_schedule_postfix" { default = true }
variable "append_schedule_group_postfix" { default = true }
variable "append_connection_postfix" { default = true }
variable "append_destination_postfix" { default = true }
variable "bus_name" { default = "default" }
variable "bus_description" { default = null }
variable "kms_key_identifier" { default = null }
variable "rules" { default = {} }
variable "targets" { default = {} }
variable "permissions" { default = {} }
variable "archives" { default = {} }
variable "connections" { default = {} }
variable "api_destinations" { default = {} }
variable "schedules" { default = {} }
variable "schedule_groups" { default = {} }
variable "tags" { default = {} }

variable "attach_lambda_policy" { default = false }
variable "lambda_target_arns" { default = [] }
variable "attach_sqs_policy" { default = false }
variable "sqs_target_arns" { default = [] }
variable "attach_sns_policy" { default = false }
variable "sns_target_arns" { default = [] }
variable "attach_sfn_policy" { default = false }
variable "sfn_target_arns" { default = [] }
variable "attach_kinesis_policy" { default = false }
variable "kinesis_target_arns" { default = [] }
variable "attach_kinesis_firehose_policy" { default = false }
variable "kinesis_firehose_target_arns" { default = [] }
variable "attach_ecs_policy" { default = false }
variable "ecs_target_arns" { default = [] }
variable "ecs_pass_role_resources" { default = [] }
variable "attach_cloudwatch_policy" { default = false }
variable "cloudwatch_target_arns" { default = [] }
variable "attach_api_destination_policy" { default = false }
variable "attach_tracing_policy" { default = false }
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
  bus = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  targets = merge([
    for rule, list in var.targets : {
      for i, t in list : "${rule}/${try(t.name, i)}" => { rule = rule, target = t }
    }
  ]...)
  deliveries = [
    for d in [
      { on = var.attach_lambda_policy, actions = ["lambda:InvokeFunction"], resources = var.lambda_target_arns },
      { on = var.attach_sqs_policy, actions = ["sqs:SendMessage*"], resources = var.sqs_target_arns },
      { on = var.attach_sns_policy, actions = ["sns:Publish"], resources = var.sns_target_arns },
      { on = var.attach_sfn_policy, actions = ["states:StartExecution"], resources = var.sfn_target_arns },
      { on = var.attach_kinesis_policy, actions = ["kinesis:PutRecord"], resources = var.kinesis_target_arns },
      { on = var.attach_kinesis_firehose_policy, actions = ["firehose:PutRecord"], resources = var.kinesis_firehose_target_arns },
      { on = var.attach_ecs_policy, actions = ["ecs:RunTask"], resources = [for arn in var.ecs_target_arns : replace(arn, "/:\\d+$/", ":*")] },
      { on = var.attach_ecs_policy, actions = ["iam:PassRole"], resources = length(var.ecs_pass_role_resources) > 0 ? var.ecs_pass_role_resources : ["*"] },
      { on = var.attach_cloudwatch_policy, actions = ["logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"], resources = var.cloudwatch_target_arns },
      { on = var.attach_api_destination_policy, actions = ["events:InvokeApiDestination"], resources = [for d in aws_cloudwatch_event_api_destination.this : d.arn] },
    ] : d if d.on
  ]
}

resource "aws_cloudwatch_event_bus" "this" {
  count              = var.create && var.create_bus ? 1 : 0
  name               = var.bus_name
  description        = var.bus_description
  kms_key_identifier = var.kms_key_identifier
  tags               = var.tags
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = var.create && var.create_rules ? var.rules : {}
  name                = var.append_rule_postfix ? "${replace(each.key, "_", "-")}-rule" : each.key
  event_bus_name      = local.bus
  event_pattern       = try(each.value.event_pattern, null)
  schedule_expression = try(each.value.schedule_expression, null)
  state               = try(each.value.enabled ? "ENABLED" : "DISABLED", each.value.state, null)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each       = var.create && var.create_targets ? local.targets : {}
  rule           = aws_cloudwatch_event_rule.this[each.value.rule].name
  event_bus_name = local.bus
  target_id      = try(each.value.target.target_id, each.value.target.name, null)
  arn            = try(aws_cloudwatch_event_api_destination.this[each.value.target.destination].arn, each.value.target.arn)
  role_arn       = try(tobool(each.value.target.attach_role_arn) ? aws_iam_role.eventbridge[0].arn : null, each.value.target.attach_role_arn, null)
  input          = try(each.value.target.input, null)
  input_path     = try(each.value.target.input_path, null)
  dynamic "input_transformer" {
    for_each = try([each.value.target.input_transformer], [])
    content {
      input_paths    = try(input_transformer.value.input_paths, null)
      input_template = input_transformer.value.input_template
    }
  }
  dynamic "dead_letter_config" {
    for_each = try([each.value.target.dead_letter_arn], [])
    content {
      arn = dead_letter_config.value
    }
  }
  dynamic "sqs_target" {
    for_each = try([each.value.target.message_group_id], [])
    content {
      message_group_id = sqs_target.value
    }
  }
  dynamic "ecs_target" {
    for_each = try([each.value.target.ecs_target], [])
    content {
      task_definition_arn = ecs_target.value.task_definition_arn
      launch_type         = try(ecs_target.value.launch_type, null)
    }
  }
}

resource "aws_cloudwatch_event_permission" "this" {
  for_each       = var.create && var.create_permissions ? var.permissions : {}
  principal      = try(each.value.principal, split(" ", each.key)[0])
  statement_id   = try(each.value.statement_id, split(" ", each.key)[1], each.key)
  action         = try(each.value.action, null)
  event_bus_name = try(each.value.event_bus_name, local.bus)
  dynamic "condition" {
    for_each = try([each.value.condition_org], [])
    content {
      key   = "aws:PrincipalOrgID"
      type  = "StringEquals"
      value = condition.value
    }
  }
}

resource "aws_cloudwatch_event_archive" "this" {
  for_each         = var.create && var.create_archives ? var.archives : {}
  name             = try(each.value.name, each.key)
  event_source_arn = try(each.value.event_source_arn, aws_cloudwatch_event_bus.this[0].arn)
  event_pattern    = try(each.value.event_pattern, null)
  retention_days   = try(each.value.retention_days, null)
}

resource "aws_cloudwatch_event_connection" "this" {
  for_each           = var.create && var.create_connections ? var.connections : {}
  name               = var.append_connection_postfix ? "${replace(each.key, "_", "-")}-connection" : each.key
  authorization_type = each.value.authorization_type
}

resource "aws_cloudwatch_event_api_destination" "this" {
  for_each            = var.create && var.create_api_destinations ? var.api_destinations : {}
  name                = var.append_destination_postfix ? "${replace(each.key, "_", "-")}-destination" : each.key
  invocation_endpoint = each.value.invocation_endpoint
  http_method         = each.value.http_method
  connection_arn      = try(aws_cloudwatch_event_connection.this[each.key].arn, each.value.connection_arn, null)
}

resource "aws_scheduler_schedule_group" "this" {
  for_each = var.create && var.create_schedule_groups ? var.schedule_groups : {}
  name     = var.append_schedule_group_postfix ? "${replace(each.key, "_", "-")}-group" : each.key
}

resource "aws_scheduler_schedule" "this" {
  for_each            = var.create && var.create_schedules ? var.schedules : {}
  name                = var.append_schedule_postfix ? "${replace(each.key, "_", "-")}-schedule" : each.key
  group_name          = try(each.value.group_name, null)
  schedule_expression = each.value.schedule_expression
  state               = try(each.value.state, null)
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = each.value.arn
    role_arn = try(each.value.role_arn, aws_iam_role.eventbridge[0].arn)
    input    = try(each.value.input, null)
    dynamic "dead_letter_config" {
      for_each = try([each.value.dead_letter_arn], [])
      content {
        arn = dead_letter_config.value
      }
    }
  }
}

resource "aws_iam_role" "eventbridge" {
  count                = var.create && var.create_role ? 1 : 0
  name                 = coalesce(var.role_name, var.bus_name)
  path                 = var.role_path
  description          = var.role_description
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = distinct(concat(["events.amazonaws.com", "scheduler.amazonaws.com"], var.trusted_entities)) }
    }]
  })
}

resource "aws_iam_role_policy" "deliver" {
  count = var.create && var.create_role && length(local.deliveries) > 0 ? 1 : 0
  name  = "${var.bus_name}-deliver"
  role  = aws_iam_role.eventbridge[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for d in local.deliveries : { Effect = "Allow", Action = d.actions, Resource = d.resources }]
  })
}

resource "aws_iam_role_policy" "json" {
  count  = var.create && var.create_role && var.attach_policy_json ? 1 : 0
  name   = "${var.bus_name}"
  role   = aws_iam_role.eventbridge[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "jsons" {
  count  = var.create && var.create_role && var.attach_policy_jsons ? length(var.policy_jsons) : 0
  name   = "${var.bus_name}-${count.index}"
  role   = aws_iam_role.eventbridge[0].name
  policy = var.policy_jsons[count.index]
}

resource "aws_iam_role_policy_attachment" "one" {
  count      = var.create && var.create_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "many" {
  count      = var.create && var.create_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "statements" {
  count = var.create && var.create_role && var.attach_policy_statements ? 1 : 0
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
  count  = var.create && var.create_role && var.attach_policy_statements ? 1 : 0
  name   = "${var.bus_name}-inline"
  role   = aws_iam_role.eventbridge[0].name
  policy = data.aws_iam_policy_document.statements[0].json
}

output "eventbridge_bus_name" { value = var.bus_name }
output "eventbridge_bus_arn" { value = try(aws_cloudwatch_event_bus.this[0].arn, "") }
output "eventbridge_bus" { value = aws_cloudwatch_event_bus.this }
output "eventbridge_rules" { value = aws_cloudwatch_event_rule.this }
output "eventbridge_rule_ids" { value = { for k, v in aws_cloudwatch_event_rule.this : k => v.id } }
output "eventbridge_rule_arns" { value = { for k, v in aws_cloudwatch_event_rule.this : k => v.arn } }
output "eventbridge_targets" { value = aws_cloudwatch_event_target.this }
output "eventbridge_archive_arns" { value = { for k, v in aws_cloudwatch_event_archive.this : k => v.arn } }
output "eventbridge_connection_arns" { value = { for k, v in aws_cloudwatch_event_connection.this : k => v.arn } }
output "eventbridge_api_destination_arns" { value = { for k, v in aws_cloudwatch_event_api_destination.this : k => v.arn } }
output "eventbridge_schedule_arns" { value = { for k, v in aws_scheduler_schedule.this : k => v.arn } }
output "eventbridge_schedule_group_arns" { value = { for k, v in aws_scheduler_schedule_group.this : k => v.arn } }
output "eventbridge_role_arn" { value = try(aws_iam_role.eventbridge[0].arn, "") }
output "eventbridge_role_name" { value = try(aws_iam_role.eventbridge[0].name, "") }

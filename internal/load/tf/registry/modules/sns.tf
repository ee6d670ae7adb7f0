# terraform-aws-modules/sns/aws: a topic, its policy and its subscriptions.

variable "create" { default = true }
variable "name" { default = null }
variable "use_name_prefix" { default = false }
variable "display_name" { default = null }
variable "fifo_topic" { default = false }
variable "content_based_deduplication" { default = false }
variable "kms_master_key_id" { default = null }
variable "signature_version" { default = null }
variable "tracing_config" { default = null }
variable "delivery_policy" { default = null }
variable "topic_policy" { default = null }
variable "create_topic_policy" { default = true }
variable "enable_default_topic_policy" { default = true }
variable "source_topic_policy_documents" { default = [] }
variable "override_topic_policy_documents" { default = [] }
variable "topic_policy_statements" { default = {} }
variable "create_subscription" { default = true }
variable "subscriptions" { default = {} }
variable "data_protection_policy" { default = null }
variable "tags" { default = {} }

data "aws_caller_identity" "here" {}

resource "aws_sns_topic" "this" {
  count                       = var.create ? 1 : 0
  name                        = var.use_name_prefix ? null : (var.fifo_topic ? "${trimsuffix(var.name, ".fifo")}.fifo" : var.name)
  name_prefix                 = var.use_name_prefix ? "${var.name}-" : null
  display_name                = var.display_name
  fifo_topic                  = var.fifo_topic ? true : null
  content_based_deduplication = var.fifo_topic ? var.content_based_deduplication : null
  kms_master_key_id           = var.kms_master_key_id
  signature_version           = var.signature_version
  tracing_config              = var.tracing_config
  delivery_policy             = var.delivery_policy
  tags                        = var.tags
}

data "aws_iam_policy_document" "topic" {
  count                     = var.create && var.create_topic_policy ? 1 : 0
  source_policy_documents   = var.source_topic_policy_documents
  override_policy_documents = var.override_topic_policy_documents

  # The owner of the topic, as AWS writes it for a topic without a policy.
  dynamic "statement" {
    for_each = var.enable_default_topic_policy ? [true] : []
    content {
      actions = [
        "sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish",
        "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe",
      ]
      resources = [aws_sns_topic.this[0].arn]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "StringEquals"
        variable = "AWS:SourceOwner"
        values   = [data.aws_caller_identity.here.account_id]
      }
    }
  }
  dynamic "statement" {
    for_each = try(coalesce(var.topic_policy_statements), {})
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(coalescelist(statement.value.resources), [aws_sns_topic.this[0].arn])
      not_resources = try(statement.value.not_resources, null)
      dynamic "principals" {
        for_each = try(coalesce(statement.value.principals), [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(coalesce(statement.value.not_principals), [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(coalesce(statement.value.condition), coalesce(statement.value.conditions), [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  count  = var.create && var.create_topic_policy ? 1 : 0
  arn    = aws_sns_topic.this[0].arn
  policy = try(coalesce(var.topic_policy), data.aws_iam_policy_document.topic[0].json)
}

resource "aws_sns_topic_subscription" "this" {
  for_each              = var.create && var.create_subscription ? var.subscriptions : {}
  topic_arn             = aws_sns_topic.this[0].arn
  protocol              = each.value.protocol
  endpoint              = each.value.endpoint
  filter_policy         = try(each.value.filter_policy, null)
  raw_message_delivery  = try(each.value.raw_message_delivery, null)
  redrive_policy        = try(each.value.redrive_policy, null)
  subscription_role_arn = try(each.value.subscription_role_arn, null)
}

output "topic_arn" { value = try(aws_sns_topic.this[0].arn, null) }
output "topic_id" { value = try(aws_sns_topic.this[0].id, null) }
output "topic_name" { value = try(aws_sns_topic.this[0].name, null) }
output "subscriptions" { value = aws_sns_topic_subscription.this }
output "sns_topic_arn" { value = try(aws_sns_topic.this[0].arn, null) }
output "sns_topic_id" { value = try(aws_sns_topic.this[0].id, null) }
output "sns_topic_name" { value = try(aws_sns_topic.this[0].name, null) }

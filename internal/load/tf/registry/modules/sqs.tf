# terraform-aws-modules/sqs/aws: a queue, its policy and its dead-letter queue.

variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "use_name_prefix" { default = false }
variable "fifo_queue" { default = false }
variable "content_based_deduplication" { default = null }
variable "deduplication_scope" { default = null }
variable "fifo_throughput_limit" { default = null }
variable "delay_seconds" { default = null }
variable "max_message_size" { default = null }
variable "message_retention_seconds" { default = null }
variable "receive_wait_time_seconds" { default = null }
variable "visibility_timeout_seconds" { default = null }
variable "kms_master_key_id" { default = null }
variable "kms_data_key_reuse_period_seconds" { default = null }
variable "sqs_managed_sse_enabled" { default = true }
variable "policy" { default = null }
variable "redrive_policy" { default = {} }
variable "redrive_allow_policy" { default = {} }
variable "create_queue_policy" { default = false }
variable "source_queue_policy_documents" { default = [] }
variable "override_queue_policy_documents" { default = [] }
variable "queue_policy_statements" { default = {} }
variable "create_dlq" { default = false }
variable "dlq_name" { default = null }
variable "dlq_message_retention_seconds" { default = null }
variable "dlq_visibility_timeout_seconds" { default = null }
variable "dlq_kms_master_key_id" { default = null }
variable "dlq_sqs_managed_sse_enabled" { default = true }
variable "create_dlq_redrive_allow_policy" { default = true }
variable "create_dlq_queue_policy" { default = false }
variable "source_dlq_queue_policy_documents" { default = [] }
variable "override_dlq_queue_policy_documents" { default = [] }
variable "dlq_queue_policy_statements" { default = {} }
variable "tags" { default = {} }
variable "dlq_tags" { default = {} }

resource "aws_sqs_queue" "this" {
  count                             = var.create ? 1 : 0
  name                              = var.use_name_prefix ? null : (var.fifo_queue && var.name != null ? "${trimsuffix(var.name, ".fifo")}.fifo" : var.name)
  name_prefix                       = var.use_name_prefix ? "${var.name}-" : var.name_prefix
  fifo_queue                        = var.fifo_queue ? true : null
  content_based_deduplication       = var.content_based_deduplication
  delay_seconds                     = var.delay_seconds
  max_message_size                  = var.max_message_size
  message_retention_seconds         = var.message_retention_seconds
  receive_wait_time_seconds         = var.receive_wait_time_seconds
  visibility_timeout_seconds        = var.visibility_timeout_seconds
  kms_master_key_id                 = var.kms_master_key_id
  kms_data_key_reuse_period_seconds = var.kms_data_key_reuse_period_seconds
  sqs_managed_sse_enabled           = var.kms_master_key_id == null ? var.sqs_managed_sse_enabled : null
  policy                            = var.policy
  tags                              = var.tags
  redrive_policy = var.create_dlq ? jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq[0].arn
    maxReceiveCount     = try(var.redrive_policy.maxReceiveCount, 5)
  }) : (try(length(var.redrive_policy), 0) == 0 ? null : try(jsonencode(jsondecode(var.redrive_policy)), jsonencode(var.redrive_policy)))
}

resource "aws_sqs_queue" "dlq" {
  count                      = var.create && var.create_dlq ? 1 : 0
  name                       = coalesce(var.dlq_name, "${var.name}-dlq")
  fifo_queue                 = var.fifo_queue ? true : null
  message_retention_seconds  = var.dlq_message_retention_seconds
  visibility_timeout_seconds = var.dlq_visibility_timeout_seconds
  kms_master_key_id          = var.dlq_kms_master_key_id
  sqs_managed_sse_enabled    = var.dlq_kms_master_key_id == null ? var.dlq_sqs_managed_sse_enabled : null
  tags                       = merge(var.tags, var.dlq_tags)
}

data "aws_iam_policy_document" "queue" {
  count                     = var.create && var.create_queue_policy ? 1 : 0
  source_policy_documents   = var.source_queue_policy_documents
  override_policy_documents = var.override_queue_policy_documents
  dynamic "statement" {
    for_each = try(coalesce(var.queue_policy_statements), {})
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(coalescelist(statement.value.resources), [aws_sqs_queue.this[0].arn])
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

resource "aws_sqs_queue_policy" "this" {
  count     = var.create && var.create_queue_policy ? 1 : 0
  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.queue[0].json
}

data "aws_iam_policy_document" "dlq" {
  count                     = var.create && var.create_dlq && var.create_dlq_queue_policy ? 1 : 0
  source_policy_documents   = var.source_dlq_queue_policy_documents
  override_policy_documents = var.override_dlq_queue_policy_documents
  dynamic "statement" {
    for_each = try(coalesce(var.dlq_queue_policy_statements), {})
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(coalescelist(statement.value.resources), [aws_sqs_queue.dlq[0].arn])
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

resource "aws_sqs_queue_policy" "dlq" {
  count     = var.create && var.create_dlq && var.create_dlq_queue_policy ? 1 : 0
  queue_url = aws_sqs_queue.dlq[0].url
  policy    = data.aws_iam_policy_document.dlq[0].json
}

output "queue_id" { value = try(aws_sqs_queue.this[0].id, null) }
output "queue_arn" { value = try(aws_sqs_queue.this[0].arn, null) }
output "queue_url" { value = try(aws_sqs_queue.this[0].url, null) }
output "queue_name" { value = try(aws_sqs_queue.this[0].name, null) }
output "dead_letter_queue_id" { value = try(aws_sqs_queue.dlq[0].id, null) }
output "dead_letter_queue_arn" { value = try(aws_sqs_queue.dlq[0].arn, null) }
output "dead_letter_queue_url" { value = try(aws_sqs_queue.dlq[0].url, null) }
output "dead_letter_queue_name" { value = try(aws_sqs_queue.dlq[0].name, null) }

# Names up to the third major version.
output "sqs_queue_id" { value = try(aws_sqs_queue.this[0].id, null) }
output "sqs_queue_arn" { value = try(aws_sqs_queue.this[0].arn, null) }
output "sqs_queue_name" { value = try(aws_sqs_queue.this[0].name, null) }
output "this_sqs_queue_arn" { value = try(aws_sqs_queue.this[0].arn, null) }
output "this_sqs_queue_id" { value = try(aws_sqs_queue.this[0].id, null) }

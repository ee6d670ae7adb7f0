# terraform-aws-modules/s3-bucket/aws//modules/notification: what a bucket
# tells, and the right to tell it.

variable "create" { default = true }
variable "bucket" { default = "" }
variable "bucket_arn" { default = null }
variable "eventbridge" { default = null }
variable "create_lambda_permission" { default = true }
variable "create_sns_policy" { default = true }
variable "create_sqs_policy" { default = true }
variable "lambda_notifications" { default = {} }
variable "sns_notifications" { default = {} }
variable "sqs_notifications" { default = {} }

data "aws_partition" "here" {}

locals {
  bucket_arn = coalesce(var.bucket_arn, "arn:${data.aws_partition.here.partition}:s3:::${var.bucket}")
}

resource "aws_s3_bucket_notification" "this" {
  count       = var.create ? 1 : 0
  bucket      = var.bucket
  eventbridge = var.eventbridge
  dynamic "lambda_function" {
    for_each = var.lambda_notifications
    content {
      lambda_function_arn = lambda_function.value.function_arn
      events              = lambda_function.value.events
      filter_prefix       = try(lambda_function.value.filter_prefix, null)
      filter_suffix       = try(lambda_function.value.filter_suffix, null)
    }
  }
  dynamic "queue" {
    for_each = var.sqs_notifications
    content {
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = try(queue.value.filter_prefix, null)
      filter_suffix = try(queue.value.filter_suffix, null)
    }
  }
  dynamic "topic" {
    for_each = var.sns_notifications
    content {
      topic_arn     = topic.value.topic_arn
      events        = topic.value.events
      filter_prefix = try(topic.value.filter_prefix, null)
      filter_suffix = try(topic.value.filter_suffix, null)
    }
  }
}

resource "aws_lambda_permission" "notify" {
  for_each       = var.create && var.create_lambda_permission ? var.lambda_notifications : {}
  action         = "lambda:InvokeFunction"
  function_name  = each.value.function_name
  qualifier      = try(each.value.qualifier, null)
  principal      = "s3.amazonaws.com"
  source_arn     = local.bucket_arn
  source_account = try(each.value.source_account, null)
}

resource "aws_sqs_queue_policy" "notify" {
  for_each  = var.create && var.create_sqs_policy ? var.sqs_notifications : {}
  queue_url = try(each.value.queue_id, each.value.queue_arn)
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = each.value.queue_arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.bucket_arn } }
    }]
  })
}

resource "aws_sns_topic_policy" "notify" {
  for_each = var.create && var.create_sns_policy ? var.sns_notifications : {}
  arn      = each.value.topic_arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = each.value.topic_arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.bucket_arn } }
    }]
  })
}

output "s3_bucket_notification_id" { value = try(aws_s3_bucket_notification.this[0].id, "") }

provider "aws" {
  region = var.region
}

variable "region" {}

variable "webhook_secret" {
  sensitive = true
}

locals {
  prefix = "orders-${var.region}"
}

data "aws_caller_identity" "current" {}

resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "customer"
    type = "S"
  }
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "worker" {
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:*"
      Resource = "${aws_dynamodb_table.orders.arn}/*"
    }]
  })
}

resource "aws_lambda_function" "worker" {
  function_name = "${local.prefix}-worker"
  role          = aws_iam_role.worker.arn
  environment {
    variables = {
      TABLE  = aws_dynamodb_table.orders.name
      QUEUE  = module.queue["fast"].url
      SECRET = var.webhook_secret
    }
  }
}

resource "aws_lambda_permission" "bucket" {
  count         = 2
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "s3.amazonaws.com"
}

module "queue" {
  source   = "./queue"
  for_each = toset(["fast", "slow"])
  name     = each.key
  kms_key  = aws_kms_key.queue.arn
}

resource "aws_kms_key" "queue" {
  description = "queues"
}

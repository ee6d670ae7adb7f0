# terraform-aws-modules/iam/aws//modules/iam-role: one role.

variable "create" { default = true }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "path" { default = "/" }
variable "description" { default = null }
variable "max_session_duration" { default = null }
variable "permissions_boundary" { default = null }
variable "trust_policy_permissions" { default = {} }
variable "trust_policy_conditions" { default = [] }
variable "policies" { default = {} }
variable "enable_oidc" { default = false }
variable "enable_github_oidc" { default = false }
variable "github_provider" { default = "token.actions.githubusercontent.com" }
variable "oidc_provider_urls" { default = [] }
variable "oidc_account_id" { default = null }
variable "oidc_subjects" { default = [] }
variable "oidc_wildcard_subjects" { default = [] }
variable "oidc_audiences" { default = [] }
variable "create_inline_policy" { default = false }
variable "source_inline_policy_documents" { default = [] }
variable "override_inline_policy_documents" { default = [] }
variable "inline_policy_permissions" { default = {} }
variable "create_instance_profile" { default = false }
variable "tags" { default = {} }

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}

locals {
  account = coalesce(var.oidc_account_id, data.aws_caller_identity.here.account_id)
  providers = distinct([for u in concat(var.enable_github_oidc ? [var.github_provider] : [], var.oidc_provider_urls) : replace(u, "https://", "")])
  # A subject for GitHub is a repository, with or without the word in front.
  subjects = [for s in var.oidc_subjects : var.enable_github_oidc ? "repo:${trimprefix(s, "repo:")}" : s]
  wild     = [for s in var.oidc_wildcard_subjects : var.enable_github_oidc ? "repo:${trimprefix(s, "repo:")}" : s]
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.enable_oidc || var.enable_github_oidc ? local.providers : []
    content {
      actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${data.aws_partition.here.partition}:iam::${local.account}:oidc-provider/${statement.value}"]
      }
      dynamic "condition" {
        for_each = length(local.subjects) > 0 ? [true] : []
        content {
          test     = "StringEquals"
          variable = "${statement.value}:sub"
          values   = local.subjects
        }
      }
      dynamic "condition" {
        for_each = length(local.wild) > 0 ? [true] : []
        content {
          test     = "StringLike"
          variable = "${statement.value}:sub"
          values   = local.wild
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_audiences) > 0 || var.enable_github_oidc ? [true] : []
        content {
          test     = "StringEquals"
          variable = "${statement.value}:aud"
          values   = length(var.oidc_audiences) > 0 ? var.oidc_audiences : ["sts.amazonaws.com"]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = try(coalesce(var.trust_policy_permissions), {})
    content {
      sid     = try(statement.value.sid, null)
      effect  = try(statement.value.effect, null)
      actions = try(statement.value.actions, null)
      dynamic "principals" {
        for_each = try(coalesce(statement.value.principals), [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = concat(try(coalesce(statement.value.condition), []), var.trust_policy_conditions)
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix ? "${var.name}-" : null
  path                 = var.path
  description          = var.description
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.create ? var.policies : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "inline" {
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents
  dynamic "statement" {
    for_each = try(coalesce(var.inline_policy_permissions), {})
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(coalesce(statement.value.condition), [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  count  = var.create && var.create_inline_policy ? 1 : 0
  name   = var.name
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline.json
}

resource "aws_iam_instance_profile" "this" {
  count = var.create && var.create_instance_profile ? 1 : 0
  name  = var.name
  role  = aws_iam_role.this[0].name
}

output "arn" { value = try(aws_iam_role.this[0].arn, "") }
output "name" { value = try(aws_iam_role.this[0].name, "") }
output "unique_id" { value = try(aws_iam_role.this[0].unique_id, "") }
output "iam_role_arn" { value = try(aws_iam_role.this[0].arn, "") }
output "iam_role_name" { value = try(aws_iam_role.this[0].name, "") }
output "instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, "") }
output "instance_profile_name" { value = try(aws_iam_instance_profile.this[0].name, "") }

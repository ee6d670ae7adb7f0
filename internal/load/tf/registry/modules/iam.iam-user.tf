# terraform-aws-modules/iam/aws//modules/iam-user: one user with its keys.

variable "create" { default = true }
variable "create_user" { default = true }
variable "name" { default = "" }
variable "path" { default = "/" }
variable "permissions_boundary" { default = null }
variable "policies" { default = {} }
variable "policy_arns" { default = [] }
variable "create_access_key" { default = true }
variable "create_iam_access_key" { default = true }
variable "create_login_profile" { default = true }
variable "create_iam_user_login_profile" { default = true }
variable "password_length" { default = null }
variable "password_reset_required" { default = true }
variable "pgp_key" { default = null }
variable "force_destroy" { default = false }
variable "tags" { default = {} }

locals {
  on = var.create && var.create_user
}

resource "aws_iam_user" "this" {
  count                = local.on ? 1 : 0
  name                 = var.name
  path                 = var.path
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each   = local.on ? merge(var.policies, { for i, arn in var.policy_arns : i => arn }) : {}
  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

resource "aws_iam_access_key" "this" {
  count = local.on && var.create_access_key && var.create_iam_access_key ? 1 : 0
  user  = aws_iam_user.this[0].name
}

resource "aws_iam_user_login_profile" "this" {
  count                   = local.on && var.create_login_profile && var.create_iam_user_login_profile ? 1 : 0
  user                    = aws_iam_user.this[0].name
  password_reset_required = var.password_reset_required
}

output "arn" { value = try(aws_iam_user.this[0].arn, "") }
output "name" { value = try(aws_iam_user.this[0].name, "") }
output "iam_user_arn" { value = try(aws_iam_user.this[0].arn, "") }
output "iam_user_name" { value = try(aws_iam_user.this[0].name, "") }
output "access_key_id" { value = try(aws_iam_access_key.this[0].id, "") }
output "iam_access_key_id" { value = try(aws_iam_access_key.this[0].id, "") }

# terraform-aws-modules/s3-bucket/aws: a bucket and the settings around it.

variable "create_bucket" { default = true }
variable "bucket" { default = null }
variable "bucket_prefix" { default = null }
variable "acl" { default = null }
variable "grant" { default = [] }
variable "owner" { default = {} }
variable "force_destroy" { default = false }
variable "policy" { default = null }
variable "attach_policy" { default = false }
variable "attach_public_policy" { default = true }
variable "attach_elb_log_delivery_policy" { default = false }
variable "attach_lb_log_delivery_policy" { default = false }
variable "attach_access_log_delivery_policy" { default = false }
variable "attach_deny_insecure_transport_policy" { default = false }
variable "attach_require_latest_tls_policy" { default = false }
variable "attach_deny_incorrect_encryption_headers" { default = false }
variable "attach_deny_unencrypted_object_uploads" { default = false }
variable "block_public_acls" { default = true }
variable "block_public_policy" { default = true }
variable "ignore_public_acls" { default = true }
variable "restrict_public_buckets" { default = true }
variable "control_object_ownership" { default = false }
variable "object_ownership" { default = "BucketOwnerEnforced" }
variable "versioning" { default = {} }
variable "logging" { default = {} }
variable "server_side_encryption_configuration" { default = {} }
variable "website" { default = {} }
variable "cors_rule" { default = [] }
variable "lifecycle_rule" { default = [] }
variable "object_lock_enabled" { default = false }
variable "object_lock_configuration" { default = {} }
variable "acceleration_status" { default = null }
variable "request_payer" { default = null }
variable "expected_bucket_owner" { default = null }
variable "tags" { default = {} }

locals {
  attached = [
    for s in [
      { on = var.attach_deny_insecure_transport_policy, sid = "denyInsecureTransport", test = "Bool", key = "aws:SecureTransport", values = ["false"] },
      { on = var.attach_require_latest_tls_policy, sid = "denyOutdatedTLS", test = "NumericLessThan", key = "s3:TlsVersion", values = ["1.2"] },
    ] : s if s.on
  ]
}

resource "aws_s3_bucket" "this" {
  count               = var.create_bucket ? 1 : 0
  bucket              = var.bucket
  bucket_prefix       = var.bucket_prefix
  force_destroy       = var.force_destroy
  object_lock_enabled = var.object_lock_enabled
  tags                = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = var.create_bucket && var.attach_public_policy ? 1 : 0
  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = var.block_public_acls
  block_public_policy     = var.block_public_policy
  ignore_public_acls      = var.ignore_public_acls
  restrict_public_buckets = var.restrict_public_buckets
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = var.create_bucket && var.control_object_ownership ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  rule {
    object_ownership = var.object_ownership
  }
}

resource "aws_s3_bucket_acl" "this" {
  count  = var.create_bucket && (var.acl != null && var.acl != "null" || length(try(jsondecode(var.grant), var.grant)) > 0) ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  acl    = var.acl
  dynamic "access_control_policy" {
    for_each = length(try(jsondecode(var.grant), var.grant)) > 0 ? [true] : []
    content {
      dynamic "grant" {
        for_each = try(jsondecode(var.grant), var.grant)
        content {
          permission = grant.value.permission
          grantee {
            type = grant.value.type
            id   = try(grant.value.id, null)
            uri  = try(grant.value.uri, null)
          }
        }
      }
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  count                   = var.create_bucket ? 1 : 0
  source_policy_documents = var.attach_policy ? [var.policy] : []
  dynamic "statement" {
    for_each = local.attached
    content {
      sid       = statement.value.sid
      effect    = "Deny"
      actions   = ["s3:*"]
      resources = [aws_s3_bucket.this[0].arn, "${aws_s3_bucket.this[0].arn}/*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
      condition {
        test     = statement.value.test
        variable = statement.value.key
        values   = statement.value.values
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  count  = var.create_bucket && (var.attach_policy || length(local.attached) > 0) ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  policy = data.aws_iam_policy_document.bucket[0].json
}

resource "aws_s3_bucket_versioning" "this" {
  count  = var.create_bucket && length(keys(var.versioning)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  versioning_configuration {
    status     = try(tobool(var.versioning.enabled) ? "Enabled" : "Suspended", tobool(var.versioning.status) ? "Enabled" : "Suspended", var.versioning.status)
    mfa_delete = try(tobool(var.versioning.mfa_delete) ? "Enabled" : "Disabled", null)
  }
}

resource "aws_s3_bucket_logging" "this" {
  count         = var.create_bucket && length(keys(var.logging)) > 0 ? 1 : 0
  bucket        = aws_s3_bucket.this[0].id
  target_bucket = var.logging.target_bucket
  target_prefix = try(var.logging.target_prefix, "")
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = var.create_bucket && length(keys(var.server_side_encryption_configuration)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "rule" {
    for_each = flatten([var.server_side_encryption_configuration.rule])
    content {
      bucket_key_enabled = try(rule.value.bucket_key_enabled, null)
      apply_server_side_encryption_by_default {
        sse_algorithm     = try(rule.value.apply_server_side_encryption_by_default.sse_algorithm, "AES256")
        kms_master_key_id = try(rule.value.apply_server_side_encryption_by_default.kms_master_key_id, null)
      }
    }
  }
}

resource "aws_s3_bucket_website_configuration" "this" {
  count  = var.create_bucket && length(keys(var.website)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "index_document" {
    for_each = try([var.website.index_document], [])
    content {
      suffix = index_document.value
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count  = var.create_bucket && length(try(jsondecode(var.cors_rule), var.cors_rule)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "cors_rule" {
    for_each = try(jsondecode(var.cors_rule), var.cors_rule)
    content {
      allowed_methods = cors_rule.value.allowed_methods
      allowed_origins = cors_rule.value.allowed_origins
      allowed_headers = try(cors_rule.value.allowed_headers, null)
      expose_headers  = try(cors_rule.value.expose_headers, null)
      max_age_seconds = try(cors_rule.value.max_age_seconds, null)
    }
  }
}

output "s3_bucket_id" { value = try(aws_s3_bucket.this[0].id, "") }
output "s3_bucket_arn" { value = try(aws_s3_bucket.this[0].arn, "") }
output "s3_bucket_bucket_domain_name" { value = try(aws_s3_bucket.this[0].bucket_domain_name, "") }
output "s3_bucket_bucket_regional_domain_name" { value = try(aws_s3_bucket.this[0].bucket_regional_domain_name, "") }
output "s3_bucket_region" { value = try(aws_s3_bucket.this[0].region, "") }
output "s3_bucket_website_endpoint" { value = try(aws_s3_bucket_website_configuration.this[0].website_endpoint, "") }
output "s3_bucket_website_domain" { value = try(aws_s3_bucket_website_configuration.this[0].website_domain, "") }
output "this_s3_bucket_id" { value = try(aws_s3_bucket.this[0].id, "") }
output "this_s3_bucket_arn" { value = try(aws_s3_bucket.this[0].arn, "") }

# terraform-aws-modules/lambda/aws: a function with its role, log group,
# permissions, event sources and address, or a layer.

variable "create" { default = true }
variable "create_function" { default = true }
variable "create_layer" { default = false }
variable "create_role" { default = true }
variable "create_package" { default = true }
variable "create_lambda_function_url" { default = false }
variable "create_async_event_config" { default = false }
variable "create_current_version_allowed_triggers" { default = true }
variable "create_current_version_async_event_config" { default = true }
variable "create_unqualified_alias_allowed_triggers" { default = true }
variable "create_unqualified_alias_async_event_config" { default = true }
variable "create_unqualified_alias_lambda_function_url" { default = true }

variable "function_name" { default = "" }
variable "description" { default = "" }
variable "handler" { default = "" }
variable "runtime" { default = "" }
variable "package_type" { default = "Zip" }
variable "image_uri" { default = null }
variable "image_config_entry_point" { default = [] }
variable "image_config_command" { default = [] }
variable "image_config_working_directory" { default = null }
variable "architectures" { default = null }
variable "layers" { default = null }
variable "memory_size" { default = 128 }
variable "timeout" { default = 3 }
variable "ephemeral_storage_size" { default = 512 }
variable "publish" { default = false }
variable "snap_start" { default = false }
variable "reserved_concurrent_executions" { default = -1 }
variable "provisioned_concurrent_executions" { default = -1 }
variable "environment_variables" { default = {} }
variable "kms_key_arn" { default = null }
variable "code_signing_config_arn" { default = null }
variable "dead_letter_target_arn" { default = null }
variable "tracing_mode" { default = null }
variable "vpc_subnet_ids" { default = null }
variable "vpc_security_group_ids" { default = null }
variable "file_system_arn" { default = null }
variable "file_system_local_mount_path" { default = null }
variable "recursive_loop" { default = null }
variable "logging_log_format" { default = "Text" }
variable "logging_log_group" { default = null }
variable "logging_application_log_level" { default = null }
variable "logging_system_log_level" { default = null }
variable "tags" { default = {} }
variable "function_tags" { default = {} }
variable "region" { default = null }

variable "source_path" { default = null }
variable "local_existing_package" { default = null }
variable "s3_existing_package" { default = null }
variable "s3_bucket" { default = null }

variable "layer_name" { default = "" }
variable "compatible_runtimes" { default = [] }
variable "compatible_architectures" { default = null }
variable "license_info" { default = "" }

variable "lambda_role" { default = "" }
variable "lambda_at_edge" { default = false }
variable "role_name" { default = null }
variable "role_description" { default = null }
variable "role_path" { default = null }
variable "role_permissions_boundary" { default = null }
variable "role_maximum_session_duration" { default = 3600 }
variable "role_tags" { default = {} }
variable "trusted_entities" { default = [] }
variable "assume_role_policy_statements" { default = {} }
variable "policy_name" { default = null }
variable "attach_cloudwatch_logs_policy" { default = true }
variable "attach_create_log_group_permission" { default = true }
variable "attach_dead_letter_policy" { default = false }
variable "attach_network_policy" { default = false }
variable "attach_tracing_policy" { default = false }
variable "attach_async_event_policy" { default = false }
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

variable "authorization_type" { default = "NONE" }
variable "cors" { default = {} }
variable "invoke_mode" { default = null }
variable "allowed_triggers" { default = {} }
variable "event_source_mapping" { default = {} }
variable "maximum_event_age_in_seconds" { default = null }
variable "maximum_retry_attempts" { default = null }
variable "destination_on_failure" { default = null }
variable "destination_on_success" { default = null }

variable "use_existing_cloudwatch_log_group" { default = false }
variable "cloudwatch_logs_retention_in_days" { default = null }
variable "cloudwatch_logs_kms_key_id" { default = null }
variable "cloudwatch_logs_tags" { default = {} }

# How the package is built changes nothing of what is deployed.
variable "artifacts_dir" { default = null }
variable "build_in_docker" { default = false }
variable "docker_additional_options" { default = [] }
variable "docker_build_root" { default = "" }
variable "docker_entrypoint" { default = null }
variable "docker_file" { default = "" }
variable "docker_image" { default = "" }
variable "docker_pip_cache" { default = null }
variable "docker_with_ssh_agent" { default = false }
variable "hash_extra" { default = "" }
variable "ignore_source_code_hash" { default = false }
variable "include_default_tag" { default = true }
variable "layer_skip_destroy" { default = false }
variable "quiet_archive_local_exec" { default = true }
variable "recreate_missing_package" { default = true }
variable "role_force_detach_policies" { default = true }
variable "s3_acl" { default = null }
variable "s3_object_storage_class" { default = null }
variable "s3_prefix" { default = null }
variable "s3_server_side_encryption" { default = null }
variable "store_on_s3" { default = false }
variable "timeouts" { default = {} }
variable "trigger_on_package_timestamp" { default = true }

locals {
  is_function = var.create && var.create_function && !var.create_layer
  has_role    = local.is_function && var.create_role
  name        = coalesce(var.policy_name, var.role_name, var.function_name)
  package     = try(var.source_path[0].path, var.source_path[0], var.source_path.path, var.source_path, null)
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

data "archive_file" "package" {
  count       = local.package == null ? 0 : 1
  type        = "zip"
  source_dir  = local.package
  output_path = "package.zip"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = concat(["lambda.amazonaws.com"], var.lambda_at_edge ? ["edgelambda.amazonaws.com"] : [], [for e in var.trusted_entities : e if can(tostring(e))])
    }
    dynamic "principals" {
      for_each = [for e in var.trusted_entities : e if !can(tostring(e))]
      content {
        type        = principals.value.type
        identifiers = principals.value.identifiers
      }
    }
  }
  dynamic "statement" {
    for_each = var.assume_role_policy_statements
    content {
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
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

resource "aws_iam_role" "lambda" {
  count                = local.has_role ? 1 : 0
  name                 = coalesce(var.role_name, var.function_name)
  path                 = var.role_path
  description          = var.role_description
  permissions_boundary = var.role_permissions_boundary
  max_session_duration = var.role_maximum_session_duration
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = merge(var.tags, var.role_tags)
}

resource "aws_iam_role_policy" "logs" {
  count = local.has_role && var.attach_cloudwatch_logs_policy ? 1 : 0
  name  = "${local.name}-logs"
  role  = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = concat(["logs:CreateLogStream", "logs:PutLogEvents"], !var.use_existing_cloudwatch_log_group && var.attach_create_log_group_permission ? ["logs:CreateLogGroup"] : [])
      Resource = [
        "arn:${data.aws_partition.here.partition}:logs:${var.lambda_at_edge ? "*" : data.aws_region.here.name}:${data.aws_caller_identity.here.account_id}:log-group:/aws/lambda/${var.function_name}:*",
      ]
    }]
  })
}

resource "aws_iam_role_policy" "dead_letter" {
  count = local.has_role && var.attach_dead_letter_policy ? 1 : 0
  name  = "${local.name}-dl"
  role  = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sns:Publish", "sqs:SendMessage"], Resource = [var.dead_letter_target_arn] }]
  })
}

resource "aws_iam_role_policy" "async" {
  count = local.has_role && var.attach_async_event_policy ? 1 : 0
  name  = "${local.name}-async"
  role  = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sns:Publish", "sqs:SendMessage", "events:PutEvents", "lambda:InvokeFunction"]
      Resource = compact([var.destination_on_failure, var.destination_on_success])
    }]
  })
}

resource "aws_iam_role_policy_attachment" "vpc" {
  count      = local.has_role && var.attach_network_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  count      = local.has_role && var.attach_tracing_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role_policy" "json" {
  count  = local.has_role && var.attach_policy_json ? 1 : 0
  name   = local.name
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "jsons" {
  count  = local.has_role && var.attach_policy_jsons ? var.number_of_policy_jsons : 0
  name   = "${local.name}-${count.index}"
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_jsons[count.index]
}

resource "aws_iam_role_policy_attachment" "one" {
  count      = local.has_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "many" {
  count      = local.has_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.lambda[0].name
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
  name   = "${local.name}-inline"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.statements[0].json
}

resource "aws_cloudwatch_log_group" "lambda" {
  count             = local.is_function && !var.use_existing_cloudwatch_log_group ? 1 : 0
  name              = coalesce(var.logging_log_group, "/aws/lambda/${var.function_name}")
  retention_in_days = var.cloudwatch_logs_retention_in_days
  kms_key_id        = var.cloudwatch_logs_kms_key_id
  tags              = merge(var.tags, var.cloudwatch_logs_tags)
}

resource "aws_lambda_function" "this" {
  count                          = local.is_function ? 1 : 0
  function_name                  = var.function_name
  description                    = var.description
  role                           = var.create_role ? aws_iam_role.lambda[0].arn : var.lambda_role
  package_type                   = var.package_type
  handler                        = var.package_type == "Zip" ? var.handler : null
  runtime                        = var.package_type == "Zip" ? var.runtime : null
  image_uri                      = var.image_uri
  filename                       = try(coalesce(var.local_existing_package), data.archive_file.package[0].output_path, null)
  s3_bucket                      = try(var.s3_existing_package.bucket, null)
  s3_key                         = try(var.s3_existing_package.key, null)
  architectures                  = var.architectures
  layers                         = var.layers
  memory_size                    = var.memory_size
  timeout                        = var.lambda_at_edge ? min(var.timeout, 30) : var.timeout
  publish                        = var.publish
  reserved_concurrent_executions = var.reserved_concurrent_executions
  kms_key_arn                    = var.kms_key_arn
  code_signing_config_arn        = var.code_signing_config_arn
  tags                           = merge(var.tags, var.function_tags)

  dynamic "environment" {
    for_each = length(keys(var.environment_variables)) == 0 ? [] : [true]
    content {
      variables = var.environment_variables
    }
  }
  dynamic "dead_letter_config" {
    for_each = var.dead_letter_target_arn == null ? [] : [true]
    content {
      target_arn = var.dead_letter_target_arn
    }
  }
  dynamic "tracing_config" {
    for_each = var.tracing_mode == null ? [] : [true]
    content {
      mode = var.tracing_mode
    }
  }
  dynamic "vpc_config" {
    for_each = var.vpc_subnet_ids != null && var.vpc_security_group_ids != null ? [true] : []
    content {
      subnet_ids         = var.vpc_subnet_ids
      security_group_ids = var.vpc_security_group_ids
    }
  }
  dynamic "file_system_config" {
    for_each = var.file_system_arn != null && var.file_system_local_mount_path != null ? [true] : []
    content {
      arn              = var.file_system_arn
      local_mount_path = var.file_system_local_mount_path
    }
  }
  dynamic "snap_start" {
    for_each = var.snap_start ? [true] : []
    content {
      apply_on = "PublishedVersions"
    }
  }
}

resource "aws_lambda_layer_version" "this" {
  count                    = var.create && var.create_layer ? 1 : 0
  layer_name               = var.layer_name
  description              = var.description
  compatible_runtimes      = var.compatible_runtimes
  compatible_architectures = var.compatible_architectures
  license_info             = var.license_info
  filename                 = try(coalesce(var.local_existing_package), data.archive_file.package[0].output_path, null)
}

resource "aws_lambda_function_recursion_config" "this" {
  count          = local.is_function && var.recursive_loop == "Allow" ? 1 : 0
  function_name  = aws_lambda_function.this[0].function_name
  recursive_loop = var.recursive_loop
}

resource "aws_lambda_provisioned_concurrency_config" "this" {
  count                             = local.is_function && var.provisioned_concurrent_executions > -1 ? 1 : 0
  function_name                     = aws_lambda_function.this[0].function_name
  qualifier                         = aws_lambda_function.this[0].version
  provisioned_concurrent_executions = var.provisioned_concurrent_executions
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count                        = local.is_function && var.create_async_event_config ? 1 : 0
  function_name                = aws_lambda_function.this[0].function_name
  maximum_event_age_in_seconds = var.maximum_event_age_in_seconds
  maximum_retry_attempts       = var.maximum_retry_attempts
  dynamic "destination_config" {
    for_each = var.destination_on_failure != null || var.destination_on_success != null ? [true] : []
    content {
      dynamic "on_failure" {
        for_each = var.destination_on_failure == null ? [] : [true]
        content {
          destination = var.destination_on_failure
        }
      }
      dynamic "on_success" {
        for_each = var.destination_on_success == null ? [] : [true]
        content {
          destination = var.destination_on_success
        }
      }
    }
  }
}

resource "aws_lambda_permission" "triggers" {
  for_each               = local.is_function ? var.allowed_triggers : {}
  function_name          = aws_lambda_function.this[0].function_name
  action                 = try(each.value.action, "lambda:InvokeFunction")
  principal              = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id       = try(each.value.principal_org_id, null)
  source_arn             = try(each.value.source_arn, null)
  source_account         = try(each.value.source_account, null)
  event_source_token     = try(each.value.event_source_token, null)
  function_url_auth_type = try(each.value.function_url_auth_type, null)
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each                       = local.is_function ? var.event_source_mapping : {}
  function_name                  = aws_lambda_function.this[0].arn
  event_source_arn               = try(each.value.event_source_arn, null)
  enabled                        = try(each.value.enabled, null)
  batch_size                     = try(each.value.batch_size, null)
  starting_position              = try(each.value.starting_position, null)
  topics                         = try(each.value.topics, null)
  queues                         = try(each.value.queues, null)
  function_response_types        = try(each.value.function_response_types, null)
  maximum_retry_attempts         = try(each.value.maximum_retry_attempts, null)
  bisect_batch_on_function_error = try(each.value.bisect_batch_on_function_error, null)
  dynamic "destination_config" {
    for_each = try(each.value.destination_arn_on_failure, null) == null ? [] : [each.value.destination_arn_on_failure]
    content {
      on_failure {
        destination_arn = destination_config.value
      }
    }
  }
}

resource "aws_lambda_function_url" "this" {
  count              = local.is_function && var.create_lambda_function_url ? 1 : 0
  function_name      = aws_lambda_function.this[0].function_name
  authorization_type = var.authorization_type
  invoke_mode        = var.invoke_mode
  dynamic "cors" {
    for_each = length(keys(var.cors)) == 0 ? [] : [var.cors]
    content {
      allow_credentials = try(cors.value.allow_credentials, null)
      allow_headers     = try(cors.value.allow_headers, null)
      allow_methods     = try(cors.value.allow_methods, null)
      allow_origins     = try(cors.value.allow_origins, null)
      expose_headers    = try(cors.value.expose_headers, null)
      max_age           = try(cors.value.max_age, null)
    }
  }
}

output "lambda_function_arn" { value = try(aws_lambda_function.this[0].arn, "") }
output "lambda_function_arn_static" {
  # Made of the name, so that what the function depends on may refer to it.
  value = local.is_function ? "arn:${data.aws_partition.here.partition}:lambda:${data.aws_region.here.name}:${data.aws_caller_identity.here.account_id}:function:${var.function_name}" : ""
}
output "lambda_function_invoke_arn" { value = try(aws_lambda_function.this[0].invoke_arn, "") }
output "lambda_function_name" { value = try(aws_lambda_function.this[0].function_name, "") }
output "lambda_function_qualified_arn" { value = try(aws_lambda_function.this[0].qualified_arn, "") }
output "lambda_function_qualified_invoke_arn" { value = try(aws_lambda_function.this[0].qualified_invoke_arn, "") }
output "lambda_function_version" { value = try(aws_lambda_function.this[0].version, "") }
output "lambda_function_kms_key_arn" { value = var.kms_key_arn }
output "lambda_function_source_code_hash" { value = try(aws_lambda_function.this[0].source_code_hash, "") }
output "lambda_function_url" { value = try(aws_lambda_function_url.this[0].function_url, "") }
output "lambda_function_url_id" { value = try(aws_lambda_function_url.this[0].url_id, "") }
output "lambda_layer_arn" { value = try(aws_lambda_layer_version.this[0].arn, "") }
output "lambda_layer_layer_arn" { value = try(aws_lambda_layer_version.this[0].layer_arn, "") }
output "lambda_layer_version" { value = try(aws_lambda_layer_version.this[0].version, "") }
output "lambda_event_source_mapping_uuid" { value = { for k, v in aws_lambda_event_source_mapping.this : k => v.uuid } }
output "lambda_role_arn" { value = try(aws_iam_role.lambda[0].arn, "") }
output "lambda_role_name" { value = try(aws_iam_role.lambda[0].name, "") }
output "lambda_role_unique_id" { value = try(aws_iam_role.lambda[0].unique_id, "") }
output "lambda_cloudwatch_log_group_arn" { value = try(aws_cloudwatch_log_group.lambda[0].arn, "") }
output "lambda_cloudwatch_log_group_name" { value = try(aws_cloudwatch_log_group.lambda[0].name, "") }
output "local_filename" { value = try(data.archive_file.package[0].output_path, "") }

# Names of the first major version.
output "this_lambda_function_arn" { value = try(aws_lambda_function.this[0].arn, "") }
output "this_lambda_function_invoke_arn" { value = try(aws_lambda_function.this[0].invoke_arn, "") }
output "this_lambda_function_name" { value = try(aws_lambda_function.this[0].function_name, "") }
output "this_lambda_layer_arn" { value = try(aws_lambda_layer_version.this[0].arn, "") }

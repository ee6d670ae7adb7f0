package aws_test

import (
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

func TestFunction(t *testing.T) {
	a := model(t, `
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "orders" }
  }
}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "build/code.zip"
}
data "archive_file" "inline" {
  type        = "zip"
  output_path = "build/inline.zip"
  source {
    filename = "index.js"
    content  = "exports.handler = () => 1"
  }
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_lambda_function" "f" {
  function_name                  = "f"
  role                           = aws_iam_role.r.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  filename                       = data.archive_file.code.output_path
  source_code_hash               = data.archive_file.code.output_base64sha256
  kms_key_arn                    = ""
  reserved_concurrent_executions = -1
  environment {
    variables = { TABLE = "orders" }
  }
  dead_letter_config {
    target_arn = "arn:aws:sqs:eu-west-1:123456789012:dead"
  }
  vpc_config {
    subnet_ids         = []
    security_group_ids = []
  }
  tracing_config {
    mode = "Active"
  }
  lifecycle {
    prevent_destroy = true
  }
}
resource "aws_lambda_function" "g" {
  function_name                  = "g"
  role                           = aws_iam_role.r.arn
  filename                       = "./build/inline.zip"
  reserved_concurrent_executions = 5
}
resource "aws_lambda_function" "image" {
  function_name = "image"
  role          = aws_iam_role.r.arn
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = aws_lambda_function.f.version
}
resource "aws_lambda_provisioned_concurrency_config" "p" {
  function_name                     = aws_lambda_alias.live.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = 2
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "s3.amazonaws.com"
}
resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.g.function_name
  authorization_type = "NONE"
}
resource "aws_lambda_event_source_mapping" "m" {
  function_name    = aws_lambda_function.g.arn
  event_source_arn = "arn:aws:sqs:eu-west-1:123456789012:in"
  filter_criteria {
    filter {
      pattern = "{}"
    }
  }
}
resource "aws_lambda_function_event_invoke_config" "i" {
  function_name = aws_lambda_function.f.function_name
  destination_config {
    on_failure {
      destination = aws_lambda_function.g.arn
    }
  }
}
resource "aws_lambda_runtime_management_config" "r" {
  function_name     = aws_lambda_function.f.function_name
  update_runtime_on = "Manual"
}
resource "aws_lambda_layer_version" "l" {
  layer_name = "shared"
  filename   = "layer.zip"
}
resource "aws_lambda_layer_version_permission" "l" {
  layer_name     = aws_lambda_layer_version.l.layer_name
  version_number = aws_lambda_layer_version.l.version
  statement_id   = "all"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}
`)
	f := app.AsFunction(get(t, a, "aws_lambda_function.f"))
	if role, sure := a.RoleOf(f); role.Resource == nil || sure != value.Yes {
		t.Error("no role")
	}
	is(t, f.Code(), "./src")
	if path, ok := f.Source(); !ok || path != "src" {
		t.Errorf("the code lies in %q", path)
	}
	is(t, f.DeadLetter(), "arn:aws:sqs:eu-west-1:123456789012:dead")
	is(t, f.Tracing(), "Active")
	is(t, f.RuntimeUpdate(), "Manual")
	is(t, f.DeletionPolicy, "Retain")
	is(t, f.Get("Tags").Items()[0].Get("Value"), "orders")
	line(t, f.Get("Environment", "Variables", "TABLE"), 35)
	for name, v := range map[string]*value.Value{"key": f.EnvKey(), "VPC": f.VPC(), "concurrency": f.ReservedConcurrency()} {
		if v.Exists() != value.No {
			t.Errorf("%s: %s", name, v.Str())
		}
	}
	if arn := f.ARN().String(); arn != "arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:f" {
		t.Error(arn)
	}
	if len(f.Aliases()) != 1 || len(f.Permissions()) != 1 || len(f.InvokeConfigs()) != 1 {
		t.Errorf("%d aliases, %d permissions, %d settings", len(f.Aliases()), len(f.Permissions()), len(f.InvokeConfigs()))
	}
	if targets := f.Permissions()[0].Functions(); len(targets) != 1 || targets[0].Alias == nil || targets[0].Qualifier.String() != "live" {
		t.Errorf("%v", targets)
	}
	is(t, f.Aliases()[0].Get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"), "2")

	g := app.AsFunction(get(t, a, "aws_lambda_function.g"))
	is(t, g.Code().Get("ZipFile"), "exports.handler = () => 1")
	is(t, g.ReservedConcurrency(), "5")
	if len(g.URLs()) != 1 || len(g.EventSources()) != 1 || len(g.Permissions()) != 1 {
		t.Errorf("%d URLs, %d mappings, %d permissions", len(g.URLs()), len(g.EventSources()), len(g.Permissions()))
	}
	is(t, g.Permissions()[0].Principal(), "*")
	kinds := map[app.EntryKind]bool{}
	for _, e := range a.Entries(g) {
		kinds[e.Kind] = true
	}
	if !kinds[app.EntryURL] || !kinds[app.EntryDestination] {
		t.Error(kinds)
	}
	is(t, app.AsFunction(get(t, a, "aws_lambda_function.image")).PackageType(), "Image")
	if p := app.AsLayer(get(t, a, "aws_lambda_layer_version.l")).Policies(); len(p) != 1 {
		t.Errorf("%d policies on the layer", len(p))
	}
}

// Code that is uploaded first keeps the bucket and tells the local path.
func TestUploadedCode(t *testing.T) {
	a, _ := mapped(t, `
data "archive_file" "code" {
  type        = "zip"
  source_file = "src/index.js"
  output_path = "${path.module}/code.zip"
}
resource "aws_s3_object" "code" {
  bucket = "artifacts"
  key    = "f.zip"
  source = data.archive_file.code.output_path
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
}
`)
	f := app.AsFunction(get(t, a, "aws_lambda_function.f"))
	is(t, f.Code().Get("S3Bucket"), "artifacts")
	if path, ok := f.Source(); !ok || path != "src/index.js" {
		t.Errorf("the code lies in %q", path)
	}
}

// An optional block stays one of which it is not known whether it is there.
func TestMaybeBlock(t *testing.T) {
	a := model(t, `
variable "subnets" {
  type = list(string)
}
variable "vpc" {
  type = bool
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  dynamic "vpc_config" {
    for_each = var.vpc ? [1] : []
    content {
      subnet_ids         = var.subnets
      security_group_ids = ["sg-1"]
    }
  }
  dynamic "dead_letter_config" {
    for_each = var.subnets
    content {
      target_arn = dead_letter_config.value
    }
  }
}
`)
	f := app.AsFunction(get(t, a, "aws_lambda_function.f"))
	if v := f.VPC(); v.Exists() != value.Unknown {
		t.Errorf("the VPC exists: %s", v.Exists())
	}
	if v := f.DeadLetter(); v.Exists() != value.Unknown {
		t.Errorf("the dead letter queue exists: %s", v.Exists())
	}
}

// What no row reads stays, and is said once.
func TestUnread(t *testing.T) {
	a, problems := mapped(t, `
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  flux          = "on"
  vpc_config {
    flow = 1
  }
}
resource "aws_lambda_function" "g" {
  function_name = "g"
  role          = "arn:aws:iam::123456789012:role/r"
  flux          = "off"
}
resource "aws_quantum_thing" "a" {
  size = 1
}
resource "aws_quantum_thing" "b" {
  size = 2
}
resource "google_storage_bucket" "b" {
  name = "b"
}
resource "random_id" "id" {
  byte_length = 4
  prefix      = "app-"
}
resource "null_resource" "n" {}
resource "aws_iam_role" "r" {
  name               = random_id.id.hex
  assume_role_policy = "{}"
}
`)
	var got []string
	for _, p := range problems {
		got = append(got, p.Message)
	}
	want := []string{
		"aws_lambda_function: the arguments flux and vpc_config.flow are not read",
		"aws_quantum_thing: 2 resources are kept under Terraform's name; no rule knows it",
		"resources of the provider google are not read; remit knows aws",
	}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	is(t, get(t, a, "aws_lambda_function.f").Get("flux"), "on")
	is(t, get(t, a, "aws_quantum_thing.b").Get("size"), "2")
	if name := get(t, a, "aws_iam_role.r").Name; name.HasPrefix("app-") != value.Yes {
		t.Error(name)
	}
	if n := len(a.Resources()); n != 5 {
		t.Errorf("%d resources", n)
	}
}

package aws_test

import (
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// What data sources return is known as far as the sources tell it.
func TestData(t *testing.T) {
	a, _ := mapped(t, `
provider "aws" {
  region = "eu-west-1"
}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "p" {}
data "aws_iam_role" "other" {
  name = "other"
}
data "aws_iam_policy" "admin" {
  arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
data "aws_iam_policy" "own" {
  name        = "own"
  path_prefix = "/x/"
}
data "aws_lambda_function" "f" {
  function_name = "f"
}
data "aws_elb_service_account" "elb" {}
data "aws_arn" "a" {
  arn = "arn:aws:sqs:eu-west-1:123456789012:orders"
}
data "aws_service_principal" "s" {
  service_name = "sns"
}
data "aws_secretsmanager_secret_version" "v" {
  secret_id = "s"
}
data "external" "e" {
  program = ["./run.sh"]
}
data "aws_availability_zones" "all" {}
data "template_file" "t" {
  template = "arn:aws:s3:::$${name}"
  vars = {
    name = "logs"
  }
}
data "aws_apigatewayv2_api" "api" {
  api_id = "a1b2c3"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = data.aws_iam_role.other.arn
  environment {
    variables = {
      ACCOUNT   = data.aws_caller_identity.me.account_id
      REGION    = data.aws_region.here.name
      PARTITION = data.aws_partition.p.partition
      ADMIN     = data.aws_iam_policy.admin.arn
      OWN       = data.aws_iam_policy.own.arn
      FUNCTION  = data.aws_lambda_function.f.arn
      ELB       = data.aws_elb_service_account.elb.arn
      PART      = data.aws_arn.a.resource
      PRINCIPAL = data.aws_service_principal.s.name
      SECRET    = data.aws_secretsmanager_secret_version.v.secret_string
      EXTERNAL  = data.external.e.result.x
      ZONE      = data.aws_availability_zones.all.names[0]
      TEMPLATE  = data.template_file.t.rendered
      API       = data.aws_apigatewayv2_api.api.execution_arn
    }
  }
}
`)
	f := app.AsFunction(get(t, a, "aws_lambda_function.f"))
	env := f.Get("Environment", "Variables")
	for key, want := range map[string]string{
		"ACCOUNT":   "${AWS::AccountId}",
		"REGION":    "eu-west-1",
		"PARTITION": "aws",
		"ADMIN":     "arn:aws:iam::aws:policy/AdministratorAccess",
		"OWN":       "arn:aws:iam::${AWS::AccountId}:policy/x/own",
		"FUNCTION":  "arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:f",
		"ELB":       "arn:aws:iam::156460612806:root",
		"PART":      "orders",
		"PRINCIPAL": "sns.amazonaws.com",
		"TEMPLATE":  "arn:aws:s3:::logs",
		"API":       "arn:aws:execute-api:eu-west-1:${AWS::AccountId}:a1b2c3",
	} {
		if got := env.Get(key).Str(); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for _, key := range []string{"SECRET", "EXTERNAL", "ZONE"} {
		if v := env.Get(key); v.IsResolved() {
			t.Errorf("%s is resolved: %q", key, v.Str())
		}
	}
	is(t, f.RoleValue(), "arn:aws:iam::${AWS::AccountId}:role/other")
	if _, sure := a.RoleOf(f); sure != value.No {
		t.Errorf("a role of elsewhere is found: %s", sure)
	}
}

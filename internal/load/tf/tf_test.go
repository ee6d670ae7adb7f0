package tf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// open writes the files of an archive and loads every stack among them; files
// called plan.json are plans.
func open(t *testing.T, archive string) (*app.Project, []*Stack) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	files, problems := root.Files()
	var plans []string
	for _, f := range files {
		if strings.HasSuffix(f.Path, "plan.json") {
			plans = append(plans, f.Path)
		}
	}
	b := app.NewBuilder()
	stacks, more := Stacks(root, files, plans, Options{})
	b.Problems(append(problems, more...))
	for _, s := range stacks {
		s.Load().AddTo(b)
	}
	return b.Freeze(), stacks
}

func describe(p *app.Project) string {
	var out []string
	for _, a := range p.Apps {
		line := a.ID + "=" + a.Name + "(" + a.Root + "):"
		for _, r := range a.Resources() {
			line += " " + r.LogicalID
		}
		out = append(out, line)
	}
	for _, x := range p.Problems {
		out = append(out, x.String())
	}
	return strings.Join(out, "\n")
}

const queue = "resource \"aws_sqs_queue\" \"q\" { name = \"q\" }\n"

func TestStacks(t *testing.T) {
	plan := `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [{"address": "aws_sqs_queue.planned",
 "mode": "managed", "type": "aws_sqs_queue", "name": "planned", "schema_version": 0, "values": {"name": "p"}}]}}, "configuration": {"root_module": {}}}` + "\n"
	for _, c := range []struct{ name, files, want string }{
		{"a module is no application", "-- shop/terraform/main.tf --\nmodule \"m\" { source = \"../modules/m\" }\n-- shop/modules/m/q.tf --\n" + queue,
			"shop/terraform=shop(shop/terraform/main.tf): module.m.aws_sqs_queue.q"},
		{"a module that nobody calls is one", "-- a/a.tf --\n" + queue + "-- b/b.tf --\n" + queue,
			"a=a(a/a.tf): aws_sqs_queue.q\nb=b(b/b.tf): aws_sqs_queue.q"},
		{"the scanned folder itself", "-- main.tf --\n" + queue, ".=terraform(main.tf): aws_sqs_queue.q"},
		{"nothing is deployed", "-- main.tf --\noutput \"o\" { value = 1 }\n", ""},
		{"a plan stands for its folder", "-- x/main.tf --\n" + queue + "-- x/plan.json --\n" + plan, "x=x(x/main.tf): aws_sqs_queue.planned"},
		{"a plan without configuration", "-- x/plan.json --\n" + plan, "x=x(x/plan.json): aws_sqs_queue.planned"},
		{"a plan of a module", "-- main.tf --\nmodule \"m\" { source = \"./m\" }\n-- m/q.tf --\n" + queue + "-- m/plan.json --\n" + plan,
			".=terraform(main.tf): module.m.aws_sqs_queue.q\nm=m(m/q.tf): aws_sqs_queue.planned"},
		{"two plans", "-- x/a.plan.json --\n" + plan + "-- x/b.plan.json --\n" + plan,
			"x=x(x/a.plan.json): aws_sqs_queue.planned\nx/b.plan.json:1:1: the plan is not read: x/a.plan.json is of the same folder; scan one of them, or keep them in folders of their own"},
	} {
		p, _ := open(t, c.files)
		if got := describe(p); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// Modules that call each other are reported, and the first is an application.
func TestCircle(t *testing.T) {
	p, stacks := open(t, "-- a/a.tf --\nmodule \"b\" { source = \"../b\" }\n"+queue+"-- b/b.tf --\nmodule \"a\" { source = \"../a\" }\n")
	if len(stacks) != 1 || stacks[0].File() != "a/a.tf" || len(p.Problems) == 0 || len(p.Apps) != 1 {
		t.Errorf("%d stacks, %s", len(stacks), describe(p))
	}
}

// TestRegistry evaluates the sketch of every module that is known: what it
// creates, and no problem.
func TestRegistry(t *testing.T) {
	p, _ := open(t, `
-- main.tf --
module "function" {
  source                             = "terraform-aws-modules/lambda/aws"
  version                            = "~> 8.0"
  function_name                      = "orders"
  handler                            = "index.handler"
  runtime                            = "nodejs22.x"
  source_path                        = "./src"
  environment_variables              = { TABLE = module.table.dynamodb_table_id }
  dead_letter_target_arn             = module.queue.dead_letter_queue_arn
  attach_dead_letter_policy          = true
  attach_policy_statements           = true
  policy_statements                  = { table = { effect = "Allow", actions = ["dynamodb:PutItem"], resources = [module.table.dynamodb_table_arn] } }
  attach_policy_json                 = true
  policy_json                        = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  attach_policies                    = true
  number_of_policies                 = 1
  policies                           = [module.policy.arn]
  create_lambda_function_url         = true
  cors                               = { allow_origins = ["*"] }
  allowed_triggers                   = { api = { service = "apigateway", source_arn = "${module.api.api_execution_arn}/*/*" } }
  event_source_mapping               = { jobs = { event_source_arn = module.queue.queue_arn } }
}
module "alias" {
  source        = "terraform-aws-modules/lambda/aws//modules/alias"
  name          = "live"
  function_name = module.function.lambda_function_name
}
module "table" {
  source           = "terraform-aws-modules/dynamodb-table/aws"
  name             = "orders"
  hash_key         = "id"
  attributes       = [{ name = "id", type = "S" }]
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}
module "queue" {
  source              = "terraform-aws-modules/sqs/aws"
  name                = "jobs"
  create_dlq          = true
  create_queue_policy = true
  queue_policy_statements = {
    open = { actions = ["sqs:SendMessage"], principals = [{ type = "AWS", identifiers = ["*"] }] }
  }
}
module "topic" {
  source        = "terraform-aws-modules/sns/aws"
  name          = "done"
  subscriptions = { jobs = { protocol = "sqs", endpoint = module.queue.queue_arn } }
}
module "bucket" {
  source                                = "terraform-aws-modules/s3-bucket/aws"
  bucket                                = "uploads"
  attach_deny_insecure_transport_policy = true
  versioning                            = { enabled = true }
}
module "notification" {
  source = "terraform-aws-modules/s3-bucket/aws//modules/notification"
  bucket = module.bucket.s3_bucket_id
  lambda_notifications = {
    function = { function_arn = module.function.lambda_function_arn, function_name = module.function.lambda_function_name, events = ["s3:ObjectCreated:*"] }
  }
}
module "api" {
  source       = "terraform-aws-modules/apigateway-v2/aws"
  name         = "orders"
  create_domain_name = false
  authorizers  = { users = { authorizer_type = "JWT", jwt_configuration = { issuer = "https://issuer.example", audience = ["a"] } } }
  routes = {
    "POST /orders" = { integration = { uri = module.function.lambda_function_arn } }
    "GET /orders"  = { authorizer_key = "users", authorization_type = "JWT", integration = { uri = module.function.lambda_function_arn } }
  }
}
module "bus" {
  source  = "terraform-aws-modules/eventbridge/aws"
  bus_name = "orders"
  rules   = { placed = { event_pattern = jsonencode({ source = ["orders"] }) } }
  targets = { placed = [{ name = "function", arn = module.function.lambda_function_arn }] }
  attach_lambda_policy = true
  lambda_target_arns   = [module.function.lambda_function_arn]
  schedules = { nightly = { schedule_expression = "rate(1 day)", arn = module.function.lambda_function_arn } }
}
module "machine" {
  source               = "terraform-aws-modules/step-functions/aws"
  name                 = "fulfil"
  definition           = jsonencode({ StartAt = "A", States = { A = { Type = "Pass", End = true } } })
  service_integrations = { lambda = { lambda = [module.function.lambda_function_arn] }, xray = { xray = true } }
}
module "policy" {
  source = "terraform-aws-modules/iam/aws//modules/iam-policy"
  name   = "extra"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
}
module "user" {
  source   = "terraform-aws-modules/iam/aws//modules/iam-user"
  name     = "ada"
  policies = { extra = module.policy.arn }
}
module "deploy" {
  source             = "terraform-aws-modules/iam/aws//modules/iam-role"
  name               = "deploy"
  enable_github_oidc = true
  oidc_subjects      = ["shop/orders:ref:refs/heads/main"]
  policies           = { extra = module.policy.arn }
}
module "admin" {
  source              = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  create_role         = true
  role_name           = "admin"
  trusted_role_arns   = ["arn:aws:iam::111122223333:root"]
  attach_admin_policy = true
}
-- src/index.js --
exports.handler = async () => {}
`)
	for _, x := range p.Problems {
		t.Errorf("problem: %s", x)
	}
	if len(p.Apps) != 1 {
		t.Fatalf("%d applications", len(p.Apps))
	}
	a := p.Apps[0]
	got := map[string]int{}
	for _, r := range a.Resources() {
		got[r.Type]++
	}
	for typ, n := range map[string]int{
		"AWS::Lambda::Function": 1, "AWS::Lambda::Alias": 1, "AWS::Lambda::EventSourceMapping": 1, "AWS::Lambda::Permission": 3, "AWS::DynamoDB::Table": 1,
		"AWS::SQS::Queue": 2, "AWS::SQS::QueuePolicy": 1, "AWS::SNS::Topic": 1, "AWS::SNS::TopicPolicy": 1, "AWS::SNS::Subscription": 1, "AWS::S3::Bucket": 1,
		"AWS::S3::BucketPolicy": 1, "AWS::ApiGatewayV2::Api": 1, "AWS::ApiGatewayV2::Route": 2, "AWS::ApiGatewayV2::Authorizer": 1, "AWS::Events::EventBus": 1,
		"AWS::Events::Rule": 1, "AWS::Scheduler::Schedule": 1, "AWS::StepFunctions::StateMachine": 1, "AWS::IAM::ManagedPolicy": 1, "AWS::IAM::User": 1,
		"AWS::IAM::AccessKey": 1, "AWS::IAM::Role": 5,
	} {
		if got[typ] != n {
			t.Errorf("%d of %s, want %d", got[typ], typ, n)
		}
	}
	f := app.AsFunction(p.Resource("./module.function.aws_lambda_function.this[0]"))
	if path, ok := f.Source(); !ok || path != "src" {
		t.Errorf("the function's code is %q, %t", path, ok)
	}
	entries := map[app.EntryKind]int{}
	for _, e := range a.Entries(f) {
		entries[e.Kind]++
	}
	for _, kind := range []app.EntryKind{app.EntryRoute, app.EntryQueue, app.EntryBucket, app.EntryRule, app.EntrySchedule, app.EntryURL} {
		if entries[kind] == 0 {
			t.Errorf("no entry of kind %s in %v", kind, entries)
		}
	}
}

package lang_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// find returns the instance with an address.
func find(t *testing.T, r *lang.Result, address string) *lang.Instance {
	t.Helper()
	i := slices.IndexFunc(r.Instances, func(in *lang.Instance) bool { return in.Address == address })
	if i < 0 {
		t.Fatalf("there is no %s:\n%s\n%s", address, dump(r), problems(r))
	}
	return r.Instances[i]
}

// place shows a span with its end.
func place(s source.Span) string {
	return fmt.Sprintf("%s:%d:%d-%d:%d", s.File, s.Line, s.Column, s.EndLine, s.EndColumn)
}

func TestSpans(t *testing.T) {
	r := evaluate(t, `
-- main.tf --
variable "name" {
  default = "from-default"
}
locals {
  ä = { key = "in-local" }
}
resource "a_b" "x" {
  name   = var.name
  local  = local.ä.key
  other  = a_b.y.id
  quoted = "{\"k\": \"v\"}"
  policy = <<-EOT
    {
      "Statement": [
        {
          "Effect": "Allow",
          "Resource": ["${a_b.y.arn}", "x-${var.name}"]
        }
      ]
    }
  EOT
  file   = templatefile("${path.module}/p.json", { n = var.name })
  rule {
    n = "ö" == "ö"
  }
}
resource "a_b" "y" {}
-- p.json --
{
  "name": "${n}",
  "more": "text"
}
`)
	if got := problems(r); got != "" {
		t.Errorf("problems:\n%s", got)
	}
	x := find(t, r, "a_b.x")
	doc := x.Attrs.Get("policy").Document()
	statement := doc.Get("Statement").Items()[0]
	file := x.Attrs.Get("file").Document()
	for _, c := range []struct {
		name string
		v    *value.Value
		want string
	}{
		{"the block", x.Attrs, "main.tf:7:1-26:2"},
		{"a default", x.Attrs.Get("name"), "main.tf:2:13-2:27"},
		{"a local", x.Attrs.Get("local"), "main.tf:5:16-5:26"},
		{"an attribute of an instance", x.Attrs.Get("other"), "main.tf:10:12-10:20"},
		{"JSON in quotation marks", x.Attrs.Get("quoted").Document().Get("k"), "main.tf:11:21-11:26"},
		{"a document", doc, "main.tf:13:5-20:6"},
		{"a statement", statement, "main.tf:15:9-18:10"},
		{"an effect", statement.Get("Effect"), "main.tf:16:21-16:28"},
		{"a reference in a document", statement.Get("Resource").Items()[0], "main.tf:17:24-17:38"},
		{"a text in a document", statement.Get("Resource").Items()[1], "main.tf:17:40-17:55"},
		{"text of a template file", file.Get("more"), "p.json:3:11-3:17"},
		{"a value in a template file", file.Get("name"), "p.json:2:11-2:17"},
		{"a nested block", x.Attrs.Get("rule").Items()[0], "main.tf:23:3-25:4"},
		{"columns count bytes", x.Attrs.Get("rule").Items()[0].Get("n"), "main.tf:24:9-24:21"},
	} {
		if got := place(c.v.Span()); got != c.want {
			t.Errorf("%s stands at %s, want %s (%s)", c.name, got, c.want, show(c.v))
		}
	}
	if ref, ok := statement.Get("Resource").Items()[0].Ref(); !ok || ref != (value.Ref{Resource: "app/a_b.y", Attr: "arn"}) {
		t.Errorf("the reference in the document is %v", ref)
	}
	if got := place(x.Span); got != "main.tf:7:1-7:19" {
		t.Errorf("the header stands at %s", got)
	}
	if at := statement.Fields()[0].KeySpan; place(at) != "main.tf:16:11-16:19" {
		t.Errorf("the key stands at %s", place(at))
	}
}

func TestKnownModule(t *testing.T) {
	const text = `
variable "name" { type = string }
variable "size" { default = 5 }
resource "a_b" "in" {
	name = var.name
	size = var.size
	fixed = "f"
	doc = "{\"k\": \"v\"}"
}
output "id" { value = a_b.in.id }
`
	r := evaluate(t, `
-- main.tf --
module "m" {
  for_each = toset(["p", "q"])
  source   = "org/known/aws//modules/sub"
  name     = "given"
}
output "o" {
  value = module.m["p"].id
}
`, func(o *lang.Options) {
		o.Module = func(source, sub string) ([]byte, bool) {
			return []byte(text), source == "org/known/aws" && sub == "modules/sub"
		}
	})
	if got := problems(r); got != "" {
		t.Errorf("problems:\n%s", got)
	}
	in := find(t, r, `module.m["q"].a_b.in`)
	for name, want := range map[string]string{"name": "main.tf:4:14-4:21", "size": "main.tf:1:1-1:11", "fixed": "main.tf:1:1-1:11", "doc": "main.tf:1:1-1:11"} {
		if got := place(in.Attrs.Get(name).Span()); got != want {
			t.Errorf("%s stands at %s, want %s", name, got, want)
		}
	}
	if got := place(in.Attrs.Get("doc").Document().Get("k").Span()); got != "main.tf:1:1-1:11" {
		t.Errorf("the document stands at %s", got)
	}
	if got := show(r.Outputs[0].Value); got != `"${module.m[\"p\"].a_b.in.id}"&app/module.m["p"].a_b.in.id` {
		t.Errorf("the output is %s", got)
	}
	if got := strings.Join(r.Files, " "); got != "main.tf" {
		t.Errorf("files: %s", got)
	}
}

func TestPlaces(t *testing.T) {
	r := evaluate(t, `
-- main.tf --
variable "region" {}
provider "aws" {
	region = "eu-west-1"
	allowed_account_ids = ["111111111111"]
	default_tags {
		tags = { team = "t", env = "e" }
	}
}
provider "aws" {
	alias = "other"
	region = "us-gov-east-1"
	assume_role { role_arn = "arn:aws-us-gov:iam::222222222222:role/r" }
}
provider "aws" {
	alias = "open"
	region = var.region
}
resource "aws_x" "main" {
	tags = { env = "own" }
}
resource "aws_x" "other" { provider = aws.other }
resource "aws_x" "open" { provider = aws.open }
resource "aws_x" "moved" { region = "eu-north-1" }
module "m" {
	source = "./m"
	providers = { aws = aws.other, aws.second = aws }
}
-- m/main.tf --
terraform {
	required_providers {
		aws = {
			source = "hashicorp/aws"
			configuration_aliases = [aws.second]
		}
	}
}
resource "aws_x" "first" {}
resource "aws_x" "second" { provider = aws.second }
`)
	if got := problems(r); got != "" {
		t.Errorf("problems:\n%s", got)
	}
	for address, want := range map[string]string{
		"aws_x.main":            "eu-west-1 111111111111 aws",
		"aws_x.other":           "us-gov-east-1 222222222222 aws-us-gov",
		"aws_x.open":            "${var.region}  ",
		"aws_x.moved":           "eu-north-1 111111111111 aws",
		"module.m.aws_x.first":  "us-gov-east-1 222222222222 aws-us-gov",
		"module.m.aws_x.second": "eu-west-1 111111111111 aws",
	} {
		p := find(t, r, address).Place
		if got := p.Region.String() + " " + p.Account.String() + " " + p.Partition.String(); got != want {
			t.Errorf("%s is at %q, want %q", address, got, want)
		}
	}
	main := find(t, r, "aws_x.main")
	if got := show(main.Attrs); got != `{tags:{env:"own" team:"t"}}` {
		t.Errorf("tags: %s", got)
	}
	if got := show(find(t, r, "aws_x.moved").DefaultTags); got != `{team:"t" env:"e"}` {
		t.Errorf("default tags: %s", got)
	}
	if r.Place.Region.String() != "eu-west-1" {
		t.Errorf("the place is %v", r.Place)
	}
}

func TestDependencies(t *testing.T) {
	r := evaluate(t, `
-- main.tf --
resource "a_b" "x" {
	depends_on = [a_b.y, data.a_b.d, module.m, a_b.y[0]]
	lifecycle { prevent_destroy = true }
}
resource "a_b" "y" { count = 2 }
data "a_b" "d" {}
module "m" { source = "./m" }
-- m/main.tf --
resource "a_b" "in" {}
`)
	x := find(t, r, "a_b.x")
	if got := strings.Join(x.DependsOn, " "); got != "app/a_b.y[0] app/a_b.y[1] app/data.a_b.d app/module.m.a_b.in" {
		t.Errorf("depends on %s", got)
	}
	if x.Protected != value.Yes {
		t.Errorf("protected: %s", x.Protected)
	}
}

func TestFolders(t *testing.T) {
	root := open(t, `
-- app/main.tf --
provider "aws" {}
module "a" { source = "../modules/a" }
module "r" { source = "org/name/aws" }
-- app/more.tofu --
module "b" { source = "./b" }
-- app/b/main.tf.json --
{"module": {"a": {"source": "../../modules/a"}}}
-- modules/a/main.tf --
resource "a_b" "x" {}
-- docs/readme.md --
module
`)
	files, _ := root.Files()
	var got []string
	for _, f := range lang.Folders(root, files) {
		got = append(got, fmt.Sprint(f.Path, f.Files, f.Calls))
	}
	want := []string{"app[app/main.tf app/more.tofu] [app/b modules/a]", "app/b[app/b/main.tf.json] [modules/a]", "modules/a[modules/a/main.tf] []"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

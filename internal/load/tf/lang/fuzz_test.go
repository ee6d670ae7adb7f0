package lang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
)

// FuzzEvaluate evaluates whatever a file may hold: nothing may panic or run
// away, and the same text gives the same result.
func FuzzEvaluate(f *testing.F) {
	for _, part := range strings.Split(surroundings, "\n-- ") {
		if _, text, ok := strings.Cut(part, " --\n"); ok {
			f.Add(text, false)
		}
	}
	f.Add("output \"o\" {\n value = [for k, v in {a = 1}: \"${k}%{if v > 1}x%{endif}\"...]\n}", false)
	f.Add("locals {\n a = <<-E\n   {\"a\": \"${local.a}\"}\n  E\n}\noutput \"o\" { value = local.a }", false)
	f.Add("resource \"a\" \"b\" {\n for_each = toset([\"x\"])\n dynamic \"d\" {\n for_each = each.value\n content { x = d.key }\n}\n}", false)
	f.Add(`{"resource": {"a_b": {"x": {"count": "${2}", "v": "${a_b.x[0].id}"}}}, "output": {"o": {"value": "${1 + 1}"}}}`, true)
	f.Fuzz(func(t *testing.T, text string, json bool) {
		dir := t.TempDir()
		name := "main.tf"
		if json {
			name += ".json"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		root, err := source.Open(dir, source.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		once := func() string {
			r := lang.Evaluate(lang.Options{Root: root, Provider: fake{}, App: "app", Dir: "."})
			out := dump(r) + problems(r)
			for _, o := range r.Outputs {
				out += show(o.Value)
			}
			return out
		}
		first := once()
		if len(text) < 4096 && first != once() {
			t.Error("two evaluations differ")
		}
	})
}

// sized is a configuration of n functions with roles, policies and modules.
func sized(n int) string {
	var b strings.Builder
	b.WriteString("-- main.tf --\nlocals {\n tags = { a = 1, b = 2 }\n}\n")
	for i := range n {
		fmt.Fprintf(&b, `
resource "aws_lambda_function" "f%[1]d" {
  function_name = "f-%[1]d-${local.tags.a}"
  role          = aws_iam_role.r%[1]d.arn
  environment {
    variables = { for k, v in local.tags : upper(k) => "${v}-%[1]d" }
  }
}
resource "aws_iam_role" "r%[1]d" {
  name               = "r-%[1]d"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "p%[1]d" {
  role   = aws_iam_role.r%[1]d.id
  policy = <<-EOT
    {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "${module.m%[1]d.arn}/*"}]}
  EOT
}
module "m%[1]d" {
  source = "./bucket"
  name   = "b-%[1]d"
}
`, i)
	}
	b.WriteString("-- bucket/main.tf --\nvariable \"name\" {}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.name\n}\noutput \"arn\" { value = aws_s3_bucket.b.arn }\n")
	return b.String()
}

func BenchmarkEvaluate(b *testing.B) {
	for _, times := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("x%d", times), func(b *testing.B) {
			root := open(b, sized(25*times))
			b.ReportAllocs()
			for b.Loop() {
				r := lang.Evaluate(lang.Options{Root: root, Provider: fake{}, App: "app", Dir: "."})
				if len(r.Instances) != 100*times || len(r.Problems) > 0 {
					b.Fatalf("%d instances, %s", len(r.Instances), problems(r))
				}
			}
		})
	}
}

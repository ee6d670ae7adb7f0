package lang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// open writes the files of an archive to a folder and opens it.
func open(t testing.TB, archive string) *source.Root {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// evaluate evaluates the module in the top folder of an archive.
func evaluate(t testing.TB, archive string, change ...func(*lang.Options)) *lang.Result {
	t.Helper()
	o := lang.Options{Root: open(t, archive), Provider: fake{}, App: "app", Dir: "."}
	for _, c := range change {
		c(&o)
	}
	return lang.Evaluate(o)
}

// show writes a value so that tests can compare it.
func show(v *value.Value) string {
	switch v.Kind() {
	case value.String:
		s := fmt.Sprintf("%q", v.Str())
		if ref, ok := v.Ref(); ok {
			s += "&" + ref.Resource + "." + ref.Attr
		} else {
			for _, r := range v.Refs() {
				s += "+" + r.Resource + "." + r.Attr
			}
		}
		if v.Document() != nil {
			s = "json " + show(v.Document())
		}
		return s
	case value.Number, value.Bool:
		return v.Str()
	case value.List:
		var parts []string
		for _, i := range v.Items() {
			parts = append(parts, show(i))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case value.Map:
		var parts []string
		for _, f := range v.Fields() {
			parts = append(parts, f.Key+":"+show(f.Value))
		}
		if v.Why() != "" {
			parts = append(parts, "…")
		}
		return "{" + strings.Join(parts, " ") + "}"
	case value.Unresolved:
		var parts []string
		for _, c := range v.Choices() {
			parts = append(parts, show(c))
		}
		if len(parts) == 0 {
			return "?(" + v.Why() + ")"
		}
		return "?<" + strings.Join(parts, " | ") + ">"
	}
	return v.Kind().String()
}

func problems(r *lang.Result) string {
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// surroundings are what the expressions of the table refer to.
const surroundings = `
-- main.tf --
variable "name" {}
variable "flag" { type = bool }
variable "ids" { type = list(string) }
variable "object" {
	type = object({ a = string, b = optional(number, 3), c = optional(string) })
	default = { a = "x" }
}
variable "nothing" { default = null }
locals {
	list = ["a", "b", "c"]
	map = { x = 1, y = { z = "deep" } }
	each = { for k in local.list : k => upper(k) }
	chosen = var.flag ? ["on"] : []
}
resource "aws_s3_bucket" "one" { bucket = "fixed" }
resource "aws_s3_bucket" "counted" {
	count = 2
	bucket = "n-${count.index}"
}
resource "aws_s3_bucket" "keyed" {
	for_each = toset(["k", "l"])
	bucket = each.key
}
resource "aws_s3_bucket" "maybe" {
	count = var.flag ? 1 : 0
	bucket = "m"
}
resource "aws_s3_bucket" "many" {
	for_each = toset(var.ids)
	bucket = "b-${each.key}"
}
resource "aws_s3_bucket" "some" {
	count = length(var.ids)
	bucket = "s-${count.index}"
}
data "aws_caller_identity" "me" {}
module "child" {
	source = "./child"
	name = "in"
	bucket = aws_s3_bucket.one
}
module "children" {
	for_each = { p = "1", q = "2" }
	source = "./child"
	name = each.value
	bucket = aws_s3_bucket.keyed["k"]
}
-- child/main.tf --
variable "name" { type = string }
variable "bucket" { type = object({ arn = string }) }
resource "aws_sqs_queue" "q" { name = var.name }
output "name" { value = "<${var.name}>" }
output "queue" { value = aws_sqs_queue.q.arn }
output "bucket" { value = var.bucket.arn }
output "dir" { value = path.module }
`

func TestExpressions(t *testing.T) {
	arn := func(id string) string { return `"arn:aws:aws_s3_bucket:::${` + id + `.id}"&app/` + id + ".arn" }
	for _, c := range []struct{ expr, want string }{
		{`1 + 2 * 3`, `7`},
		{`7 / 2`, `3.5`},
		{`-7 % 3`, `-1`},
		{`1e3`, `1000`},
		{`"a${1 + 1}b"`, `"a2b"`},
		{`"$${x} %%{y}"`, `"${x} %{y}"`},
		{`"tab\tquote\""`, `"tab\tquote\""`},
		{`1 == "1"`, `false`},
		{`"a" == "a" && !(1 > 2)`, `true`},
		{`[1, 2] == [1, 2]`, `true`},
		{`{ a = 1 } != { a = 2 }`, `true`},
		{`null == null`, `true`},
		{`var.nothing == null`, `true`},
		{`var.name`, `"${var.name}"`},
		{`"x-${var.name}"`, `"x-${var.name}"`},
		{`"x-${var.name}" == "y-${var.name}"`, `false`},
		{`var.name == var.name`, `true`},
		{`var.name == "prod" ? 1 : 2`, `?<1 | 2>`},
		{`var.name == "prod" ? "same" : "same"`, `"same"`},
		{`var.flag ? "a" : null`, `?<"a" | null>`},
		{`"p-${var.flag ? "a" : "b"}"`, `"p-${var.flag ? \"a\" : \"b\"}"`},
		{`var.flag && false`, `false`},
		{`true || var.flag`, `true`},
		{`!var.flag`, `?(the variable flag has no default; pass --param flag=… or --var-file)`},
		{`var.ids`, `?(the variable ids has no default; pass --param ids=… or --var-file)`},
		{`var.object`, `{a:"x" b:3 c:null}`},
		{`var.object.b + 1`, `4`},
		{`local.list[1]`, `"b"`},
		{`local.list.1`, `"b"`},
		{`local.map.y["z"]`, `"deep"`},
		{`local.each`, `{a:"A" b:"B" c:"C"}`},
		{`local.map[var.name]`, `?<1 | {z:"deep"}>`},
		{`local.list[*]`, `["a" "b" "c"]`},
		{`[for i, v in local.list : "${i}${v}" if v != "b"]`, `["0a" "2c"]`},
		{`[for k, v in { z = 1, a = 2 } : k]`, `["a" "z"]`},
		{`{ for v in ["a", "ab", "b"] : substr(v, 0, 1) => v... }`, `{a:["a" "ab"] b:["b"]}`},
		{`[for v in local.list : v if v != var.name]`, `[?<"a" | absent> ?<"b" | absent> ?<"c" | absent>]`},
		{`[for v in var.ids : v]`, `?(the variable ids has no default; pass --param ids=… or --var-file)`},
		{`concat(local.chosen, ["x"])`, `?<["on" "x"] | ["x"]>`},
		{`[for v in local.chosen : upper(v)]`, `?<["ON"] | []>`},
		{`aws_s3_bucket.one.arn`, arn("aws_s3_bucket.one")},
		{`aws_s3_bucket.one.bucket`, `"fixed"&app/aws_s3_bucket.one.bucket`},
		{`"${aws_s3_bucket.one.arn}/*"`, `"arn:aws:aws_s3_bucket:::${aws_s3_bucket.one.id}/*"+app/aws_s3_bucket.one.arn`},
		{`"${aws_s3_bucket.one.arn}"`, arn("aws_s3_bucket.one")},
		{`aws_s3_bucket.counted[1].arn`, arn("aws_s3_bucket.counted[1]")},
		{`aws_s3_bucket.counted[*].bucket`, `["n-0"&app/aws_s3_bucket.counted[0].bucket "n-1"&app/aws_s3_bucket.counted[1].bucket]`},
		{`aws_s3_bucket.counted.0.arn`, arn("aws_s3_bucket.counted[0]")},
		{`aws_s3_bucket.keyed["l"].bucket`, `"l"&app/aws_s3_bucket.keyed["l"].bucket`},
		{`values(aws_s3_bucket.keyed)[*].bucket`, `["k"&app/aws_s3_bucket.keyed["k"].bucket "l"&app/aws_s3_bucket.keyed["l"].bucket]`},
		{`[for k, b in aws_s3_bucket.keyed : "${k}=${b.bucket}"]`, `["k=k"+app/aws_s3_bucket.keyed["k"].bucket "l=l"+app/aws_s3_bucket.keyed["l"].bucket]`},
		{`aws_s3_bucket.maybe[0].arn`, arn("aws_s3_bucket.maybe[0]")},
		{`one(aws_s3_bucket.maybe[*].bucket)`, `?<"m"&app/aws_s3_bucket.maybe[0].bucket | null>`},
		{`try(aws_s3_bucket.maybe[0].bucket, "none")`, `?<"m"&app/aws_s3_bucket.maybe[0].bucket | "none">`},
		{`aws_s3_bucket.many["q"].arn`, arn("aws_s3_bucket.many[each.key]")},
		{`values(aws_s3_bucket.many)[0].arn`, arn("aws_s3_bucket.many[each.key]")},
		{`{ for k, b in aws_s3_bucket.many : "x" => b.arn }`, `{x:` + arn("aws_s3_bucket.many[each.key]") + ` …}`},
		{`aws_s3_bucket.some[3].arn`, arn("aws_s3_bucket.some[count.index]")},
		{`aws_s3_bucket.some[*].arn`, `[?<` + arn("aws_s3_bucket.some[count.index]") + `>]`},
		{`[for b in aws_s3_bucket.some : b.arn]`, `[?<` + arn("aws_s3_bucket.some[count.index]") + ` | absent> ?(elements of length(${the variable ids has no default; pass --param ids=… or --var-file}))]`},
		{`data.aws_caller_identity.me.account_id`, `"${data.aws_caller_identity.me.account_id}"&app/data.aws_caller_identity.me.account_id`},
		{`module.child.name`, `"<in>"`},
		{`module.child.bucket`, arn("aws_s3_bucket.one")},
		{`module.child.queue`, `"arn:aws:aws_sqs_queue:::${module.child.aws_sqs_queue.q.id}"&app/module.child.aws_sqs_queue.q.arn`},
		{`module.child.dir`, `"child"`},
		{`module.children["q"].name`, `"<2>"`},
		{`{ for k, m in module.children : k => m.name }`, `{p:"<1>" q:"<2>"}`},
		{`[for m in values(module.children) : m.bucket]`, `["arn:aws:aws_s3_bucket:::${aws_s3_bucket.keyed[\"k\"].id}"&app/aws_s3_bucket.keyed["k"].arn ` +
			`"arn:aws:aws_s3_bucket:::${aws_s3_bucket.keyed[\"k\"].id}"&app/aws_s3_bucket.keyed["k"].arn]`},
		{`replace(jsonencode({ a = "x-_NAME_", b = aws_s3_bucket.one.arn }), "_NAME_", var.name)`, `json {a:"x-${var.name}" b:` + arn("aws_s3_bucket.one") + `}`},
		{`provider::aws::arn_build("aws", "s3", "", "", "x-${var.name}")`, `"arn:aws:s3:::x-${var.name}"`},
		{`provider::aws::trim_iam_role_path("arn:aws:iam::1:role/a/b/c")`, `"arn:aws:iam::1:role/c"`},
		{`path.module`, `"."`},
		{`terraform.workspace`, `"${terraform.workspace}"`},
		{`try(local.map.nope, local.list[9], "fallback")`, `"fallback"`},
		{`try(local.map.x, 2)`, `1`},
		{`can(local.map.nope)`, `false`},
		{`can(local.map.x)`, `true`},
		{`coalesce("", null, "c")`, `"c"`},
		{`lookup(local.map, "nope", "d")`, `"d"`},
		{`merge({ a = 1 }, { b = 2 })`, `{a:1 b:2}`},
		{`max([3, 9, 2]...)`, `9`},
		{`jsonencode({ a = [1, "${aws_s3_bucket.one.arn}"] })`, `json {a:[1 ` + arn("aws_s3_bucket.one") + `]}`},
		{"<<-EOT\n\t  two\n\t    ${1}\n\tEOT\n", `"two\n  1\n"`},
		{"<<EOT\n%{ for v in local.list ~}\n${v};\n%{ endfor ~}\n%{ if var.object.b > 2 }big%{ else }small%{ endif }\nEOT\n", `"a;\nb;\nc;\nbig\n"`},
		{"<<EOT\n{\"a\": \"${aws_s3_bucket.one.arn}\", \"b\": [\"x-${var.name}\", ${1 + 1}, true, null]}\nEOT\n", `json {a:` + arn("aws_s3_bucket.one") + ` b:["x-${var.name}" 2 true null]}`},
		{`"{\"a\":\"\\u0041\\n\"}"`, `json {a:"A\n"}`},
		{"<<EOT\n{\"a\": [1%{ if var.flag }, 2%{ endif }]%{ if var.object.b > 2 }, \"b\": 3%{ endif }}\nEOT\n", `?<json {a:[1 2] b:3} | json {a:[1] b:3}>`},
		{"<<EOT\n{\"a\": \"${var.flag ? \"x\" : \"y\"}\"}\nEOT\n", `json {a:?<"x" | "y">}`},
		{`"{proxy+}"`, `"{proxy+}"`},
		{"<<EOT\n{\"s\": [${join(\",\", [for v in local.list : jsonencode({ v = v })])}]}\nEOT\n", `json {s:[{v:"a"} {v:"b"} {v:"c"}]}`},
		{`templatestring("{\"n\": \"$${n}\"}", { n = var.name })`, `json {n:"${var.name}"}`},
		{`provider::aws::arn_parse("arn:aws:iam::123456789012:role/r").account_id`, `"123456789012"`},
	} {
		t.Run(c.expr, func(t *testing.T) {
			r := evaluate(t, surroundings+"-- out.tf --\noutput \"it\" {\n value = "+c.expr+"\n}\n")
			for _, p := range r.Problems {
				if !strings.Contains(p.Message, "for_each of aws_s3_bucket.many") && !strings.Contains(p.Message, "count of aws_s3_bucket.some") {
					t.Errorf("problem: %s", p)
				}
			}
			if got := show(r.Outputs[0].Value); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWrongExpressions(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{`local.nope`, "out.tf:2:10: there is no local.nope"},
		{`var.nope`, "there is no variable nope"},
		{`aws_s3_bucket.nope.arn`, "there is no aws_s3_bucket.nope in this module"},
		{`data.aws_region.nope.name`, "there is no data.aws_region.nope"},
		{`module.nope.x`, "there is no module nope"},
		{`module.child.nope`, "the module child has no output nope"},
		{`local.map.nope`, `the map has no "nope"`},
		{`local.list[7]`, "the list has 3 elements, none with the index 7"},
		{`local.list["x"]`, "an index of a list must be a whole number"},
		{`"a".b`, "a string has no b"},
		{`"x${local.list}"`, "a list cannot be part of a string"},
		{`"a" + 1`, "a number is wanted, not a string"},
		{`1 / 0`, "divided by zero"},
		{`"x" ? 1 : 2`, "a condition must be true or false"},
		{`[for v in 3 : v]`, "a loop goes over a list or a map, not a number"},
		{`{ for v in ["a", "a"] : v => v }`, `two elements have the key "a"`},
		{`nosuch(1)`, "there is no such function"},
		{`try(local.map.nope)`, "every argument of try fails"},
		{`each.key`, "each has no value here"},
		{`count.index`, "count has no value here"},
		{`1e99999999`, "larger or smaller than remit evaluates"},
		{`file("/etc/passwd")`, "file"},
		{`file("../../../../etc/passwd")`, "file"},
		{`templatefile("/etc/passwd", {})`, "templatefile"},
		{`templatestring("$${nope}", {})`, `the template has no variable "nope"`},
		{`path.nope`, "path has no attribute nope"},
		{`max(3...)`, "... stands behind a list, not a number"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			r := evaluate(t, surroundings+"-- out.tf --\noutput \"it\" {\n value = "+c.expr+"\n}\n")
			if got := problems(r); !strings.Contains(got, c.want) {
				t.Errorf("problems:\n%s\nwant %s", got, c.want)
			}
			if v := r.Outputs[0].Value; v == nil || v.IsResolved() && v.Kind() != value.Map {
				t.Errorf("the value is %s and must not be resolved", show(v))
			}
		})
	}
}

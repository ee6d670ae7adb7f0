package lang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/value"
)

// dump writes the instances of a result, one a line.
func dump(r *lang.Result) string {
	var lines []string
	for _, in := range r.Instances {
		line := in.Address
		if in.Exists != value.Yes {
			line += " (" + in.Exists.String() + ")"
		}
		lines = append(lines, line+" "+show(in.Attrs))
	}
	return strings.Join(lines, "\n")
}

func TestModules(t *testing.T) {
	for _, c := range []struct {
		name, files, want, problems string
		change                      func(*lang.Options)
	}{
		{name: "count and for_each", files: `
-- main.tf --
variable "on" { type = bool }
variable "n" { type = number }
resource "a_b" "none" { count = 0 }
resource "a_b" "two" {
	count = 2
	i = count.index
}
resource "a_b" "maybe" { count = var.on ? 1 : 0 }
resource "a_b" "some" {
	count = var.n
	name = "x-${count.index}"
}
resource "a_b" "map" {
	for_each = { q = { v = 1 }, p = { v = 2 } }
	v = each.value.v
	k = each.key
}
resource "a_b" "either" {
	for_each = var.on ? { a = 1, b = 2 } : { b = 3 }
	v = each.value
}
`, want: `a_b.either["a"] (unknown) {v:1}
a_b.either["b"] {v:?<2 | 3>}
a_b.map["p"] {v:2 k:"p"}
a_b.map["q"] {v:1 k:"q"}
a_b.maybe[0] (unknown) {}
a_b.some[count.index] (unknown) {name:"x-${count.index of a_b.some}"}
a_b.two[0] {i:0}
a_b.two[1] {i:1}`},
		{name: "nested blocks", files: `
-- main.tf --
variable "extra" { type = list(string) }
variable "on" { type = bool }
resource "a_b" "x" {
	plain = null
	rule {
		n = 1
		inner { m = "i" }
	}
	dynamic "rule" {
		for_each = [2, 3]
		content { n = rule.value }
	}
	dynamic "other" {
		for_each = { k = "v" }
		iterator = it
		content {
			n = "${it.key}=${it.value}"
			dynamic "deep" {
				for_each = [it.value]
				content { d = "${deep.value}-${it.key}" }
			}
		}
	}
	dynamic "maybe" {
		for_each = var.on ? [1] : []
		content { m = maybe.value }
	}
	dynamic "open" {
		for_each = var.extra
		content { o = 1 }
	}
	lifecycle {
		ignore_changes = [plain, tags["x"]]
		prevent_destroy = true
		precondition {
			condition = self.x
			error_message = "no"
		}
	}
	provisioner "local-exec" {
		when = destroy
		command = "echo ${self.id}"
	}
	connection { host = self.ip }
	depends_on = [a_b.y]
}
resource "a_b" "y" {}
`, want: `a_b.x {rule:[{n:1 inner:[{m:"i"}]} {n:2} {n:3}] other:[{n:"k=v" deep:[{d:"v-k"}]}] maybe:[?<{m:1} | absent>] open:[?<{o:1} | absent>]}
a_b.y {}`},
		{name: "provisioners are said once", files: `
-- main.tf --
module "m" {
	source = "./m"
	count = 2
}
resource "a_b" "x" {
	count = 3
	provisioner "remote-exec" { inline = ["true"] }
	provisioner "local-exec" { command = "true" }
}
-- m/main.tf --
resource "a_b" "y" {
	provisioner "local-exec" { command = "true" }
}
`, want: `a_b.x[0] {}
a_b.x[1] {}
a_b.x[2] {}
module.m[0].a_b.y {}
module.m[1].a_b.y {}`, problems: `main.tf:7:2: local-exec and remote-exec in a_b.x and 2 more: remit runs no provisioner, so what it changes in the deployment is not analysed`},
		{name: "modules", files: `
-- main.tf --
module "one" {
	source = "./m"
	name = "n"
}
module "each" {
	source = "./m"
	for_each = toset(["a", "b"])
	name = each.key
}
module "gone" {
	source = "./m"
	count = 0
	name = "x"
}
resource "a_b" "r" {
	one = module.one.id
	all = [for m in module.each : m.label]
	none = module.gone[*].label
}
-- m/main.tf --
variable "name" { type = string }
variable "size" { default = 5 }
module "deep" {
	source = "../deep"
	name = "${var.name}-deep"
}
resource "a_b" "in" {
	name = var.name
	size = var.size
	deep = module.deep.name
}
output "id" { value = a_b.in.id }
output "label" { value = "L-${var.name}" }
-- deep/main.tf --
variable "name" {}
output "name" { value = upper(var.name) }
`, want: `a_b.r {one:"${module.one.a_b.in.id}"&app/module.one.a_b.in.id all:["L-a" "L-b"] none:[]}
module.each["a"].a_b.in {name:"a" size:5 deep:"A-DEEP"}
module.each["b"].a_b.in {name:"b" size:5 deep:"B-DEEP"}
module.one.a_b.in {name:"n" size:5 deep:"N-DEEP"}`},
		{name: "overrides and OpenTofu", files: `
-- main.tf --
locals { l = "base" }
variable "v" { default = "base" }
resource "a_b" "x" {
	name = "base"
	keep = local.l
	v = var.v
	block { n = 1 }
	other { n = 2 }
}
-- over_override.tf --
locals { l = "over" }
variable "v" { default = "over" }
resource "a_b" "x" {
	name = "over"
	block { n = 9 }
}
-- both.tf --
resource "a_b" "tf" {}
-- both.tofu --
resource "a_b" "tofu" {}
`, want: `a_b.tofu {}
a_b.x {name:"over" keep:"over" v:"over" other:[{n:2}] block:[{n:9}]}`},
		{name: "JSON", files: `
-- main.tf.json --
{"//": "comment", "variable": {"v": {"type": "string", "default": "d"}}, "locals": {"l": [1, "${var.v}"]},
 "resource": {"a_b": {"x": {"name": "n-${var.v}", "list": "${local.l}", "for_each": {"k": "w"}, "each": "${each.value}",
  "dynamic": {"rule": {"for_each": [1, 2], "content": {"n": "${rule.value}"}}}, "lifecycle": {"prevent_destroy": true}, "nested": {"deep": ["${var.v}", true, null]}}}},
 "output": {"o": {"value": "${a_b.x[\"k\"].id}"}}}
`, want: `a_b.x["k"] {name:"n-d" list:[1 "d"] each:"w" nested:{deep:["d" true null]} rule:[{n:1} {n:2}]}`},
		{name: "variables", files: `
-- main.tf --
variable "a" {}
variable "b" {}
variable "c" {}
variable "d" { type = list(number) }
variable "e" {}
variable "f" {
	nullable = false
	default = "kept"
}
variable "g" { type = map(object({ n = optional(number, 7), s = optional(list(string), ["z"]) })) }
resource "a_b" "x" {
	a = var.a
	b = var.b
	c = var.c
	d = var.d
	e = var.e
	f = var.f
	g = var.g
}
-- terraform.tfvars --
a = "tfvars"
b = "tfvars"
c = "tfvars"
f = null
g = { k = { n = "1" }, l = { s = [1] } }
-- x.auto.tfvars.json --
{"b": "auto", "c": "auto"}
-- extra/more.txt --
`, change: func(o *lang.Options) {
			o.VarFiles = []lang.VarFile{{Name: "given.tfvars", Data: []byte("c = \"file\"\n")}}
			o.Variables = map[string]string{"d": "[1, \"2\"]", "unknown": "x"}
		}, want: `a_b.x {a:"tfvars" b:"auto" c:"file" d:[1 2] e:"${var.e}" f:"kept" g:{k:{n:1 s:["z"]} l:{s:["1"] n:7}}}`},
		{name: "read past", files: `
-- main.tf --
terraform {
	required_version = ">= 1.0"
	backend "s3" { bucket = "b" }
}
moved {
	from = a_b.x
	to = a_b.y
}
import {
	to = a_b.y
	id = "i"
}
removed { from = a_b.z }
check "c" {
	assert {
		condition = true
		error_message = "m"
	}
}
ephemeral "a_b" "secret" { n = 1 }
resource "a_b" "y" { v = ephemeral.a_b.secret.n }
`, want: `a_b.y {v:1}
ephemeral.a_b.secret {n:1}`},
		{name: "a registry module that is at hand", files: `
-- main.tf --
module "v" {
	source = "org/name/aws"
	name = "n"
}
resource "a_b" "x" { v = module.v.out }
-- .terraform/modules/modules.json --
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"v","Source":"registry.terraform.io/org/name/aws","Dir":".terraform/modules/v"}]}
-- .terraform/modules/v/main.tf --
variable "name" {}
output "out" { value = "at hand ${var.name}" }
`, want: `a_b.x {v:"at hand n"}`},
		{name: "a registry module that is not", files: `
-- main.tf --
module "v" { source = "org/name/aws" }
resource "a_b" "x" {
	v = module.v.out
	w = "w-${module.v.out}"
	n = "w-${module.v.list[0]}"
}
`, want: `a_b.x {v:?(module v is not at hand) w:"w-${module.v.out}" n:"w-${module.v.list[0]}"}`,
			problems: "main.tf:1:23: module v (org/name/aws) is not at hand; run terraform init"},
		{name: "a syntax error", files: `
-- bad.tf --
resource "a_b" "before" { n = 1 }
resource "a_b" "broken" {
	n = = 2
}
-- good.tf --
resource "a_b" "good" { n = 3 }
`, want: `a_b.before {n:1}
a_b.broken {n:?(the expression cannot be read)}
a_b.good {n:3}`, problems: "bad.tf:3:6: not valid Terraform: invalid expression"},
		{name: "cycles", files: `
-- main.tf --
locals {
	a = local.b
	b = [local.a]
}
resource "a_b" "x" { v = a_b.y.id }
resource "a_b" "y" { v = a_b.x.id }
resource "a_b" "z" { count = length(a_b.z) }
output "o" { value = local.a }
`, want: `a_b.x {v:"${a_b.y.id}"&app/a_b.y.id}
a_b.y {v:"${a_b.x.id}"&app/a_b.x.id}`, problems: `main.tf:3:7: local.a depends on itself
main.tf:6:26: a_b.x depends on itself
main.tf:7:37: how many instances a_b.z has depends on itself`},
		{name: "a module that includes itself", files: `
-- main.tf --
module "m" { source = "./m" }
-- m/main.tf --
resource "a_b" "x" {}
module "n" { source = "../n" }
-- n/main.tf --
module "m" { source = "../m" }
`, want: `module.m.a_b.x {}`, problems: "n/main.tf:1:23: module m includes itself"},
		{name: "paths that leave the folder", files: `
-- main.tf --
module "m" { source = "../../up" }
resource "a_b" "x" { v = file("../../../etc/hostname") }
`, want: `a_b.x {v:?(file("../../../etc/hostname"))}`, problems: `main.tf:1:23: module m lies outside the scanned folder`},
		{name: "arguments that do not fit", files: `
-- main.tf --
module "m" {
	source = "./m"
	nope = 1
	n = "x"
	l = "y"
}
resource "a_b" "x" { for_each = ["a", "b"] }
resource "a_b" "y" { for_each = 3 }
resource "a_b" "only" {}
resource "a_b" "only" {}
resource "a_b" {}
nonsense "x" {}
stray = 1
-- m/main.tf --
variable "n" { type = number }
variable "l" { type = list(string) }
variable "must" {}
resource "a_b" "x" {
	n = var.n
	must = var.must
}
`, want: `a_b.only {}
a_b.x["a"] {}
a_b.x["b"] {}
a_b.y[each.key] (unknown) {}
module.m.a_b.x {n:"x" must:"${module.m.var.must}"}`, problems: `module m has no variable nope`},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := func(*lang.Options) {}
			if c.change != nil {
				change = c.change
			}
			r := evaluate(t, strings.TrimPrefix(c.files, "\n"), change)
			if got := dump(r); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			got := problems(r)
			for _, line := range strings.Split(c.problems, "\n") {
				if !strings.Contains(got, line) {
					t.Errorf("problems:\n%s\nwant %s", got, line)
				}
			}
			if c.problems == "" && strings.Contains(strings.ReplaceAll(got, "the for_each of", ""), ": ") && !strings.Contains(got, "is not known") {
				t.Errorf("problems:\n%s", got)
			}
		})
	}
}

func many(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(strings.ReplaceAll(format, "%d", "%[1]d"), i)
	}
	return out
}

func TestBounds(t *testing.T) {
	deep := func(open, close string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(close, n)
	}
	doubling := "locals {\n v0 = [1, 2]\n"
	text := "locals {\n v0 = \"abcdefgh\"\n"
	for i := range 60 {
		doubling += fmt.Sprintf(" v%d = [local.v%d, local.v%d]\n", i+1, i, i)
		text += fmt.Sprintf(" v%d = \"${local.v%d}${local.v%d}\"\n", i+1, i, i)
	}
	var chain strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&chain, " v%d = local.v%d\n", i, i+1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"for_each over a million", `resource "a_b" "x" { for_each = toset([for i in range(1000) : [for j in range(1000) : "${i}-${j}"]]...) }`, ""},
		{"count of a million", `resource "a_b" "x" { count = 1000000 }`, "is 1000000; the instances after the first 2000 are not read"},
		{"many counts", strings.Join(func() (out []string) {
			for i := range 12 {
				out = append(out, fmt.Sprintf("resource \"a_b\" \"x%d\" { count = 1500 }", i))
			}
			return
		}(), "\n"), "are not read"},
		{"brackets", "locals {\n v = " + deep("[", "]", 100_000) + "\n}", "nests deeper"},
		{"parentheses", "locals {\n v = " + deep("(", ")", 100_000) + "\n}", "nests deeper"},
		{"negations", "locals {\n v = " + deep("!", "", 1_000_000) + "\n}", "nests deeper"},
		{"conditions", "locals {\n v = " + deep("a?1:", "", 100_000) + "\n}", "nests deeper"},
		{"templates", "locals {\n v = " + deep("\"${", "}\"", 10_000) + "\n}", "nests deeper"},
		{"sums", "output \"o\" {\n value = " + deep("1+", "", 100_000) + "\n}", "nest deeper"},
		{"doubling lists", doubling + "}\noutput \"o\" { value = local.v60 }", "more values than remit evaluates"},
		{"doubling text", text + "}\noutput \"o\" { value = local.v60 }", "more values than remit evaluates"},
		{"a chain of locals", "locals {\n" + chain.String() + " v20000 = 1\n}\noutput \"o\" { value = local.v0 }", "nest deeper"},
		{"loops in loops", `output "o" { value = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : d]]]] }`, "more values than remit evaluates"},
		{"an index into a large map, often", "locals {\n m = {" + strings.Join(many(20_000, "k%d = %d"), ",") + "}\n}\noutput \"o\" {\n value = [" + strings.Join(many(20_000, "local.m.k%d"), ",") + "]\n}", "more values than remit evaluates"},
		{"an unknown index into a large list", "variable \"v\" {}\noutput \"o\" {\n value = [" + strings.Join(many(30_000, "{ a = %d }"), ",") + "][var.v]\n}", ""},
		{"modules in modules", `module "m" {
	source = "./a"
	count = 1900
}
-- a/main.tf --
module "m" {
	source = "../b"
	count = 1900
}
-- b/main.tf --
resource "a_b" "x" { count = 1900 }
`, "instances of modules"},
		{"dependencies of all on all", `resource "a_b" "x" { count = 2000 }
resource "a_b" "y" {
	count = 2000
	depends_on = [a_b.x]
}
`, "more values than remit evaluates"},
		{"directives", "output \"o\" {\n value = \"" + strings.Repeat("%{if true}", 5000) + strings.Repeat("%{endif}", 5000) + "\"\n}", "nests deeper"},
		{"an unterminated string", "resource \"a_b\" \"x\" {\n v = \"abc\n}\n", "main.tf"},
		{"no text", "\xff\xfe\x00", "main.tf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := evaluate(t, "-- main.tf --\n"+c.text+"\n")
			if got := problems(r); !strings.Contains(got, c.want) {
				t.Errorf("problems:\n%.2000s\nwant %s", got, c.want)
			}
			if n := len(r.Instances); n > 10_000 {
				t.Errorf("%d instances", n)
			}
		})
	}
}

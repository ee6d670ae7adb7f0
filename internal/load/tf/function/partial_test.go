package function

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// partialRows are calls of which the arguments are not all known.
var partialRows = []row{
	{`format("%s-%s", hole, "a")`, `"${var.x}-a"`}, {`format("%s/%d/%s", unknown, 7, account)`, `"${var.u}/7/${AWS::AccountId}"`}, {`format("${hole}-%s%%", hole)`, `"${var.x}-${var.x}%"`},
	{`format("%q", "a${hole}")`, `"\"a${var.x}\""`}, {`format("%5s", hole)`, `"${format(%5s, ${var.x})}"`}, {`format("%v", [hole])`, `"[\"${var.x}\"]"`}, {`format("%s", choice)`, `?("a" "b")`},
	{`format("%[2]s%[1]s", hole, "b")`, `"b${var.x}"`},
	{`formatlist("%s/%s", hole, ["a", "b"])`, `["${var.x}/a" "${var.x}/b"]`}, {`formatlist("%s/*", unknown)`, `[...]`}, {`formatlist("%s-%s", unknown, ["a"])`, `["${var.u}-a"]`},
	{`join(",", ["a", hole])`, `"a,${var.x}"`}, {`join("/", concat(["a"], unknown))`, `"a/${join(/, elements of var.u)}"`}, {`join(hole, ["a", "b"])`, `"a${var.x}b"`},
	{`lower("A${hole}")`, `"a${lower(var.x)}"`}, {`lower(lower(hole))`, `"${lower(var.x)}"`}, {`lower("A-${account}-${region}")`, `"a-${AWS::AccountId}-${AWS::Region}"`}, {`upper(region)`, `"${upper(AWS::Region)}"`}, {`upper(choice)`, `?("A" "B")`},
	{`trimspace(" a${account} ")`, `"a${AWS::AccountId}"`}, {`trimspace("${hole}-a ")`, `"${trimspace(var.x)}-a"`}, {`trimspace("${hole} ")`, `"${trimspace(var.x)}"`}, {`trim("${account}-", "-")`, `"${AWS::AccountId}"`}, {`chomp("${hole}\n")`, `"${chomp(var.x)}"`}, {`trim("-${hole}", "-")`, `"${trim - of (var.x)}"`}, {`chomp(hole)`, `"${chomp(var.x)}"`},
	{`trimprefix("a-${hole}", "a-")`, `"${var.x}"`}, {`trimprefix("b${hole}", "a")`, `"b${var.x}"`}, {`trimprefix(hole, "a")`, `"${trimprefix(\"${var.x}\", \"a\")}"`}, {`trimsuffix("${hole}.zip", ".zip")`, `"${var.x}"`},
	{`replace("a-${account}-b", "-", "_")`, `"a_${AWS::AccountId}_b"`}, {`replace("a.${hole}", ".", "")`, `"a${replace . in (var.x)}"`}, {`replace("xy${hole}", "yz", "")`, `"${replace(\"xy${var.x}\", \"yz\", \"\")}"`}, {`replace("a", "a", hole)`, `"${var.x}"`},
	{`split(":", "arn:aws:s3:${region}:${account}:x")`, `["arn" "aws" "s3" "${AWS::Region}" "${AWS::AccountId}" "x"]`}, {`split("/", "a/b${hole}/c")`, `["a" ...]`}, {`split("-", region)`, `[...]`}, {`split(",", unknown)`, `[...]`},
	{`startswith("ab${hole}", "a")`, `true`}, {`startswith(hole, "a")`, `?(true false)`}, {`endswith("${hole}.x", ".y")`, `false`}, {`strcontains("abc${hole}", "bc")`, `true`}, {`strcontains("${account}", "a")`, `false`}, {`strcontains(hole, "a")`, `?(true false)`},
	{`substr("abc${hole}", 0, 2)`, `"ab"`}, {`substr(hole, 0, 2)`, `"${substr(\"${var.x}\", 0, 2)}"`}, {`indent(1, "\n${account}")`, `"\n ${AWS::AccountId}"`}, {`regex("a", hole)`, `?`}, {`regexall("a", hole)`, `?`}, {`title(hole)`, `"${title(\"${var.x}\")}"`}, {`urlencode("a b${account}")`, `"a+b${AWS::AccountId}"`},

	{`concat(["a"], unknown, ["b"])`, `["a" ... "b"]`}, {`concat(["a"], choice)`, `?(? ?)`}, {`length(concat(["a"], unknown))`, `?`}, {`length([hole, unknown])`, `2`}, {`length(hole)`, `?`}, {`length(open)`, `?`},
	{`element([hole, "b"], 0)`, `"${var.x}"`}, {`element(["a", "b"], unknown)`, `?("a" "b")`}, {`element(concat(["a"], unknown), 0)`, `"a"`}, {`element(concat(unknown, ["a"]), 0)`, `?`}, {`flatten([["a"], unknown, [hole]])`, `["a" ... "${var.x}"]`},
	{`slice(concat(["a", "b"], unknown), 0, 1)`, `["a"]`}, {`slice(unknown, 0, 1)`, `[...]`}, {`contains(["a", hole], "a")`, `true`}, {`contains([hole], "a")`, `?(true false)`}, {`contains(unknown, "a")`, `?(true false)`}, {`contains(["a", "b"], choice)`, `true`}, {`contains(["a"], choice)`, `?(true false)`}, {`contains(["a-${hole}"], "b")`, `false`},
	{`index(["a", hole], "a")`, `0`}, {`index([hole, "a"], "a")`, `?`}, {`distinct([hole, hole, "a"])`, `["${var.x}" "a"]`}, {`compact([hole, "a${hole}", unknown])`, `[...("${var.x}" absent) "a${var.x}" ...]`}, {`compact([bucket])`, `["${bucket.id}"]`},
	{`coalesce(hole, "b")`, `?("${var.x}" "b")`}, {`coalesce("a${hole}", "b")`, `"a${var.x}"`}, {`coalesce(unknown, "b")`, `?(? "b")`}, {`coalesce(bucket, "b")`, `"${bucket.id}"`}, {`coalesce("", unknown)`, `?`}, {`coalescelist(unknown, ["a"])`, `?(? ["a"])`},
	{`merge({a = 1}, unknown, {b = 2})`, `{a: ?(1 ?), b: 2, ...}`}, {`merge({a = 1, k = 1}, open)`, `{a: ?(1 ?), k: "v", ...}`}, {`merge(unknown, {a = 1})`, `{a: 1, ...}`},
	{`lookup(unknown, "a", "d")`, `?(? "d")`}, {`lookup(open, "k", "d")`, `"v"`}, {`lookup(open, "z", "d")`, `?(? "d")`}, {`lookup({a = 1, b = 2}, unknown, 3)`, `?(1 2 3)`}, {`lookup({a = 1, b = 2}, choice)`, `?(1 2)`}, {`lookup(open, "z")`, `?`},
	{`keys(open)`, `[... "k"]`}, {`values({b = hole, a = bucket})`, `["${bucket.id}" "${var.x}"]`}, {`zipmap(["a", hole], [1, 2])`, `{a: 1, ${var.x}: 2, ...}`}, {`one(unknown)`, `?`}, {`chunklist(concat(["a", "b", "c"], unknown), 2)`, `[["a" "b"] ...]`},
	{`setunion([hole, "a"], ["a"])`, `["${var.x}" "a"]`}, {`setsubtract(["a", "b"], [hole])`, `[...("a" absent) ...("b" absent)]`}, {`setsubtract(["a"], ["b"])`, `["a"]`}, {`setintersection(["a", hole], ["a"])`, `["a" ...("${var.x}" absent)]`}, {`setproduct(["a"], unknown)`, `[...]`}, {`toset([hole, hole])`, `["${var.x}"]`},
	{`setsymmetricdifference(["a"], [])`, `["a"]`}, {`matchkeys(["x", "y"], ["a", hole], ["a"])`, `["x" ...("y" absent)]`}, {`transpose({a = ["x"], b = unknown})`, `{x: ["a" ...], ...}`}, {`sort([hole, "a"])`, `["${var.x}" "a"]`}, {`reverse(concat(unknown, ["a"]))`, `["a" ...]`},
	{`alltrue([true, unknown])`, `?(true false)`}, {`alltrue([false, unknown])`, `false`}, {`anytrue(concat([true], unknown))`, `true`}, {`sum([1, unknown])`, `?`}, {`max(1, unknown)`, `?`}, {`range(unknown)`, `[...]`}, {`defaults({a = unknown}, {a = "x"})`, `{a: ?(? "x")}`},

	{`jsonencode({a = "x-${hole}", b = unknown})`, `"{\"a\":\"x-${var.x}\",\"b\":${var.u}}"`}, {`jsondecode(jsonencode({a = [unknown, hole]}))`, `{a: [? "${var.x}"]}`}, {`jsondecode("{\"a\": \"${hole}-b\", \"c\": ${unknown}}")`, `{a: "${var.x}-b", c: ?}`}, {`jsondecode(hole)`, `?`},
	{`yamldecode("a: x-${hole}\nb: ${hole}\nc: ${account}\n")`, `{a: "x-${var.x}", b: ?, c: "${AWS::AccountId}"}`}, {`yamldecode(yamlencode({a = unknown}))`, `{a: ?}`}, {`yamlencode({a = "x${hole}", b = [[1], {}, {c = [], d = nothing}], e = unknown})`, `"\"a\": \"x${var.x}\"\n\"b\":\n- - 1\n- {}\n- \"c\": []\n  \"d\": null\n\"e\": ${var.u}\n"`}, {`csvdecode(hole)`, `?`}, {`base64encode(hole)`, `"${base64encode(\"${var.x}\")}"`},

	{`basename("${hole}/x.zip")`, `"x.zip"`}, {`dirname("${hole}/a/x.zip")`, `"${var.x}/a"`}, {`basename(hole)`, `"${basename(\"${var.x}\")}"`}, {`abspath(hole)`, `"${var.x}"`}, {`file(hole)`, `?`}, {`fileexists(hole)`, `?(true false)`}, {`fileset(hole, "*")`, `[...]`}, {`filebase64sha256("none.zip")`, `"${filebase64sha256(\"none.zip\")}"`}, {`templatefile(hole, {})`, `?`},
	{`sha256(hole)`, `"${sha256(\"${var.x}\")}"`}, {`cidrsubnet(hole, 8, 1)`, `"${cidrsubnet(\"${var.x}\", 8, 1)}"`}, {`cidrsubnets(hole, 8, 8)`, `["${cidrsubnets(\"${var.x}\", 8, 8)[0]}" "${cidrsubnets(\"${var.x}\", 8, 8)[1]}"]`}, {`cidrcontains(hole, "10.0.0.1")`, `?(true false)`}, {`formatdate("YYYY", timestamp())`, `"${formatdate(\"YYYY\", \"${timestamp()}\")}"`}, {`timecmp(timestamp(), timestamp())`, `?`},
	{`tonumber(hole)`, `?`}, {`tobool(hole)`, `?(true false)`}, {`tostring(unknown)`, `?`}, {`tolist(unknown)`, `?`}, {`type(unknown)`, `?`}, {`tobool(choice)`, `?(? ?)`},
}

func TestPartial(t *testing.T) { check(t, partialRows) }

// TestOrigin asks that what comes back unchanged keeps its span and refs.
func TestOrigin(t *testing.T) {
	there := source.Span{File: "variables.tf", Line: 7, Column: 3, EndLine: 7, EndColumn: 9}
	v := value.NewRef(value.Hole("bucket.id"), there, bucketRef)
	list := value.NewList([]*value.Value{v}, at)
	m := value.NewMap([]value.Field{{Key: "k", KeySpan: there, Value: v}}, at)
	text := func(s string) *value.Value { return lit(s) }
	for name, got := range map[string]*value.Value{
		"concat":   Call("concat", []*value.Value{list, list}, at, nil).Items()[1],
		"lookup":   Call("lookup", []*value.Value{m, text("k"), text("d")}, at, nil),
		"merge":    Call("merge", []*value.Value{m, m}, at, nil).Get("k"),
		"values":   Call("values", []*value.Value{m}, at, nil).Items()[0],
		"element":  Call("element", []*value.Value{list, value.NewNumber("0", at)}, at, nil),
		"flatten":  Call("flatten", []*value.Value{value.NewList([]*value.Value{list}, at)}, at, nil).Items()[0],
		"one":      Call("one", []*value.Value{list}, at, nil),
		"toset":    Call("toset", []*value.Value{list}, at, nil).Items()[0],
		"coalesce": Call("coalesce", []*value.Value{nil, v}, at, nil),
		"compact":  Call("compact", []*value.Value{list}, at, nil).Items()[0],
		"setunion": Call("setunion", []*value.Value{list, list}, at, nil).Items()[0],
		"tostring": Call("tostring", []*value.Value{v}, at, nil),
		"zipmap":   Call("zipmap", []*value.Value{value.NewList([]*value.Value{text("k")}, at), list}, at, nil).Get("k"),
	} {
		if r, ok := got.Ref(); !ok || r != bucketRef || got.Span() != there {
			t.Errorf("%s: %s at %v with %v", name, show(got), got.Span(), got.Refs())
		}
	}
	for _, expr := range []string{`format("%s/*", bucket)`, `join("", [bucket])`, `jsonencode({a = bucket})`, `sha256(bucket)`, `upper(bucket)`, `element(split("/", bucket), 0)`} {
		if got := newReader(t, nil).read(expr); len(got.Refs()) != 1 || got.Refs()[0] != bucketRef || got.Span() != at {
			t.Errorf("%s: %s at %v with %v", expr, show(got), got.Span(), got.Refs())
		}
	}
	doc := newReader(t, testRoot(t)).read(`trimspace(file("policy.json"))`).Document()
	if s := doc.Get("Version").Span(); s.File != "infra/policy.json" || s.Line != 1 || s.Column != 13 {
		t.Errorf("a document of a file stands at %v", s)
	}
}

// TestWrong has calls that are wrong, with a part of the message.
func TestWrong(t *testing.T) {
	root := testRoot(t)
	for _, tt := range []row{
		{`nosuch(1)`, "nosuch: there is no such function"}, {`upper()`, "upper: 0 arguments are given, 1 are needed"}, {`lookup({}, "a", 1, 2)`, "2 to 3 are needed"}, {`join(",")`, "2 or more are needed"},
		{`upper([])`, "must be a string, not a list"}, {`upper(nothing)`, "not null"}, {`concat("a")`, "must be a list"}, {`merge([])`, "must be a map"}, {`element([], 0)`, "the list is empty"}, {`element(["a"], "x")`, "must be a whole number"},
		{`slice(["a"], 0, 2)`, "not all in a list of 1"}, {`index(["a"], "b")`, "does not have the value"}, {`lookup({}, "a")`, `no key "a"`}, {`one([1, 2])`, "has 2 elements"}, {`coalesce("", nothing)`, "null or empty"}, {`coalescelist([], [])`, "all lists are empty"},
		{`zipmap(["a"], [])`, "1 keys and 0 values"}, {`matchkeys(["a"], [], [])`, "1 values and 0 keys"}, {`sum([])`, "the list is empty"}, {`sum(["x"])`, "is no number"}, {`alltrue(["x"])`, "true or false"}, {`formatlist("%s%s", ["a"], ["b", "c"])`, "1 and 2 elements"},
		{`format("%d", "x")`, "format: "}, {`format("%99999s", "x")`, "wider than remit evaluates"}, {`format("%s", "a", "b")`, "too many arguments"}, {`format("%s%s", hole)`, "no argument for the verb"}, {`regex("(", "a")`, "regex: "}, {`regex("b", "a")`, "pattern did not match"}, {`replace("a", "/(/", "")`, "missing"},
		{`jsondecode("{")`, "breaks off"}, {`yamldecode("a: [")`, "yamldecode: "}, {`base64decode("!")`, "illegal base64"}, {`base64decode("//8=")`, "no UTF-8"}, {`base64gunzip("aGVsbG8=")`, "EOF"}, {`csvdecode("a,b\n1\n")`, "csvdecode: "}, {`textencodebase64("é", "ascii")`, "lacks"},
		{`tonumber("x")`, "is no number"}, {`tobool("x")`, "is no bool"}, {`tostring([])`, "is no string"}, {`tolist({})`, "is no list"}, {`tomap([])`, "is no map"}, {`length(1)`, "not a number"}, {`parseint("zz", 10)`, "parseint: "}, {`tonumber("1e999999999")`, "is no number"}, {`pow(10, 400)`, "no number that remit evaluates"},
		{`range(1000000)`, "range: "}, {`setproduct(range(1000), range(1000))`, "larger than remit evaluates"}, {`indent(9999, "a")`, "indents by"}, {`chunklist(["a"], -1)`, "size of the lists"}, {`transpose({a = "b"})`, "must be lists"},
		{`cidrhost("x", 1)`, "no CIDR range"}, {`cidrhost("10.0.0.0/30", 4)`, "no host number"}, {`cidrsubnet("10.0.0.0/8", 30, 1)`, "no network number"}, {`cidrnetmask("fd00::/8")`, "no IPv4 range"}, {`cidrsubnets("10.0.0.0/24", 1, 1, 1)`, "no room"}, {`cidrsubnets("255.255.255.0/24", 1, 1, 1)`, "no room"}, {`timecmp("x", "y")`, "is no time"}, {`uuidv5("x", "y")`, "no name space"},
		{`file("none.txt")`, `no file "none.txt"`}, {`file("../../etc/passwd")`, "outside the scanned folder"}, {`file("/etc/passwd")`, "outside the scanned folder"}, {`filesha256("/etc/passwd")`, "outside the scanned folder"}, {`fileexists("/etc/passwd")`, "outside the scanned folder"}, {`fileset("/etc", "*")`, "outside the scanned folder"}, {`fileset("src", "../../*")`, "outside the scanned folder"}, {`abspath("/etc")`, "outside the scanned folder"},
		{`file("~/.ssh/id")`, "outside the scanned folder"}, {`file("bytes.bin")`, "not UTF-8"}, {`file("src")`, "not a regular file"}, {`templatefile("page.tpl", [])`, "must be a map"},
	} {
		r := newReader(t, root)
		got := r.read(tt.expr)
		if len(r.problems) != 1 || !strings.Contains(r.problems[0], tt.want) {
			t.Errorf("%s: %q, want %q", tt.expr, r.problems, tt.want)
		}
		if got == nil || got.IsResolved() {
			t.Errorf("%s: a wrong call gives %s", tt.expr, show(got))
		}
	}
	r := newReader(t, root)
	r.env.Template = nil
	if r.read(`templatefile("page.tpl", {})`); len(r.problems) != 1 {
		t.Errorf("a template in a template: %q", r.problems)
	}
}

// TestSecrets asks that what a hash is made of names no result.
func TestSecrets(t *testing.T) {
	for _, expr := range []string{`sha256("hunter2${hole}")`, `bcrypt("hunter2")`, `md5("hunter2${hole}")`, `base64decode("hunter2${hole}")`} {
		if got := show(newReader(t, nil).read(expr)); strings.Contains(got, "hunter2") {
			t.Errorf("%s shows %s", expr, got)
		}
	}
}

// TestBounded doubles a value until it is too large.
func TestBounded(t *testing.T) {
	r := newReader(t, nil)
	list, text := named("hole"), named("hole")
	nested := value.NewList([]*value.Value{lit("a")}, at)
	for range 60 {
		list = Call("flatten", []*value.Value{value.NewList([]*value.Value{list, list}, at)}, at, r.env)
		nested = value.NewList([]*value.Value{nested, nested}, at)
		text = Call("join", []*value.Value{lit("x"), value.NewList([]*value.Value{text, text}, at)}, at, r.env)
	}
	for _, name := range []string{"jsonencode", "flatten", "distinct", "toset", "yamlencode", "tostring", "length"} {
		Call(name, []*value.Value{nested}, at, r.env)
	}
	if n := list.Len(); n > maxItems {
		t.Errorf("a list of %d elements", n)
	}
	if n := len(text.Text().Parts()); n > maxText {
		t.Errorf("a text of %d parts", n)
	}
}

func FuzzCall(f *testing.F) {
	seeds := append(append([]row{}, knownRows...), partialRows...)
	for i, r := range seeds {
		name, args, _ := strings.Cut(r.expr, "(")
		f.Add(name, strings.TrimSuffix(args, ")"), r.want, uint8(i))
	}
	f.Fuzz(func(t *testing.T, name, a, b string, shape uint8) {
		if len(a)+len(b) > 4000 {
			return
		}
		env := &Env{Problem: func(source.Span, string, ...any) {}}
		args := []*value.Value{lit(a), lit(b), named("hole"), named("open"), named("choice"), named("unknown"), nil, value.NewNumber("3", at)}
		x, y := args[shape%8], args[shape/8%8]
		list := value.NewList([]*value.Value{x, y, value.NewNumber(b, at)}, at)
		m := value.NewMap([]value.Field{{Key: a, Value: x}, {Key: b, Value: y}}, at)
		for _, set := range [][]*value.Value{{x}, {x, y}, {y, lit(a), lit(b)}, {list}, {list, list}, {list, x, y}, {m}, {m, m}, {m, x, y}, {lit(a), list}, {list, list, list}} {
			if got := Call(name, set, at, env); got == nil {
				t.Fatalf("%s gives nothing", name)
			}
		}
	})
}

package function

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
)

func testRoot(t testing.TB) *source.Root {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"infra/hello.txt":         "hello",
		"infra/page.tpl":          "hi $name",
		"infra/policy.json":       `{"Version": "2012-10-17", "Statement": []}`,
		"infra/src/a.py":          "",
		"infra/src/deep/b.py":     "",
		"infra/src/deep/c.txt":    "",
		"modules/api/openapi.yml": "paths: {}\n",
		"infra/bytes.bin":         "\xff\xfe\xfd",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
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

// knownRows have a row or more for each function.
var knownRows = []row{
	{`abs(-12.4)`, `12.4`}, {`ceil(5.1)`, `6`}, {`floor(4.9)`, `4`}, {`log(16, 2)`, `4`}, {`max(12, 54, 3)`, `54`}, {`min("12", 54, 3)`, `3`},
	{`parseint("FF", 16)`, `255`}, {`pow(3, 2)`, `9`}, {`signum(-13)`, `-1`}, {`sum([10, 13, 6, 4.5])`, `33.5`},

	{`chomp("hello\n\r\n")`, `"hello"`}, {`endswith("hello world", "world")`, `true`}, {`startswith("hello world", "world")`, `false`},
	{`format("%s-%03d %%", "a", 7)`, `"a-007 %"`}, {`format("%[2]s%[1]s", "a", "b")`, `"ba"`}, {`format("%v", ["a", 1])`, `"[\"a\",1]"`},
	{`formatlist("Hi, %s %s!", "Dr", ["A", "B"])`, `["Hi, Dr A!" "Hi, Dr B!"]`}, {`formatlist("%s", "a")`, `["a"]`},
	{`indent(2, "a\nb")`, `"a\n  b"`}, {`join("-", ["foo", 1, true])`, `"foo-1-true"`}, {`join(",", ["a"], ["b"])`, `"a,b"`}, {`join(",", [])`, `""`},
	{`lower("HÉllo")`, `"héllo"`}, {`upper("héllo")`, `"HÉLLO"`}, {`title("hello world")`, `"Hello World"`}, {`strrev("hello")`, `"olleh"`},
	{`regex("[a-z]+", "53453453.345345aaabbb")`, `"aaabbb"`}, {`regex("(?P<a>\\d)-(?P<b>\\d)", "1-2")`, `{a: "1", b: "2"}`}, {`regexall("[a-z]", "1a2b")`, `["a" "b"]`},
	{`replace("1 + 2 + 3", "+", "-")`, `"1 - 2 - 3"`}, {`replace("hello world", "/w.*d/", "all")`, `"hello all"`}, {`replace("ab", "/(a)(b)/", "$2$1")`, `"ba"`}, {`replace("ab", "", "-")`, `"-a-b-"`},
	{`split(",", "a,,b")`, `["a" "" "b"]`}, {`split("", "ab")`, `["a" "b"]`}, {`strcontains("hello", "ell")`, `true`}, {`substr("hello world", 1, 4)`, `"ello"`}, {`substr("hello", -3, -1)`, `"llo"`},
	{`templatestring("hi $name", {name = "you"})`, `"main.tf: hi you"`}, {`trim("?!hello?!", "!?")`, `"hello"`}, {`trimprefix("helloworld", "hello")`, `"world"`}, {`trimprefix("a", "b")`, `"a"`},
	{`trimsuffix("helloworld", "world")`, `"hello"`}, {`trimspace("  hello\n\n")`, `"hello"`},

	{`alltrue([true, "true"])`, `true`}, {`alltrue([])`, `true`}, {`alltrue([true, nothing])`, `false`}, {`anytrue([false, true])`, `true`}, {`anytrue([])`, `false`},
	{`chunklist(["a", "b", "c"], 2)`, `[["a" "b"] ["c"]]`}, {`chunklist(["a"], 0)`, `[["a"]]`}, {`coalesce(nothing, "", "b", "c")`, `"b"`}, {`coalesce(0, 1)`, `0`}, {`coalescelist([], ["c"])`, `["c"]`},
	{`compact(["a", "", nothing, "b"])`, `["a" "b"]`}, {`concat(["a", ""], ["b"])`, `["a" "" "b"]`}, {`contains(["a", 1], "1")`, `true`}, {`contains(["a"], "d")`, `false`}, {`contains([{a = 1}], {a = "1"})`, `true`},
	{`defaults({a = nothing, b = "x", c = {d = nothing}}, {a = "y", c = {d = "z"}, e = 1})`, `{a: "y", b: "x", c: {d: "z"}, e: 1}`},
	{`distinct(["a", "b", "a", 1, 1])`, `["a" "b" 1]`}, {`element(["a", "b", "c"], 4)`, `"b"`}, {`element(["a", "b"], -1)`, `"b"`}, {`flatten([["a", ["b"]], [], "c"])`, `["a" "b" "c"]`},
	{`index(["a", "b"], "b")`, `1`}, {`keys({b = 1, a = 2})`, `["a" "b"]`}, {`values({b = 1, a = 2})`, `[2 1]`}, {`length([1, 2])`, `2`}, {`length({a = 1, a = 2})`, `1`}, {`length("héllo")`, `5`},
	{`lookup({a = "x"}, "a", "d")`, `"x"`}, {`lookup({a = "x"}, "b", "d")`, `"d"`}, {`lookup({a = "x"}, "a")`, `"x"`}, {`matchkeys(["i-1", "i-2", "i-3"], ["w", "e", "w"], ["w"])`, `["i-1" "i-3"]`},
	{`merge({a = 1, b = 2}, nothing, {b = 3})`, `{a: 1, b: 3}`}, {`merge()`, `{}`}, {`one([])`, `null`}, {`one(["a"])`, `"a"`}, {`range(3)`, `[0 1 2]`}, {`range(1, 8, 2)`, `[1 3 5 7]`}, {`range(4, 1)`, `[4 3 2]`}, {`range(0)`, `[]`}, {`range(-3)`, `[0 -1 -2]`}, {`range(2, 2)`, `[]`}, {`range(0, 10, 3)`, `[0 3 6 9]`}, {`range(10, 0, -4)`, `[10 6 2]`}, {`range(1.5)`, `[0 1]`}, {`range(0, 1, 0.5)`, `[0 0.5]`},
	{`reverse([1, 2, 3])`, `[3 2 1]`}, {`setintersection(["a", "b"], ["b", "c"])`, `["b"]`}, {`setproduct(["a", "b"], [1, 2])`, `[["a" 1] ["a" 2] ["b" 1] ["b" 2]]`}, {`setsubtract(["a", "b"], ["b"])`, `["a"]`},
	{`setsymmetricdifference(["a", "b"], ["b", "c"])`, `["a" "c"]`}, {`setunion(["b", "a"], ["b"], ["c"])`, `["a" "b" "c"]`}, {`slice(["a", "b", "c"], 1, 2)`, `["b"]`}, {`sort(["e", "a"])`, `["a" "e"]`},
	{`transpose({a = ["1", "2"], b = ["2"]})`, `{1: ["a"], 2: ["a" "b"]}`}, {`zipmap(["a", "b"], [1, 2])`, `{a: 1, b: 2}`},

	{`base64encode("Hello")`, `"SGVsbG8="`}, {`base64decode("SGVsbG8=")`, `"Hello"`}, {`base64gunzip(base64gzip("Hello"))`, `"Hello"`}, {`csvdecode("a,b\n1,2\n")`, `[{a: "1", b: "2"}]`},
	{`jsonencode({b = [1, true, nothing], a = "<x>"})`, `"{\"a\":\"\\u003cx\\u003e\",\"b\":[1,true,null]}"`}, {`jsondecode("{\"a\": [1, 2.50, null]}")`, `{a: [1 2.5 null]}`}, {`jsondecode("\"s\"")`, `"s"`},
	{`textencodebase64("Hi", "UTF-16LE")`, `"SABpAA=="`}, {`textdecodebase64("SABpAA==", "UTF-16LE")`, `"Hi"`}, {`textencodebase64("é", "ISO-8859-1")`, `"6Q=="`}, {`urlencode("a b&c")`, `"a+b%26c"`}, {`urldecode("a+b%26c")`, `"a b&c"`},
	{`yamldecode("a: [1, yes]\nb: ~\n")`, `{a: [1 true], b: null}`}, {`yamlencode({a = [1]})`, `"\"a\":\n- 1\n"`},

	{`abspath("src/../x")`, `"x"`}, {`basename("foo/bar.txt")`, `"bar.txt"`}, {`dirname("foo/bar.txt")`, `"foo"`}, {`pathexpand("~/x")`, `"${the home folder}/x"`}, {`pathexpand("/x")`, `"/x"`},
	{`file("hello.txt")`, `"hello"`}, {`file("./hello.txt")`, `"hello"`}, {`file("infra/hello.txt")`, `"hello"`}, {`file("modules/api/openapi.yml")`, `"paths: {}\n"`}, {`file("../modules/api/openapi.yml")`, `"paths: {}\n"`},
	{`filebase64("hello.txt")`, `"aGVsbG8="`}, {`filebase64sha256("hello.txt")`, `"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="`}, {`length(filebase64sha512("hello.txt"))`, `88`}, {`fileexists("hello.txt")`, `true`}, {`fileexists("none.txt")`, `false`},
	{`filemd5("hello.txt")`, `"5d41402abc4b2a76b9719d911017c592"`}, {`filesha1("hello.txt")`, `"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"`}, {`substr(filesha256("hello.txt"), 0, 8)`, `"2cf24dba"`}, {`length(filesha512("hello.txt"))`, `128`},
	{`fileset("src", "**/*.py")`, `["a.py" "deep/b.py"]`}, {`fileset("src", "*.py")`, `["a.py"]`}, {`fileset("infra/src", "deep/{b,c}.{py,txt}")`, `["deep/b.py" "deep/c.txt"]`}, {`fileset("src", "[!b].p?")`, `["a.py"]`},
	{`templatefile("page.tpl", {name = "you"})`, `"infra/page.tpl: hi you"`},

	{`base64sha256("hello")`, `"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="`}, {`length(base64sha512("hello"))`, `88`}, {`md5("hello")`, `"5d41402abc4b2a76b9719d911017c592"`}, {`sha1("hello")`, `"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"`},
	{`substr(sha256("hello"), 0, 8)`, `"2cf24dba"`}, {`substr(sha512("hello"), 0, 8)`, `"9b71d224"`}, {`uuidv5("dns", "www.example.com")`, `"2ed6657d-e927-568b-95e1-2665a8aea6a2"`}, {`uuid()`, `"${uuid() at main.tf:1:1}"`},
	{`bcrypt("secret")`, `"${bcrypt() at main.tf:1:1}"`}, {`rsadecrypt("x", "y")`, `?`},

	{`cidrhost("10.12.112.0/20", 16)`, `"10.12.112.16"`}, {`cidrhost("10.12.112.0/20", -1)`, `"10.12.127.255"`}, {`cidrhost("fd00:fd12:3456:7890::/72", 34)`, `"fd00:fd12:3456:7890::22"`}, {`cidrnetmask("172.16.0.0/12")`, `"255.240.0.0"`}, {`cidrnetmask("0.0.0.0/0")`, `"0.0.0.0"`},
	{`cidrsubnet("172.16.0.0/12", 4, 2)`, `"172.18.0.0/16"`}, {`cidrsubnet("10.01.2.0/24", 0, 0)`, `"10.1.2.0/24"`}, {`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, `["10.1.0.0/20" "10.1.16.0/20" "10.1.32.0/24" "10.1.48.0/20"]`},
	{`cidrcontains("192.168.2.0/20", "192.168.2.1")`, `true`}, {`cidrcontains("192.168.2.0/20", "192.168.0.0/16")`, `false`},

	{`formatdate("DD MMM YYYY", "2018-01-02T23:12:01Z")`, `"02 Jan 2018"`}, {`timeadd("2017-11-22T00:00:00Z", "10m")`, `"2017-11-22T00:10:00Z"`}, {`timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")`, `0`},
	{`timestamp()`, `"${timestamp()}"`}, {`plantimestamp()`, `"${plantimestamp()}"`},

	{`tobool("true")`, `true`}, {`tonumber("007.50")`, `7.5`}, {`tostring(true)`, `"true"`}, {`tostring(1e3)`, `"1000"`}, {`tolist(["a", 1, true])`, `["a" "1" "true"]`}, {`toset(["b", "a", "b"])`, `["a" "b"]`}, {`tomap({a = "x", b = 1})`, `{a: "x", b: "1"}`},
	{`type({})`, `"object"`}, {`sensitive("x")`, `"x"`}, {`nonsensitive("x")`, `"x"`}, {`issensitive("x")`, `?(true false)`}, {`ephemeralasnull("x")`, `"x"`}, {`convert("1", "number")`, `1`}, {`convert(["1"], "list(string)")`, `["1"]`},
	{`core::upper("a")`, `"A"`},
}

func TestKnown(t *testing.T) { check(t, knownRows) }

// TestEveryFunction asks that no function lacks a row.
func TestEveryFunction(t *testing.T) {
	var all strings.Builder
	for _, r := range knownRows {
		all.WriteString(" (" + r.expr)
	}
	for name := range functions {
		if !strings.Contains(all.String(), "("+name+"(") {
			t.Errorf("%s has no row", name)
		}
		if !Known(name) {
			t.Errorf("%s is not known", name)
		}
	}
	if Known("try") || Known("can") || Known("") {
		t.Error("a function is known that is none of values")
	}
}

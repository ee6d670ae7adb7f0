package policy

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// documents are the seeds of the round trip and of the fuzz target.
var documents = []string{
	`{"Version":"2012-10-17","Statement":[]}`,
	`{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
	`{"Statement":[{"Sid":"A","Effect":"Deny","NotAction":["iam:*","sts:*"],"NotResource":["arn:aws:s3:::a","arn:aws:s3:::b/*"]}]}`,
	`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::b/${aws:username}/*"}]}`,
	`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root"],"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"s3:max-keys":10,"s3:signatureAge":["1","2"]},"ForAllValues:StringEquals":{"aws:TagKeys":[]}}}]}`,
	`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"arn:aws:iam::111122223333:role/r","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{}}}]}`,
	`{"Version":"2012-10-17","Extra":{"a":[1,null,true]},"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Comment":"why"}]}`,
}

func TestRoundTrip(t *testing.T) {
	for _, text := range documents {
		doc, _ := ParseJSON("p.json", []byte(text))
		printed, err := doc.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, text, string(printed)) {
			t.Errorf("printed differently:\n%s\n%s", text, printed)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return reflect.DeepEqual(x, y)
}

func problems(list []source.Problem) string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimPrefix(p.Message, "policy: "))
	}
	return strings.Join(out, "\n")
}

func TestMessages(t *testing.T) {
	for _, tc := range []struct {
		kind       Kind
		text, want string
	}{
		{Identity, `{"Version":"2012-10-17","Statement":[{"Action":"s3:*","Resource":"*"}]}`, "statement 1: Effect is missing; write Allow or Deny"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}`, `statement 1: Effect "allow" is neither Allow nor Deny`},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Sid":"Two","Effect":"Allow","Action":"s3:*","NotAction":"iam:*","Resource":"*"}]}`, "statement Two: has both Action and NotAction; keep one"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}`, "statement 1: has neither Action nor NotAction; say which actions it is about"},
		{Identity, `{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, `unknown Version "2020-01-01"; use 2012-10-17`},
		{Identity, `{"Version":"2012-10-17"}`, "the element Statement is missing"},
		{Identity, `{"Version":"2012-10-17","Statement":["x"]}`, "statement 1 must be a map, this is a string"},
		{Identity, `{"version":"2012-10-17","Statement":[]}`, `the element "version" must be spelled "Version"`},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`, "statement 1: a Principal has no place here: an identity policy applies to whom it is attached to"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}`, "statement 1: has neither Resource nor NotResource; say what it is about"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["Get","s3:","*:Get"],"Resource":"*"}]}`,
			"statement 1: Action \"Get\" lacks its service; write service:Action\n" +
				"statement 1: Action \"s3:\" is no action; it matches nothing\nstatement 1: Action \"*:Get\" has a wildcard in its service, which AWS refuses"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["my-bucket/*","arn:aws:s3","arn:aws:s3*"]}]}`,
			"statement 1: Resource \"my-bucket/*\" is not an ARN; write arn:partition:service:region:account:resource, or \"*\"\n" +
				"statement 1: Resource \"arn:aws:s3\" is not an ARN; write arn:partition:service:region:account:resource, or \"*\""},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}]}`, `statement 1: Resource "arn:aws:s3:::b/${aws:username}" has a variable, which only Version 2012-10-17 knows; it matches nothing here`},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}}]}`, `statement 1: unknown condition operator "StringIs"`},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"here"},"Bool":{"aws:SecureTransport":"yes"},"NumericEquals":{"s3:max-keys":"ten"},"ArnLike":{"aws:SourceArn":"x"}}}]}`,
			"statement 1: Condition.IpAddress.aws:SourceIp: \"here\" is not an address or a block such as 203.0.113.0/24; the condition never matches\n" +
				"statement 1: Condition.Bool.aws:SecureTransport: \"yes\" is not true or false; the condition never matches\n" +
				"statement 1: Condition.NumericEquals.s3:max-keys: \"ten\" is not a number; the condition never matches\n" +
				"statement 1: Condition.ArnLike.aws:SourceArn: \"x\" is not an ARN of six parts; the condition never matches"},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, `statement a: the Sid "a" stands twice; Sids must differ`},
		{Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Conditions":{}}]}`, `statement 1: unknown element "Conditions"`},
		{Resource, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "statement 1: Principal is missing; a resource policy must say whom it is about"},
		{Resource, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/*","me"],"Robot":"x"},"Action":"s3:*","Resource":"*"}]}`,
			"statement 1: Principal has the unknown type \"Robot\"; use AWS, Service, Federated or CanonicalUser\n" +
				"statement 1: Principal.AWS \"arn:aws:iam::111122223333:user/*\" has a wildcard in it; name the whole principal, or \"*\" and a condition on aws:PrincipalArn\n" +
				"statement 1: Principal.AWS \"me\" is not a principal"},
		{Trust, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Resource":"*"}]}`, "statement 1: a Resource has no place in a trust policy; the role itself is meant"},
		{Trust, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com","AWS":"AROAEXAMPLEEXAMPLE12"},"Action":"sts:AssumeRole"}]}`, ""},
		{ResourceControl, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}]}`, `statement 1: the Principal of a resource control policy must be "*"`},
	} {
		doc, list := ParseJSON("p.json", []byte(tc.text))
		if doc != nil {
			list = append(list, doc.Check(tc.kind)...)
		}
		if got := problems(list); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.text, got, tc.want)
		}
		for _, p := range list {
			if p.Span.Line == 0 {
				t.Errorf("%s: no span", p.Message)
			}
		}
	}
}

func TestSpans(t *testing.T) {
	doc, _ := ParseJSON("p.json", []byte("{\n \"Statement\": [\n  {\"Effect\": \"Allow\",\n   \"Action\": \"s3:Get*\",\n   \"Resource\": [\"a\",\n    \"b\"]}]}"))
	s := doc.Statements[0]
	for got, want := range map[source.Span]string{
		s.Span: "p.json:3:3", s.Effect.Span: "p.json:3:14", s.Action.Items[0].Span: "p.json:4:14", s.Resource.Items[1].Span: "p.json:6:5",
	} {
		if got.String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func text(s string) *value.Value { return value.NewText(value.Lit(s), source.Span{File: "t", Line: 1}) }

func mapOf(fields ...any) *value.Value {
	var out []value.Field
	for i := 0; i < len(fields); i += 2 {
		v, ok := fields[i+1].(*value.Value)
		if !ok {
			v = text(fields[i+1].(string))
		}
		out = append(out, value.Field{Key: fields[i].(string), Value: v})
	}
	return value.NewMap(out, source.Span{File: "t", Line: 1})
}

func choice(v ...*value.Value) *value.Value {
	return value.NewUnresolved("If", source.Span{File: "t", Line: 2}, nil, v...)
}

// What a condition of the template leaves open is kept and marked.
func TestUnresolved(t *testing.T) {
	st := func(action *value.Value) *value.Value {
		return mapOf("Effect", "Allow", "Action", action, "Resource", "*")
	}
	doc, list := Parse(mapOf("Version", "2012-10-17", "Statement", value.NewList([]*value.Value{
		st(choice(text("s3:GetObject"), text("s3:*"))),
		choice(st(text("sqs:*")), value.NewAbsent(source.Span{})),
		value.NewUnresolved("parameter Statement", source.Span{}, nil),
		mapOf("Effect", choice(text("Allow"), text("Deny")), "Action", "s3:*", "Resource", value.NewUnresolved("parameter Arn", source.Span{}, nil)),
		mapOf("Effect", "Allow", "Action", "s3:*", "Resource", "*", "Condition", choice()),
		mapOf("Effect", "Allow", "Action", "s3:*", "Resource", "*", "Principal", choice(text("*"), mapOf("AWS", "111122223333"))),
	}, source.Span{})))
	if len(list) > 0 {
		t.Fatal(problems(list))
	}
	if len(doc.Statements) != 6 {
		t.Fatalf("%d statements", len(doc.Statements))
	}
	s := doc.Statements
	if a := s[0].Action.Items; len(a) != 2 || !a[0].Maybe || !a[1].Maybe {
		t.Errorf("action: %+v", a)
	}
	if !s[1].Maybe || s[1].Is(Allow) != value.Yes {
		t.Errorf("maybe statement: %+v", s[1])
	}
	if s[2].Open == nil || s[2].Is(Allow) != value.Unknown || s[2].Is(Deny) != value.Unknown {
		t.Errorf("open statement: %+v", s[2])
	}
	if s[3].Is(Allow) != value.Unknown || s[3].Resource.Items[0].Text.IsKnown() {
		t.Errorf("open effect: %+v", s[3])
	}
	if len(s[4].OpenCondition) != 1 {
		t.Errorf("open condition: %+v", s[4])
	}
	if e := s[5].Principal.Entries; len(e) != 2 || !e[0].Maybe || !e[1].Maybe {
		t.Errorf("principal: %+v", e)
	}
	if _, err := doc.MarshalJSON(); err != nil {
		t.Error(err)
	}
}

func TestJSONString(t *testing.T) {
	span := source.Span{File: "t.yaml", Line: 7, Column: 3}
	body := value.Concat(value.Lit(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`),
		value.Hole("Bucket"), value.Lit(`/*"}]}`))
	doc, list := Parse(value.NewText(body, span))
	if len(list) > 0 {
		t.Fatal(problems(list))
	}
	it := doc.Statements[0].Resource.Items[0]
	if it.String() != "arn:aws:s3:::${Bucket}/*" || it.Text.IsKnown() || it.Span != span {
		t.Errorf("%+v", it)
	}
	doc, _ = Parse(value.NewText(value.Concat(value.Lit(`{"Statement":`), value.Hole("S"), value.Lit("}")), span))
	if len(doc.Statements) != 1 || doc.Statements[0].Open == nil {
		t.Errorf("a hole that is no string: %+v", doc)
	}
	if doc, list := Parse(text("not json")); len(list) != 1 || len(doc.Statements) != 1 || doc.Statements[0].Open == nil {
		t.Errorf("%v %v", doc, list)
	}
}

func TestOperators(t *testing.T) {
	for name, want := range map[string]Operator{
		"StringEquals":                    {Kind: StringEquals},
		"stringnotlikeifexists":           {Kind: StringLike, Negated: true, IfExists: true},
		"ForAnyValue:StringEquals":        {Kind: StringEquals, Set: ForAnyValue},
		"ForAllValues:ArnNotLikeIfExists": {Kind: ArnLike, Negated: true, IfExists: true, Set: ForAllValues},
		"NotIpAddress":                    {Kind: IPAddress, Negated: true},
	} {
		if got, ok := ParseOperator(name); !ok || got != want {
			t.Errorf("%s: %+v %v", name, got, ok)
		}
	}
	for _, name := range []string{"", "StringEqual", "NullIfExists", "ForSome:StringEquals", "ForAnyValue:"} {
		if op, ok := ParseOperator(name); ok {
			t.Errorf("%q: %+v", name, op)
		}
	}
}

func TestBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range maxStatements + 5 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	}
	b.WriteString("]}")
	doc, list := ParseJSON("p.json", []byte(b.String()))
	if len(list) != 1 || len(doc.Statements) != maxStatements+1 || doc.Statements[maxStatements].Open == nil {
		t.Fatalf("%d statements, %s", len(doc.Statements), problems(list))
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	f.Add([]byte(`{"Statement":"","x":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, _ := ParseJSON("p.json", data)
		if doc == nil {
			return
		}
		for k := Identity; k <= Endpoint; k++ {
			doc.Check(k)
		}
		first, _ := doc.MarshalJSON()
		again, _ := ParseJSON("p.json", first)
		if again == nil {
			t.Fatalf("does not parse again: %s", first)
		}
		if second, _ := again.MarshalJSON(); string(first) != string(second) {
			t.Fatalf("printed differently:\n%s\n%s", first, second)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{10, 40, 160} {
		data := []byte(`{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(strings.Repeat(`{"Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":"arn:aws:s3:::bucket/*"},`, n), ",") + `]}`)
		b.Run(itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				ParseJSON("p.json", data)
			}
		})
	}
}

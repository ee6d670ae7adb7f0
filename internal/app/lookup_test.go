package app_test

import (
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// built is an application of queues, built without a loader.
func built() *app.App {
	b := app.NewBuilder()
	queue := func(id string, name value.Text) *app.Resource {
		return &app.Resource{ID: "t.yml/" + id, LogicalID: id, Type: "AWS::SQS::Queue", Name: name, Props: value.NewMap(nil, source.Span{}), Exists: value.Yes}
	}
	b.App(&app.App{ID: "t.yml", Root: "t.yml"}, []*app.Resource{
		queue("Known", value.Lit("todo")),
		queue("Account", value.Concat(value.Lit("todo-"), value.Hole("AWS::AccountId"))),
		queue("Stage", value.Concat(value.Hole("Stage"), value.Lit("-todo"))),
		queue("Made", app.GeneratedName("AWS::SQS::Queue", "Made", "t.yml/Made", value.Hole("AWS::StackName"))),
		{ID: "t.yml/Table", LogicalID: "Table", Type: "AWS::DynamoDB::Table", Name: value.Lit("todo"), Props: value.NewMap(nil, source.Span{}), Exists: value.Yes},
	})
	return b.Freeze().Apps[0]
}

func TestLookup(t *testing.T) {
	a := built()
	at := source.Span{File: "t.yml", Line: 1, Column: 1}
	text := func(parts ...value.Text) *value.Value { return value.NewText(value.Concat(parts...), at) }
	lit, hole := value.Lit, value.Hole
	ref := func(id, attr string) *value.Value {
		return value.NewRef(hole(id), at, value.Ref{Resource: "t.yml/" + id, Attr: attr})
	}
	for _, c := range []struct {
		name string
		v    *value.Value
		want string
		sure value.Tri
	}{
		{"reference", ref("Made", "Arn"), "Made", value.Yes},
		{"reference to another type", ref("Table", "Arn"), "", value.No},
		{"name", text(lit("todo")), "Known", value.Yes},
		{"name with a pseudo parameter", text(lit("todo-"), hole("AWS::AccountId")), "Account", value.Yes},
		{"name with a parameter", text(hole("Stage"), lit("-todo")), "Stage", value.Yes},
		{"name with another parameter", text(hole("Other"), lit("-todo")), "", value.Unknown},
		{"other name", text(lit("done")), "", value.No},
		{"ARN", text(lit("arn:"), hole("AWS::Partition"), lit(":sqs:"), hole("AWS::Region"), lit(":"), hole("AWS::AccountId"), lit(":todo")), "Known", value.Yes},
		{"ARN with the partition written", text(lit("arn:aws:sqs:"), hole("AWS::Region"), lit(":"), hole("AWS::AccountId"), lit(":todo")), "Known", value.Yes},
		{"ARN with an account written", text(lit("arn:aws:sqs:eu-west-1:111122223333:todo")), "Known", value.Unknown},
		{"ARN of another service", text(lit("arn:aws:sns:eu-west-1:111122223333:todo")), "", value.No},
		{"URL", text(lit("https://sqs."), hole("AWS::Region"), lit("."), hole("AWS::URLSuffix"), lit("/"), hole("AWS::AccountId"), lit("/todo")), "Known", value.Yes},
		{"unresolved", value.NewUnresolved("x", at, nil), "", value.Unknown},
		{"absent", value.NewAbsent(at), "", value.No},
		{"nil", nil, "", value.No},
		{"choice of one", value.NewUnresolved("c", at, nil, text(lit("todo")), value.NewAbsent(at)), "Known", value.Unknown},
		{"choice of two", value.NewUnresolved("c", at, nil, text(lit("todo")), ref("Made", "Ref")), "", value.Unknown},
		{"choice that is the same", value.NewUnresolved("c", at, nil, text(lit("todo")), ref("Known", "Ref")), "Known", value.Yes},
	} {
		r, sure := a.Lookup(c.v, "AWS::SQS::Queue")
		got := ""
		if r != nil {
			got = r.LogicalID
		}
		if got != c.want || sure != c.sure {
			t.Errorf("%s: %q %v, want %q %v", c.name, got, sure, c.want, c.sure)
		}
	}
	if n := len(a.LookupAll(value.NewUnresolved("c", at, nil, text(lit("todo")), ref("Made", "Ref")), "AWS::SQS::Queue")); n != 2 {
		t.Errorf("both branches: %d", n)
	}
	if r, sure := a.Lookup(text(lit("todo"))); r != nil || sure != value.Unknown {
		t.Errorf("a name that a table and a queue share: %v %v", r, sure)
	}
}

func TestFunctionsNamed(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: handler, Code: {ZipFile: x}}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: handler, FunctionVersion: '1', Name: live}}
`)
	at := source.Span{File: "template.yml", Line: 1, Column: 1}
	whole := func(id, attr string) *value.Value {
		return value.NewRef(value.Hole(id), at, value.Ref{Resource: a.ID + "/" + id, Attr: attr})
	}
	text := func(s string) *value.Value { return value.NewText(value.Lit(s), at) }
	for _, c := range []struct {
		name      string
		v         *value.Value
		function  string
		qualifier string
		sure      value.Tri
	}{
		{"reference", whole("Fn", "Arn"), "Fn", "", value.Yes},
		{"alias", whole("Live", "Ref"), "Fn", "live", value.Yes},
		{"name", text("handler"), "Fn", "", value.Yes},
		{"name and qualifier", text("handler:live"), "Fn", "live", value.Yes},
		{"partial ARN", text("111122223333:function:handler"), "Fn", "", value.Yes},
		{"ARN", text("arn:aws:lambda:eu-west-1:111122223333:function:handler"), "Fn", "", value.Unknown},
		{"ARN and qualifier", text("arn:aws:lambda:eu-west-1:111122223333:function:handler:live"), "Fn", "live", value.Unknown},
		{"URI", text("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:handler/invocations"), "Fn", "", value.Unknown},
		{"another name", text("other"), "", "", value.Unknown},
		{"absent", nil, "", "", value.Unknown},
	} {
		got := a.FunctionsNamed(c.v)
		if c.function == "" {
			if len(got) != 0 {
				t.Errorf("%s: %v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Function.LogicalID != c.function || got[0].Qualifier.String() != c.qualifier || got[0].Sure != c.sure {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

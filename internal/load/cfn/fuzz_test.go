package cfn

import (
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// FuzzExpression evaluates one expression in a template with a parameter, a
// mapping, conditions and resources of every sort.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		`!Sub "${Stage}-${Box.Arn}"`, `!Join ["-", [!Ref Names, !If [Open, a, b]]]`, `!Select [0, !Split [":", !GetAtt Box.Arn]]`,
		`!FindInMap [Regions, !Ref AWS::Region, Name, {DefaultValue: !Ref Stage}]`, `{"Fn::ToJsonString": {a: [!Ref Env]}}`,
		`!Cidr ["10.0.0.0/22", 3, 8]`, `"{{resolve:ssm:x}}"`, `{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: x.yaml}}}`,
		`!And [!Condition Open, !Not [!Equals [a, !Ref Size]]]`, `{"Fn::ForEach::X": [A, !Ref Names, {"${A}": !Ref A}]}`,
	} {
		f.Add(seed)
	}
	root := open(f, nil)
	f.Fuzz(func(t *testing.T, expr string) {
		evaluate(t, root, []byte("Transform: AWS::LanguageExtensions\n"+head+expr+"\n"))
	})
}

// FuzzTemplate loads whole documents.
func FuzzTemplate(f *testing.F) {
	f.Add([]byte(head + "x\n"))
	f.Add([]byte(configured))
	f.Add([]byte(`{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"T": {"Fn::Sub": ["${a}", {"a": {"Ref": "A"}}]}}}}}`))
	f.Add([]byte("Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: x}}\nResources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, CodeUri: b, Events: {A: {Type: Api, Properties: {Path: /, Method: get}}}}}\n"))
	root := open(f, nil)
	f.Fuzz(func(t *testing.T, data []byte) { evaluate(t, root, data) })
}

func evaluate(t *testing.T, root *source.Root, data []byte) {
	limits := source.DefaultLimits
	limits.Nodes, limits.Depth = 20_000, 60
	tpl, problems := Parse("t.yaml", data, limits)
	if tpl == nil {
		return
	}
	l := NewLoader(root, Options{})
	l.List(nil)
	l.Add(tpl)
	b := app.NewBuilder()
	b.Problems(problems)
	a := l.Open(tpl, "t")
	a.AddTo(b, a.Resources(CollectExports([]*App{a})))
	p := b.Freeze()
	for _, problem := range p.Problems {
		if problem.Span.File == "" || problem.Span.Line < 1 || problem.Message == "" {
			t.Fatalf("the problem %+v is nowhere", problem)
		}
	}
}

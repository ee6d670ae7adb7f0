package cfn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// open writes files into a folder and opens it as a root.
func open(t testing.TB, files map[string]string) *source.Root {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
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

// loadFiles loads the named templates of the files as applications.
func loadFiles(t testing.TB, files map[string]string, o Options, roots ...string) *app.Project {
	t.Helper()
	root := open(t, files)
	l := NewLoader(root, o)
	list, _ := root.Files()
	l.List(list)
	b := app.NewBuilder()
	var apps []*App
	for _, name := range roots {
		tpl, problems := Parse(name, []byte(files[name]), source.DefaultLimits)
		b.Problems(problems)
		if tpl == nil {
			continue
		}
		l.Add(tpl)
		apps = append(apps, l.Open(tpl, name))
	}
	exports := CollectExports(apps)
	for _, a := range apps {
		a.AddTo(b, a.Resources(exports))
	}
	return b.Freeze()
}

// loadText loads one template.
func loadText(t testing.TB, text string, o Options) *app.Project {
	t.Helper()
	return loadFiles(t, map[string]string{"t.yaml": text}, o, "t.yaml")
}

// show writes a value on one line: strings in quotes, holes as ${}, whole
// references with an arrow, choices in parentheses.
func show(v *value.Value) string {
	var list []string
	switch v.Kind() {
	case value.Absent, value.Null:
		return v.Kind().String()
	case value.Bool, value.Number:
		return v.Str()
	case value.String:
		if ref, ok := v.Ref(); ok {
			return fmt.Sprintf("%q->%s.%s", v.Str(), ref.Resource, ref.Attr)
		}
		return fmt.Sprintf("%q", v.Str())
	case value.List:
		for _, it := range v.Items() {
			list = append(list, show(it))
		}
		return "[" + strings.Join(list, " ") + "]"
	case value.Map:
		for _, f := range v.Fields() {
			list = append(list, f.Key+":"+show(f.Value))
		}
		return "{" + strings.Join(list, " ") + "}"
	}
	for _, c := range v.Choices() {
		list = append(list, show(c))
	}
	return "unknown(" + strings.Join(append([]string{v.Why()}, list...), " ") + ")"
}

const head = `
Parameters:
  Env: {Type: String}
  Stage: {Type: String, Default: prod}
  Size: {Type: String, AllowedValues: [small, large]}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  Zones: {Type: "List<AWS::EC2::AvailabilityZone::Name>"}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /some/name}
  Count: {Type: Number, Default: 3}
Mappings:
  Regions:
    eu-west-1: {Name: ireland, Same: x, List: [p, q]}
    us-east-1: {Name: virginia, Same: x, List: [r]}
Conditions:
  Always: !Equals [!Ref Stage, prod]
  Never: !Not [!Condition Always]
  Open: !Equals [!Ref Env, prod]
Resources:
  Box: {Type: "AWS::S3::Bucket", Properties: {BucketName: box}}
  Table: {Type: "AWS::DynamoDB::Table"}
  Gone: {Type: "AWS::S3::Bucket", Condition: Never}
  Odd: {Type: "AWS::Some::Thing"}
  It:
    Type: AWS::Some::Thing
    Properties:
      V: `

func TestFunctions(t *testing.T) {
	tests := []struct{ name, expr, want string }{
		{"parameter", `!Ref Env`, `"${Env}"`},
		{"parameter with a default", `!Ref Stage`, `"prod"`},
		{"parameter with allowed values", `!Ref Size`, `unknown(Size "small" "large")`},
		{"list parameter", `!Ref Names`, `["a" "b" "c"]`},
		{"list parameter without a value", `!Ref Zones`, `unknown(Zones)`},
		{"secret parameter", `!Ref Secret`, `"${Secret}"`},
		{"parameter from the store", `!Ref Image`, `"${Image}"`},
		{"number parameter", `!Ref Count`, `"3"`},
		{"region", `!Ref AWS::Region`, `"${AWS::Region}"`},
		{"no value in a map", `{A: !Ref AWS::NoValue, B: 1}`, `{B:1}`},
		{"no value in a list", `[1, !Ref AWS::NoValue, 2]`, `[1 2]`},
		{"resource with a name", `!Ref Box`, `"box"->t.yaml/Box.Ref`},
		{"long form", `{Ref: Box}`, `"box"->t.yaml/Box.Ref`},
		{"attribute", `!GetAtt Box.Arn`, `"arn:${AWS::Partition}:s3:::box"->t.yaml/Box.Arn`},
		{"attribute as a list", `!GetAtt [Box, Arn]`, `"arn:${AWS::Partition}:s3:::box"->t.yaml/Box.Arn`},
		{"attribute in the long form", `{"Fn::GetAtt": "Box.Arn"}`, `"arn:${AWS::Partition}:s3:::box"->t.yaml/Box.Arn`},
		{"attribute nobody knows", `!GetAtt Odd.Some.Thing`, `"${t.yaml/Odd.Some.Thing}"->t.yaml/Odd.Some.Thing`},
		{"reference to a type nobody knows", `!Ref Odd`, `"${t.yaml/Odd}"->t.yaml/Odd.Ref`},
		{"generated name", `!Ref Table`, `"${AWS::StackName}-Table-${t.yaml/Table}"->t.yaml/Table.Ref`},
		{"resource that is not deployed", `!Ref Gone`, `unknown(Gone.Ref (not deployed))`},
		{"sub", `!Sub "x-${Stage}-${Env}"`, `"x-prod-${Env}"`},
		{"sub with a resource", `!Sub "${Box}/*"`, `"box/*"`},
		{"sub that is a reference", `!Sub "${Box.Arn}"`, `"arn:${AWS::Partition}:s3:::box"->t.yaml/Box.Arn`},
		{"sub with variables", `!Sub ["${a}-${Stage}-${b}", {a: 1, b: !Ref Env}]`, `"1-prod-${Env}"`},
		{"sub literal", `!Sub "${!Stage} $Stage $${Stage} ${Stage"`, `"${Stage} $Stage $prod ${Stage"`},
		{"sub in the long form", `{"Fn::Sub": "${ Stage }"}`, `"prod"`},
		{"sub of a list of one", `!Sub ["${Stage}"]`, `"prod"`},
		{"join", `!Join ["-", [a, !Ref Stage, !Ref Env, 1]]`, `"a-prod-${Env}-1"`},
		{"join of a list parameter", `!Join ["/", !Ref Names]`, `"a/b/c"`},
		{"join of an unknown list", `!Join ["/", !Ref Zones]`, `"${Join Zones}"`},
		{"join without the absent", `!Join ["-", [a, !Ref AWS::NoValue, b]]`, `"a-b"`},
		{"join of a reference", `!Join ["", [!GetAtt Box.Arn]]`, `"arn:${AWS::Partition}:s3:::box"->t.yaml/Box.Arn`},
		{"split", `!Split [",", "a,b,,c"]`, `["a" "b" "" "c"]`},
		{"split with a long delimiter", `!Split ["::", "a::b:c"]`, `["a" "b:c"]`},
		{"split of an ARN", `!Select [5, !Split [":", !GetAtt Box.Arn]]`, `"box"`},
		{"split of the unknown", `!Split [",", !Ref Env]`, `unknown(Split ${Env} at ,)`},
		{"select", `!Select [1, [a, b]]`, `"b"`},
		{"select with a string index", `!Select ["0", !Ref Names]`, `"a"`},
		{"select of the unknown", `!Select [0, !Ref Zones]`, `"${Select 0 of Zones}"`},
		{"select by the unknown", `!Select [!Ref Env, [a, b]]`, `unknown(Select ${Env} "a" "b")`},
		{"zones", `!GetAZs ""`, `unknown(zones of ${AWS::Region})`},
		{"zone", `!Select [0, !GetAZs us-east-1]`, `"${Select 0 of zones of us-east-1}"`},
		{"map", `!FindInMap [Regions, eu-west-1, Name]`, `"ireland"`},
		{"map by an unknown key", `!FindInMap [Regions, !Ref AWS::Region, Name]`, `unknown(Regions.${AWS::Region}.Name "ireland" "virginia")`},
		{"map whose values agree", `!FindInMap [Regions, !Ref AWS::Region, Same]`, `"x"`},
		{"map with a list", `!FindInMap [Regions, us-east-1, List]`, `["r"]`},
		{"map with a fallback", `!FindInMap [Regions, mars, Name, {DefaultValue: none}]`, `"none"`},
		{"map with a fallback that may win", `!FindInMap [Regions, !Ref AWS::Region, Name, {DefaultValue: !Ref Stage}]`, `unknown(Regions.${AWS::Region}.Name "ireland" "virginia" "prod")`},
		{"if yes", `!If [Always, a, b]`, `"a"`},
		{"if no", `!If [Never, a, !Ref AWS::NoValue]`, `absent`},
		{"if open", `!If [Open, a, b]`, `unknown(Open?a:b "a" "b")`},
		{"if open with the absent", `{X: !If [Open, {A: 1}, !Ref AWS::NoValue]}`, `{X:unknown(Open?map at t.yaml:27:25: {A:1} absent)}`},
		{"element of two lists", `!Equals [!Select [0, !If [Open, [a], [b]]], !Select [0, !If [Open, [c], [d]]]]`, `unknown(Fn::Equals true false)`},
		{"conditions written in place", `!Equals [!If [!Equals [!Ref Env, x], a, b], !If [!Equals [!Ref Env, y], a, b]]`, `unknown(Fn::Equals true false)`},
		{"if with equal branches", `!If [Open, a, a]`, `"a"`},
		{"if inside a text", `!Sub ["x-${v}", {v: !If [Open, a, b]}]`, `"x-${Open?a:b}"`},
		{"base64", `{"Fn::Base64": "hello"}`, `"aGVsbG8="`},
		{"base64 of the unknown", `{"Fn::Base64": !Sub "x ${Env}"}`, `unknown(Base64 of x ${Env})`},
		{"cidr", `!Cidr ["10.0.0.0/22", 3, 8]`, `["10.0.0.0/24" "10.0.1.0/24" "10.0.2.0/24"]`},
		{"cidr of one of six", `!Select [1, !Cidr ["2001:db8::/62", 2, 64]]`, `"2001:db8:0:1::/64"`},
		{"cidr of the unknown", `!Cidr [!Ref Env, 3, 8]`, `unknown(Cidr ${Env})`},
		{"length", `{"Fn::Length": !Ref Names}`, `3`},
		{"length of the unknown", `{"Fn::Length": !Ref Zones}`, `unknown(Length of Zones)`},
		{"JSON", `{"Fn::ToJsonString": {a: [1, true, "x\"y"], b: !Ref Env}}`, `"{\"a\":[1,true,\"x\\\"y\"],\"b\":\"${Env}\"}"`},
		{"import", `!ImportValue shared`, `unknown(ImportValue shared)`},
		{"stack output", `{"Fn::GetStackOutput": {StackName: net, OutputName: Vpc}}`, `unknown(GetStackOutput net.Vpc)`},
		{"dynamic reference", `"{{resolve:ssm:/db/user:1}}"`, `"${resolve:ssm:/db/user:1}"`},
		{"dynamic reference in a text", `!Sub "u={{resolve:secretsmanager:${Odd}:SecretString:user}};"`, `"u=${resolve:secretsmanager:${t.yaml/Odd}:SecretString:user};"`},
		{"open dynamic reference", `"a {{resolve:ssm:x"`, `"a {{resolve:ssm:x"`},
		{"condition as a value", `{"Fn::Equals": [!Ref Env, a]}`, `unknown(Fn::Equals true false)`},
		{"null", `~`, `null`},
		{"yes", `yes`, `true`},
		{"policy condition", `{Condition: {Bool: {"aws:SecureTransport": "false"}}}`, `{Condition:{Bool:{aws:SecureTransport:"false"}}}`},
		{"condition that is data", `{Condition: text}`, `{Condition:"text"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := loadText(t, head+tt.expr+"\n", Options{})
			it := p.Resource("t.yaml/It")
			if it == nil {
				t.Fatalf("no resource; problems %v", p.Problems)
			}
			got := it.Get("V")
			if show(got) != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.expr, show(got), tt.want)
			}
			for _, problem := range p.Problems {
				if !strings.Contains(problem.Message, "no template here exports") {
					t.Errorf("problem: %v", problem)
				}
			}
		})
	}
}

func TestReferencesInTexts(t *testing.T) {
	p := loadText(t, head+`!Sub "${Box.Arn}/${Table}-${Box}-${Box}"`+"\n", Options{})
	got := fmt.Sprint(p.Resource("t.yaml/It").Get("V").Refs())
	if want := "[{t.yaml/Box Arn} {t.yaml/Table Ref} {t.yaml/Box Ref}]"; got != want {
		t.Errorf("references %s, want %s", got, want)
	}
}

// TestMalformed checks that each malformed call gives a problem at its place
// and an unknown value, and that the rest is still loaded.
func TestMalformed(t *testing.T) {
	tests := []struct{ expr, message string }{
		{`!Ref Nothing`, `"Nothing" is neither a parameter nor a resource`},
		{`!Ref [a]`, "Ref is not written"},
		{`!Ref AWS::Nothing`, "not a pseudo parameter"},
		{`!GetAtt Nothing.Arn`, `"Nothing" is not a resource`},
		{`!GetAtt Box`, "Fn::GetAtt is not written"},
		{`!GetAtt [Box, {a: b}]`, "Fn::GetAtt is not written"},
		{`!Sub {a: b}`, "Fn::Sub is not written"},
		{`!Sub [a, b, c]`, "Fn::Sub is not written"},
		{`!Sub ["x", [x]]`, "variables must be a map"},
		{`!Sub "${Nothing}"`, `"Nothing" is neither`},
		{`!Sub "${Nothing.Arn}"`, `"Nothing" is not a resource`},
		{`!Sub "${Names}"`, "is a list"},
		{`!Join [a]`, "Fn::Join is not written"},
		{`!Join ["-", {a: b}]`, "Fn::Join is not written"},
		{`!Join ["-", [{a: b}]]`, "must be a string, not a map"},
		{`!Split ["", a]`, "not empty"},
		{`!Split a`, "Fn::Split is not written"},
		{`!Select [3, [a]]`, "element 3 of a list of 1"},
		{`!Select [x, [a]]`, "index must be a number"},
		{`!Select [0, a]`, "must be a list"},
		{`!FindInMap [Nothing, a, b]`, "mapping Nothing is not declared"},
		{`!FindInMap [Regions, mars, Name]`, "has no entry mars, Name"},
		{`!FindInMap [Regions]`, "Fn::FindInMap is not written"},
		{`!If [Nothing, a, b]`, "condition Nothing is not declared"},
		{`!If [Always, a]`, "Fn::If is not written"},
		{`!Cidr [x, 1, 8]`, "Fn::Cidr is not written"},
		{`!Cidr ["10.0.0.0/24", 200, 5]`, "more than 10.0.0.0/24 holds"},
		{`{"Fn::Base64": [a]}`, "Fn::Base64 is not written"},
		{`{"Fn::Length": a}`, "Fn::Length is not written"},
		{`{"Fn::ToJsonString": a}`, "Fn::ToJsonString is not written"},
		{`!Nonsense a`, "Fn::Nonsense is not an intrinsic function"},
		{`{"Fn::If": [Always, a, b], Other: 1}`, "must be the only key"},
		{`{"Fn::Transform": {Name: Macro, Parameters: {}}, Other: 1}`, "the macro Macro runs only inside AWS"},
		{`!Equals [a]`, "Fn::Equals takes"},
	}
	line := strings.Count(head, "\n") + 1
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			p := loadText(t, head+tt.expr+"\n", Options{})
			if len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Message, tt.message) {
				t.Fatalf("problems %v, want one with %q", p.Problems, tt.message)
			}
			if s := p.Problems[0].Span; s.File != "t.yaml" || s.Line != line {
				t.Errorf("the problem is at %v, want line %d", s, line)
			}
			if p.Resource("t.yaml/Box") == nil || p.Resource("t.yaml/It") == nil {
				t.Error("the rest of the template is not loaded")
			}
		})
	}
}

func TestConditions(t *testing.T) {
	const text = `
Parameters:
  Env: {Type: String}
  Stage: {Type: String, Default: prod}
  Size: {Type: String, AllowedValues: [small, large]}
Conditions:
  Always: !Equals [!Ref Stage, prod]
  Open: !Equals [!Ref Env, prod]
  Under: %s
Resources:
  It: {Type: "AWS::SNS::Topic", Condition: Under}
`
	tests := []struct {
		expr string
		want value.Tri
	}{
		{`!Equals [a, a]`, value.Yes},
		{`!Equals [a, b]`, value.No},
		{`!Equals ["", !Ref AWS::NoValue]`, value.Yes},
		{`!Equals [1, "1"]`, value.Yes},
		{`!Equals [!Ref Size, medium]`, value.No},
		{`!Equals [!Ref Size, small]`, value.Unknown},
		{`!Equals [!Ref Env, !Ref Env]`, value.Yes},
		{`!Equals [!Sub "a${Env}", !Sub "b${Env}"]`, value.No},
		{`!Equals [[a, b], [a, b]]`, value.Yes},
		{`!Equals [[a, !Ref Env], [b, x]]`, value.No},
		{`!And [!Condition Always, !Condition Open]`, value.Unknown},
		{`!And [!Not [!Condition Always], !Condition Open]`, value.No},
		{`!Or [!Condition Always, !Condition Open]`, value.Yes},
		{`!Or [!Condition Open, !Equals [a, b]]`, value.Unknown},
		{`!Not [{Condition: Open}]`, value.Unknown},
		{`{"Fn::Not": [{"Fn::Equals": [!Ref Stage, prod]}]}`, value.No},
		{`!Condition Always`, value.Yes},
	}
	for _, tt := range tests {
		p := loadText(t, fmt.Sprintf(text, tt.expr), Options{})
		got := value.No
		if r := p.Resource("t.yaml/It"); r != nil {
			got = r.Exists
		}
		if got != tt.want || len(p.Problems) > 0 {
			t.Errorf("%s: exists %v, want %v; problems %v", tt.expr, got, tt.want, p.Problems)
		}
	}
}

func TestOptions(t *testing.T) {
	o := Options{Parameters: map[string]string{"Env": "dev", "Names": "x,y", "Secret": "given", "Image": "i"},
		Region: "eu-west-1", Account: "123456789012", Partition: "aws"}
	for expr, want := range map[string]string{
		`!Ref Env`:    `"dev"`,
		`!Ref Names`:  `["x" "y"]`,
		`!Ref Secret`: `"${Secret}"`,
		`!Ref Image`:  `"${Image}"`,
		`!Sub "${AWS::Region}.${AWS::AccountId}.${AWS::Partition}.${AWS::URLSuffix}"`: `"eu-west-1.123456789012.aws.amazonaws.com"`,
		`!FindInMap [Regions, !Ref AWS::Region, Name]`:                                `"ireland"`,
		`!GetAtt Table.Arn`: `"arn:aws:dynamodb:eu-west-1:123456789012:table/${AWS::StackName}-Table-${t.yaml/Table}"->t.yaml/Table.Arn`,
		`!If [Open, a, b]`:  `"b"`,
	} {
		p := loadText(t, head+expr+"\n", o)
		if got := show(p.Resource("t.yaml/It").Get("V")); got != want {
			t.Errorf("%s is %s, want %s", expr, got, want)
		}
	}
}

// TestCycles checks that what depends on itself ends in a problem.
func TestCycles(t *testing.T) {
	tests := []struct{ name, text, message string }{
		{"conditions", "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  R: {Type: 'AWS::SNS::Topic', Condition: A}\n", "the condition A depends on itself"},
		{"names", "Resources:\n  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'x${B}'}}\n  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}\n", "depends on itself"},
		{"own name", "Resources:\n  A: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt A.Arn}}\n", "depends on itself"},
	}
	for _, tt := range tests {
		p := loadText(t, tt.text, Options{})
		found := false
		for _, problem := range p.Problems {
			found = found || strings.Contains(problem.Message, tt.message)
		}
		if !found || len(p.Apps) != 1 || len(p.Apps[0].Resources()) == 0 {
			t.Errorf("%s: problems %v", tt.name, p.Problems)
		}
	}
}

// TestDoubling checks that texts and values which double with every step stay
// bounded.
func TestDoubling(t *testing.T) {
	var b strings.Builder
	b.WriteString("Resources:\n  R0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: abcdefgh}}\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, "  R%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${R%d}${R%d}'}}\n", i, i-1, i-1)
	}
	p := loadText(t, b.String(), Options{})
	if n := len(p.Apps[0].Resources()); n != 60 {
		t.Errorf("%d resources, want 60", n)
	}
	b.Reset()
	b.WriteString("Conditions:\n  C0: !Equals [!Ref AWS::Region, x]\n")
	for i := 1; i < 5000; i++ {
		fmt.Fprintf(&b, "  C%d: !Not [!Condition C%d]\n", i, i-1)
	}
	b.WriteString("Resources:\n  R: {Type: 'AWS::SNS::Topic', Condition: C4999}\n")
	loadText(t, b.String(), Options{})
}

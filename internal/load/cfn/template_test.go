package cfn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// dump writes the resources of a project, one on a line.
func dump(p *app.Project) string {
	var b strings.Builder
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			fmt.Fprintf(&b, "%s %s", r.ID, r.Type)
			if r.Exists != value.Yes {
				fmt.Fprintf(&b, " exists:%v", r.Exists)
			}
			if len(r.DependsOn) > 0 {
				fmt.Fprintf(&b, " after:%v", r.DependsOn)
			}
			fmt.Fprintf(&b, " %s\n", show(r.Props))
		}
	}
	return b.String()
}

func messages(p *app.Project) string {
	var list []string
	for _, problem := range p.Problems {
		list = append(list, problem.String())
	}
	return strings.Join(list, "\n")
}

// check compares resources and problems; each wanted problem is a part of the
// message at its place.
func check(t *testing.T, p *app.Project, want string, problems ...string) {
	t.Helper()
	if got := dump(p); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("resources\n%s\nwant\n%s", got, want)
	}
	if len(p.Problems) != len(problems) {
		t.Errorf("problems\n%s\nwant %d: %q", messages(p), len(problems), problems)
		return
	}
	for i, w := range problems {
		if !strings.Contains(p.Problems[i].String(), w) {
			t.Errorf("problem %d is %v, want %q", i, p.Problems[i], w)
		}
	}
}

func TestLoops(t *testing.T) {
	p := loadText(t, `
Transform: [AWS::LanguageExtensions]
Parameters:
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Conditions:
  Fn::ForEach::Cond:
    - Z
    - !Ref Zones
    - Is${Z}: !Equals [!Ref Z, a]
Resources:
  Fn::ForEach::Queues:
    - Name
    - [orders, "big-one"]
    - Queue&{Name}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Ref Name
          Tags: !Sub "${Name}/${AWS::Region}"
  Fn::ForEach::Outer:
    - Z
    - !Ref Zones
    - Fn::ForEach::Inner:
        - K
        - [x, y]
        - Topic${Z}${K}:
            Type: AWS::SNS::Topic
            Condition: !Sub "Is${Z}"
            DependsOn: Queueorders
            Properties:
              TopicName: !Sub "${Z}-${K}"
              Fn::ForEach::Props:
                - P
                - [One, Two]
                - Prop${P}: !GetAtt ["Queue${Z}x", Arn]
  Queueax: {Type: "AWS::SQS::Queue", Properties: {QueueName: ax}}
Outputs:
  Fn::ForEach::Out:
    - Name
    - [orders]
    - Out${Name}: {Value: !GetAtt "Queue${Name}.Arn"}
`, Options{Region: "r", Account: "1", Partition: "aws"})
	got := dump(p)
	for _, id := range []string{"Queuebigone", "Queueorders", "Topicax", "Topicay", "Topicbx", "Topicby"} {
		if p.Resource("t.yaml/"+id) == nil {
			t.Errorf("no resource %s in\n%s", id, got)
		}
	}
	if v := p.Resource("t.yaml/Queuebigone").Get("Tags"); v.Str() != "big-one/r" {
		t.Errorf("Tags are %s", show(v))
	}
	if v := p.Resource("t.yaml/Topicax").Get("PropTwo"); show(v) != `"arn:aws:sqs:r:1:ax"->t.yaml/Queueax.Arn` {
		t.Errorf("a loop over properties gave %s", show(v))
	}
	if outs := p.Apps[0].Outputs; len(outs) != 1 || outs[0].Name != "Outorders" || show(outs[0].Value) != `"arn:aws:sqs:r:1:orders"->t.yaml/Queueorders.Arn` {
		t.Errorf("outputs %v", outs)
	}
}

func TestLoopProblems(t *testing.T) {
	tests := []struct{ text, message string }{
		{"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [X, [a]]\n  T: {Type: 'AWS::SNS::Topic'}\n", "the loop A must be"},
		{"Transform: AWS::LanguageExtensions\nParameters: {P: {Type: CommaDelimitedList}}\nResources:\n  Fn::ForEach::A: [X, !Ref P, {'A${X}': {Type: 'AWS::SNS::Topic'}}]\n  T: {Type: 'AWS::SNS::Topic'}\n", "the collection of the loop A is not known"},
		{"Transform: AWS::LanguageExtensions\nParameters: {P: {Type: String, AllowedValues: [q, r]}}\nMappings: {M: {q: {L: [a]}, r: {L: [a]}}}\nResources:\n  Fn::ForEach::A: [X, [!Ref P, q, a, !Ref 'AWS::Region'], {'A${X}': {Type: 'AWS::SNS::Topic'}}]\n", "has a value that is not known"},
		{"Resources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {FunctionUrlConfig: {AuthType: NONE}}}\n", "F is a AWS::Serverless::Function, which only the SAM transform understands"},
		{"Resources:\n  T: {Type: 'AWS::SNS::Topic'}\nOutputs: {O: {Condition: [A], Value: x}}\n", "Condition of the output O must be the name of a condition"},
		{"Resources:\n  Fn::ForEach::A: [X, [a], {'A${X}': {Type: 'AWS::SNS::Topic'}}]\n", "needs Transform: AWS::LanguageExtensions"},
	}
	for _, tt := range tests {
		p := loadText(t, tt.text, Options{})
		if len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Message, tt.message) {
			t.Errorf("problems %v, want %q", p.Problems, tt.message)
		}
		if n := len(p.Apps[0].Resources()); n != 1 && !strings.Contains(tt.text, "AllowedValues") {
			t.Errorf("resources\n%s", dump(p))
		}
	}
	// A loop in a loop in a loop ends at the limit.
	var values []string
	for i := range 40 {
		values = append(values, fmt.Sprintf("v%d", i))
	}
	nest := "{'A${A}${B}${C}${D}${E}${F}': {Type: 'AWS::SNS::Topic'}}"
	for _, name := range []string{"F", "E", "D", "C", "B", "A"} {
		nest = fmt.Sprintf("{'Fn::ForEach::%s': [%s, [%s], %s]}", name, name, strings.Join(values, ","), nest)
	}
	p := loadText(t, "Transform: AWS::LanguageExtensions\nResources: "+nest+"\n", Options{})
	if !strings.Contains(messages(p), "more than remit reads") {
		t.Errorf("problems %s", messages(p))
	}
}

func TestIncludes(t *testing.T) {
	files := map[string]string{
		"app/t.yaml": `
Transform:
  - Name: AWS::Include
    Parameters: {Location: ../more.yaml}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.json}}
      Name: x
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: topic.yaml}}
      TopicName: own
  Far:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: "s3://bucket/key"}}
      TopicName: far
  Lost:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: none.yaml}}
  Out:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../../secret.yaml}}
`,
		"more.yaml":      "Resources:\n  More: {Type: 'AWS::SNS::Topic'}\n",
		"app/api.json":   `{"openapi": "3.0.1", "info": {"title": {"Fn::Sub": "t-${AWS::Region}"}}}`,
		"app/topic.yaml": "TopicName: theirs\nDisplayName: shown\n",
	}
	p := loadFiles(t, files, Options{}, "app/t.yaml")
	check(t, p, `
app/t.yaml/Api AWS::ApiGateway::RestApi {Body:{openapi:"3.0.1" info:{title:"t-${AWS::Region}"}} Name:"x"}
app/t.yaml/Far AWS::SNS::Topic {TopicName:"far"}
app/t.yaml/Lost AWS::SNS::Topic unknown(Fn::Transform AWS::Include at app/t.yaml:25:22)
app/t.yaml/More AWS::SNS::Topic {}
app/t.yaml/Out AWS::SNS::Topic unknown(Fn::Transform AWS::Include at app/t.yaml:29:22)
app/t.yaml/Topic AWS::SNS::Topic {TopicName:"own" DisplayName:"shown"}
`, `t.yaml:20:66: the included file "s3://bucket/key" is not in this folder`,
		`t.yaml:25:66: the included file "none.yaml" is not read: there is no such file`,
		`t.yaml:29:66: the included file "../../secret.yaml" is not read: the path leaves`)
	if got := fmt.Sprint(p.Apps[0].Files); !strings.Contains(got, "app/api.json") || !strings.Contains(got, "more.yaml") {
		t.Errorf("files %s", got)
	}
	if s := p.Resource("app/t.yaml/Api").Get("Body", "info", "title").Span(); s.File != "app/api.json" {
		t.Errorf("an included value is at %v", s)
	}
}

func TestNested(t *testing.T) {
	files := map[string]string{
		"t.yaml": `
Parameters: {Env: {Type: String}}
Conditions: {Open: !Equals [!Ref Env, prod]}
Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/data.yaml
      Parameters: {Prefix: !Sub "${Env}-x", Key: !GetAtt Box.Arn}
  Maybe:
    Type: AWS::CloudFormation::Stack
    Condition: Open
    Properties: {TemplateURL: nested/leaf.yaml}
  Box: {Type: "AWS::S3::Bucket", Properties: {BucketName: box}}
  Use:
    Type: AWS::SNS::Topic
    Properties:
      A: !GetAtt Data.Outputs.Table
      B: !Sub "${Data.Outputs.Table}/index"
      C: !GetAtt Data.Outputs.Leaf
      D: !GetAtt Data.Outputs.None
      E: !GetAtt Data.Outputs.Key
  Url: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: "https://s3.amazonaws.com/b/t.yaml"}}
  None: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: none.yaml}}
  Sar: {Type: "AWS::Serverless::Application", Properties: {Location: {ApplicationId: "arn:aws:x", SemanticVersion: 1.0.0}}}
`,
		"nested/data.yaml": `
Parameters: {Prefix: {Type: String}, Key: {Type: String}, Free: {Type: String, Default: f}}
Resources:
  Table: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Sub "${Prefix}-table", K: !Ref Key}}
  Deep: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: leaf.yaml}}
Outputs:
  Table: {Value: !GetAtt Table.Arn}
  Leaf: {Value: !GetAtt Deep.Outputs.Topic}
  Key: {Value: !Ref Key}
`,
		"nested/leaf.yaml": "Resources:\n  Topic: {Type: 'AWS::SNS::Topic', Properties: {N: !Ref AWS::StackName}}\nOutputs:\n  Topic: {Value: !Ref Topic}\n",
	}
	p := loadFiles(t, files, Options{Region: "r", Account: "1", Partition: "aws"}, "t.yaml")
	check(t, p, `
t.yaml/Box AWS::S3::Bucket {BucketName:"box"}
t.yaml/Data AWS::CloudFormation::Stack {TemplateURL:"./nested/data.yaml" Parameters:{Prefix:"${Env}-x" Key:"arn:aws:s3:::box"->t.yaml/Box.Arn}}
t.yaml/Data/Deep AWS::CloudFormation::Stack {TemplateURL:"leaf.yaml"}
t.yaml/Data/Deep/Topic AWS::SNS::Topic {N:"${AWS::StackName}-Data-${t.yaml/Data}-Deep-${t.yaml/Data/Deep}"}
t.yaml/Data/Table AWS::DynamoDB::Table {TableName:"${Env}-x-table" K:"arn:aws:s3:::box"->t.yaml/Box.Arn}
t.yaml/Maybe AWS::CloudFormation::Stack exists:unknown {TemplateURL:"nested/leaf.yaml"}
t.yaml/Maybe/Topic AWS::SNS::Topic exists:unknown {N:"${AWS::StackName}-Maybe-${t.yaml/Maybe}"}
t.yaml/None AWS::CloudFormation::Stack {TemplateURL:"none.yaml"}
t.yaml/Sar AWS::Serverless::Application {Location:{ApplicationId:"arn:aws:x" SemanticVersion:"1.0.0"}}
t.yaml/Url AWS::CloudFormation::Stack {TemplateURL:"https://s3.amazonaws.com/b/t.yaml"}
t.yaml/Use AWS::SNS::Topic {A:"arn:aws:dynamodb:r:1:table/${Env}-x-table"->t.yaml/Data/Table.Arn B:"arn:aws:dynamodb:r:1:table/${Env}-x-table/index" C:"arn:aws:sns:r:1:${AWS::StackName}-Data-${t.yaml/Data}-Deep-${t.yaml/Data/Deep}-Topic-${t.yaml/Data/Deep/Topic}"->t.yaml/Data/Deep/Topic.Ref D:unknown(t.yaml/Data.Outputs.None) E:"arn:aws:s3:::box"->t.yaml/Box.Arn}
`, "t.yaml:21:10: the nested stack Data has no output None; add it to nested/data.yaml",
		"t.yaml:23:71: the nested stack Url is not a local file",
		`t.yaml:24:72: the nested template "none.yaml" is not read: there is no such file`,
		"t.yaml:25:70: the nested application Sar comes from the application repository")
}

func TestModules(t *testing.T) {
	p := loadText(t, `
Resources:
  Mod: {Type: "My::Bucket::Thing::MODULE", Properties: {A: b}}
  Use: {Type: "AWS::SNS::Topic", Properties: {A: !Ref ModBucket, B: !GetAtt ModBucket.Arn, C: !GetAtt Mod.Bucket.Arn, D: !Ref Mo}}
  Empty: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: ""}}
`, Options{})
	check(t, p, `
t.yaml/Empty AWS::CloudFormation::Stack {TemplateURL:""}
t.yaml/Mod My::Bucket::Thing::MODULE {A:"b"}
t.yaml/Use AWS::SNS::Topic {A:unknown(ModBucket) B:unknown(ModBucket.Arn) C:"${t.yaml/Mod.Bucket.Arn}"->t.yaml/Mod.Bucket.Arn D:unknown(Mo)}
`, "t.yaml:3:15: the module Mod (My::Bucket::Thing::MODULE) is expanded inside AWS",
		`"Mo" is neither a parameter nor a resource`, "the nested stack Empty names no template")
}

func TestNestedCycle(t *testing.T) {
	files := map[string]string{
		"a.yaml": "Resources:\n  B: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: b.yaml}}\n  T: {Type: 'AWS::SNS::Topic'}\n",
		"b.yaml": "Resources:\n  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: a.yaml}}\n  U: {Type: 'AWS::SNS::Topic'}\n",
	}
	p := loadFiles(t, files, Options{}, "a.yaml")
	check(t, p, `
a.yaml/B AWS::CloudFormation::Stack {TemplateURL:"b.yaml"}
a.yaml/B/A AWS::CloudFormation::Stack {TemplateURL:"a.yaml"}
a.yaml/B/U AWS::SNS::Topic {}
a.yaml/T AWS::SNS::Topic {}
`, "b.yaml:2:69: the nested stack A contains itself")
	// Each stack nests the next file twice: the number of stacks is bounded.
	files = map[string]string{}
	for i := range 12 {
		files[fmt.Sprintf("n%d.yaml", i)] = fmt.Sprintf("Resources:\n  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: n%d.yaml}}\n  B: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: n%d.yaml}}\n", i+1, i+1)
	}
	files["n12.yaml"] = "Resources: {T: {Type: 'AWS::SNS::Topic'}}\n"
	p = loadFiles(t, files, Options{}, "n0.yaml")
	if n := len(p.Apps[0].Resources()); n > 3*maxStacks || !strings.Contains(messages(p), "levels or") {
		t.Errorf("%d resources, problems %s", n, messages(p))
	}
}

func TestExports(t *testing.T) {
	files := map[string]string{
		"net.yaml":   "Resources: {V: {Type: 'AWS::EC2::VPC'}}\nOutputs:\n  V: {Value: !Ref V, Export: {Name: vpc}}\n  W: {Value: !Ref V, Export: {Name: !Sub '${AWS::Region}-vpc'}}\n  S: {Value: !Ref V, Export: {Name: !Sub '${AWS::StackName}-vpc'}}\n",
		"mid.yaml":   "Resources: {T: {Type: 'AWS::SNS::Topic'}}\nOutputs:\n  V: {Value: !ImportValue vpc, Export: {Name: again}}\n  D: {Value: !Ref T, Export: {Name: twice}}\n",
		"other.yaml": "Resources: {T: {Type: 'AWS::SNS::Topic'}}\nOutputs:\n  D: {Value: !Ref T, Export: {Name: twice}}\n",
		"use.yaml": `
Resources:
  U:
    Type: AWS::SNS::Topic
    Properties:
      A: !ImportValue vpc
      B: {"Fn::ImportValue": !Sub "${AWS::Region}-vpc"}
      C: !ImportValue again
      D: !ImportValue twice
      E: !ImportValue nowhere
      F: !ImportValue nowhere
      G: {"Fn::ImportValue": !Sub "${AWS::StackName}-vpc"}
`,
	}
	for range 3 {
		p := loadFiles(t, files, Options{}, "mid.yaml", "net.yaml", "other.yaml", "use.yaml")
		v := func(key string) string { return show(p.Resource("use.yaml/U").Get(key)) }
		for key, want := range map[string]string{
			"A": `->net.yaml/V.Ref`, "B": `->net.yaml/V.Ref`, "C": `->net.yaml/V.Ref`,
			"D": "unknown(ImportValue twice)", "E": "unknown(ImportValue nowhere)", "G": "unknown(ImportValue ${AWS::StackName}-vpc)",
		} {
			if !strings.HasSuffix(v(key), want) {
				t.Errorf("%s is %s, want %s", key, v(key), want)
			}
		}
		if got := messages(p); strings.Count(got, "nowhere") != 1 || strings.Count(got, "2 templates here export \"twice\"") != 1 || len(p.Problems) != 3 {
			t.Errorf("problems\n%s", got)
		}
	}
}

func TestSecretParameters(t *testing.T) {
	p := loadText(t, "Parameters:\n  P: {Type: String, NoEcho: true, Default: canary1}\n  Q: {Type: String, NoEcho: 'true'}\nResources: {T: {Type: 'AWS::SNS::Topic', Properties: {A: !Sub 'x${P}${Q}'}}}\n",
		Options{Parameters: map[string]string{"Q": "canary2"}})
	if got := fmt.Sprintf("%+v %s %s", p.Apps[0].Parameters, dump(p), messages(p)); strings.Contains(got, "canary") {
		t.Errorf("a secret came out: %s", got)
	}
	ps := p.Apps[0].Parameters
	if len(ps) != 2 || !ps[0].Secret || !ps[0].HasDefault || ps[0].DefaultSpan.Line != 2 || ps[1].HasDefault {
		t.Errorf("parameters %+v", ps)
	}
}

// TestWrongShapes gives every part of a template every wrong shape.
func TestWrongShapes(t *testing.T) {
	for _, bad := range []string{"[a]", "text", "7", "true", "~", "{a: b}", "{a: {b: c}}", "!Sub 5", "!Ref X", "[{a: b}]", "{Fn::If: [A]}", "{Fn::Transform: 5}", "{Fn::ForEach::X: 5}", "!GetAtt 5", "!Join {a: b}"} {
		for _, place := range []string{
			"AWSTemplateFormatVersion: 2010-09-09\nResources: %s\n",
			"AWSTemplateFormatVersion: 2010-09-09\nResources: {R: %s}\n",
			"Resources: {R: {Type: %s}, T: {Type: 'AWS::SNS::Topic'}}\n",
			"Resources: {R: {Type: 'AWS::SNS::Topic', Properties: %s}}\n",
			"Resources: {R: {Type: 'AWS::SNS::Topic', DependsOn: %s}}\n",
			"Resources: {R: {Type: 'AWS::SNS::Topic', Condition: %s}}\n",
			"Resources: {R: {Type: 'AWS::SNS::Topic', Metadata: %s, DeletionPolicy: %[1]s}}\n",
			"Resources: {R: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: %s, Parameters: %[1]s}}}\n",
			"Resources: {R: {Type: 'AWS::S3::Bucket', Properties: {BucketName: %s}}, S: {Type: 'AWS::SNS::Topic', Properties: {T: !GetAtt R.Arn}}}\n",
			"Parameters: %s\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {T: !Ref a}}}\n",
			"Parameters: {a: %s}\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {T: !Ref a}}}\n",
			"Parameters: {a: {Type: %s, Default: %[1]s, AllowedValues: %[1]s, NoEcho: %[1]s}}\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {T: !Ref a}}}\n",
			"Mappings: %s\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {T: !FindInMap [a, b, c]}}}\n",
			"Mappings: {a: %s}\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {T: !FindInMap [a, b, c]}}}\n",
			"Conditions: %s\nResources: {R: {Type: 'AWS::SNS::Topic', Condition: a}}\n",
			"Conditions: {a: %s}\nResources: {R: {Type: 'AWS::SNS::Topic', Condition: a}}\n",
			"Outputs: %s\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
			"Outputs: {a: %s}\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
			"Outputs: {a: {Value: %s, Condition: %[1]s, Export: %[1]s}}\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
			"Outputs: {a: {Value: x, Export: {Name: %s}}}\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
			"Transform: %s\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
			"Transform: AWS::Serverless-2016-10-31\nGlobals: %s\nResources: {R: {Type: 'AWS::Serverless::Function', Properties: %[1]s}}\n",
			"Transform: AWS::Serverless-2016-10-31\nResources: {R: {Type: 'AWS::Serverless::Function', Properties: {Events: %s, Policies: %[1]s}}}\n",
			"Transform: AWS::LanguageExtensions\nResources: {'Fn::ForEach::X': [A, %s, {'R${A}': {Type: 'AWS::SNS::Topic'}}]}\n",
			"Rules: %s\nMetadata: %[1]s\nDescription: %[1]s\nResources: {R: {Type: 'AWS::SNS::Topic'}}\n",
		} {
			text := fmt.Sprintf(place, bad)
			p := loadText(t, text, Options{})
			for _, problem := range p.Problems {
				if problem.Span.File == "" || problem.Span.Line < 1 {
					t.Errorf("%s: the problem %q is nowhere", text, problem.Message)
				}
			}
		}
	}
}

// functions are the long names of all intrinsic functions that are evaluated.
var functionNames = []string{"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Split", "Fn::Select", "Fn::FindInMap", "Fn::If", "Fn::And", "Fn::Or", "Fn::Not",
	"Fn::Equals", "Fn::ImportValue", "Fn::GetAZs", "Fn::Base64", "Fn::Cidr", "Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::GetStackOutput", "Fn::Nothing"}

// TestFunctionsOfFunctions nests every function in every other, in every place.
func TestFunctionsOfFunctions(t *testing.T) {
	for _, outer := range functionNames {
		for _, inner := range functionNames {
			for _, shape := range []string{`{"%s": {"%s": "Box"}}`, `{"%s": [{"%s": ["Box", "Arn"]}]}`, `{"%s": ["a", {"%s": ["Box", "Arn"]}]}`, `{"%s": ["Always", {"%s": "Box"}, {"Ref": "Env"}]}`, `{"%s": ["Regions", "a", {"%s": "Env"}, {"DefaultValue": {}}]}`} {
				loadText(t, head+fmt.Sprintf(shape, outer, inner)+"\n", Options{})
			}
		}
	}
}

func TestParseClaims(t *testing.T) {
	tests := []struct {
		name, text string
		template   bool
		problem    string
	}{
		{"no template", "a: b\nResources: [x]\nc: AWS::\n", false, ""},
		{"broken and no template", "a: [b\nResources of AWS:: things\n", false, ""},
		{"values of a chart", "Resources:\n  cpu: {Type: small}\nnote: AWS::S3\n", false, ""},
		{"prose", "Write AWSTemplateFormatVersion at the top: like this\n\tand Resources: below\n", false, ""},
		{"broken template", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: [\n", false, "not valid YAML"},
		{"broken template in JSON", "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n \"Resources\": {", false, "breaks off"},
		{"broken without a version", "Resources:\n  A:\n    Type: AWS::SNS::Topic\n   B: x\n", false, "not valid YAML"},
		{"no resources", "AWSTemplateFormatVersion: '2010-09-09'\n", false, "no resources"},
		{"list of resources", "AWSTemplateFormatVersion: '2010-09-09'\nResources: [a]\n", false, "must be a map"},
		{"template", "Resources: {A: {Type: 'AWS::SNS::Topic'}}\n", true, ""},
		{"custom only", "Resources: {A: {Type: 'Custom::Thing'}}\n", true, ""},
		{"transform only", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n", true, ""},
	}
	for _, tt := range tests {
		tpl, problems := Parse("f.yaml", []byte(tt.text), source.DefaultLimits)
		if (tpl != nil) != tt.template || (tt.problem == "") != (len(problems) == 0) ||
			tt.problem != "" && !strings.Contains(problems[0].Message, tt.problem) {
			t.Errorf("%s: template %v, problems %v", tt.name, tpl != nil, problems)
		}
	}
}

// TestValueSpans checks that every evaluated value stands where it is written,
// to the byte.
func TestValueSpans(t *testing.T) {
	for name, text := range map[string]string{
		"YAML": "Resources:\n  Ä:\n    Type: AWS::SNS::Topic\n    Properties: {ö: 'größe', A: !Sub \"x${AWS::Region}\", \"ß\": [eins, !Ref AWS::Region, 3]}\n",
		"JSON": "{\"Resources\": {\"Ä\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"ö\": \"größe\", \"A\": {\"Fn::Sub\": \"x${AWS::Region}\"},\n \"ß\": [\"eins\", {\"Ref\": \"AWS::Region\"}, 3]}}}}",
	} {
		p := loadText(t, text, Options{})
		r := p.Apps[0].Resources()[0]
		lines := strings.Split(text, "\n")
		cut := func(s source.Span) string { return lines[s.Line-1][s.Column-1 : s.EndColumn-1] }
		list := r.Get("ß").Items()
		want := map[string][]string{
			"YAML": {"Ä", "'größe'", `!Sub "x${AWS::Region}"`, "eins", "!Ref AWS::Region", "3"},
			"JSON": {`"Ä"`, `"größe"`, `{"Fn::Sub": "x${AWS::Region}"}`, `"eins"`, `{"Ref": "AWS::Region"}`, "3"},
		}[name]
		for i, s := range []source.Span{r.Span, r.Get("ö").Span(), r.Get("A").Span(), list[0].Span(), list[1].Span(), list[2].Span()} {
			if got := cut(s); got != want[i] {
				t.Errorf("%s: %v covers %s, want %s", name, s, got, want[i])
			}
		}
	}
}

// TestMacroBesideKeys checks that what a macro may add is not taken for absent.
func TestMacroBesideKeys(t *testing.T) {
	p := loadText(t, "Resources:\n  Fn::Transform: {Name: Mine}\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: b, Fn::Transform: {Name: Mine}}\n  C: {Type: 'AWS::S3::Bucket', Fn::Transform: {Name: Mine}}\n  D: {Type: 'AWS::S3::Bucket', Properties: {BucketName: d}}\n", Options{})
	if got := len(p.Problems); got != 3 {
		t.Errorf("problems %v", p.Problems)
	}
	for id, want := range map[string]value.Tri{"B": value.Unknown, "C": value.Unknown, "D": value.No} {
		r := p.Resource("t.yaml/" + id)
		if got := r.Props.Get("PublicAccessBlockConfiguration").Exists(); got != want {
			t.Errorf("the block of %s exists: %v, want %v", id, got, want)
		}
	}
	if b := p.Resource("t.yaml/B").Props; b.Get("BucketName").Is("b") != value.Yes || b.IsResolved() {
		t.Errorf("what stands beside a macro: %s", show(b))
	}
}

// TestSAM tells the templates that ask for the SAM transform from others.
func TestSAM(t *testing.T) {
	const resources = "\nResources: {T: {Type: 'AWS::SNS::Topic'}}\n"
	for text, want := range map[string]bool{
		"Transform: AWS::Serverless-2016-10-31":                            true,
		"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]": true,
		"Transform: [{Name: AWS::Serverless-2016-10-31}]":                  true,
		"Transform: AWS::Include":                                          false,
		"AWSTemplateFormatVersion: '2010-09-09'":                           false,
	} {
		tpl, problems := Parse("t.yaml", []byte(text+resources), source.DefaultLimits)
		if tpl == nil || tpl.SAM() != want {
			t.Errorf("%s: not %v, problems %v", text, want, problems)
		}
	}
}

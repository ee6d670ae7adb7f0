package sls

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// facts reduces a template to what it says of security, one line each and
// sorted: resources with their types and properties, statements one by one.
// Texts that are put together in different ways read alike.
func facts(t *testing.T, doc *node) []string {
	t.Helper()
	ids := stableIDs(doc)
	var out []string
	for _, f := range doc.Get("Resources").Fields {
		id, typ := ids.of(f.Key), text(f.Value.Get("Type"))
		out = append(out, id+" "+typ)
		if c := f.Value.Get("Condition"); c != nil {
			out = append(out, id+" if "+text(c))
		}
		props := f.Value.Get("Properties")
		if props == nil {
			continue
		}
		for _, p := range props.Fields {
			if aside(typ, p.Key) {
				continue
			}
			for _, line := range reduced(typ, p.Key, p.Value, ids) {
				out = append(out, id+"."+line)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// aside are properties that tell nothing of security or that name what only a
// packaging run makes.
func aside(typ, key string) bool {
	switch typ + "." + key {
	case "AWS::Lambda::Function.Code", "AWS::Lambda::Version.CodeSha256", "AWS::Lambda::LayerVersion.Content",
		"AWS::ApiGateway::Method.MethodResponses", "AWS::ApiGateway::UsagePlan.Description", "AWS::ApiGateway::Deployment.StageDescription",
		"AWS::ApiGatewayV2::Api.Description", "AWS::ApiGatewayV2::Deployment.Description", "AWS::ApiGatewayV2::Stage.Description",
		"AWS::CloudWatch::Alarm.AlarmDescription", "AWS::Events::Rule.Description",
		"AWS::StepFunctions::StateMachine.Definition", "AWS::StepFunctions::StateMachine.DefinitionString":
		return true
	}
	return false
}

// reduced writes one property; policies give a line for each statement.
func reduced(typ, key string, n *node, ids stable) []string {
	var out []string
	switch {
	case typ == "AWS::IAM::Role" && key == "Policies":
		for _, p := range n.Items {
			if name := ids.render(p.Get("PolicyName")); !digested.MatchString(name) {
				out = append(out, key+".PolicyName "+name)
			}
			for _, s := range p.Path("PolicyDocument", "Statement").Items {
				out = append(out, ids.statement(s)...)
			}
		}
	case typ == "AWS::ApiGateway::Method" && key == "Integration":
		out = append(out, key+" "+ids.render(n.Without("RequestTemplates", "IntegrationResponses")))
		for _, r := range items(n.Get("IntegrationResponses")) {
			for _, p := range fieldsOf(r.Get("ResponseParameters")) {
				out = append(out, "header "+p.Key+" "+ids.render(p.Value))
			}
		}
	case typ == "AWS::ApiGatewayV2::Stage" && key == "AccessLogSettings":
		out = append(out, key+" "+ids.render(n.Without("Format")))
	default:
		if r := ids.render(n); r != `""` && r != "{}" && r != "[]" {
			out = append(out, key+" "+r)
		}
	}
	return out
}

// statement writes a statement as one line for each action on each resource:
// the framework collects in one what remit writes apart.
func (s stable) statement(n *node) []string {
	var out []string
	rest := ""
	if c := n.Without("Effect", "Action", "Resource"); len(c.Fields) > 0 {
		rest = " with " + s.render(c)
	}
	for _, a := range items(n.Get("Action")) {
		for _, r := range items(n.Get("Resource")) {
			out = append(out, strings.ToLower(text(n.Get("Effect")))+" "+text(a)+" on "+s.render(r)+rest)
		}
	}
	return out
}

// stable gives logical ids that a packaging run completes with a digest or a
// time their beginning back.
type stable map[string]string

var cutAfter = regexp.MustCompile(`^(.*LambdaVersion|ApiGatewayDeployment|WebsocketsDeployment|.*MachineResourcePolicy)[0-9A-Za-z]*$`)

// digested are the names of targets and policies of notifications, which the
// framework ends in a digest and remit in a number.
var digested = regexp.MustCompile(`^"(\w+-(ABORTED|FAILED)-[0-9a-f]{5}|first-\d|(FAILED-)?(kinesis|stepFunctions)-\w+)"$`)

func stableIDs(doc *node) stable {
	out := stable{}
	for _, f := range doc.Get("Resources").Fields {
		switch text(f.Value.Get("Type")) {
		case "AWS::Lambda::Version", "AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment",
			"AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::Lambda::Permission":
			if m := cutAfter.FindStringSubmatch(f.Key); m != nil {
				out[f.Key] = m[1]
			}
		}
	}
	return out
}

func (s stable) of(id string) string {
	if to, ok := s[id]; ok {
		return to
	}
	return id
}

// render writes a value as JSON with sorted keys; calls of functions become
// the text that they put together.
func (s stable) render(n *node) string {
	if t, ok := s.text(n); ok {
		data, _ := json.Marshal(t)
		return string(data)
	}
	switch {
	case isNone(n):
		return "null"
	case isList(n):
		parts := make([]string, len(n.Items))
		for i, it := range n.Items {
			parts[i] = s.render(it)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	var parts []string
	for _, f := range n.Fields {
		v := f.Value
		if f.Key == "Sid" || f.Key == "Id" && digested.MatchString(s.render(v)) {
			continue
		}
		if f.Key == "Action" && v.IsScalar() {
			v = source.NewList(v.Span, v)
		}
		parts = append(parts, fmt.Sprintf("%q:%s", f.Key, s.render(v)))
	}
	sort.Strings(parts)
	return "{" + strings.Join(parts, ",") + "}"
}

func (s stable) text(n *node) (string, bool) {
	if n.IsScalar() {
		return n.Text, true
	}
	name, arg, ok := intrinsic.Of(n)
	if !ok {
		return "", false
	}
	switch name {
	case "Ref":
		if arg.Text == "AWS::NoValue" {
			return "", false
		}
		return "${" + s.of(arg.Text) + "}", true
	case "Fn::GetAtt":
		if isList(arg) && len(arg.Items) == 2 {
			return "${" + s.of(text(arg.Items[0])) + "." + text(arg.Items[1]) + "}", true
		}
	case "Fn::ToJsonString":
		return s.json(arg), true
	case "Fn::Sub":
		if arg.IsScalar() {
			return arg.Text, true
		}
		out := text(arg.Items[0])
		if len(arg.Items) == 2 {
			for _, f := range arg.Items[1].Fields {
				v, _ := s.text(f.Value)
				out = strings.ReplaceAll(out, "${"+f.Key+"}", v)
			}
		}
		return out, true
	case "Fn::Join":
		var parts []string
		for _, it := range arg.Items[1].Items {
			t, ok := s.text(it)
			if !ok {
				return "", false
			}
			parts = append(parts, t)
		}
		return strings.Join(parts, text(arg.Items[0])), true
	}
	return "", false
}

func (s stable) json(n *node) string {
	var b strings.Builder
	switch {
	case n.Kind == source.NumberNode, n.Kind == source.BoolNode:
		b.WriteString(n.Text)
	case isList(n):
		var parts []string
		for _, it := range n.Items {
			parts = append(parts, s.json(it))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case plain(n):
		var parts []string
		for _, f := range n.Fields {
			parts = append(parts, fmt.Sprintf("%q:%s", f.Key, s.json(f.Value)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	default:
		t, _ := s.text(n)
		data, _ := json.Marshal(t)
		b.Write(data)
	}
	return b.String()
}

func fieldsOf(n *node) []source.Field {
	if n == nil {
		return nil
	}
	return n.Fields
}

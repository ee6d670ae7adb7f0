package app

import (
	"regexp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// serviceTypes are the resources that an API may use by calling a service
// itself.
var serviceTypes = map[string][]string{
	"dynamodb": tableTypes,
	"sqs":      queueTypes,
	"sns":      topicTypes,
	"states":   {"AWS::StepFunctions::StateMachine"},
	"events":   busTypes,
	"kinesis":  streamTypes,
	"firehose": {"AWS::KinesisFirehose::DeliveryStream"},
	"s3":       bucketTypes,
}

// subtypes are the first-class integrations of HTTP APIs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
var subtypes = map[string]string{
	"EventBridge": "events", "SQS": "sqs", "Kinesis": "kinesis", "StepFunctions": "states", "AppConfig": "appconfig",
}

// resolve finds what an integration calls.
func (x API) resolve(i *Integration, subtype *value.Value) {
	a := x.App
	i.Functions = a.FunctionsNamed(i.URI)
	if len(i.Functions) == 0 {
		i.Functions = x.functionsOfStages(i.URI)
	}
	if len(i.Functions) > 0 {
		return
	}
	if s, ok := subtype.Known(); ok && s != "" {
		service, action, _ := strings.Cut(s, "-")
		i.Service, i.Action = subtypes[service], action
	} else if service, action, ok := serviceCall(i.URI.Text()); ok {
		i.Service, i.Action = service, action
	}
	if types, ok := serviceTypes[i.Service]; ok {
		i.Resource = a.firstRef([]*value.Value{i.URI, i.Parameters, i.Templates}, types)
		if i.Resource == nil {
			i.Resource = a.queueInPath(i, types)
		}
	}
}

// serviceURI is arn:aws:apigateway:REGION:SERVICE:action/ACTION or …:path/….
// A region that was left as ${AWS::Region} in a body file has colons.
var serviceURI = regexp.MustCompile(`^arn:(?:\$\{[^}]*\}|[^:]*):apigateway:(?:\$\{[^}]*\}|[^:]*):([^:/]+):(action/|path/)([A-Za-z0-9]*)`)

func serviceCall(uri value.Text) (service, action string, ok bool) {
	m := serviceURI.FindStringSubmatch(uri.String())
	if m == nil {
		return "", "", false
	}
	service = m[1][strings.LastIndexByte(m[1], '.')+1:] // a subdomain may stand before it
	if m[2] == "action/" {
		action = m[3]
	}
	return service, action, true
}

// stageVariable is how a URI names a variable of the stage.
var stageVariable = regexp.MustCompile(`\$\{stageVariables\.([A-Za-z0-9_]+)\}`)

// functionsOfStages finds the functions of a URI in which variables stand that
// each stage gives a value of its own.
func (x API) functionsOfStages(uri *value.Value) []Target {
	if uri.Kind() != value.String || !stageVariable.MatchString(uri.Str()) {
		return nil
	}
	variables := make([]*value.Value, 0, 2)
	for _, s := range x.Stages() {
		variables = append(variables, s.Variables())
	}
	for _, d := range x.Deployments() {
		variables = append(variables, d.Get("StageDescription", "Variables"))
	}
	var out []Target
	for _, v := range variables {
		if v.Exists() == value.No {
			continue
		}
		text := value.NewText(substituted(uri.Text(), v), uri.Span())
		for _, t := range x.App.FunctionsNamed(text) {
			if !slices.ContainsFunc(out, func(o Target) bool { return o.Function == t.Function && o.Qualifier.String() == t.Qualifier.String() }) {
				out = append(out, t)
			}
		}
	}
	return out
}

// substituted puts the values of stage variables into a text.
func substituted(t value.Text, variables *value.Value) value.Text {
	var out []value.Text
	for _, p := range t.Parts() {
		if p.Hole != "" {
			out = append(out, textOf(p))
			continue
		}
		rest := p.Lit
		for {
			at := stageVariable.FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			out = append(out, value.Lit(rest[:at[0]]), variables.Get(rest[at[2]:at[3]]).Text())
			rest = rest[at[1]:]
		}
		out = append(out, value.Lit(rest))
	}
	return value.Concat(out...)
}

// firstRef is the first resource of the types that is referred to in the
// values.
func (a *App) firstRef(in []*value.Value, types []string) *Resource {
	var found *Resource
	for _, v := range in {
		v.Walk(func(v *value.Value) bool {
			for _, ref := range v.Refs() {
				if r := a.Project.Resource(ref.Resource); found == nil && r != nil && a.accept(r, types) != nil {
					found = r
				}
			}
			return found == nil
		})
	}
	return found
}

// queueInPath finds a resource that the path of a URI names by text, as in
// sqs:path/ACCOUNT/QUEUE.
func (a *App) queueInPath(i *Integration, types []string) *Resource {
	parts := i.URI.Text().Split('/', -1)
	for _, p := range parts[min(1, len(parts)):] {
		if p.IsEmpty() {
			continue
		}
		if m, _ := a.lookupText(p, types); len(m) == 1 {
			return m[0].Resource
		}
	}
	return nil
}

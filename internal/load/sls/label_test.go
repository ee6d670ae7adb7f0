package sls

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/remit-security/remit/internal/source"
)

// TestLabels holds what people call generated resources: the names that they
// wrote, as long as no other resource has them.
func TestLabels(t *testing.T) {
	n, _ := source.Parse("serverless.yml", []byte(`
service: shop
provider: {name: aws}
plugins: [serverless-step-functions]
functions:
  send-mail:
    handler: a.b
    url: true
    events: [eventBridge: {eventBus: shop-events, pattern: {source: [a]}}, schedule: rate(1 day)]
  api: {handler: a.b, events: [http: get /orders]}
  Taken: {handler: a.b, disableLogs: true}
layers:
  common-code: {path: layer}
stepFunctions:
  stateMachines:
    work_through: {definition: {StartAt: A, States: {A: {Type: Succeed}}}}
resources:
  Resources:
    Taken: {Type: AWS::SQS::Queue}
`), source.DefaultLimits)
	got := Compile("serverless.yml", n, Options{}).Labels
	want := map[string]string{
		"SendDashmailLambdaFunction":                         "send-mail",
		"SendDashmailLambdaFunctionUrl":                      "send-mail/LambdaFunctionUrl",
		"SendDashmailLambdaPermissionFn":                     "send-mail/LambdaPermissionFn",
		"SendDashmailLambdaPermissionFnUrl":                  "send-mail/LambdaPermissionFnUrl",
		"SendDashmailLambdaVersion":                          "send-mail/LambdaVersion",
		"SendDashmailLogGroup":                               "send-mail/LogGroup",
		"SendDashmailEventsRuleSchedule1":                    "send-mail/EventsRuleSchedule1",
		"SendDashmailLambdaPermissionEventsRuleSchedule1":    "send-mail/LambdaPermissionEventsRuleSchedule1",
		"SendDashmailEventBridgeLambdaPermission1":           "send-mail/EventBridgeLambdaPermission1",
		"Shopdevsendmailrule1EventBridgeRule":                "send-mail/EventBridgeRule1",
		"ShopDasheventsEventBridgeEventBus":                  "shop-events",
		"CommonDashcodeLambdaLayer":                          "common-code",
		"ApiLambdaFunction":                                  "api", // but not ApiGatewayRestApi
		"ApiLambdaPermissionApiGateway":                      "api/LambdaPermissionApiGateway",
		"ApiLambdaVersion":                                   "api/LambdaVersion",
		"ApiLogGroup":                                        "api/LogGroup",
		"TakenLambdaVersion":                                 "Taken/LambdaVersion", // but not the function
		"WorkUnderscorethroughStepFunctionsStateMachine":     "work_through",
		"WorkUnderscorethroughStepFunctionsStateMachineRole": "work_through/Role",
	}
	if !maps.Equal(got, want) {
		for id, label := range got {
			if want[id] != label {
				t.Errorf("%s is called %q, want %q", id, label, want[id])
			}
		}
		for id, label := range want {
			if _, ok := got[id]; !ok {
				t.Errorf("%s has no label, want %q", id, label)
			}
		}
	}
}

// TestPlugins holds what is understood of small plug-ins.
func TestPlugins(t *testing.T) {
	a, err := txtar.ParseFile("testdata/bad/plugins.txtar")
	if err != nil {
		t.Fatal(err)
	}
	r := compileDir(t, extract(t, a), Options{})
	for _, tt := range []struct{ id, property, want string }{
		{"GoodLambdaFunction", "TracingConfig.Mode", "Active"},
		{"GoodLogGroup", "RetentionInDays", "30"},
	} {
		if got := text(r.Doc.Path(append([]string{"Resources", tt.id, "Properties"}, strings.Split(tt.property, ".")...)...)); got != tt.want {
			t.Errorf("%s of %s is %q, want %q", tt.property, tt.id, got, tt.want)
		}
	}
	if r.Doc.Path("Resources", "PythonRequirementsLambdaLayer") == nil {
		t.Error("there is no layer of libraries")
	}
	if got := stable(nil).render(r.Doc.Path("Outputs", "GoodLambdaFunctionQualifiedArn", "Export")); !strings.Contains(got, "sls-plugins-dev-GoodLambdaFunctionQualifiedArn") {
		t.Errorf("the output is exported as %s", got)
	}
}

package duty

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

const (
	stateMachine = "AWS::StepFunctions::StateMachine"
	stepDocs     = "https://docs.aws.amazon.com/step-functions/latest/dg/"
)

func stateMachineDuties() []Duty {
	return []Duty{
		byAWS("states-execution", "Run executions and encrypt their state", "Step Functions runs executions and encrypts what it keeps of them", stepDocs+"encryption-at-rest.html", "SC-28", stateMachine),
		{
			ID: "states-role", Title: "Let executions do only what their steps need", Types: []string{stateMachine},
			Doc:    "Every step acts with one role. Steps of the form .sync and HTTP tasks widen what it must be allowed.",
			Refs:   Refs{AWS: []string{stepDocs + "procedure-create-iam-role.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return roleAt(v, v.Get("RoleArn"), "RoleArn")
			},
		},
		{
			ID: "states-logs", Title: "Log executions", Types: []string{stateMachine},
			Doc:    "Without a log level executions leave traces only in the console's history, and express ones none.",
			Refs:   Refs{AWS: []string{stepDocs + "cw-logs.html"}, FSBP: "StepFunctions.1", OWASP: "A10:2017", NIST: "AU-12"},
			States: decided(),
			Compute: func(v *View) Answer {
				l := v.Get("LoggingConfiguration", "Level")
				return decide(set(l).And(l.Is("OFF").Not()), "LoggingConfiguration.Level", l, "executions are logged", "executions are not logged")
			},
		},
		{
			ID: "states-tracing", Title: "Trace executions", Types: []string{stateMachine},
			Doc:    "X-Ray shows what one request did over all its steps.",
			Refs:   Refs{AWS: []string{stepDocs + "concepts-xray-tracing.html"}, OWASP: "A10:2017", NIST: "CA-7"},
			States: decided(),
			Compute: func(v *View) Answer {
				t := v.Get("TracingConfiguration", "Enabled")
				return decide(t.IsTrue(), "TracingConfiguration.Enabled", t, "executions are traced", "executions are not traced")
			},
		},
		{
			ID: "states-http-tasks", Title: "Know whom HTTP tasks call", Types: []string{stateMachine},
			Doc:    "An HTTP task leaves AWS: which address it calls, with which credentials, is the customer's.",
			Refs:   Refs{AWS: []string{stepDocs + "call-https-apis.html"}, OWASP: "A5:2017", NIST: "AC-20, SC-8"},
			States: []State{Manual, Unknown, NA}, Compute: httpTasks,
		},
		attested("states-input", "Validate the input of executions", "only the steps' code can show it",
			"Whoever starts an execution chooses its input, and the steps pass it on.",
			Refs{AWS: []string{stepDocs + "security.html"}, Lens: "SEC 3", OWASP: "A1:2017", NIST: "SI-10"}, stateMachine),
	}
}

func httpTasks(v *View) Answer {
	def := v.Get("Definition")
	if set(def) == value.No {
		def = v.Get("DefinitionString")
	}
	if set(def) == value.No {
		return unknown("the definition lies outside the sources", def, here(v.Resource))
	}
	var found, open []Place
	def.Walk(func(part *value.Value) bool {
		switch {
		case isHole(part):
			open = append(open, Place{part.Span(), "a part that is not known"})
		case strings.Contains(part.Str(), ":states:::http:invoke"):
			found = append(found, Place{part.Span(), "an HTTP task"})
		}
		return true
	})
	switch {
	case len(found) > 0:
		return manual("steps call addresses outside AWS: attest who runs them", found...)
	case len(open) > 0:
		return unknown("the definition is not known in whole", nil, first(open, 1)...)
	}
	return notApplicable("no step calls an address outside AWS")
}

// isHole reports whether nothing at all is known of a value.
func isHole(v *value.Value) bool {
	if v.Kind() == value.Unresolved {
		return len(v.Choices()) == 0
	}
	parts := v.Text().Parts()
	return len(parts) == 1 && parts[0].Hole != "" && !parts[0].Fresh
}

package duty

import (
	"fmt"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

const (
	function   = "AWS::Lambda::Function"
	lambdaDocs = "https://docs.aws.amazon.com/lambda/latest/dg/"
)

func functionDuties() []Duty {
	return []Duty{
		byAWS("lambda-host", "Secure the host, its operating system and the network below it",
			"Lambda runs functions on hosts that AWS builds, patches and watches", lambdaDocs+"lambda-security.html", "PE-3, SI-2", function),
		{
			ID: "lambda-isolation", Title: "Isolate the function from those of others", Types: []string{function},
			Doc: `AWS isolates every function in a micro virtual machine of its own. On managed instances the capacity provider,
				and not the container, is the boundary: functions that share one trust each other, and which do is the customer's choice.`,
			Refs:   Refs{AWS: []string{lambdaDocs + "lambda-managed-instances.html"}, NIST: "SC-39"},
			States: []State{Provided, Manual, Unknown}, Compute: functionIsolation,
		},
		{
			ID: "lambda-runtime-patches", Title: "Apply patches to the language runtime", Types: []string{function},
			Doc: `With the update mode Auto, the default, AWS patches the runtime of every function. FunctionUpdate applies patches only
				when the function is deployed again, Manual never: both move the duty to the customer, as do container images and the
				runtimes provided.*, which the customer rebuilds. Nobody patches a runtime that AWS has deprecated.`,
			Refs:   Refs{AWS: []string{lambdaDocs + "runtimes-update.html", lambdaDocs + "lambda-runtimes.html"}, Lens: "SEC 3", FSBP: "Lambda.2", OWASP: "A9:2017", NIST: "SI-2, SA-22"},
			States: []State{Provided, Unmet, Manual, Unknown}, Compute: runtimePatches,
		},
		attested("lambda-code", "Write code that does not run what it is sent", "the sources are the customer's; remit reports what it finds in them",
			"The code is the customer's. Findings in the area code show shortfalls; that there are none is no proof.",
			Refs{AWS: []string{lambdaDocs + "lambda-security.html"}, Lens: "SEC 3", OWASP: "A1:2017", NIST: "SA-11, SI-10"}, function),
		attested("lambda-libraries", "Keep third-party libraries free of known vulnerabilities", "whoever deploys the code brings its libraries",
			"AWS patches the runtime, not what is packed beside the code. Keep lock files, watch advisories, deploy again.",
			Refs{AWS: []string{lambdaDocs + "lambda-security.html"}, Lens: "SEC 3", OWASP: "A9:2017", NIST: "SI-2, SR-3"}, function),
		{
			ID: "lambda-own-role", Title: "Give the function a role of its own", Types: []string{function},
			Doc:    "Functions that share a role share what it may do: the least that all need together is more than each needs.",
			Refs:   Refs{AWS: []string{lambdaDocs + "lambda-intro-execution-role.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-6"},
			States: decided(Manual), Compute: ownRole,
		},
		{
			ID: "lambda-least-privilege", Title: "Name the actions and resources that the function may use", Types: []string{function},
			Doc: `Whoever runs code in the function acts as its role. Each grant should name its actions and resources. The state is met
				where no grant names a whole service or all resources of one; whether the code needs what is granted is a matter of its own.`,
			Refs:   Refs{AWS: []string{lambdaDocs + "lambda-intro-execution-role.html"}, Lens: "SEC 2", FSBP: "IAM.1, IAM.21", OWASP: "A5:2017", CIS: "1.16", NIST: "AC-6"},
			States: decided(Manual), Compute: functionPrivilege,
		},
		{
			ID: "lambda-callers", Title: "Let only known callers invoke the function", Types: []string{function},
			Doc:    "Permissions are statements of the function's resource policy. One for everybody, or for a service without the source that calls, lets strangers in.",
			Refs:   Refs{AWS: []string{lambdaDocs + "access-control-resource-based.html"}, Lens: "SEC 2", FSBP: "Lambda.1", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual), Compute: functionCallers,
		},
		{
			ID: "lambda-environment-secrets", Title: "Keep secrets out of the environment", Types: []string{function},
			Doc:    "Everybody who may read the function's configuration reads its environment, and so does code that an attacker runs. Read secrets from Secrets Manager or Parameter Store at run time.",
			Refs:   Refs{AWS: []string{lambdaDocs + "configuration-envvars.html"}, Lens: "SEC 3", OWASP: "A3:2017", NIST: "IA-5(7), SC-28"},
			States: decided(NA), Compute: environmentSecrets,
		},
		{
			ID: "lambda-environment-encryption", Title: "Encrypt the environment at rest", Types: []string{function},
			Doc:    "Lambda encrypts the environment with a key of its own. A key of the customer's moves its policy to the customer, and with it the choice of who can decrypt.",
			Refs:   Refs{AWS: []string{lambdaDocs + "configuration-envvars-encryption.html"}, NIST: "SC-28"},
			States: []State{Provided, Met, Unknown}, Compute: environmentEncryption,
		},
		{
			ID: "lambda-code-signing", Title: "Run only code that was signed", Types: []string{function},
			Doc:    "Without a code signing configuration, whoever may update the function runs any code in it. Container images are not signed this way.",
			Refs:   Refs{AWS: []string{lambdaDocs + "configuration-codesigning.html"}, Lens: "SEC 3", NIST: "SI-7, CM-14"},
			States: decided(NA), Compute: codeSigning,
		},
		{
			ID: "lambda-layers", Title: "Know who writes the layers", Types: []string{function},
			Doc:    "Code in a layer runs with the function's role. A layer of another account is that account's code, and a version of it that is deleted cannot be deployed again.",
			Refs:   Refs{AWS: []string{lambdaDocs + "chapter-layers.html"}, Lens: "SEC 3", OWASP: "A9:2017", NIST: "SR-3"},
			States: []State{Met, Manual, Unknown, NA}, Compute: functionLayers,
		},
		{
			ID: "lambda-concurrency", Title: "Bound how often the function runs at once", Types: []string{function},
			Doc:    "Functions without reserved concurrency share the account's: a flood of one starves all others, and the bill grows with it.",
			Refs:   Refs{AWS: []string{lambdaDocs + "configuration-concurrency.html"}, NIST: "SC-5"},
			States: decided(), Compute: functionConcurrency,
		},
		{
			ID: "lambda-failures", Title: "Keep events that could not be handled", Types: []string{function},
			Doc:    "Events of asynchronous sources (buckets, topics, rules, schedules) are lost after two more attempts unless a dead-letter queue or a failure destination keeps them.",
			Refs:   Refs{AWS: []string{lambdaDocs + "invocation-async-retain-records.html"}},
			States: decided(NA), Compute: functionFailures,
		},
		{
			ID: "lambda-recursion", Title: "Stop the function from triggering itself", Types: []string{function},
			Doc:    "Lambda stops a chain of functions, queues and topics that runs in a circle. Allow switches that off and moves the duty to the customer.",
			Refs:   Refs{AWS: []string{lambdaDocs + "invocation-recursion.html"}, NIST: "SC-5"},
			States: []State{Provided, Unmet, Unknown}, Compute: functionRecursion,
		},
		{
			ID: "lambda-logs", Title: "Keep the function's logs for a stated time", Types: []string{function},
			Doc:    "A log group that Lambda makes on the first run keeps everything for ever. Declare the group, with its retention.",
			Refs:   Refs{AWS: []string{lambdaDocs + "monitoring-cloudwatchlogs.html"}, OWASP: "A10:2017", NIST: "AU-11"},
			States: decided(), Compute: functionLogs,
		},
		{
			ID: "lambda-tracing", Title: "Trace requests through the function", Types: []string{function},
			Doc:    "Active tracing shows which request did what, across services.",
			Refs:   Refs{AWS: []string{lambdaDocs + "services-xray.html"}, Hub: "Lambda.7", OWASP: "A10:2017", NIST: "CA-7"},
			States: decided(),
			Compute: func(v *View) Answer {
				t := app.AsFunction(v.Resource).Tracing()
				return decide(t.Is("Active"), "TracingConfig.Mode", t, "active tracing is on", "requests are traced only where the caller traces them")
			},
		},
		{
			ID: "lambda-network", Title: "Control what the function reaches on the network", Types: []string{function},
			Doc:    "Outside a VPC of the customer the function reaches the whole internet, and nothing can be configured. In a VPC of the customer, its security groups, routes and subnets (in two zones at least) are the customer's.",
			Refs:   Refs{AWS: []string{lambdaDocs + "configuration-vpc.html"}, FSBP: "Lambda.5", NIST: "SC-7, CP-10"},
			States: decided(NA, Manual), Compute: functionNetwork,
		},
	}
}

func functionIsolation(v *View) Answer {
	provider := v.Get("CapacityProviderConfig")
	switch set(provider) {
	case value.No:
		return provided("each function runs in a micro virtual machine of its own")
	case value.Unknown:
		return unknown("it cannot be decided whether the function runs on managed instances", provider, prop("CapacityProviderConfig", provider))
	}
	return manual("the function runs on managed instances: the capacity provider is the boundary, so attest that all functions on it trust each other",
		prop("CapacityProviderConfig", provider)).by(Shared)
}

func runtimePatches(v *View) Answer {
	f := app.AsFunction(v.Resource)
	switch f.PackageType().Is("Image") {
	case value.Yes:
		return manual("the function is a container image: attest that it is rebuilt when its base image is patched", prop("PackageType", f.PackageType()))
	case value.Unknown:
		return unknown("it cannot be decided whether the function is a container image", f.PackageType(), prop("PackageType", f.PackageType()))
	}
	id, ok := f.Runtime().Known()
	at := prop("Runtime", f.Runtime())
	if !ok {
		return unknown("the runtime is not known", f.Runtime(), at)
	}
	r, ok := app.RuntimeOf(id)
	switch {
	case !ok:
		return Answer{Customer, Unknown, fmt.Sprintf("remit does not know the runtime %s and until when AWS patches it", id), []Place{at}}
	case !r.PatchedOn(v.Now):
		why := fmt.Sprintf("nobody patches %s: AWS deprecated it on %s", id, r.Deprecated.Format(time.DateOnly))
		if r.Successor != "" {
			why += "; move to " + r.Successor
		}
		return unmet(why, at)
	case r.CustomerManaged():
		return manual(id+" brings the operating system and no language: attest that what the function runs on is rebuilt when it is patched", at).by(Shared)
	}
	mode := f.RuntimeUpdate()
	switch {
	case mode.Is("Auto") == value.Yes:
		return provided("AWS patches "+id+" by itself", at, prop("UpdateRuntimeOn", mode))
	case mode.Is("Manual") == value.Yes:
		return unmet("the runtime stays at one version until somebody changes it (Manual)", prop("UpdateRuntimeOn", mode))
	case mode.Is("FunctionUpdate") == value.Yes:
		return manual("the runtime is patched only when the function is deployed (FunctionUpdate): attest that it is deployed often", prop("UpdateRuntimeOn", mode)).by(Shared)
	}
	return unknown("the runtime's update mode is not known", mode, prop("UpdateRuntimeOn", mode))
}

func ownRole(v *View) Answer {
	f := app.AsFunction(v.Resource)
	role, sure := v.App.RoleOf(f)
	at := Place{f.RoleValue().Span(), "Role"}
	switch {
	case role.Resource == nil && sure == value.No:
		return manual("the role lies outside the sources: attest that no other function uses it", at)
	case role.Resource == nil || sure == value.Unknown:
		return unknown("the role is not known", f.RoleValue(), at)
	}
	all := v.facts.functionsOf(role.Resource)
	for _, o := range all {
		if o == v.Resource {
			continue
		}
		with := o.Label()
		if n := len(all) - 2; n > 0 {
			with += fmt.Sprintf(" and %d more", n)
		}
		return unmet(fmt.Sprintf("the role %s is shared with %s", role.Label(), with), at, here(role.Resource))
	}
	return met("no other function of the sources uses the role "+role.Label(), here(role.Resource))
}

func functionPrivilege(v *View) Answer {
	f := app.AsFunction(v.Resource)
	role, sure := v.App.RoleOf(f)
	at := Place{f.RoleValue().Span(), "Role"}
	switch {
	case role.Resource == nil && sure == value.No:
		return manual("the role lies outside the sources: attest what it may do", at)
	case role.Resource == nil || sure == value.Unknown:
		return unknown("the role is not known", f.RoleValue(), at)
	}
	return v.facts.privilegesOf(role.Resource).least("the role " + role.Label())
}

func functionCallers(v *View) Answer {
	x := audienceOf(v.Resource)
	open, maybe := loose(app.AsFunction(v.Resource))
	if len(x.public) == 0 && len(open) > 0 {
		return unmet("a service may call the function for any account", open...)
	}
	x.maybe = append(x.maybe, maybe...)
	return x.keepOut("the function")
}

// secretWord finds names of environment variables that hold a secret itself,
// and not where one is kept.
var secretWords = []string{"PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL"}

// kept are endings of names that say where a secret is kept or what it is like.
var kept = []string{"_ARN", "_NAME", "_ID", "_PATH", "_URL", "_URI", "_TABLE", "_PARAM", "_PARAMETER", "_TTL", "_EXPIRY", "_LENGTH", "_TYPE", "_REGION", "_VERSION", "_FUNCTION", "_QUEUE", "_TOPIC", "_BUCKET", "_SECRET_KEY_NAME"}

func namesSecret(name string) bool {
	name = strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, end := range kept {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// Values never leave this function: only names do.
func environmentSecrets(v *View) Answer {
	var bad, open []Place
	n := 0
	for _, e := range app.AsFunction(v.Resource).Env() {
		n++
		if !namesSecret(e.Name) {
			continue
		}
		text, known := e.Value.Known()
		switch {
		case strings.Contains(e.Value.Str(), "{{resolve:"):
			bad = append(bad, at(spanOr(e.Span, e.Value.Span()), "%s is resolved when the stack is deployed and then stands in the environment", e.Name))
		case known && text != "" && !strings.HasPrefix(text, "arn:"):
			bad = append(bad, at(spanOr(e.Span, e.Value.Span()), "%s holds a value", e.Name))
		case !known && len(e.Value.Refs()) == 0:
			open = append(open, at(spanOr(e.Span, e.Value.Span()), "the value of %s is not known", e.Name))
		}
	}
	switch {
	case n == 0:
		return notApplicable("the function has no environment")
	case len(bad) > 0:
		return unmet(rule.Count(len(bad), "environment variable holds what its name calls a secret", "environment variables hold what their names call a secret"), bad...)
	case len(open) > 0:
		return unknown("variables with names of secrets get values that the sources do not tell", nil, open...)
	}
	return met("no variable holds what its name calls a secret")
}

func environmentEncryption(v *View) Answer {
	key := app.AsFunction(v.Resource).EnvKey()
	switch set(key) {
	case value.No:
		return provided("Lambda encrypts the environment with a key of its own")
	case value.Unknown:
		return unknown("it cannot be decided which key encrypts the environment", key, prop("KmsKeyArn", key))
	}
	return met("a key of the customer encrypts the environment; its policy is the customer's too", Place{key.Span(), "KmsKeyArn"}).by(Shared)
}

func codeSigning(v *View) Answer {
	f := app.AsFunction(v.Resource)
	if f.PackageType().Is("Image") == value.Yes {
		return notApplicable("code signing is for zip archives")
	}
	c := f.CodeSigning()
	return decide(set(c), "CodeSigningConfigArn", c, "a code signing configuration is set", "no code signing configuration is set, so unsigned code is deployed")
}

func functionLayers(v *View) Answer {
	layers := app.AsFunction(v.Resource).Layers()
	if len(layers) == 0 {
		return notApplicable("the function has no layers")
	}
	var outside, open []Place
	for _, l := range layers {
		r, sure := v.App.Lookup(l, "AWS::Lambda::LayerVersion")
		switch {
		case r != nil && sure == value.Yes:
		case sure == value.No:
			outside = append(outside, Place{l.Span(), "a layer outside the sources: " + l.Str()})
		default:
			open = append(open, Place{l.Span(), "a layer that is not known"})
		}
	}
	switch {
	case len(outside) > 0:
		return manual("layers come from outside the sources: attest who writes them", outside...)
	case len(open) > 0:
		return unknown("it is not known which layers are used", layers[0], open...)
	}
	return met("all layers are part of the application")
}

func functionConcurrency(v *View) Answer {
	c := app.AsFunction(v.Resource).ReservedConcurrency()
	return decide(set(c), "ReservedConcurrentExecutions", c, "concurrency is reserved and bounded", "the function shares the account's concurrency, without a bound of its own")
}

// asynchronous are the sources whose events Lambda queues and retries itself.
var asynchronous = map[app.EntryKind]bool{
	app.EntryBucket: true, app.EntryTopic: true, app.EntryRule: true, app.EntrySchedule: true, app.EntryLogs: true,
	app.EntryIoT: true, app.EntryMail: true, app.EntryConfig: true, app.EntryDestination: true,
}

func functionFailures(v *View) Answer {
	f := app.AsFunction(v.Resource)
	var from []Place
	for _, e := range v.App.Entries(f) {
		if asynchronous[e.Kind] {
			from = append(from, at(e.Span, "events of a %s", e.Kind))
		}
	}
	if len(from) == 0 {
		return notApplicable("no asynchronous source sends events to the function")
	}
	keeps := set(f.DeadLetter())
	kept := Place{f.DeadLetter().Span(), "DeadLetterConfig"}
	for _, c := range f.InvokeConfigs() {
		to := c.Get("DestinationConfig", "OnFailure", "Destination")
		if keeps != value.Yes && set(to) == value.Yes {
			kept = Place{to.Span(), "DestinationConfig.OnFailure"}
		}
		keeps = keeps.Or(set(to))
	}
	switch keeps {
	case value.Yes:
		return met("failed events are kept", kept)
	case value.No:
		return unmet("events of asynchronous sources are lost when the function fails: no dead-letter queue and no failure destination", from...)
	}
	return unknown("it cannot be decided whether failed events are kept", f.DeadLetter(), from...)
}

func functionRecursion(v *View) Answer {
	loop := app.AsFunction(v.Resource).RecursiveLoop()
	switch loop.Is("Allow") {
	case value.No:
		return provided("Lambda stops circles of calls", prop("RecursiveLoop", loop))
	case value.Yes:
		return unmet("the detection of circles is switched off", prop("RecursiveLoop", loop))
	}
	return unknown("it cannot be decided whether circles are stopped", loop, prop("RecursiveLoop", loop))
}

func functionLogs(v *View) Answer {
	f := app.AsFunction(v.Resource)
	group := f.LogGroupResource()
	if group == nil {
		if name := f.LogGroup(); !name.IsDefault() && !name.IsResolved() {
			return unknown("it is not known which log group the function uses", name, prop("LoggingConfig.LogGroup", name))
		}
		if name := f.LogGroup(); !name.IsDefault() {
			return unknown("the log group "+name.Str()+" lies outside the sources, and so does its retention", name, prop("LoggingConfig.LogGroup", name))
		}
		return unmet("no log group is declared, so Lambda makes one that keeps everything for ever", here(v.Resource))
	}
	days := group.Get("RetentionInDays")
	return decide(set(days), "RetentionInDays", days, "the log group has a retention", "the log group "+group.Label()+" keeps everything for ever")
}

package duty

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// accessDuties are those of permissions and function URLs.
func accessDuties() []Duty {
	const permission, url = "AWS::Lambda::Permission", "AWS::Lambda::Url"
	return []Duty{
		{
			ID: "lambda-permission-source", Title: "Name the source that a service may call for", Types: []string{permission},
			Doc: `A permission for a service without SourceArn or SourceAccount lets that service call on behalf of any account
				(the confused deputy). The ARN of a bucket names no account, so a permission for S3 needs SourceAccount. One for an
				account or role needs no source.`,
			Refs:   Refs{AWS: []string{lambdaDocs + "permissions-function-services.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-3"},
			States: decided(NA), Compute: permissionSource,
		},
		{
			ID: "lambda-permission-action", Title: "Allow only the invocation", Types: []string{permission},
			Doc:    "A permission for more than invoking lets the caller read or change the function.",
			Refs:   Refs{AWS: []string{lambdaDocs + "access-control-resource-based.html"}, OWASP: "A5:2017", NIST: "AC-6"},
			States: decided(), Compute: permissionAction,
		},
		byAWS("lambda-url-edge", "Serve the address over TLS and absorb floods on the network", "Lambda serves function URLs over TLS and AWS Shield Standard protects them",
			lambdaDocs+"urls-configuration.html "+shield, "SC-8, SC-5", url),
		{
			ID: "lambda-url-authorization", Title: "Authorise who calls the function URL", Types: []string{url},
			Doc:    "AuthType AWS_IAM lets AWS check a signature. NONE moves the duty into the customer's code: whoever knows the address runs the function.",
			Refs:   Refs{AWS: []string{lambdaDocs + "urls-auth.html"}, Lens: "SEC 1", OWASP: "A2:2017", NIST: "AC-3"},
			States: decided(),
			Compute: func(v *View) Answer {
				t := app.AsFunctionURL(v.Resource).AuthType()
				return decide(t.Is("AWS_IAM"), "AuthType", t, "AWS checks the caller's signature", "anyone who knows the address runs the function: authorisation is left to its code")
			},
		},
		{
			ID: "lambda-url-origins", Title: "Name the web origins that may call the function URL", Types: []string{url},
			Doc:    "CORS with the origin * lets scripts of every site read the answers. Without CORS browsers allow none.",
			Refs:   Refs{AWS: []string{lambdaDocs + "urls-configuration.html"}, OWASP: "A6:2017", NIST: "AC-4"},
			States: decided(),
			Compute: func(v *View) Answer {
				origins := app.AsFunctionURL(v.Resource).CORS().Get("AllowOrigins")
				return decide(origins.Contains("*").Not(), "Cors.AllowOrigins", origins, "no wildcard origin may read the answers", "scripts of every site may read the answers")
			},
		},
	}
}

func permissionSource(v *View) Answer {
	p := app.AsPermission(v.Resource)
	who := p.Principal()
	service := who.Text().HasSuffix(".amazonaws.com")
	switch service {
	case value.No:
		return notApplicable("the permission is for no service")
	case value.Unknown:
		return unknown("the principal is not known", who, prop("Principal", who))
	}
	bound, named := boundToSource(p)
	switch bound {
	case value.Yes:
		var by []string
		for _, p := range named {
			name, _, _ := strings.Cut(p.Message, ":")
			by = append(by, strings.TrimSuffix(name, " is set"))
		}
		return met("the source that "+who.Str()+" may call for is named by "+join(by), named...)
	case value.Unknown:
		return unknown("it cannot be decided whether the source that "+who.Str()+" may call for is named", nil, named...)
	}
	if who.Is("s3.amazonaws.com") == value.Yes && len(named) > 0 {
		return unmet("the ARN of a bucket names no account, and its name may pass to another owner: SourceAccount is not set", named...)
	}
	return unmet(who.Str()+" may call the function for any account: neither SourceArn nor SourceAccount is set", prop("SourceArn", p.SourceArn()), prop("SourceAccount", p.SourceAccount()))
}

// boundToSource tells whether a permission for a service names for whom the
// service may call, and shows the properties that say so. For S3 that is the
// account alone: whoever gets hold of a bucket's name gets its ARN.
// https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1
func boundToSource(p app.Permission) (value.Tri, []Place) {
	out := value.No
	var named []Place
	for _, x := range []struct {
		name  string
		value *value.Value
	}{{"SourceArn", p.SourceArn()}, {"SourceAccount", p.SourceAccount()}, {"PrincipalOrgID", p.OrgID()}, {"EventSourceToken", p.EventSourceToken()}} {
		t := set(x.value).And(x.value.Is("*").Not())
		if t == value.No {
			continue
		}
		if x.name == "EventSourceToken" { // what a skill must present is shown to nobody
			named = append(named, Place{x.value.Span(), x.name + " is set"})
		} else {
			named = append(named, prop(x.name, x.value))
		}
		if x.name == "SourceArn" && p.Principal().Is("s3.amazonaws.com") == value.Yes {
			continue
		}
		out = out.Or(t)
	}
	return out, named
}

// loose finds the permissions that let a service call for any account.
func loose(f app.Function) (open, maybe []Place) {
	for _, p := range f.Permissions() {
		if p.Principal().Text().HasSuffix(".amazonaws.com") == value.No {
			continue
		}
		bound, _ := boundToSource(p)
		at := at(p.Principal().Span(), "%s lets %s call for any account", p.Label(), p.Principal().Str())
		switch p.Principal().OneOf(sourceless...).Not().And(bound.Not()).And(p.Exists) {
		case value.Yes:
			open = append(open, at)
		case value.Unknown:
			maybe = append(maybe, at)
		}
	}
	return open, maybe
}

// sourceless are services that name no source or call for their own account.
var sourceless = []string{"edgelambda.amazonaws.com", "replicator.lambda.amazonaws.com", "elasticloadbalancing.amazonaws.com"}

func permissionAction(v *View) Answer {
	a := app.AsPermission(v.Resource).Action()
	return decide(a.OneOf("lambda:InvokeFunction", "lambda:InvokeFunctionUrl"), "Action", a, "only the invocation is allowed", "more than the invocation is allowed")
}

func layerDuties() []Duty {
	const layer = "AWS::Lambda::LayerVersion"
	return []Duty{
		byAWS("layer-storage", "Store the layer's archive", "Lambda stores and encrypts layers, and no version can be changed", lambdaDocs+"chapter-layers.html "+lambdaDocs+"security-encryption-at-rest.html", "SC-28", layer),
		attested("layer-content", "Keep the layer's libraries free of known vulnerabilities", "a layer is code of the customer in every function that uses it",
			"AWS does not patch what is in a layer. Build it again when a library in it is patched, and move the functions to the new version.",
			Refs{AWS: []string{lambdaDocs + "chapter-layers.html"}, Lens: "SEC 3", OWASP: "A9:2017", NIST: "SI-2, SR-3"}, layer),
		{
			ID: "layer-sharing", Title: "Share the layer only with known accounts", Types: []string{layer},
			Doc:    "A layer that everybody may read shows its code, and what was left in it.",
			Refs:   Refs{AWS: []string{lambdaDocs + "permissions-layer-cross-account.html"}, OWASP: "A5:2017", NIST: "AC-3"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the layer")
			},
		},
	}
}

func mappingDuties() []Duty {
	const mapping = "AWS::Lambda::EventSourceMapping"
	return []Duty{
		byAWS("mapping-polling", "Read the source and invoke the function", "Lambda polls the source with the function's role and retries", lambdaDocs+"invocation-eventsourcemapping.html", "", mapping),
		{
			ID: "mapping-failures", Title: "Keep records that could not be handled", Types: []string{mapping},
			Doc: `A record that always fails blocks its shard of a stream until it expires, and is lost then; a failure destination keeps it.
				Messages of a queue are kept by the queue's own dead-letter queue.`,
			Refs:   Refs{AWS: []string{lambdaDocs + "kinesis-on-failure-destination.html"}},
			States: decided(NA), Compute: mappingFailures,
		},
		{
			ID: "mapping-source-authentication", Title: "Authenticate to the source", Types: []string{mapping},
			Doc:    "AWS authenticates Lambda to its own services by the function's role. To a Kafka cluster or a broker the customer says how, with a secret of Secrets Manager or mutual TLS.",
			Refs:   Refs{AWS: []string{lambdaDocs + "kafka-cluster-auth.html"}, OWASP: "A2:2017", NIST: "IA-9"},
			States: decided(Provided), Compute: mappingAuthentication,
		},
	}
}

func mappingFailures(v *View) Answer {
	m := app.AsEventSourceMapping(v.Resource)
	src := m.Source()
	if kind := sourceService(v, src); kind == "sqs" || kind == "mq" {
		return notApplicable("a message that could not be handled stays in the queue, whose dead-letter queue is a duty of its own")
	}
	return decide(set(m.OnFailure()), "DestinationConfig.OnFailure", m.OnFailure(), "failed records are kept", "records that fail block their shard and are lost when they expire")
}

// sourceService is the service of a mapping's source: "sqs", "kinesis"; empty
// where it is not known.
func sourceService(v *View, src *value.Value) string {
	if r, _ := v.App.Lookup(src); r != nil {
		switch r.Type {
		case "AWS::SQS::Queue":
			return "sqs"
		case "AWS::AmazonMQ::Broker":
			return "mq"
		}
	}
	parts := src.Text().Split(':', 4)
	if len(parts) < 4 {
		return ""
	}
	service, _ := parts[2].Known()
	return service
}

func mappingAuthentication(v *View) Answer {
	kafka := set(v.Get("SelfManagedEventSource"))
	access := v.Get("SourceAccessConfigurations")
	service := sourceService(v, app.AsEventSourceMapping(v.Resource).Source())
	switch {
	case kafka == value.No && service != "mq":
		return provided("AWS authenticates Lambda to the source by the function's role")
	case kafka == value.Unknown:
		return unknown("it is not known what the source is", v.Get("SelfManagedEventSource"))
	}
	var found value.Tri = value.No
	for _, c := range access.Items() {
		found = found.Or(c.Get("Type").OneOf("BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"))
	}
	if access.Kind() == value.Unresolved {
		found = value.Unknown
	}
	return decide(found, "SourceAccessConfigurations", access, "Lambda presents credentials to the source", "Lambda presents no credentials, so the source takes anyone")
}

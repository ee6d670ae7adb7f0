package duty

import (
	"github.com/remit-security/remit/internal/value"
)

const (
	graphqlAPI  = "AWS::AppSync::GraphQLApi"
	appsyncDocs = "https://docs.aws.amazon.com/appsync/latest/devguide/"
)

func graphqlDuties() []Duty {
	return []Duty{
		byAWS("appsync-edge", "Run the endpoint over TLS and absorb floods on the network", "AppSync runs the endpoint over TLS and AWS Shield Standard protects it", appsyncDocs+"security.html "+shield, "SC-5, SC-8", graphqlAPI),
		{
			ID: "appsync-authorization", Title: "Authorise callers", Types: []string{graphqlAPI},
			Doc:    "An API key is in every client and authorises nobody. As a mode of the API, first or further, it opens every field that names no other mode.",
			Refs:   Refs{AWS: []string{appsyncDocs + "security-authz.html"}, Lens: "SEC 1", FSBP: "AppSync.5", OWASP: "A2:2017", NIST: "AC-3, AC-6"},
			States: decided(), Compute: graphqlAuthorization,
		},
		attested("appsync-fields", "Authorise fields and items in resolvers", "which items a caller may have is decided in resolvers and in the schema's directives",
			"Modes say who may call. Which fields and items are a caller's own, directives and resolvers must say.",
			Refs{AWS: []string{appsyncDocs + "security-authorization-use-cases.html"}, Lens: "SEC 1", OWASP: "A5:2017", NIST: "AC-3, AC-6"}, graphqlAPI),
		{
			ID: "appsync-depth", Title: "Bound the depth of queries", Types: []string{graphqlAPI},
			Doc:    "One small query can ask for a whole graph. QueryDepthLimit bounds how deep; ResolverCountLimit how many resolvers run.",
			Refs:   Refs{AWS: []string{appsyncDocs + "configuration-limits.html"}, NIST: "SC-5"},
			States: decided(),
			Compute: func(v *View) Answer {
				d, c := v.Get("QueryDepthLimit"), v.Get("ResolverCountLimit")
				which, name := d, "QueryDepthLimit"
				if positive(d) == value.No && positive(c) != value.No {
					which, name = c, "ResolverCountLimit"
				}
				return decide(positive(d).Or(positive(c)), name, which, "queries are bounded", "queries may be as deep as they like")
			},
		},
		{
			ID: "appsync-introspection", Title: "Do not tell strangers the schema", Types: []string{graphqlAPI},
			Doc:    "Introspection is on unless switched off, and lists every type, query and mutation.",
			Refs:   Refs{AWS: []string{appsyncDocs + "configuration-limits.html"}, OWASP: "A6:2017", NIST: "CM-7"},
			States: decided(),
			Compute: func(v *View) Answer {
				i := v.Get("IntrospectionConfig")
				return decide(i.Is("DISABLED"), "IntrospectionConfig", i, "introspection is off", "introspection is on")
			},
		},
		{
			ID: "appsync-logs", Title: "Log requests and resolvers", Types: []string{graphqlAPI},
			Doc:    "Field-level logs say which resolver did what for whom.",
			Refs:   Refs{AWS: []string{appsyncDocs + "monitoring.html"}, FSBP: "AppSync.2", OWASP: "A10:2017", NIST: "AU-12"},
			States: decided(),
			Compute: func(v *View) Answer {
				l := v.Get("LogConfig", "FieldLogLevel")
				return decide(set(l).And(l.Is("NONE").Not()), "LogConfig.FieldLogLevel", l, "requests are logged", "requests are not logged")
			},
		},
	}
}

func graphqlAuthorization(v *View) Answer {
	mode := v.Get("AuthenticationType")
	key := mode.Is("API_KEY")
	if key != value.No {
		return decide(key.Not(), "AuthenticationType", mode, "callers are authorised", "an API key is all that callers need")
	}
	for _, p := range v.Get("AdditionalAuthenticationProviders").Items() {
		t := p.Get("AuthenticationType")
		if k := t.Is("API_KEY"); k != value.No {
			return decide(k.Not(), "AdditionalAuthenticationProviders", t, "callers are authorised", "an API key opens every field that names this mode")
		}
	}
	return met("every mode authorises callers", prop("AuthenticationType", mode))
}

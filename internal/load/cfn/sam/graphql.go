package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// graphQL expands AWS::Serverless::GraphQLApi to AppSync resources.
func (x *expansion) graphQL(d *decl) {
	g := &graphRun{x: x, d: d, sources: map[string]*node{}, functions: map[string]*node{}}
	g.api = g.make(d.id, "AWS::AppSync::GraphQLApi", d.span)
	g.id = getAtt(d.span, d.id, "ApiId")
	g.api.set("Name", d.id)
	for _, k := range []string{"Name", "Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit"} {
		if v := d.prop(k); truthy(v) {
			g.api.set(k, v)
		}
	}
	if v := d.prop("XrayEnabled"); v != nil {
		g.x.wantBool(d.at("XrayEnabled"), v)
		g.api.set("XrayEnabled", v)
	}
	g.list = []*resource{g.api}
	g.schema()
	g.authentication()
	tags := tagList(d.spanOf("Tags"), d.prop("Tags"))
	tags = slices.DeleteFunc(tags, func(t *node) bool { return text(t.Get("Key")) == "graphqlapi:createdBy" })
	g.api.set("Tags", append(tags, obj(d.span, "Key", "graphqlapi:createdBy", "Value", "SAM")))
	g.logging()
	g.keys()
	g.cache()
	g.dataSources()
	g.domain()
	g.functionConfigurations()
	g.resolvers()
	g.list = append(g.list, g.none)
	x.add(g.list...)
}

// graphRun is the expansion of one GraphQL API.
type graphRun struct {
	x         *expansion
	d         *decl
	api       *resource
	id        *node            // the API's id
	none      *resource        // data source of functions that have none
	sources   map[string]*node // names of data sources
	functions map[string]*node // ids of functions
	list      []*resource
}

// make starts a resource; all of them take over the API's attributes.
func (g *graphRun) make(id, typ string, span source.Span) *resource {
	r := g.d.make(id, typ, span)
	r.attrs = g.d.attrs(kept)
	r.dependsOn = g.d.node.Get("DependsOn")
	return r
}

func (g *graphRun) add(list ...*resource) { g.list = append(g.list, list...) }

// fields reports keys that the specification does not know, and required ones
// that are missing. Names are separated by spaces, required ones end in !.
func (g *graphRun) fields(p place, m *node, names string) bool {
	if !g.x.wantMap(p, m) {
		return false
	}
	good := true
	list := strings.Fields(names)
	for _, f := range m.Fields {
		if !slices.Contains(list, f.Key) && !slices.Contains(list, f.Key+"!") {
			g.x.refuse(p.at(f.Key, f.Value), "there is no such property here")
			good = false
		}
	}
	for _, n := range list {
		if name, ok := strings.CutSuffix(n, "!"); ok && get(m, name) == nil {
			g.x.refuse(p.at(name, nil), "is required but missing")
			good = false
		}
	}
	return good
}

// copyGiven copies those settings that are given, under other names if they
// are written old:new.
func copyGiven(r *resource, m *node, names ...string) {
	for _, n := range names {
		from, to, renamed := strings.Cut(n, ":")
		if !renamed {
			to = from
		}
		r.set(to, get(m, from))
	}
}

func (g *graphRun) schema() {
	d := g.d
	inline, uri := d.prop("SchemaInline"), d.prop("SchemaUri")
	switch {
	case truthy(inline) && truthy(uri):
		g.x.refuse(d.at("SchemaUri"), "set either SchemaInline or SchemaUri, not both")
	case !truthy(inline) && !truthy(uri):
		g.x.refuse(d.at("SchemaInline"), "set one of SchemaInline and SchemaUri")
	}
	s := g.make(d.id+"Schema", "AWS::AppSync::GraphQLSchema", spanOf(inline, d.spanOf("SchemaUri")))
	g.add(s.set("ApiId", g.id).set("Definition", inline).set("DefinitionS3Location", uri))
}

// authorizerKinds are the settings of the authentication types that have any.
var authorizerKinds = map[string]struct{ setting, config, fields string }{
	"AWS_LAMBDA":                {"LambdaAuthorizer", "LambdaAuthorizerConfig", "AuthorizerResultTtlInSeconds AuthorizerUri! IdentityValidationExpression"},
	"OPENID_CONNECT":            {"OpenIDConnect", "OpenIDConnectConfig", "AuthTTL ClientId IatTTL Issuer"},
	"AMAZON_COGNITO_USER_POOLS": {"UserPool", "UserPoolConfig", "AppIdClientRegex AwsRegion DefaultAction UserPoolId!"},
}

func (g *graphRun) authentication() {
	auth := g.d.prop("Auth")
	if auth == nil {
		return
	}
	p := g.d.at("Auth")
	g.fields(p, auth, "Type! LambdaAuthorizer OpenIDConnect UserPool Additional")
	g.api.set("AuthenticationType", get(auth, "Type"))
	var lambdas []*node
	if name, conf := g.provider(p, auth, false); conf != nil {
		g.api.set(name, conf)
		lambdas = append(lambdas, get(conf, "AuthorizerUri"))
	}
	if more := get(auth, "Additional"); more != nil && g.x.wantList(p.at("Additional", more), more) && len(more.Items) > 0 {
		out := source.NewList(more.Span)
		for i, it := range more.Items {
			at := p.at("Additional", more).at("["+strconv.Itoa(i)+"]", it)
			g.fields(at, it, "Type! LambdaAuthorizer OpenIDConnect UserPool")
			one := obj(it.Span, "AuthenticationType", get(it, "Type"))
			if name, conf := g.provider(at, it, true); conf != nil {
				set(one, name, conf)
				lambdas = append(lambdas, get(conf, "AuthorizerUri"))
			}
			push(out, one)
		}
		g.api.set("AdditionalAuthenticationProviders", out)
	}
	lambdas = slices.DeleteFunc(lambdas, func(n *node) bool { return n == nil })
	for i, arn := range lambdas {
		span := arn.Span
		g.add(g.x.connect(g.d, connection{
			id: g.d.id + "ToLambdaAuthConnector" + strconv.Itoa(i+1),
			source: obj(span, "Type", "AWS::AppSync::GraphQLApi", "Arn", ref(span, g.d.id),
				"ResourceId", getAtt(span, g.d.id, "ApiId")),
			destination: obj(span, "Type", "AWS::Lambda::Function", "Arn", arn),
			permissions: list(span, "Write"),
		})...)
	}
}

// provider reads one authentication provider.
func (g *graphRun) provider(p place, m *node, additional bool) (string, *node) {
	given := 0
	for _, k := range []string{"Type", "LambdaAuthorizer", "OpenIDConnect", "UserPool"} {
		if get(m, k) != nil {
			given++
		}
	}
	if given > 2 {
		g.x.refuse(p, "has settings of more than one kind of authentication")
	}
	typ := get(m, "Type")
	kind, ok := authorizerKinds[text(typ)]
	if !ok {
		if t := text(typ); typ != nil && t != "AWS_IAM" && t != "API_KEY" {
			g.x.refuse(p.at("Type", typ), "there is no such type of authentication")
		}
		return "", nil
	}
	conf := get(m, kind.setting)
	if conf == nil {
		g.x.refuse(p.at(kind.setting, nil), "is required when Type is %s", typ.Text)
		return "", nil
	}
	if !g.fields(p.at(kind.setting, conf), conf, kind.fields) && !isMap(conf) {
		return "", nil
	}
	out := obj(conf.Span)
	for _, f := range conf.Fields {
		if !isNone(f.Value) && (!additional || f.Key != "DefaultAction") {
			set(out, f.Key, f.Value)
		}
	}
	return kind.config, out
}

func (g *graphRun) logging() {
	conf := g.d.prop("Logging")
	if isBool(conf) && !isTrue(conf) {
		return
	}
	span := spanOf(conf, g.d.span)
	out := obj(span, "FieldLogLevel", "ALL")
	if isMap(conf) {
		g.fields(g.d.at("Logging"), conf, "CloudWatchLogsRoleArn ExcludeVerboseContent FieldLogLevel")
		if v := get(conf, "ExcludeVerboseContent"); truthy(v) {
			set(out, "ExcludeVerboseContent", v)
		}
		if v := get(conf, "FieldLogLevel"); truthy(v) {
			set(out, "FieldLogLevel", v)
		}
	}
	role := get(conf, "CloudWatchLogsRoleArn")
	if !truthy(role) {
		r := g.make(g.d.id+"CloudWatchRole", "AWS::IAM::Role", span)
		r.set("AssumeRolePolicyDocument", trust(span, "appsync.amazonaws.com")).set("ManagedPolicyArns",
			list(span, sub(span, "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs")))
		g.add(r)
		role = r.getAtt("Arn")
	}
	set(out, "CloudWatchLogsRoleArn", role)
	g.api.set("LogConfig", out)
}

// entries visits the entries of a property that is a map of maps.
func (g *graphRun) entries(p place, m *node, visit func(p place, f source.Field)) {
	if m == nil || !g.x.wantMap(p, m) {
		return
	}
	for _, f := range m.Fields {
		if g.x.wantMap(p.at(f.Key, f.Value), f.Value) {
			visit(p.at(f.Key, f.Value), f)
		}
	}
}

func (g *graphRun) keys() {
	g.entries(g.d.at("ApiKeys"), g.d.prop("ApiKeys"), func(p place, f source.Field) {
		g.fields(p, f.Value, "ApiKeyId Description ExpiresOn")
		r := g.make(g.d.id+f.Key, "AWS::AppSync::ApiKey", f.KeySpan).set("ApiId", g.id)
		copyGiven(r, f.Value, "ApiKeyId", "Description", "ExpiresOn:Expires")
		g.add(r)
	})
}

func (g *graphRun) cache() {
	conf := g.d.prop("Cache")
	if conf == nil {
		return
	}
	g.fields(g.d.at("Cache"), conf, "ApiCachingBehavior! Ttl! Type! AtRestEncryptionEnabled TransitEncryptionEnabled")
	r := g.make(g.d.id+"ApiCache", "AWS::AppSync::ApiCache", conf.Span).set("ApiId", g.id)
	copyGiven(r, conf, "ApiCachingBehavior", "Ttl", "Type", "AtRestEncryptionEnabled", "TransitEncryptionEnabled")
	g.add(r)
}

func (g *graphRun) domain() {
	conf := g.d.prop("DomainName")
	if conf == nil {
		return
	}
	g.fields(g.d.at("DomainName"), conf, "CertificateArn! DomainName! Description")
	r := g.make(g.d.id+"DomainName", "AWS::AppSync::DomainName", conf.Span)
	copyGiven(r, conf, "CertificateArn", "DomainName", "Description")
	a := g.make(g.d.id+"DomainNameApiAssociation", "AWS::AppSync::DomainNameApiAssociation", conf.Span)
	g.add(r, a.set("ApiId", g.id).set("DomainName", r.ref()))
}

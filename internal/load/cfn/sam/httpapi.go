package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const httpTag = "httpapi:createdBy"

// httpAPI expands AWS::Serverless::HttpApi.
func (x *expansion) httpAPI(d *decl) {
	h := &httpRun{x: x, d: d}
	for _, name := range []string{"CorsConfiguration", "Domain"} {
		if v := d.prop(name); v != nil {
			set(d.props, name, x.resolver.values(v))
		}
	}
	uri, body := d.prop("DefinitionUri"), d.prop("DefinitionBody")
	if truthy(uri) && truthy(body) {
		x.refuse(d.at("DefinitionUri"), "set either DefinitionUri or DefinitionBody, not both")
	}
	h.api = d.main("AWS::ApiGatewayV2::Api")
	if truthy(body) {
		if validDefinition(body, true) {
			h.ed = x.editor(x.entries[d.id])
		} else {
			h.invalid = true
		}
	}
	h.cors()
	h.authorize()
	h.tag()
	h.describe()
	if v := d.prop("FailOnWarnings"); truthy(v) {
		h.api.set("FailOnWarnings", v)
		if h.ed != nil && h.ed.path(defaultPath) != nil {
			h.ed.paths.Fields[h.ed.index[defaultPath]].Key = "/" + defaultPath
		}
	}
	switch {
	case truthy(uri) && x.local(uri):
		if doc := x.read(uri.Text); doc != nil {
			h.api.set("Body", doc)
		}
	case truthy(uri):
		h.api.set("BodyS3Location", x.location(d.at("DefinitionUri"), uri, "Bucket", "Key", "Version"))
	case truthy(body):
		h.api.set("Body", body)
	default:
		x.refuse(d.at("DefinitionBody"), "an HTTP API needs DefinitionBody, DefinitionUri or an HttpApi event of a function")
	}
	h.finish(d.prop("DefinitionBody") != nil)
}

// httpRun is the expansion of one HTTP API.
type httpRun struct {
	x       *expansion
	d       *decl
	ed      *editor
	invalid bool
	api     *resource
	tags    *node // with SAM's own
	perms   []*resource
}

// inline reports whether there is a valid definition to write into.
func (h *httpRun) inline(setting string) bool {
	switch {
	case h.ed != nil:
		return true
	case h.invalid:
		h.x.refuse(h.d.at("DefinitionBody"), "is no valid OpenAPI definition, so that %s cannot be applied", setting)
		h.x.refuse(h.d.at(setting), "works only with a valid definition in DefinitionBody")
	default:
		h.x.refuse(h.d.at(setting), "works only with a definition given in DefinitionBody")
	}
	return false
}

func (h *httpRun) finish(tagged bool) {
	d, x := h.d, h.x
	list := append([]*resource{h.api}, h.perms...)
	list = append(list, x.domainV2(d, httpTag)...)
	s := d.make(stageID(d.id, dfltName(d, defaultPath), defaultPath), "AWS::ApiGatewayV2::Stage", d.spanOf("StageName"))
	s.set("ApiId", ref(s.span, d.id)).set("StageName", dfltName(d, defaultPath)).set("AutoDeploy", true)
	s.copyProps(d, "StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings")
	s.set("Tags", h.tags)
	list = append(list, s)
	x.part(d.id, "Stage", s.id)
	if tagged && truthy(h.tags) {
		for _, r := range list {
			if r != nil && (r.typ == "AWS::ApiGatewayV2::DomainName" || r.typ == "AWS::ApiGatewayV2::Stage") {
				r.set("Tags", h.tags)
			}
		}
	}
	x.add(list...)
}

// dfltName is the API's StageName, or the default.
func dfltName(d *decl, dflt string) *node {
	if n := d.prop("StageName"); truthy(n) {
		return n
	}
	return source.NewString(dflt, d.span)
}

// cors writes CorsConfiguration into the definition.
func (h *httpRun) cors() {
	d, x := h.d, h.x
	given := d.prop("CorsConfiguration")
	if !truthy(given) {
		return
	}
	p := d.at("CorsConfiguration")
	names := []string{"AllowOrigins", "AllowHeaders", "AllowMethods", "ExposeHeaders", "MaxAge", "AllowCredentials"}
	if isMap(given) && !isFn(given) {
		for _, f := range given.Fields {
			if !slices.Contains(names, f.Key) {
				x.refuse(p.at(f.Key, f.Value), "there is no such property of CorsConfiguration")
			}
		}
	}
	if !h.inline("CorsConfiguration") {
		return
	}
	conf := child(h.ed.doc, "x-amazon-apigateway-cors", given.Span)
	if !x.wantMap(h.ed.at("", "", conf).at("x-amazon-apigateway-cors", conf), conf) {
		return
	}
	switch {
	case isBool(given):
		set(conf, "allowOrigins", list(given.Span, "*"))
	case isFn(given):
		lowered := lowerCors(given, names)
		set(conf, lowered.Fields[0].Key, lowered.Fields[0].Value)
	default:
		for _, name := range names {
			v := get(given, name)
			if name == "MaxAge" && v != nil || name == "AllowCredentials" && isTrue(v) || name != "MaxAge" && name != "AllowCredentials" && truthy(v) {
				set(conf, strings.ToLower(name[:1])+name[1:], v)
			}
		}
		origins := given.Get("AllowOrigins")
		if isTrue(given.Get("AllowCredentials")) && isList(origins) && len(origins.Items) == 1 && text(origins.Items[0]) == "*" {
			x.refuse(p.at("AllowCredentials", given.Get("AllowCredentials")), "cannot be true while AllowOrigins is *")
		}
	}
}

// lowerCors writes the keys of a conditional configuration as the definition
// has them.
func lowerCors(n *node, names []string) *node {
	out := mapTree(n, func(c *node) *node { return lowerCors(c, names) })
	if isMap(out) {
		c := *out
		c.Fields = slices.Clone(out.Fields)
		for i, f := range c.Fields {
			if slices.Contains(names, f.Key) {
				c.Fields[i].Key = strings.ToLower(f.Key[:1]) + f.Key[1:]
			}
		}
		return &c
	}
	return out
}

// tag writes the tags, with SAM's own, into the definition.
func (h *httpRun) tag() {
	d, x := h.d, h.x
	given := d.prop("Tags")
	if truthy(given) {
		h.tags = given
		if !h.inline("Tags") {
			return
		}
	}
	if h.ed == nil {
		return
	}
	span := d.spanOf("Tags")
	if h.tags = clone(given); h.tags == nil {
		h.tags = source.NewMap(span)
	}
	set(h.tags, httpTag, source.NewString("SAM", span))
	have := get(h.ed.doc, "tags")
	if !truthy(have) {
		have = source.NewList(span)
		set(h.ed.doc, "tags", have)
	}
	if !x.wantList(h.ed.at("", "", have).at("tags", have), have) {
		return
	}
	const ext = "x-amazon-apigateway-tag-value"
	for _, f := range h.tags.Fields {
		i := slices.IndexFunc(have.Items, func(t *node) bool { return text(t.Get("name")) == f.Key })
		if i >= 0 {
			set(have.Items[i], ext, f.Value)
		} else {
			push(have, obj(f.KeySpan, "name", f.Key, ext, f.Value))
		}
	}
}

// describe writes name, description and the endpoint's state.
func (h *httpRun) describe() {
	d, x := h.d, h.x
	if v := d.prop("DisableExecuteApiEndpoint"); v != nil && h.inline("DisableExecuteApiEndpoint") {
		servers := get(h.ed.doc, "servers")
		if servers == nil {
			servers = list(v.Span, obj(v.Span))
			set(h.ed.doc, "servers", servers)
		}
		for _, s := range asList(servers) {
			if x.wantMap(h.ed.at("", "", s).at("servers", s), s) {
				set(child(s, "x-amazon-apigateway-endpoint-configuration", v.Span), "disableExecuteApiEndpoint", v)
			}
		}
	}
	if v := d.prop("Name"); truthy(v) && h.inline("Name") {
		info := child(h.ed.doc, "info", v.Span)
		if !equal(info.Get("title"), ref(v.Span, "AWS::StackName")) {
			x.refuse(d.at("Name"), "the definition has a title already")
		} else {
			set(info, "title", v)
		}
	}
	if v := d.prop("Description"); truthy(v) && h.inline("Description") {
		info := child(h.ed.doc, "info", v.Span)
		if truthy(info.Get("description")) {
			x.refuse(d.at("Description"), "the definition has a description already")
		} else {
			set(info, "description", v)
		}
	}
}

// authorize applies the API's Auth to its methods.
func (h *httpRun) authorize() {
	d, x := h.d, h.x
	auth := d.prop("Auth")
	if !truthy(auth) || !x.wantMap(d.at("Auth"), auth) {
		return
	}
	p := d.at("Auth")
	for _, f := range auth.Fields {
		if f.Key != "Authorizers" && f.Key != "DefaultAuthorizer" && f.Key != "EnableIamAuthorizer" {
			x.refuse(p.at(f.Key, f.Value), "there is no such property of Auth")
		}
	}
	if !h.inline("Auth") {
		return
	}
	scopes := map[string]*node{}
	if isTrue(auth.Get("EnableIamAuthorizer")) {
		span := auth.Get("EnableIamAuthorizer").Span
		set(h.ed.schemes(span), "AWS_IAM", obj(span, "type", "apiKey", "name", "Authorization", "in", "header",
			"x-amazon-apigateway-authtype", "awsSigv4"))
		scopes["AWS_IAM"] = list(span)
	}
	if all := get(auth, "Authorizers"); truthy(all) && x.wantMap(p.at("Authorizers", all), all) {
		for _, f := range all.Fields {
			at := p.at("Authorizers", all).at(f.Key, f.Value)
			if x.wantMap(at, f.Value) {
				set(h.ed.schemes(f.KeySpan), f.Key, h.scheme(at, f.Key, f.Value))
				if scopes[f.Key] = get(f.Value, "AuthorizationScopes"); scopes[f.Key] == nil {
					scopes[f.Key] = list(f.KeySpan)
				}
			}
		}
	}
	dflt := get(auth, "DefaultAuthorizer")
	if !truthy(dflt) || isNoValue(dflt) || !x.wantString(p.at("DefaultAuthorizer", dflt), dflt) {
		return
	}
	need := scopes[dflt.Text]
	if need == nil {
		x.refuse(p.at("DefaultAuthorizer", dflt), "names the authorizer %s, which is not among the Authorizers", dflt.Text)
		return
	}
	for _, path := range h.ed.names() {
		h.defaultFor(path, dflt, need)
	}
}

// defaultFor secures the methods of a path that say nothing themselves.
func (h *httpRun) defaultFor(path string, dflt, need *node) {
	for _, item := range h.ed.contents(h.ed.path(path)) {
		if !h.ed.wantPathItem(path, item, dflt.Span) {
			continue
		}
		for _, f := range item.Fields {
			if name := methodName(f.Key); name == "parameters" || name == "options" {
				continue
			} else if name != f.Key && !item.Has(name) {
				h.x.refuse(h.ed.at(path, f.Key, f.Value), "the method should be written %s in a definition", name)
			}
			for _, def := range h.ed.contents(f.Value) {
				if h.ed.wantMethod(path, f.Key, def) && truthy(def.Get(integration)) && !truthy(def.Get("security")) {
					set(def, "security", list(dflt.Span, obj(dflt.Span, dflt.Text, need)))
				}
			}
		}
	}
}

// jwtOnly and lambdaOnly are the properties of the two kinds of authorizers.
var (
	jwtOnly    = []string{"AuthorizationScopes", "IdentitySource"}
	lambdaOnly = []string{"FunctionArn", "FunctionInvokeRole", "Identity", "AuthorizerPayloadFormatVersion",
		"EnableSimpleResponses", "EnableFunctionDefaultPermissions"}
)

// scheme is one authorizer as a security scheme. The permission that a Lambda
// authorizer may ask for is noted.
func (h *httpRun) scheme(p place, name string, conf *node) *node {
	x, span := h.x, conf.Span
	if conf.Has("OpenIdConnectUrl") {
		x.refuse(p.at("OpenIdConnectUrl", conf.Get("OpenIdConnectUrl")), "is no longer supported; use JwtConfiguration")
	}
	if s := get(conf, "AuthorizationScopes"); s != nil {
		x.wantList(p.at("AuthorizationScopes", s), s)
	}
	if jwt := get(conf, "JwtConfiguration"); truthy(jwt) {
		return h.jwtScheme(p, conf, jwt)
	}
	for _, k := range jwtOnly {
		if v := get(conf, k); v != nil {
			x.refuse(p.at(k, v), "works only for JWT authorizers")
		}
	}
	return obj(span, "type", "apiKey", "name", "Unused", "in", "header",
		"x-amazon-apigateway-authorizer", h.lambdaScheme(p, name, conf))
}

func (h *httpRun) jwtScheme(p place, conf, jwt *node) *node {
	x, span := h.x, conf.Span
	for _, k := range lambdaOnly {
		if v := get(conf, k); v != nil {
			x.refuse(p.at(k, v), "works only for Lambda authorizers")
		}
	}
	from := get(conf, "IdentitySource")
	if !truthy(from) {
		x.refuse(p.at("IdentitySource", from), "is required for JWT authorizers")
	}
	if !x.wantMap(p.at("JwtConfiguration", jwt), jwt) {
		return obj(span, "type", "oauth2")
	}
	low := obj(jwt.Span)
	for _, f := range jwt.Fields {
		set(low, strings.ToLower(f.Key), f.Value)
	}
	return obj(span, "type", "oauth2", "x-amazon-apigateway-authorizer",
		obj(span, "jwtConfiguration", low, "identitySource", from, "type", "jwt"))
}

func (h *httpRun) lambdaScheme(p place, name string, conf *node) *node {
	x, span := h.x, conf.Span
	enable := get(conf, "EnableFunctionDefaultPermissions")
	function, version := get(conf, "FunctionArn"), get(conf, "AuthorizerPayloadFormatVersion")
	if !truthy(function) {
		x.refuse(p.at("FunctionArn", function), "is required for Lambda authorizers")
	}
	if !truthy(version) {
		x.refuse(p.at("AuthorizerPayloadFormatVersion", version), "is required for Lambda authorizers")
	}
	if enable != nil && x.wantBool(p.at("EnableFunctionDefaultPermissions", enable), enable) && isTrue(enable) && truthy(function) {
		h.perms = append(h.perms, authorizerPermission(h.d, h.d.id+name+"AuthorizerPermission", span, "${AWS::Partition}", function))
	}
	out := obj(span, "type", "request", "authorizerUri", authorizerURI(span, x.partition, orNull(function, span)))
	if r := get(conf, "FunctionInvokeRole"); truthy(r) && text(r) != "NONE" {
		set(out, "authorizerCredentials", r)
	}
	if id := get(conf, "Identity"); truthy(id) && x.wantMap(p.at("Identity", id), id) {
		if ttl := get(id, "ReauthorizeEvery"); ttl != nil {
			set(out, "authorizerResultTtlInSeconds", ttl)
		}
		all := []string{}
		for _, k := range [][2]string{{"Headers", "$request.header."}, {"QueryStrings", "$request.querystring."},
			{"StageVariables", "$stageVariables."}, {"Context", "$context."}} {
			all = append(all, x.prefixed(p.at("Identity", id), id, k[0], k[1])...)
		}
		set(out, "identitySource", value(id.Span, all))
	}
	set(out, "authorizerPayloadFormatVersion", version)
	if s := get(conf, "EnableSimpleResponses"); truthy(s) {
		set(out, "enableSimpleResponses", s)
	}
	return out
}

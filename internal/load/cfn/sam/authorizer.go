package sam

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// authorizer is one entry of a REST API's Auth.Authorizers.
type authorizer struct {
	x        *expansion
	place    place
	name     string
	iam      bool
	pool     *node // UserPoolArn
	function *node // FunctionArn
	identity *node
	payload  *node // FunctionPayloadType
	role     *node // FunctionInvokeRole
	scopes   *node
	disabled bool // no permission for the function
}

// authorizers reads Auth.Authorizers of a REST API, in order.
func (x *expansion) authorizers(d *decl, auth *node, iam bool) []*authorizer {
	var out []*authorizer
	if iam {
		out = append(out, &authorizer{x: x, place: d.at("Auth"), name: "AWS_IAM", iam: true})
	}
	conf := get(auth, "Authorizers")
	if !truthy(conf) {
		return out
	}
	p := d.place().at("Auth", auth).at("Authorizers", conf)
	if !x.wantMap(p, conf) {
		return out
	}
	for _, f := range conf.Fields {
		if x.wantMap(p.at(f.Key, f.Value), f.Value) {
			out = append(out, x.authorizer(p.at(f.Key, f.Value), f.Key, f.Value))
		}
	}
	return out
}

func (x *expansion) authorizer(p place, name string, conf *node) *authorizer {
	a := &authorizer{
		x: x, place: p, name: name,
		pool: get(conf, "UserPoolArn"), function: get(conf, "FunctionArn"), identity: get(conf, "Identity"),
		payload: get(conf, "FunctionPayloadType"), role: get(conf, "FunctionInvokeRole"),
		scopes: get(conf, "AuthorizationScopes"),
	}
	if a.payload != nil && text(a.payload) != "TOKEN" && text(a.payload) != "REQUEST" {
		x.refuse(p.at("FunctionPayloadType", a.payload), "should be TOKEN or REQUEST")
		a.payload = nil
	}
	if truthy(a.identity) && !isMap(a.identity) {
		x.refuse(p.at("Identity", a.identity), "should be a map")
		a.identity = nil
	} else if text(a.payload) == "REQUEST" && a.noSource() {
		x.refuse(p.at("Identity", a.identity), "a REQUEST authorizer needs at least one of Headers, QueryStrings, StageVariables and Context")
	}
	if a.scopes != nil && !x.wantList(p.at("AuthorizationScopes", a.scopes), a.scopes) {
		a.scopes = nil
	}
	if disable := get(conf, "DisableFunctionDefaultPermissions"); disable != nil &&
		x.wantBool(p.at("DisableFunctionDefaultPermissions", disable), disable) {
		a.disabled = isTrue(disable)
	}
	return a
}

// noSource reports that nothing identifies the caller of a REQUEST authorizer
// though its answers are cached.
func (a *authorizer) noSource() bool {
	for _, k := range []string{"Headers", "QueryStrings", "StageVariables", "Context"} {
		if truthy(a.identity.Get(k)) {
			return false
		}
	}
	if ttl := get(a.identity, "ReauthorizeEvery"); ttl != nil {
		if n, err := strconv.Atoi(ttl.Text); err == nil && ttl.IsScalar() {
			return n > 0
		}
	}
	return true
}

func (a *authorizer) request() bool { return text(a.payload) == "REQUEST" }

// scheme is the authorizer as a security scheme of the definition.
func (a *authorizer) scheme() *node {
	span := a.place.span
	header := source.NewString("Authorization", span)
	if h := a.identity.Get("Header"); truthy(h) {
		header = h
	}
	kind := "custom"
	switch {
	case a.iam:
		kind = "awsSigv4"
	case truthy(a.pool):
		kind = "cognito_user_pools"
	case a.request():
		header = source.NewString("Unused", span)
	}
	out := obj(span, "type", "apiKey", "name", header, "in", "header", "x-amazon-apigateway-authtype", kind)
	if !a.iam {
		set(out, "x-amazon-apigateway-authorizer", a.extension(span))
	}
	return out
}

func (a *authorizer) extension(span source.Span) *node {
	if truthy(a.pool) {
		arns := a.pool
		if !isList(arns) {
			arns = list(span, a.pool)
		}
		out := obj(span, "type", "cognito_user_pools", "providerARNs", arns)
		a.validation(out)
		return out
	}
	kind := "token"
	if a.request() {
		kind = "request"
	}
	function := a.function
	if function == nil {
		function = &node{Span: span}
	}
	out := obj(span, "type", kind, "authorizerUri", authorizerURI(span, a.x.partition, function))
	if ttl := get(a.identity, "ReauthorizeEvery"); ttl != nil {
		set(out, "authorizerResultTtlInSeconds", ttl)
	}
	if truthy(a.role) && text(a.role) != "NONE" {
		set(out, "authorizerCredentials", a.role)
	}
	if !a.request() {
		a.validation(out)
	} else if s := a.source(); s != "" {
		set(out, "identitySource", source.NewString(s, a.identity.Span))
	}
	return out
}

func (a *authorizer) validation(out *node) {
	if v := a.identity.Get("ValidationExpression"); truthy(v) {
		set(out, "identityValidationExpression", v)
	}
}

// source lists what identifies a caller, as API Gateway writes it.
func (a *authorizer) source() string {
	var out []string
	for _, k := range [][2]string{{"Headers", "method.request.header."}, {"QueryStrings", "method.request.querystring."},
		{"StageVariables", "stageVariables."}, {"Context", "context."}} {
		out = append(out, a.x.prefixed(a.place.at("Identity", a.identity), a.identity, k[0], k[1])...)
	}
	return strings.Join(out, ", ")
}

// prefixed reads a list of strings and puts the prefix before each.
func (x *expansion) prefixed(p place, m *node, key, prefix string) []string {
	v := m.Get(key)
	if !truthy(v) || !x.wantList(p.at(key, v), v) {
		return nil
	}
	var out []string
	for i, it := range v.Items {
		if x.wantString(p.at(key, v).at("["+strconv.Itoa(i)+"]", it), it) {
			out = append(out, prefix+it.Text)
		}
	}
	return out
}

func authorizerURI(span source.Span, partition string, function *node) *node {
	return sub(span, "arn:"+partition+":apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations",
		"__FunctionArn__", function)
}

// authorizerPermission lets an API call its authorizer's function.
func authorizerPermission(d *decl, id string, span source.Span, partition string, function *node) *resource {
	r := d.make(id, "AWS::Lambda::Permission", span)
	return r.set("Action", "lambda:InvokeFunction").set("FunctionName", function).set("Principal", "apigateway.amazonaws.com").
		set("SourceArn", sub(span, "arn:"+partition+":execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*",
			"__ApiId__", ref(span, d.id)))
}

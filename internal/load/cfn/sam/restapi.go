package sam

import (
	"regexp"

	"github.com/remit-security/remit/internal/source"
)

// restAPI expands AWS::Serverless::Api: the API with its definition, a
// deployment, a stage, and what Auth and Domain ask for.
func (x *expansion) restAPI(d *decl) {
	a := &restRun{x: x, d: d, span: d.span}
	for _, name := range []string{"BinaryMediaTypes", "Domain", "Auth"} {
		if v := d.prop(name); v != nil {
			set(d.props, name, x.resolver.values(v))
		}
	}
	a.auth = d.prop("Auth")
	a.validate()
	a.api = d.main("AWS::ApiGateway::RestApi")
	a.define()
	a.list = []*resource{a.api}
	a.customDomain()
	a.stage()
	a.list = append(a.list, a.authorizerPermissions()...)
	a.list = append(a.list, a.usagePlan()...)
	x.spread(d, a.list)
	x.add(a.list...)
}

// restRun is the expansion of one REST API.
type restRun struct {
	x       *expansion
	d       *decl
	span    source.Span
	auth    *node
	ed      *editor // nil unless the definition is inline and valid
	invalid bool    // the definition is inline, but not valid
	api     *resource
	stageOf *resource
	list    []*resource
}

var openAPIVersion = regexp.MustCompile(`^[2-3](\.\d)(\.\d)?$`)

func (a *restRun) validate() {
	d, x := a.d, a.x
	uri, body := truthy(d.prop("DefinitionUri")), truthy(d.prop("DefinitionBody"))
	if uri && body {
		x.refuse(d.at("DefinitionUri"), "set either DefinitionUri or DefinitionBody, not both")
	}
	if uri && truthy(d.prop("MergeDefinitions")) {
		x.refuse(d.at("MergeDefinitions"), "works only with DefinitionBody")
	}
	if v := d.prop("OpenApiVersion"); truthy(v) && v.IsScalar() && !openAPIVersion.MatchString(v.Text) {
		x.refuse(d.at("OpenApiVersion"), "should look like 3.0.0")
	}
}

// define writes the definition and the API's own properties.
func (a *restRun) define() {
	d, x := a.d, a.x
	if v := d.prop("EndpointConfiguration"); truthy(v) {
		a.endpoint(v)
	} else if regionalOnly(x.partition) {
		a.endpoint(source.NewString("REGIONAL", a.span))
	}
	body := d.prop("DefinitionBody")
	if truthy(body) {
		if validDefinition(body, false) {
			a.ed = x.editor(x.entries[d.id])
		} else {
			a.invalid = true
		}
	}
	a.cors()
	a.authorize()
	a.gatewayResponses()
	if b := d.prop("BinaryMediaTypes"); truthy(b) && a.inline("") {
		set(a.ed.doc, "x-amazon-apigateway-binary-media-types", unescapeSlashes(b))
	}
	a.models()
	if v := d.prop("DisableExecuteApiEndpoint"); v != nil && a.inline("DisableExecuteApiEndpoint") {
		a.disableEndpoint(v)
	}
	a.api.copyProps(d, "BinaryMediaTypes", "MinimumCompressionSize")
	for _, name := range []string{"FailOnWarnings", "Name", "Description", "Mode", "ApiKeySourceType", "Policy",
		"SecurityPolicy", "EndpointAccessMode"} {
		if v := d.prop(name); truthy(v) {
			a.api.set(name, v)
		}
	}
	switch uri := d.prop("DefinitionUri"); {
	case truthy(uri) && x.local(uri):
		if doc := x.read(uri.Text); doc != nil {
			a.api.set("Body", doc)
		}
	case truthy(uri):
		a.api.set("BodyS3Location", x.location(d.at("DefinitionUri"), uri, "Bucket", "Key", "Version"))
	case truthy(body):
		if isMap(body) {
			a.modernise(body)
		}
		a.api.set("Body", body)
	}
}

// inline reports whether there is a valid definition to write into. If not,
// the named setting cannot work, which is reported.
func (a *restRun) inline(setting string) bool {
	switch {
	case a.ed != nil:
		return true
	case setting == "":
	case a.invalid:
		a.x.refuse(a.d.at("DefinitionBody"), "is no valid Swagger or OpenAPI definition, so that %s cannot be applied", setting)
		a.x.refuse(a.d.at(setting), "works only with a valid definition in DefinitionBody")
	default:
		a.x.refuse(a.d.at(setting), "works only with a definition given in DefinitionBody")
	}
	return false
}

// regionalOnly tells the partitions without edge-optimised endpoints.
func regionalOnly(partition string) bool {
	switch partition {
	case "aws-us-gov", "aws-cn", "aws-eusc":
		return true
	}
	return len(partition) >= 7 && partition[:7] == "aws-iso"
}

func (a *restRun) endpoint(v *node) {
	typ := v
	conf := obj(v.Span)
	if isMap(v) && truthy(v.Get("Type")) {
		typ = v.Get("Type")
		if v.Has("VPCEndpointIds") && v.Has("VpcEndpointIds") {
			a.x.refuse(a.d.at("EndpointConfiguration"), "set either VPCEndpointIds or VpcEndpointIds, not both")
		}
		for _, k := range []string{"VPCEndpointIds", "VpcEndpointIds"} {
			if ids := get(v, k); ids != nil {
				set(conf, "VpcEndpointIds", ids)
			}
		}
		if ip := get(v, "IpAddressType"); ip != nil {
			set(conf, "IpAddressType", ip)
		}
	}
	set(conf, "Types", list(v.Span, typ))
	a.api.set("EndpointConfiguration", conf)
	a.api.set("Parameters", obj(v.Span, "endpointConfigurationTypes", typ))
}

// unescapeSlashes replaces ~1 by / in media types.
func unescapeSlashes(n *node) *node {
	if isStr(n) {
		return source.NewString(slashes.Replace(n.Text), n.Span)
	}
	out := mapTree(n, unescapeSlashes)
	if isMap(out) {
		c := clone(out)
		for i := range c.Fields {
			c.Fields[i].Key = slashes.Replace(c.Fields[i].Key)
		}
		return c
	}
	return out
}

// disableEndpoint switches the API's own endpoint off in the definition.
func (a *restRun) disableEndpoint(v *node) {
	const ext = "x-amazon-apigateway-endpoint-configuration"
	doc := a.ed.doc
	targets := []*node{doc}
	if o := doc.Get("openapi"); truthy(o) && openAPI3.MatchString(o.Text) {
		servers := get(doc, "servers")
		if servers == nil {
			servers = list(v.Span, obj(v.Span))
			set(doc, "servers", servers)
		}
		targets = asList(servers)
	}
	for _, t := range targets {
		conf := child(t, ext, v.Span)
		if a.x.wantMap(a.ed.at("", "", conf).at(ext, conf), conf) {
			set(conf, "disableExecuteApiEndpoint", v)
		}
	}
}

// models writes the Models into the definition.
func (a *restRun) models() {
	d, x := a.d, a.x
	models := d.prop("Models")
	if !truthy(models) || !a.inline("Models") || !x.wantMap(d.at("Models"), models) {
		return
	}
	defs := child(a.ed.doc, "definitions", models.Span)
	for _, f := range models.Fields {
		p := d.at("Models").at(f.Key, f.Value)
		if !x.wantMap(p, f.Value) {
			continue
		}
		if !truthy(f.Value.Get("type")) {
			x.refuse(p.at("type", nil), "is required in the schema of a model")
		}
		set(defs, lower(f.Key), f.Value)
	}
	a.modernise(a.ed.doc)
}

// modernise turns what is written for Swagger 2 into OpenAPI 3, if the API's
// definition has that version.
func (a *restRun) modernise(doc *node) {
	if doc.Get("swagger") != nil && !isNone(doc.Get("swagger")) {
		return
	}
	asked, own := a.d.prop("OpenApiVersion"), get(doc, "openapi")
	version := asked
	if own != nil && (asked == nil || a.x.o.FeatureToggles) {
		version = own
	}
	if !truthy(version) || !version.IsScalar() || !openAPI3.MatchString(version.Text) {
		return
	}
	move := func(from, to string) {
		if v := doc.Get(from); truthy(v) {
			set(child(doc, "components", v.Span), to, v)
			del(doc, from)
		}
	}
	move("securityDefinitions", "securitySchemes")
	move("definitions", "schemas")
	paths := doc.Get("paths")
	if !truthy(paths) {
		return
	}
	at := a.d.at("DefinitionBody").at("paths", paths)
	if !a.x.wantMap(at, paths) {
		return
	}
	for _, f := range paths.Fields {
		if !isMap(f.Value) {
			a.x.refuse(at.at(f.Key, f.Value), "a path should be a map of methods")
			continue
		}
		if options := f.Value.Get("options"); truthy(options) && a.x.wantMap(at.at(f.Key, f.Value).at("options", options), options) {
			a.modernOptions(at.at(f.Key, f.Value).at("options", options), options)
		}
	}
}

func (a *restRun) modernOptions(p place, options *node) {
	del(options, "produces", "consumes")
	responses := get(options, "responses")
	if responses == nil || !a.x.wantMap(p.at("responses", responses), responses) {
		return
	}
	ok := get(responses, "200")
	if ok == nil || !a.x.wantMap(p.at("responses", responses).at("200", ok), ok) {
		return
	}
	headers := ok.Get("headers")
	if !truthy(headers) || !a.x.wantMap(p.at("responses", responses).at("200", ok).at("headers", headers), headers) {
		return
	}
	for i, h := range headers.Fields {
		headers.Fields[i].Value = obj(spanOf(h.Value, h.KeySpan), "schema", orNull(h.Value, h.KeySpan))
	}
}

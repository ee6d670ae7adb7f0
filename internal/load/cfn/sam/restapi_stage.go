package sam

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

var slashes = strings.NewReplacer("~1", "/")

func lower(s string) string { return strings.ToLower(s) }

// stage builds the deployment, whose logical id follows the definition so
// that a change deploys, and the stage.
func (a *restRun) stage() {
	d := a.d
	dep := d.make(d.id+"Deployment", "AWS::ApiGateway::Deployment", a.span)
	dep.set("RestApiId", a.api.ref())
	if !truthy(d.prop("OpenApiVersion")) {
		dep.set("StageName", "Stage")
	}
	body := a.api.prop("Body")
	if body == nil {
		body = a.api.prop("BodyS3Location")
	}
	if truthy(body) {
		sum := canonical(body) + "||" + canonical(d.prop("OpenApiVersion")) + "||" + canonical(d.prop("Domain"))
		digest := textHash(sum)
		dep.id += digest
		dep.set("Description", "RestApi deployment id: "+digest)
	}
	name := d.prop("StageName")
	s := d.make(stageID(d.id, name, ""), "AWS::ApiGateway::Stage", d.spanOf("StageName"))
	s.set("RestApiId", ref(s.span, d.id)).set("DeploymentId", ref(s.span, dep.id))
	s.copyProps(d, "StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings",
		"AccessLogSetting", "CanarySetting", "TracingEnabled")
	if tags := d.prop("Tags"); tags != nil {
		s.set("Tags", source.NewList(tags.Span, tagList(tags.Span, tags)...))
	}
	a.stageOf = s
	a.list = append(a.list, dep, s)
	a.x.part(d.id, "Stage", s.id)
	a.x.part(d.id, "Deployment", dep.id)
}

// stageID is the logical id of an API's stage.
func stageID(api string, name *node, dflt string) string {
	switch s := text(name); {
	case alnum(s):
		return api + s + "Stage"
	case s == dflt && dflt != "":
		return api + "ApiGatewayDefaultStage"
	default:
		return api + "Stage" + textHash(s)
	}
}

// cors adds the preflight methods that Cors asks for.
func (a *restRun) cors() {
	d, x := a.d, a.x
	given := d.prop("Cors")
	if !truthy(given) {
		return
	}
	p := d.at("Cors")
	if !truthy(d.prop("DefinitionBody")) {
		a.inline("Cors")
		return
	}
	c := corsConf{origin: source.NewString("'*'", given.Span), span: given.Span}
	switch {
	case isStr(given) || isFn(given):
		c.origin = given
	case isMap(given):
		for _, f := range given.Fields {
			switch f.Key {
			case "AllowOrigin":
				c.origin = f.Value
			case "AllowHeaders":
				c.headers = f.Value
			case "AllowMethods":
				c.methods = f.Value
			case "MaxAge":
				c.age = f.Value
			case "AllowCredentials":
				c.credentials = isTrue(f.Value)
			default:
				x.refuse(p.at(f.Key, f.Value), "there is no such property of Cors")
			}
		}
	default:
		x.refuse(p, "should be a string or a map")
	}
	if !a.inline("Cors") {
		return
	}
	if c.credentials && text(c.origin) == "'*'" {
		x.refuse(p.at("AllowCredentials", given.Get("AllowCredentials")), "cannot be true while AllowOrigin is '*' or not set")
	}
	if !truthy(c.origin) {
		x.refuse(p.at("AllowOrigin", c.origin), "should not be empty")
		return
	}
	done := map[string]bool{}
	for _, path := range a.ed.names() {
		short := path
		if path != "/" {
			short = strings.TrimRight(path, "/")
		}
		if !done[short] {
			done[short] = true
			a.preflight(path, c)
		}
	}
}

// corsConf is a Cors setting.
type corsConf struct {
	origin, headers, methods, age *node
	credentials                   bool
	span                          source.Span
}

func (a *restRun) preflight(path string, c corsConf) {
	for _, item := range a.ed.contents(a.ed.path(path)) {
		if !a.ed.wantPathItem(path, item, c.span) || item.Has("options") {
			continue
		}
		methods := c.methods
		if !truthy(methods) {
			methods = source.NewString("'"+strings.Join(allowedMethods(item), ",")+"'", c.span)
		}
		set(item, "options", c.method(methods))
		// The methods of the first alternative stand for all of the path.
		c.methods = methods
	}
}

func allowedMethods(item *node) []string {
	if item.Has(anyMethod) {
		return []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
	}
	upper := obj(source.Span{}, "OPTIONS", true)
	for _, k := range keys(item) {
		set(upper, strings.ToUpper(k), source.NewBool(true, source.Span{}))
	}
	return sortedKeys(upper)
}

// method is the OPTIONS method that answers preflight requests.
func (c corsConf) method(methods *node) *node {
	s := c.span
	params, headers := obj(s), obj(s)
	add := func(name string, v *node, typ string) {
		set(params, "method.response.header.Access-Control-"+name, v)
		set(headers, "Access-Control-"+name, obj(s, "type", typ))
	}
	add("Allow-Origin", c.origin, "string")
	if truthy(c.headers) {
		add("Allow-Headers", c.headers, "string")
	}
	if truthy(methods) {
		add("Allow-Methods", methods, "string")
	}
	if !isNone(c.age) {
		add("Max-Age", c.age, "integer")
	}
	if c.credentials {
		add("Allow-Credentials", source.NewString("'true'", s), "string")
	}
	integ := obj(s, "type", "mock",
		"requestTemplates", obj(s, "application/json", "{\n  \"statusCode\" : 200\n}\n"),
		"responses", obj(s, "default", obj(s, "statusCode", "200", "responseParameters", params,
			"responseTemplates", obj(s, "application/json", "{}\n"))))
	return obj(s, "summary", "CORS support", "consumes", []string{"application/json"}, "produces", []string{"application/json"},
		integration, integ,
		"responses", obj(s, "200", obj(s, "description", "Default response for CORS method", "headers", headers)))
}

// gatewayResponses writes GatewayResponses into the definition.
func (a *restRun) gatewayResponses() {
	d, x := a.d, a.x
	given := d.prop("GatewayResponses")
	if !truthy(given) || !x.wantMap(d.at("GatewayResponses"), given) {
		return
	}
	if !truthy(d.prop("DefinitionBody")) || !a.inline("GatewayResponses") {
		a.inline("GatewayResponses")
		return
	}
	all := child(a.ed.doc, "x-amazon-apigateway-gateway-responses", given.Span)
	for _, f := range given.Fields {
		p := d.at("GatewayResponses").at(f.Key, f.Value)
		if isFn(f.Value) {
			x.refuse(p, "intrinsic functions are not supported here")
			continue
		}
		if !x.wantMap(p, f.Value) {
			continue
		}
		set(all, f.Key, a.gatewayResponse(p, f.Value))
	}
}

func (a *restRun) gatewayResponse(p place, conf *node) *node {
	x := a.x
	for _, f := range conf.Fields {
		if f.Key != "ResponseParameters" && f.Key != "ResponseTemplates" && f.Key != "StatusCode" {
			x.refuse(p.at(f.Key, f.Value), "there is no such property of a gateway response")
		}
	}
	params, templates := obj(conf.Span), obj(conf.Span)
	if given := get(conf, "ResponseParameters"); truthy(given) && x.wantMap(p.at("ResponseParameters", given), given) {
		prefixes := map[string]string{"Headers": "header.", "Paths": "path.", "QueryStrings": "querystring."}
		for _, f := range given.Fields {
			at := p.at("ResponseParameters", given).at(f.Key, f.Value)
			prefix, ok := prefixes[f.Key]
			if !ok {
				x.refuse(at, "should be one of Headers, Paths and QueryStrings")
				continue
			}
			if x.wantMap(at, f.Value) {
				for _, h := range f.Value.Fields {
					set(params, "gatewayresponse."+prefix+h.Key, h.Value)
				}
			}
		}
	}
	if t := get(conf, "ResponseTemplates"); truthy(t) {
		templates = t
	}
	out := obj(conf.Span, "responseParameters", params, "responseTemplates", templates)
	if code := get(conf, "StatusCode"); code != nil {
		if t := code.Text; truthy(code) && (!code.IsScalar() || len(t) > 3 || strings.Trim(t, "0123456789") != "") {
			x.refuse(p.at("StatusCode", code), "should be a number")
		}
		set(out, "statusCode", source.NewString(code.Text, code.Span))
	}
	return out
}

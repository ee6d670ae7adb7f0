package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// validation makes the validator and the models that a route asks for.
func (s *service) validation(r *route, props *node, required bool) {
	id := "ApiGateway" + alphaNumeric(shown(s.name)) + "RequestValidator"
	validator := func() {
		s.add(r.span, "provider", id, "AWS::ApiGateway::RequestValidator", obj(r.span, "RestApiId", s.rest.id, "ValidateRequestBody", true,
			"ValidateRequestParameters", true, "Name", cat(r.span, s.name, "-", s.stage, " | Validate request body and querystring parameters")))
		set(props, "RequestValidatorId", ref(r.span, id))
	}
	if required {
		validator()
	}
	schemas := first(get(r.request, "schemas"), get(r.request, "schema"))
	if !plain(schemas) {
		return
	}
	validator()
	models := source.NewMap(schemas.Span)
	for _, f := range schemas.Fields {
		set(models, f.Key, ref(f.KeySpan, s.model(r, f)))
	}
	set(props, "RequestModels", models)
}

// model makes the model of one content type: the provider's of that name, or
// the route's own.
func (s *service) model(r *route, f source.Field) string {
	schema, contentType := f.Value, f.Key
	id := methodID(r.name, r.method) + startCase(f.Key) + "Model"
	if t := text(schema); t != "" {
		if shared := s.apiSetting("request", "schemas", t); shared != nil {
			id, schema, contentType = "ApiGateway"+camelCase(t)+"Model", shared, "application/json"
		}
	}
	props := obj(f.KeySpan, "RestApiId", s.rest.id, "ContentType", contentType, "Schema", schema)
	if plain(schema) && get(schema, "schema") != nil {
		set(props, "Schema", schema.Get("schema"))
		set(props, "Name", get(schema, "name"))
		set(props, "Description", get(schema, "description"))
	}
	s.add(f.KeySpan, r.from(), id, "AWS::ApiGateway::Model", props)
	return id
}

// A corsPlan is what the routes of one path together say to browsers.
type corsPlan struct {
	path, name  string
	span        source.Span
	route       *route
	origins     []string
	headers     []string
	methods     []string
	seen        map[string]bool
	credentials *node
	maxAge      *node
}

func (c *corsPlan) add(kind string, to *[]string, values ...string) {
	for _, v := range values {
		if !c.seen[kind+v] {
			c.seen[kind+v] = true
			*to = append(*to, v)
		}
	}
}

// cors notes what a route says about other origins.
func (s *service) cors(r *route, n *node) {
	c := s.rest.byPath[r.path]
	if c == nil {
		c = &corsPlan{path: r.path, name: r.name, span: n.Span, route: r, seen: map[string]bool{}}
		if s.rest.byPath == nil {
			s.rest.byPath = map[string]*corsPlan{}
		}
		s.rest.byPath[r.path] = c
		s.rest.cors = append(s.rest.cors, c)
	}
	s.known(n, "http.cors", words("allowCredentials cacheControl headers maxAge methods origin origins"))
	origins, headers := items(first(get(n, "origins"), get(n, "origin"))), items(get(n, "headers"))
	for _, o := range origins {
		for one := range strings.SplitSeq(shown(o), ",") {
			c.add("o", &c.origins, strings.TrimSpace(one))
		}
	}
	if len(origins) == 0 {
		c.add("o", &c.origins, "*")
	}
	for _, h := range headers {
		c.add("h", &c.headers, shown(h))
	}
	if len(headers) == 0 {
		c.add("h", &c.headers, append(urlHeaders[:5:5], "X-Amz-User-Agent", urlHeaders[5])...)
	}
	for _, m := range items(get(n, "methods")) {
		c.add("m", &c.methods, shown(m))
	}
	c.add("m", &c.methods, "OPTIONS", strings.ToUpper(r.method))
	if v := get(n, "allowCredentials"); truthy(v) {
		c.credentials = v
	}
	if v := get(n, "maxAge"); v != nil {
		c.maxAge = v
	}
}

// preflight makes the OPTIONS method of every path with CORS.
func (s *service) preflight() {
	for _, c := range s.rest.cors {
		span := c.span
		values, names := source.NewMap(span), source.NewMap(span)
		header := func(name, v string) {
			key := "method.response.header." + name
			set(values, key, source.NewString("'"+v+"'", span))
			set(names, key, source.NewBool(true, span))
		}
		header("Access-Control-Allow-Origin", c.origins[0])
		header("Access-Control-Allow-Headers", strings.Join(c.headers, ","))
		header("Access-Control-Allow-Methods", strings.Replace(strings.Join(c.methods, ","), "ANY", "DELETE,GET,HEAD,PATCH,POST,PUT", 1))
		if c.credentials != nil {
			header("Access-Control-Allow-Credentials", shown(c.credentials))
		}
		if c.maxAge != nil {
			header("Access-Control-Max-Age", shown(c.maxAge))
		}
		integration := obj(span, "Type", "MOCK", "RequestTemplates", obj(span, "application/json", "{statusCode:200}"),
			"ContentHandling", "CONVERT_TO_TEXT", "IntegrationResponses", list(span, obj(span, "StatusCode", "200", "ResponseParameters", values,
				"ResponseTemplates", obj(span, "application/json", originTemplate(c.origins)))))
		id := methodID(c.name, "options")
		s.add(span, c.route.from(), id, "AWS::ApiGateway::Method", obj(span, "AuthorizationType", "NONE", "HttpMethod", "OPTIONS",
			"MethodResponses", list(span, obj(span, "StatusCode", "200", "ResponseParameters", names, "ResponseModels", source.NewMap(span))),
			"RequestParameters", source.NewMap(span), "Integration", integration, "ResourceId", s.restResource(c.route, c.path), "RestApiId", s.rest.id))
		s.rest.methods = append(s.rest.methods, id)
	}
}

// originTemplate is the template that answers with the caller's origin where
// it is one of several.
func originTemplate(origins []string) string {
	if len(origins) < 2 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`#set($origin = $input.params("Origin"))#if(`)
	for i, o := range origins {
		if i > 0 {
			b.WriteString(" || ")
		}
		b.WriteString(`$origin.matches("` + strings.Replace(strings.ReplaceAll(o, ".", "[.]"), "*", ".+", 1) + `")`)
	}
	b.WriteString(`)#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`)
	return b.String()
}

package sam

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// model applies an event's RequestModel: the body's schema and its validation.
func (r *restRoute) model() {
	conf := r.e.prop("RequestModel")
	if !truthy(conf) {
		return
	}
	p := r.e.at("RequestModel")
	name := get(conf, "Model")
	if !truthy(name) {
		return
	}
	models := get(r.l.props, "Models")
	at := p.at("Model", name)
	switch {
	case !truthy(models):
		r.x.refuse(at, "names a model, but the API %s defines no Models", r.l.entry.id)
		return
	case !isMap(models):
		r.x.refuse(at, "names a model, but the Models of the API %s are no map", r.l.entry.id)
		return
	case !isStr(name):
		r.x.refuse(at, "should be the name of one of the API's Models")
		return
	case !truthy(models.Get(name.Text)):
		r.x.refuse(at, "names the model %s, which is not among the Models of the API %s", name.Text, r.l.entry.id)
		return
	}
	r.schema(conf, strings.ToLower(name.Text), name.Span)
	r.validator(p, conf)
}

func (r *restRoute) schema(conf *node, name string, span source.Span) {
	required := get(conf, "Required")
	r.ed.methods(r.route.path, r.route.method, func(def *node) {
		if r.ed.doc.Get("swagger") != nil {
			param := obj(span, "in", "body", "name", name, "schema", obj(span, "$ref", "#/definitions/"+name), "required", required)
			r.param(def, param)
			return
		}
		schema := obj(span, "schema", obj(span, "$ref", "#/components/schemas/"+name))
		set(def, "requestBody", obj(span, "content", obj(span, "application/json", schema), "required", required))
	})
}

func (r *restRoute) param(def, param *node) {
	params := get(def, "parameters")
	if !isList(params) {
		params = source.NewList(param.Span)
		set(def, "parameters", params)
	}
	push(params, param)
}

func (r *restRoute) validator(p place, conf *node) {
	body, params := get(conf, "ValidateBody"), get(conf, "ValidateParameters")
	if body == nil && params == nil {
		return
	}
	for _, v := range []struct {
		name string
		n    *node
	}{{"ValidateBody", body}, {"ValidateParameters", params}} {
		if v.n != nil && !isBool(v.n) {
			r.x.refuse(p.at(v.name, v.n), "should be true or false; neither strings nor intrinsic functions work here")
			return
		}
	}
	name := "no-validation"
	switch {
	case isTrue(body) && isTrue(params):
		name = "body-and-params"
	case isTrue(body):
		name = "body-only"
	case isTrue(params):
		name = "params-only"
	}
	all := child(r.ed.doc, "x-amazon-apigateway-request-validators", conf.Span)
	if isMap(all) && !truthy(all.Get(name)) {
		set(all, name, obj(conf.Span, "validateRequestBody", isTrue(body), "validateRequestParameters", isTrue(params)))
	}
	r.ed.methods(r.route.path, r.route.method, func(def *node) {
		set(def, "x-amazon-apigateway-request-validator", value(conf.Span, name))
	})
}

// requestParameter is one of an event's RequestParameters.
type requestParameter struct {
	in, key, name string // location, name there, name as written
	conf          *node
	span          source.Span
}

// parameters reads an event's RequestParameters.
func (r *restRoute) parameters() []requestParameter {
	given := r.e.prop("RequestParameters")
	if !truthy(given) {
		return nil
	}
	var out []requestParameter
	for i, it := range asList(given) {
		p := r.e.at("RequestParameters").at("["+strconv.Itoa(i)+"]", it)
		name, conf := text(it), (*node)(nil)
		if isMap(it) && len(it.Fields) > 0 {
			name, conf = it.Fields[0].Key, it.Fields[0].Value
			if !isMap(conf) || len(conf.Without("Required", "Caching").Fields) > 0 {
				r.x.refuse(p, "should have a map with Required and Caching")
				continue
			}
		} else if !isStr(it) {
			r.x.refuse(p, "should be a string or a map")
			continue
		}
		rest, ok := strings.CutPrefix(name, "method.request.")
		in, key, ok2 := strings.Cut(rest, ".")
		if !ok || !ok2 || in != "querystring" && in != "path" && in != "header" {
			r.x.refuse(p, "the name should look like method.request.header.NAME, with querystring, path or header")
			continue
		}
		if in == "querystring" {
			in = "query"
		}
		out = append(out, requestParameter{in, key, name, conf, it.Span})
	}
	return out
}

func (r *restRoute) addParameter(p requestParameter) {
	required := p.conf.Get("Required")
	if required == nil {
		required = source.NewBool(false, p.span)
	}
	r.ed.methods(r.route.path, r.route.method, func(def *node) {
		r.param(def, obj(p.span, "in", p.in, "name", p.key, "required", required, "type", "string"))
		if truthy(p.conf.Get("Caching")) {
			integ := def.Get(integration)
			keys := integ.Get("cacheKeyParameters")
			if keys == nil {
				keys = source.NewList(p.span)
				set(integ, "cacheKeyParameters", keys)
			}
			push(keys, source.NewString(p.name, p.span))
		}
	})
}

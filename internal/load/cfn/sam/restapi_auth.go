package sam

import (
	"slices"

	"github.com/remit-security/remit/internal/source"
)

var authProperties = []string{"Authorizers", "DefaultAuthorizer", "InvokeRole", "AddDefaultAuthorizerToCorsPreflight",
	"AddApiKeyRequiredToCorsPreflight", "ApiKeyRequired", "ResourcePolicy", "UsagePlan"}

// authorize applies the API's Auth to all its methods.
func (a *restRun) authorize() {
	d, x := a.d, a.x
	auth := a.auth
	if !truthy(auth) || !x.wantMap(d.at("Auth"), auth) {
		a.auth = nil
		return
	}
	p := d.at("Auth")
	for _, f := range auth.Fields {
		if !slices.Contains(authProperties, f.Key) {
			x.refuse(p.at(f.Key, f.Value), "there is no such property of Auth")
		}
	}
	if !a.inline("Auth") {
		return
	}
	dflt := get(auth, "DefaultAuthorizer")
	all := x.authorizers(d, auth, text(dflt) == "AWS_IAM")
	if len(all) > 0 {
		schemes := a.ed.schemes(auth.Span)
		for _, z := range all {
			set(schemes, z.name, z.scheme())
		}
		a.defaultAuthorizer(p, dflt, all)
	}
	if truthy(auth.Get("ApiKeyRequired")) {
		a.ed.defineAPIKey(auth.Get("ApiKeyRequired").Span)
		a.requireKey(auth)
	}
	if policy := get(auth, "ResourcePolicy"); truthy(policy) && x.wantMap(p.at("ResourcePolicy", policy), policy) {
		for _, path := range a.ed.names() {
			a.ed.resourcePolicy(p.at("ResourcePolicy", policy), policy, path, d.prop("StageName"))
		}
		a.ed.customStatements(policy)
	}
	a.modernise(a.ed.doc)
}

// defaultAuthorizer secures every method that says nothing itself.
func (a *restRun) defaultAuthorizer(p place, dflt *node, all []*authorizer) {
	if !truthy(dflt) {
		return
	}
	at := p.at("DefaultAuthorizer", dflt)
	if !isStr(dflt) {
		a.x.refuse(at, "should be a string")
		return
	}
	i := slices.IndexFunc(all, func(z *authorizer) bool { return z.name == dflt.Text })
	if i < 0 && dflt.Text != "AWS_IAM" {
		a.x.refuse(at, "names the authorizer %s, which is not among the Authorizers", dflt.Text)
		return
	}
	scopes := list(dflt.Span)
	if i >= 0 && all[i].scopes != nil {
		scopes = all[i].scopes
	}
	preflight := a.auth.Get("AddDefaultAuthorizerToCorsPreflight")
	named := func(s *node) bool {
		return s.Has("AWS_IAM") || slices.ContainsFunc(all, func(z *authorizer) bool { return s.Has(z.name) })
	}
	for _, path := range a.ed.names() {
		a.ed.every(path, func(method string, def *node) {
			if method == "options" && preflight != nil && !truthy(preflight) {
				return
			}
			own, other, ok := a.requirements(path, method, def, named)
			if !ok {
				return
			}
			if i := slices.IndexFunc(other, func(s *node) bool { return s.Has("NONE") }); i >= 0 {
				other = slices.Delete(other, i, i+1)
				own = nil
			} else if len(own) == 0 {
				own = []*node{obj(dflt.Span, dflt.Text, scopes)}
			}
			if security := append(other, own...); len(security) > 0 {
				set(def, "security", source.NewList(dflt.Span, security...))
				if security[0].Has("AWS_IAM") {
					a.ed.defineIAM(dflt.Span)
				}
			}
		})
	}
}

// requirements splits a method's security requirements in those that pick
// names and the others.
func (a *restRun) requirements(path, method string, def *node, pick func(*node) bool) (own, other []*node, ok bool) {
	security := get(def, "security")
	if security == nil {
		return nil, nil, true
	}
	at := a.ed.at(path, method, security).at("security", security)
	if !a.x.wantList(at, security) {
		return nil, nil, false
	}
	for _, s := range security.Items {
		switch {
		case !isMap(s):
			a.x.refuse(at, "each requirement should be a map")
			return nil, nil, false
		case pick(s):
			own = append(own, s)
		default:
			other = append(other, s)
		}
	}
	return own, other, true
}

// requireKey makes every method need an API key unless it says otherwise.
func (a *restRun) requireKey(auth *node) {
	required := auth.Get("ApiKeyRequired")
	preflight := auth.Get("AddApiKeyRequiredToCorsPreflight")
	pick := func(s *node) bool { return s.Has("api_key") || s.Has("api_key_false") }
	for _, path := range a.ed.names() {
		a.ed.every(path, func(method string, def *node) {
			own, other, ok := a.requirements(path, method, def, pick)
			if !ok {
				return
			}
			security := other
			if !slices.ContainsFunc(own, func(s *node) bool { return s.Has("api_key_false") }) &&
				(method != "options" || preflight == nil || truthy(preflight)) {
				security = append(slices.Clone(other), obj(required.Span, "api_key", list(required.Span)))
			}
			next := source.NewList(required.Span, security...)
			old := get(def, "security")
			if old == nil {
				old = source.NewList(required.Span)
			}
			if !equal(old, next) {
				set(def, "security", next)
			}
		})
	}
}

// authorizerPermissions lets the API call the functions of its authorizers.
func (a *restRun) authorizerPermissions() []*resource {
	if !truthy(a.auth) {
		return nil
	}
	kept := len(a.x.problems)
	all := a.x.authorizers(a.d, a.auth, false)
	a.x.problems = a.x.problems[:kept] // reported by authorize
	var out []*resource
	for _, z := range all {
		if truthy(z.function) && !z.disabled {
			out = append(out, authorizerPermission(a.d, a.d.id+z.name+"AuthorizerPermission", z.place.span, a.x.partition, z.function))
		}
	}
	return out
}

// sharedPlan is the usage plan that several APIs share.
type sharedPlan struct {
	apis       []string
	stages     []*node // for the plan
	keys       []*node // for the key
	deletion   *node
	replace    *node
	conditions []string
	always     bool // an API without a condition uses it
}

var planProperties = []string{"CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"}

// usagePlan builds the usage plan with its key, for this API or for all.
func (a *restRun) usagePlan() []*resource {
	d, x := a.d, a.x
	conf := get(a.auth, "UsagePlan")
	if conf == nil {
		return nil
	}
	p := d.at("Auth").at("UsagePlan", conf)
	if !x.wantMap(p, conf) {
		return nil
	}
	for _, f := range conf.Fields {
		if !slices.Contains(planProperties, f.Key) {
			x.refuse(p.at(f.Key, f.Value), "there is no such property of UsagePlan")
		}
	}
	create := get(conf, "CreateUsagePlan")
	stage := a.stageOf.id
	var plan, key, link *resource
	switch text(create) {
	case "NONE":
		return nil
	case "PER_API":
		plan = d.make(d.id+"UsagePlan", "AWS::ApiGateway::UsagePlan", conf.Span)
		plan.dependOn(d.id)
		key = d.make(d.id+"ApiKey", "AWS::ApiGateway::ApiKey", conf.Span)
		link = d.make(d.id+"UsagePlanKey", "AWS::ApiGateway::UsagePlanKey", conf.Span)
		plan.set("ApiStages", list(conf.Span, obj(conf.Span, "ApiId", ref(conf.Span, d.id), "Stage", ref(conf.Span, stage))))
		key.set("StageKeys", list(conf.Span, obj(conf.Span, "RestApiId", ref(conf.Span, d.id), "StageName", ref(conf.Span, stage))))
	case "SHARED":
		plan, key, link = a.sharedPlan(conf, stage)
	default:
		x.refuse(p.at("CreateUsagePlan", create), "is required; it should be SHARED, PER_API or NONE")
		return nil
	}
	key.dependOn(plan.id)
	key.set("Enabled", true)
	link.dependOn(key.id)
	link.set("KeyId", ref(conf.Span, key.id)).set("KeyType", "API_KEY").set("UsagePlanId", ref(conf.Span, plan.id))
	for _, name := range []string{"UsagePlanName", "Description", "Quota", "Tags", "Throttle"} {
		if v := get(conf, name); truthy(v) {
			plan.set(name, v)
		}
	}
	x.part(d.id, "UsagePlan", plan.id)
	x.part(d.id, "UsagePlanKey", link.id)
	x.part(d.id, "ApiKey", key.id)
	return []*resource{plan, key, link}
}

func (a *restRun) sharedPlan(conf *node, stage string) (plan, key, link *resource) {
	d, s, span := a.d, a.x.shared, conf.Span
	s.apis = append(s.apis, d.id)
	s.stages = append(s.stages, obj(span, "ApiId", ref(span, d.id), "Stage", ref(span, stage)))
	s.keys = append(s.keys, obj(span, "RestApiId", ref(span, d.id), "StageName", ref(span, stage)))
	s.attributes(a.x, d, span)
	build := func(id, typ string) *resource {
		r := d.make(id, typ, span)
		r.attrs = nil
		if s.deletion != nil {
			r.setAttr("DeletionPolicy", s.deletion)
		}
		if s.replace != nil {
			r.setAttr("UpdateReplacePolicy", s.replace)
		}
		if len(s.conditions) > 0 && !s.always {
			r.setAttr("Condition", source.NewString("SharedUsagePlanCondition", span))
		}
		return r
	}
	plan = build("ServerlessUsagePlan", "AWS::ApiGateway::UsagePlan")
	plan.dependOn(s.apis...)
	plan.set("ApiStages", source.NewList(span, slices.Clone(s.stages)...))
	key = build("ServerlessApiKey", "AWS::ApiGateway::ApiKey")
	key.set("StageKeys", source.NewList(span, slices.Clone(s.keys)...))
	return plan, key, build("ServerlessUsagePlanKey", "AWS::ApiGateway::UsagePlanKey")
}

// attributes takes one API's attributes into account: the strictest policies,
// and a condition that holds if one API exists.
func (s *sharedPlan) attributes(x *expansion, d *decl, span source.Span) {
	if v := d.node.Get("DeletionPolicy"); truthy(v) && (s.deletion == nil || text(v) == "Retain") {
		s.deletion = v
	}
	if v := d.node.Get("UpdateReplacePolicy"); truthy(v) &&
		(s.replace == nil || text(v) == "Retain" || text(v) == "Snapshot" && text(s.replace) == "Delete") {
		s.replace = v
	}
	const name = "SharedUsagePlanCondition"
	c := d.condition()
	switch {
	case s.always:
	case c == "":
		s.always = true
		del(x.doc.Get("Conditions"), name)
	case !slices.Contains(s.conditions, c):
		s.conditions = append(s.conditions, c)
		if len(s.conditions) == 1 {
			x.addCondition(name, source.NewString(c, span))
			return
		}
		or := source.NewList(span)
		for _, c := range s.conditions {
			push(or, obj(span, "Condition", c))
		}
		x.addCondition(name, obj(span, "Fn::Or", or))
	}
}

package app

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Throttle limits requests to a stage, to some of its routes, or to those
// who hold a key of a usage plan. Without any, the account's limits hold:
// 10,000 requests a second for all its APIs of a region together.
type Throttle struct {
	// Rate is requests a second, Burst the size of the bucket; either may be
	// absent.
	Rate, Burst *value.Value
	// Method and Path say which routes; "*" is all. The path of a REST API
	// starts with a slash.
	Method, Path string
	// In is the stage or usage plan.
	In   *Resource
	Span source.Span
}

// PerKey reports whether the limit is a usage plan's, which only requests with
// an API key meet.
func (t Throttle) PerKey() bool { return t.In != nil && t.In.Type == "AWS::ApiGateway::UsagePlan" }

// Throttles are the limits on the API's stages and those of usage plans.
func (x API) Throttles() []Throttle {
	var out []Throttle
	for _, s := range x.Stages() {
		out = append(out, s.throttles()...)
	}
	if x.Kind() == REST {
		for _, d := range x.Deployments() { // a deployment may describe its own stage
			for _, m := range d.Get("StageDescription", "MethodSettings").Items() {
				out = append(out, methodThrottle(d, m))
			}
		}
		for _, c := range x.children("AWS::ApiGateway::UsagePlan") {
			if t := c.Get("Throttle"); t.Exists() != value.No {
				out = append(out, Throttle{t.Get("RateLimit"), t.Get("BurstLimit"), "*", "*", c.Resource, t.Span()})
			}
		}
	}
	return limiting(out)
}

// Throttles are the limits that hold for the route.
func (r Route) Throttles() []Throttle {
	var out []Throttle
	for _, t := range (API{r.API}).Throttles() {
		if t.covers(r) {
			out = append(out, t)
		}
	}
	return out
}

// Limited tells whether something bounds how many requests strangers make to
// the route: a throttle that holds for it, a quota where the route asks for a
// key, or a web ACL, on every stage. It is the one judgement of it: findings
// and paths agree. What bounds the functions behind the route is Bounded.
func (r Route) Limited() value.Tri {
	x := API{r.API}
	plans, stages := value.No, value.Yes
	for _, t := range x.Throttles() {
		if t.covers(r) && (t.PerKey() && r.Auth.APIKey == value.Yes || t.In.Type == "AWS::ApiGateway::Deployment") {
			plans = plans.Or(t.limits())
		}
	}
	if r.Auth.APIKey == value.Yes && x.Kind() == REST {
		for _, c := range x.children("AWS::ApiGateway::UsagePlan") {
			plans = plans.Or(written(c.Get("Quota")).And(c.Sure))
		}
	}
	for _, s := range x.Stages() {
		stages = stages.And(s.limits(r))
	}
	return plans.Or(stages.And(value.Of(len(x.Stages()) > 0)))
}

// Bounded tells whether the route is Limited, or all functions behind it have
// reserved concurrency.
func (r Route) Bounded() value.Tri {
	reserved := value.Of(len(r.Integration.Functions) > 0)
	for _, t := range r.Integration.Functions {
		reserved = reserved.And(written(AsFunction(t.Function).ReservedConcurrency()))
	}
	return r.Limited().Or(reserved)
}

// limits tells whether the stage bounds requests to the route.
func (s Stage) limits(r Route) value.Tri {
	out := value.No
	for _, t := range limiting(s.throttles()) {
		if t.covers(r) {
			out = out.Or(t.limits())
		}
	}
	for _, c := range s.WebACLs() {
		out = out.Or(c.App.aclLimits(c.Get("WebACLArn")).And(c.Sure).And(c.Exists))
	}
	return out
}

func (t Throttle) limits() value.Tri { return written(t.Rate).Or(written(t.Burst)) }

// written tells whether a setting is there; one whose value is not known may
// be left out.
func written(v *value.Value) value.Tri {
	if v.Kind() == value.Unresolved && len(v.Choices()) == 0 {
		return value.Unknown
	}
	return v.Exists()
}

// aclLimits tells whether a web ACL bounds requests: by a rule on their rate,
// or by letting in only what its rules name. One of elsewhere is unknown.
func (a *App) aclLimits(named *value.Value) value.Tri {
	acl, _ := a.Lookup(named, "AWS::WAFv2::WebACL")
	if acl == nil {
		return value.Unknown
	}
	out := acl.Get("DefaultAction", "Block").Exists()
	if acl.Get("DefaultAction").Kind() == value.Unresolved {
		out = value.Unknown
	}
	acl.Get("Rules").Walk(func(v *value.Value) bool {
		if v.Kind() == value.Unresolved || v.Get("RuleGroupReferenceStatement").Exists() == value.Yes {
			out = out.Or(value.Unknown) // a rule group may have such a rule
		}
		out = out.Or(v.Get("RateBasedStatement").Exists())
		return true
	})
	return out
}

func (s Stage) throttles() []Throttle {
	if s.Resource == nil {
		return nil
	}
	var out []Throttle
	if s.Type == "AWS::ApiGateway::Stage" {
		for _, m := range s.Get("MethodSettings").Items() {
			out = append(out, methodThrottle(s.Resource, m))
		}
		return out
	}
	if d := s.Get("DefaultRouteSettings"); d.Exists() != value.No {
		out = append(out, Throttle{d.Get("ThrottlingRateLimit"), d.Get("ThrottlingBurstLimit"), "*", "*", s.Resource, d.Span()})
	}
	for _, f := range s.Get("RouteSettings").Fields() {
		method, path, ok := strings.Cut(f.Key, " ")
		if !ok {
			method, path = "*", f.Key // $default and the route keys of WebSocket APIs
		}
		out = append(out, Throttle{f.Value.Get("ThrottlingRateLimit"), f.Value.Get("ThrottlingBurstLimit"), method, path, s.Resource, f.KeySpan})
	}
	return out
}

// methodThrottle reads one element of MethodSettings, whose paths are a slash
// and the path with its slashes as ~1: /~1orders~1{id}.
func methodThrottle(in *Resource, m *value.Value) Throttle {
	path := strings.ReplaceAll(m.Get("ResourcePath").Str(), "~1", "/")
	if strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	if path == "" || path == "/*" {
		path = "*"
	}
	method := m.Get("HttpMethod").Str()
	if method == "" {
		method = "*"
	}
	return Throttle{m.Get("ThrottlingRateLimit"), m.Get("ThrottlingBurstLimit"), method, path, in, m.Span()}
}

// limiting leaves out settings that limit nothing.
func limiting(all []Throttle) []Throttle {
	var out []Throttle
	for _, t := range all {
		if t.Rate.Exists() != value.No || t.Burst.Exists() != value.No {
			out = append(out, t)
		}
	}
	return out
}

func (t Throttle) covers(r Route) bool {
	if t.PerKey() && r.Auth.APIKey == value.No {
		return false
	}
	return (t.Method == "*" || strings.EqualFold(t.Method, r.Method)) && (t.Path == "*" || r.Path.Equal(value.Lit(t.Path)) != value.No)
}

package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// balancerEvent makes the function a target of a load balancer's listener.
func (s *service) balancerEvent(f *function, e event, _ int) {
	listener, priority := e.get("listenerArn"), e.get("priority")
	if listener == nil {
		s.missing(f, e, "listenerArn")
		return
	}
	many := truthy(e.get("multiValueHeaders"))
	balancer := shown(listener) // the load balancer's id of an ARN, else what the listener refers to
	if cut := strings.Split(balancer, "/"); listener.IsScalar() && len(cut) == 5 {
		balancer = cut[3]
	}
	kind := "Alb"
	if many {
		kind = "AlbMultiValue"
	}
	group := normal(f.key) + kind + "TargetGroup" + balancer
	register, permission := normal(f.key)+"LambdaPermissionRegisterTarget", normal(f.key)+"LambdaPermissionAlb"
	s.add(e.span, f.from(), group, "AWS::ElasticLoadBalancingV2::TargetGroup", s.targetGroup(f, e, balancer, many), register, f.aliasID)
	s.add(e.span, f.from(), normal(f.key)+"AlbListenerRule"+shown(priority), "AWS::ElasticLoadBalancingV2::ListenerRule",
		obj(e.span, "Actions", s.balancerActions(f, e, group), "Conditions", s.balancerConditions(e), "ListenerArn", listener, "Priority", priority))
	s.allow(f, permission, e.span, "elasticloadbalancing.amazonaws.com", ref(e.span, group))
	s.allow(f, register, e.span, "elasticloadbalancing.amazonaws.com", nil)
}

func (s *service) targetGroup(f *function, e event, balancer string, many bool) *node {
	span := e.span
	props := obj(span, "TargetType", "lambda", "Targets", list(span, obj(span, "Id", f.target(span))), "Name", e.get("targetGroupName"),
		"TargetGroupAttributes", list(span, obj(span, "Key", "lambda.multi_value_headers.enabled", "Value", many)), "HealthCheckEnabled", false)
	if tag := joinedBy(span, "-", s.name, f.key, balancer, s.stage); true {
		set(props, "Tags", list(span, obj(span, "Key", "Name", "Value", tag)))
		if many {
			tag = joinedBy(span, "-", s.name, f.key, balancer, "multi-value", s.stage)
		}
		if !props.Has("Name") && tag.IsScalar() {
			set(props, "Name", source.NewString(limited(shown(s.setting("alb", "targetGroupPrefix"))+digest(tag.Text), 32), span))
		}
	}
	check := e.get("healthCheck")
	if !truthy(check) {
		return props
	}
	s.known(check, "healthCheck", words("enabled intervalSeconds path timeoutSeconds healthyThresholdCount unhealthyThresholdCount matcher"))
	or := func(key string, otherwise any) *node {
		if n := get(check, key); n != nil {
			return n
		}
		return value(span, otherwise)
	}
	for _, p := range []struct {
		name, key string
		otherwise any
	}{
		{"HealthCheckEnabled", "enabled", true}, {"HealthCheckPath", "path", "/"}, {"HealthCheckIntervalSeconds", "intervalSeconds", 35},
		{"HealthCheckTimeoutSeconds", "timeoutSeconds", 30}, {"HealthyThresholdCount", "healthyThresholdCount", 5},
		{"UnhealthyThresholdCount", "unhealthyThresholdCount", 5},
	} {
		set(props, p.name, or(p.key, p.otherwise))
	}
	set(props, "Matcher", obj(span, "HttpCode", first(get(check, "matcher", "httpCode"), source.NewString("200", span))))
	return props
}

// balancerActions are what a rule of the listener does: authenticate, then
// forward.
func (s *service) balancerActions(f *function, e event, group string) *node {
	out := source.NewList(e.span)
	for _, a := range items(e.get("authorizer")) {
		auth := s.setting("alb", "authorizers", shown(a))
		if auth == nil {
			s.problem(a.Span, "the authorizer %s of the function %s is not among provider.alb.authorizers", quote(shown(a)), f.key)
			continue
		}
		span := auth.Span
		common := []any{"OnUnauthenticatedRequest", first(get(auth, "onUnauthenticatedRequest"), source.NewString("deny", span)),
			"AuthenticationRequestExtraParams", get(auth, "requestExtraParams"), "Scope", get(auth, "scope"),
			"SessionCookieName", get(auth, "sessionCookieName"), "SessionTimeout", get(auth, "sessionTimeout")}
		if text(auth.Get("type")) == "cognito" {
			config := obj(span, append(common, "UserPoolArn", get(auth, "userPoolArn"), "UserPoolClientId", get(auth, "userPoolClientId"),
				"UserPoolDomain", get(auth, "userPoolDomain"))...)
			out.Items = append(out.Items, obj(span, "Type", "authenticate-cognito", "Order", len(out.Items)+1, "AuthenticateCognitoConfig", config))
			continue
		}
		config := obj(span, append(common, "AuthorizationEndpoint", get(auth, "authorizationEndpoint"), "ClientId", get(auth, "clientId"),
			"Issuer", get(auth, "issuer"), "TokenEndpoint", get(auth, "tokenEndpoint"), "UserInfoEndpoint", get(auth, "userInfoEndpoint"),
			"ClientSecret", get(auth, "clientSecret"))...)
		if !config.Has("ClientSecret") {
			set(config, "UseExistingClientSecret", source.NewBool(true, span))
		}
		out.Items = append(out.Items, obj(span, "Type", "authenticate-oidc", "Order", len(out.Items)+1, "AuthenticateOidcConfig", config))
	}
	forward := obj(e.span, "Type", "forward", "TargetGroupArn", ref(e.span, group))
	if n := len(out.Items); n > 0 {
		set(forward, "Order", value(e.span, n+1))
	}
	out.Items = append(out.Items, forward)
	return out
}

func (s *service) balancerConditions(e event) *node {
	out := source.NewList(e.span)
	c := e.get("conditions")
	s.known(c, "conditions", words("header host ip method path query"))
	many := func(key string) *node {
		if n := get(c, key); n != nil {
			return source.NewList(n.Span, items(n)...)
		}
		return nil
	}
	add := func(field, config string, values *node) {
		if values == nil {
			return
		}
		cond := obj(values.Span, "Field", field, "Values", values)
		if config != "" {
			cond = obj(values.Span, "Field", field, config, obj(values.Span, "Values", values))
		}
		out.Items = append(out.Items, cond)
	}
	add("path-pattern", "", many("path"))
	add("host-header", "HostHeaderConfig", many("host"))
	add("http-request-method", "HttpRequestMethodConfig", many("method"))
	for _, h := range items(get(c, "header")) {
		out.Items = append(out.Items, obj(h.Span, "Field", "http-header", "HttpHeaderConfig", obj(h.Span, "HttpHeaderName", get(h, "name"), "Values", get(h, "values"))))
	}
	if q := get(c, "query"); plain(q) {
		values := source.NewList(q.Span)
		for _, f := range q.Fields {
			values.Items = append(values.Items, obj(f.KeySpan, "Key", f.Key, "Value", f.Value))
		}
		add("query-string", "QueryStringConfig", values)
	}
	add("source-ip", "SourceIpConfig", many("ip"))
	return out
}

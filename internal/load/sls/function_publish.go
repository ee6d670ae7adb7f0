package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// versionSuffix stands where the framework writes a digest of the function's
// code and settings into a logical id: it is not known before packaging.
const versionSuffix = "LambdaVersion"

// version makes the function's version, and the alias that its events call.
func (s *service) version(f *function, edge bool) {
	versions := f.get("versionFunction")
	if versions == nil {
		versions = s.setting("versionFunctions")
	}
	if isFalse(versions) && !edge && f.alias == "" {
		return
	}
	id := normal(f.key) + versionSuffix
	r := s.add(f.span, f.from(), id, "AWS::Lambda::Version", obj(f.span, "FunctionName", ref(f.span, f.id), "Description", f.get("description")))
	r.attr("DeletionPolicy", source.NewString("Retain", f.span))
	r.attr("Condition", f.get("condition"))
	s.output(f.id+"QualifiedArn", ref(f.span, id))
	if f.alias == "" {
		return
	}
	span := spanOf(first(f.get("provisionedConcurrency"), f.get("snapStart"), f.get("durableConfig")), f.span)
	props := obj(span, "FunctionName", ref(span, f.id), "FunctionVersion", getAtt(span, id, "Version"), "Name", f.alias)
	if n := f.get("provisionedConcurrency"); truthy(n) {
		set(props, "ProvisionedConcurrencyConfig", obj(n.Span, "ProvisionedConcurrentExecutions", n))
	}
	s.add(span, f.from(), f.aliasID, "AWS::Lambda::Alias", props, f.id).attr("Condition", f.get("condition"))
}

// The values of a function URL's CORS settings where url.cors gives none.
var urlHeaders = []string{"Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amzn-Trace-Id"}

// functionURL makes the function's URL with the permissions that a public one
// needs.
func (s *service) functionURL(f *function) {
	n := f.get("url")
	if !truthy(n) {
		return
	}
	span := n.Span
	s.known(n, "url", words("authorizer cors invokeMode"))
	auth := "NONE"
	if text(n.Get("authorizer")) == "aws_iam" {
		auth = "AWS_IAM"
	}
	props := obj(span, "AuthType", auth, "TargetFunctionArn", f.target(span), "InvokeMode", get(n, "invokeMode"))
	if a := n.Get("authorizer"); isFn(a) || isFn(n) { // not known who may call
		set(props, "AuthType", first(a, n))
	}
	set(props, "Cors", s.urlCORS(get(n, "cors")))
	s.add(span, f.from(), functionID(f.key)+"Url", "AWS::Lambda::Url", props, f.aliasID).attr("Condition", f.get("condition"))
	s.output(functionID(f.key)+"Url", getAtt(span, functionID(f.key)+"Url", "FunctionUrl"))
	if auth != "NONE" {
		return
	}
	s.permission(f, normal(f.key)+"LambdaPermissionFnUrl", obj(span, "Action", "lambda:InvokeFunctionUrl", "FunctionName", f.target(span),
		"Principal", "*", "FunctionUrlAuthType", auth)).attr("Condition", f.get("condition"))
	s.permission(f, normal(f.key)+"LambdaPermissionFn", obj(span, "Action", "lambda:InvokeFunction", "FunctionName", f.target(span),
		"Principal", "*", "InvokedViaFunctionUrl", true)).attr("Condition", f.get("condition"))
}

func (s *service) urlCORS(n *node) *node {
	if !truthy(n) {
		return nil
	}
	span := n.Span
	if !plain(n) {
		if !isTrue(n) {
			return n
		}
		return obj(span, "AllowHeaders", urlHeaders, "AllowMethods", []string{"*"}, "AllowOrigins", []string{"*"})
	}
	s.known(n, "url.cors", words("allowCredentials allowedHeaders allowedMethods allowedOrigins exposedResponseHeaders maxAge"))
	or := func(key string, otherwise []string) *node {
		v := n.Get(key)
		switch {
		case v == nil:
			return value(span, otherwise)
		case v.Kind == source.NullNode:
			return nil
		}
		return v
	}
	return obj(span, "AllowCredentials", get(n, "allowCredentials"), "AllowHeaders", or("allowedHeaders", urlHeaders),
		"AllowMethods", or("allowedMethods", []string{"*"}), "AllowOrigins", or("allowedOrigins", []string{"*"}),
		"ExposeHeaders", get(n, "exposedResponseHeaders"), "MaxAge", get(n, "maxAge"))
}

// permission makes a permission to call the function.
func (s *service) permission(f *function, id string, props *node) *resource {
	return s.add(props.Span, f.from(), id, "AWS::Lambda::Permission", props, f.aliasID)
}

// allow makes the permission that lets a service call the function.
func (s *service) allow(f *function, id string, span source.Span, principal, sourceARN any) *resource {
	return s.permission(f, id, obj(span, "FunctionName", f.target(span), "Action", "lambda:InvokeFunction",
		"Principal", principal, "SourceArn", sourceARN))
}

// asynchronous makes the settings for asynchronous calls, and lets the role
// write to the destinations.
func (s *service) asynchronous(f *function) {
	dest, age, retries := f.get("destinations"), f.get("maximumEventAge"), f.get("maximumRetryAttempts")
	if dest == nil && age == nil && retries == nil {
		return
	}
	qualifier := f.alias
	if qualifier == "" {
		qualifier = "$LATEST"
	}
	span := spanOf(first(dest, age, retries), f.span)
	config := source.NewMap(span)
	s.known(dest, "destinations", words("onSuccess onFailure"))
	for _, key := range []string{"onSuccess", "onFailure"} {
		if n := get(dest, key); n != nil {
			set(config, upperFirst(key), obj(n.Span, "Destination", s.destination(f, n)))
		}
	}
	s.add(span, f.from(), normal(f.key)+"LambdaEvConf", "AWS::Lambda::EventInvokeConfig", obj(span, "FunctionName", ref(span, f.id),
		"DestinationConfig", config, "Qualifier", qualifier, "MaximumEventAgeInSeconds", age, "MaximumRetryAttempts", retries),
		f.aliasID).attr("Condition", f.get("condition"))
}

// destination is the ARN that a destination names: an ARN, a map with type and
// arn, or another function of the service.
func (s *service) destination(f *function, n *node) *node {
	actions := map[string]string{"function": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "eventBus": "events:PutEvents"}
	own := s.ownRole(f)
	switch {
	case plain(n):
		s.known(n, "a destination", words("arn type"))
		if action := actions[text(n.Get("type"))]; own && action != "" {
			s.grant(f, n.Span, action, n.Get("arn"))
		} else if own {
			s.problem(n.Span, "the destination of the function %s needs a type: function, sqs, sns or eventBus", f.key)
		}
		return n.Get("arn")
	case n.Is(source.StringNode) && !strings.HasPrefix(n.Text, "arn:"):
		other := s.byName[n.Text]
		if other == nil {
			s.problem(n.Span, "the destination %s of the function %s is neither an ARN nor a function of the service", quote(n.Text), f.key)
			return nil
		}
		if own {
			target := cat(n.Span, arn(n.Span, "lambda", "function:"), other.name)
			if other.alias != "" {
				target = cat(n.Span, target, ":"+other.alias)
			}
			s.grant(f, n.Span, actions["function"], target)
		}
		return other.target(n.Span)
	case n.Is(source.StringNode) && own:
		for _, t := range []struct{ part, typ string }{{":function:", "function"}, {":sqs:", "sqs"}, {":sns:", "sns"}, {":event-bus/", "eventBus"}} {
			if strings.Contains(n.Text, t.part) {
				s.grant(f, n.Span, actions[t.typ], n)
				break
			}
		}
	}
	return n
}

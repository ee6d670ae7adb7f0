package sls

import (
	"slices"

	"github.com/remit-security/remit/internal/source"
)

// handlers are the functions that the framework adds to a stack to do during
// deployment what CloudFormation cannot: custom resources, with one role.
type handlers struct {
	span       source.Span
	statements []*node
	kinds      []string
}

// The kinds of handlers, named after what they do.
const (
	handlerBucket = "custom-resource-existing-s3"
	handlerPool   = "custom-resource-existing-cup"
	handlerLogs   = "custom-resource-apigw-cw-role"
)

var handlerCode = map[string]string{
	handlerBucket: "s3/handler.handler", handlerPool: "cognito-user-pool/handler.handler", handlerLogs: "api-gateway-cloud-watch-role/handler.handler",
}

// handler asks for a handler with the statements that its role needs, and
// gives its logical id.
func (s *service) handler(span source.Span, kind string, statements ...*node) string {
	h := &s.handlers
	if len(h.kinds) == 0 {
		h.span = span
	}
	if !slices.Contains(h.kinds, kind) {
		h.kinds = append(h.kinds, kind)
	}
	h.statements = append(h.statements, statements...)
	return functionID(kind)
}

func allowed(span source.Span, actions []string, resource any) *node {
	return obj(span, "Effect", "Allow", "Action", actions, "Resource", resource)
}

const handlerRole = "IamRoleCustomResourcesLambdaExecution"

// finishHandlers makes the handlers that were asked for, and their role.
func (s *service) finishHandlers() {
	h := s.handlers
	if len(h.kinds) == 0 {
		return
	}
	span := h.span
	prefix := joinedBy(span, "-", s.name, s.stage)
	logs := truthy(s.setting("logs", "frameworkLambda"))
	role := first(s.setting("iam", "deploymentRole"), s.setting("cfnRole"))
	if role == nil {
		statements := source.NewList(span)
		if logs {
			statements.Items = append(statements.Items, allowed(span, logCreate, list(span, logARN(span, prefix, "*:*"))),
				allowed(span, logPut, list(span, logARN(span, prefix, "*:*:*"))))
		}
		statements.Items = append(statements.Items, h.statements...)
		doc := obj(span, "Version", "2012-10-17", "Statement", statements)
		trust := policy(span, obj(span, "Effect", "Allow", "Principal", obj(span, "Service", []string{"lambda.amazonaws.com"}),
			"Action", []string{"sts:AssumeRole"}))
		s.add(span, "the framework's handlers", handlerRole, "AWS::IAM::Role", obj(span, "AssumeRolePolicyDocument", trust,
			"Policies", list(span, obj(span, "PolicyName", joinedBy(span, "-", s.stage, s.name, "custom-resources-lambda"), "PolicyDocument", doc))))
	}
	for _, kind := range h.kinds {
		name := joinedBy(span, "-", prefix, kind)
		if t := text(name); len(t) > 64 {
			name = source.NewString(t[:32]+digest(t), span)
		}
		runtime := s.setting("runtime")
		if t := text(runtime); len(t) < 6 || t[:6] != "nodejs" {
			runtime = s.defaultRuntime(span)
		}
		props := obj(span, "Code", obj(span, "S3Bucket", ref(span, "AWS::NoValue"), "S3Key", "custom-resources.zip"), "FunctionName", name,
			"Handler", handlerCode[kind], "MemorySize", 1024, "Runtime", runtime, "Timeout", 180)
		if a := s.setting("architecture"); a != nil {
			set(props, "Architectures", list(a.Span, a))
		}
		r := s.add(span, "provider", functionID(kind), "AWS::Lambda::Function", props)
		s.call(r.id, kind)
		if role != nil {
			set(props, "Role", role)
		} else {
			set(props, "Role", getAtt(span, handlerRole, "Arn"))
			r.depend(handlerRole)
		}
		if logs {
			id := normal(kind) + "LogGroup"
			s.add(span, "provider", id, "AWS::Logs::LogGroup", s.logGroupProps(span, cat(span, "/aws/lambda/", name), nil, nil))
			s.call(id, kind+"/LogGroup")
			r.depend(id)
		}
	}
}

// gatewayLogs lets API Gateway of the whole account write logs, which the
// framework does by a handler unless somebody else has.
func (s *service) gatewayLogs(span source.Span) {
	if truthy(s.setting("logs", "restApi", "roleManagedExternally")) || s.noted["gateway logs"] {
		return
	}
	s.noted["gateway logs"] = true
	partition := ref(span, "AWS::Partition")
	id := s.handler(span, handlerLogs,
		allowed(span, []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:ListAttachedRolePolicies", "iam:PassRole"},
			cat(span, "arn:", partition, ":iam::", ref(span, "AWS::AccountId"), ":role/*")),
		allowed(span, []string{"apigateway:GET", "apigateway:PATCH"}, cat(span, "arn:", partition, ":apigateway:*::/account")))
	s.add(span, "provider", "CustomApiGatewayAccountCloudWatchRole", "Custom::ApiGatewayAccountRole",
		obj(span, "ServiceToken", getAtt(span, id, "Arn"), "RoleArn", s.setting("logs", "restApi", "role")))
}

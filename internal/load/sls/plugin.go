package sls

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const (
	pluginRoles    = "serverless-iam-roles-per-function"
	pluginMachines = "serverless-step-functions"
	pluginPseudo   = "serverless-pseudo-parameters"

	pluginRetention = "serverless-plugin-log-retention"
	pluginTracing   = "serverless-plugin-tracing"
	pluginProxies   = "serverless-apigateway-service-proxy"
)

// quiet are plug-ins that change nothing of what remit looks at, by what they
// do instead. Their own settings stand under custom and are not read.
var quiet = func() map[string]string {
	out := map[string]string{}
	for what, names := range map[string]string{
		"packages code": `serverless-webpack serverless-esbuild serverless-bundle serverless-plugin-typescript serverless-python-requirements
			serverless-typescript serverless-rust serverless-go-plugin serverless-golang serverless-plugin-optimize serverless-plugin-include-dependencies
			serverless-package-python-functions serverless-plugin-monorepo serverless-jetpack serverless-layers-bundle serverless-plugin-common-excludes
			serverless-plugin-bind-deployment-id serverless-webpack-prisma serverless-plugin-ncc serverless-esbuild-layers
			serverless-plugin-package-size serverless-plugin-scripts serverless-scriptable-plugin serverless-hooks-plugin serverless-export-env`,
		"runs the service on one's own machine": `serverless-offline serverless-offline-sqs serverless-offline-sns serverless-offline-ssm
			serverless-offline-kinesis serverless-offline-scheduler serverless-offline-dynamodb-streams serverless-offline-schedule
			serverless-offline-lambda serverless-offline-s3 serverless-s3-local serverless-dynamodb serverless-dynamodb-local serverless-localstack serverless-step-functions-local serverless-plugin-simulate
			serverless-appsync-simulator serverless-offline-aws-eventbridge serverless-offline-ses-v2 serverless-offline-watcher`,
		"deletes old versions or tidies a deployment": `serverless-prune-plugin serverless-deployment-bucket
			serverless-plugin-split-stacks serverless-stack-termination-protection serverless-latest-layer-version serverless-tag-cloud-watch-logs`,
		"adds alarms, dashboards or documents": `serverless-plugin-aws-alerts serverless-aws-alerts serverless-plugin-dashboard
			serverless-openapi-documentation serverless-openapi-documenter serverless-aws-documentation serverless-manifest-plugin serverless-stack-output
			serverless-plugin-diff serverless-slic-watch-plugin`,
		"only helps to write the file": `serverless-cloudformation-sub-variables serverless-plugin-resource-tagging serverless-plugin-utils`,
	} {
		for name := range strings.FieldsSeq(names) {
			out[name] = what
		}
	}
	return out
}()

// partial are plug-ins that add nothing which other parts of the file refer to,
// with what remit does not see of them.
var partial = map[string]string{
	"serverless-domain-manager":               "the domain name that it gives an API, with the versions of TLS that it takes, is not seen",
	"serverless-plugin-custom-domain":         "the domain name that it gives an API, with the versions of TLS that it takes, is not seen",
	"serverless-dotenv-plugin":                "the variables that it adds to functions from files .env are not read",
	"serverless-api-stage":                    "what it sets on the stage of an API is not read",
	"serverless-plugin-ifelse":                "what it leaves out of the service is read as if it stayed",
	"serverless-plugin-conditional-functions": "what it leaves out of the service is read as if it stayed",
}

// pluginKeys are properties that a plug-in adds to the file, by the plug-in.
var pluginKeys = map[string]string{
	"iamRoleStatements": pluginRoles, "iamRoleStatementsName": pluginRoles, "iamRoleStatementsInherit": pluginRoles, "iamPermissionsBoundary": pluginRoles,
	"stepFunctions": pluginMachines, "alarms": "serverless-plugin-aws-alerts", "tracing": pluginTracing,
	"entry": "serverless-bundle", "disablePackaging": "serverless-esbuild", "skipEsbuild": "serverless-esbuild", "dashboard": "serverless-plugin-dashboard",
}

// readPlugins takes down which plug-ins the service uses; one that remit does
// not know may add anything.
func (s *service) readPlugins(n *node) {
	list := n
	if plain(n) { // {modules: […]}, as version 1 took it
		list = n.Get("modules")
	}
	if list == nil {
		return
	}
	if !isList(list) {
		s.unread(list, "plugins")
		s.opaque = true
		return
	}
	for _, it := range list.Items {
		name := text(it)
		key := strings.ToLower(name)
		s.plugins[key] = true
		switch {
		case name == "":
			s.problem(it.Span, "a plug-in must be written by its name; what it adds to the service is not seen")
			s.opaque = true
		case key == pluginPseudo:
			s.pseudo = true
		case key == pluginRoles, key == pluginMachines, key == pluginRetention, key == pluginTracing, quiet[key] != "":
		case key == pluginProxies: // told with the routes, which are not read
			s.opaque = true
		case partial[key] != "":
			s.once("plugin "+key, it.Span, "the plug-in %s is not understood: %s", quote(name), partial[key])
		default:
			s.opaque = true
			s.once("plugin "+key, it.Span, "what the plug-in %s adds to the service is not seen; run serverless package and scan the folder .serverless to see it", quote(name))
		}
	}
}

// proxies notes the routes that a plug-in makes of a list under custom, each
// straight to another service and by a role of its own.
func (s *service) proxies() {
	if !s.plugins[pluginProxies] {
		return
	}
	const advice = "who may call them and what they reach is not seen; run serverless package and scan the folder .serverless to see it"
	n := s.value(s.custom.Get("apiGatewayServiceProxies"))
	var routes []string
	for _, it := range items(n) {
		if !plain(it) {
			continue
		}
		for _, f := range it.Fields {
			routes = append(routes, strings.TrimSpace(strings.ToUpper(text(get(f.Value, "method")))+" "+text(get(f.Value, "path")))+" to "+f.Key)
		}
	}
	if len(routes) == 0 {
		s.problem(spanOf(n, s.root.Span), "the routes that %s makes are not read: %s", pluginProxies, advice)
		return
	}
	const most = 5
	if more := len(routes) - most; more > 0 {
		routes = append(routes[:most], strconv.Itoa(more)+" more")
	}
	s.problem(n.Span, "the routes that %s makes are not read (%s): %s", pluginProxies, strings.Join(routes, ", "), advice)
}

// rolesPerFunction gives functions with statements of their own a role of
// their own, as the plug-in does.
func (s *service) rolesPerFunction() {
	if !s.plugins[pluginRoles] && !s.version4() {
		return
	}
	settings := s.value(s.custom.Get(pluginRoles))
	for _, f := range s.functions {
		statements := f.config.Get("iamRoleStatements")
		if statements == nil {
			continue
		}
		if f.get("role") != nil {
			s.problem(statements.Span, "the function %s has both role and iamRoleStatements, which the plug-in refuses; the role counts", f.key)
			continue
		}
		if s.role == nil {
			s.problem(statements.Span, "the statements of the function %s have no effect: the provider names a role", f.key)
			continue
		}
		s.functionOwnRole(f, statements, settings)
	}
}

func (s *service) functionOwnRole(f *function, statements, settings *node) {
	span := statements.Span
	list := source.NewList(span, obj(span, "Effect", "Allow", "Action", []string{"logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"},
		"Resource", source.NewList(span, logARN(span, f.name, ":*:*"))))
	grant := func(at source.Span, actions []string, resources ...*node) {
		if len(resources) > 0 {
			list.Items = append(list.Items, allowed(at, actions, resources))
		}
	}
	for _, e := range f.events {
		switch from := e.main("arn"); {
		case from == nil:
		case e.kind == "sqs":
			grant(e.span, []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}, from)
		case e.kind == "stream" && (text(e.get("type")) == "dynamodb" || strings.Contains(shown(from), ":dynamodb:")):
			grant(e.span, tableActions, from)
		case e.kind == "stream":
			grant(e.span, streamActions, from)
		}
	}
	if n := f.get("onError"); n != nil {
		grant(n.Span, []string{"sns:Publish"}, n)
	}
	inherit := f.config.Get("iamRoleStatementsInherit")
	if isTrue(inherit) || isTrue(settings.Get("defaultInherit")) && !isFalse(inherit) {
		list.Items = append(list.Items, items(s.roleStatements())...)
	}
	if isList(statements) {
		list.Items = append(list.Items, statements.Items...)
	} else if !isNone(statements) {
		list.Items = append(list.Items, statements) // not known: the policy stays open
	}
	props := *s.role.props
	props.Fields = append([]source.Field(nil), s.role.props.Fields...)
	del(&props, "ManagedPolicyArns", "RoleName")
	set(&props, "Policies", source.NewList(span, obj(span, "PolicyName", joinedBy(span, "-", s.name, s.stage, "lambda"),
		"PolicyDocument", obj(span, "Version", "2012-10-17", "Statement", list))))
	if truthy(f.get("vpc")) || truthy(s.setting("vpc")) {
		set(&props, "ManagedPolicyArns", source.NewList(span, managedPolicy(span, "service-role/AWSLambdaVPCAccessExecutionRole")))
	}
	set(&props, "PermissionsBoundary", first(f.get("iamPermissionsBoundary"), get(settings, "iamGlobalPermissionsBoundary")))
	name := f.get("iamRoleStatementsName")
	if name == nil {
		name = s.functionRoleName(f, span)
	}
	set(&props, "RoleName", name)
	id := normal(f.key) + roleID
	s.add(span, f.from(), id, "AWS::IAM::Role", &props)
	set(f.res.props, "Role", getAtt(span, id, "Arn"))
	f.res.depend(id)
}

package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// roleID is the logical id of the role that functions share.
const roleID = "IamRoleLambdaExecution"

var (
	logCreate = []string{"logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"}
	logPut    = []string{"logs:PutLogEvents"}
)

// external is the role that the provider names instead of the shared one; nil
// where the framework makes it.
func (s *service) external() *node {
	if n := s.setting("iam", "role"); n != nil && (!isMap(n) || isFn(n) && !n.Has("Condition")) {
		return n
	}
	return s.setting("role")
}

// customRole is the role that the function or the provider names.
func (s *service) customRole(f *function) *node { return first(f.get("role"), s.external()) }

// roleOf is the role that the framework makes for the function: one of its
// own, or the shared one; nil if there is none.
func (s *service) roleOf(f *function) *resource {
	if f != nil && f.role != nil {
		return f.role
	}
	return s.role
}

// ownRole reports whether the function has a role that the framework makes.
func (s *service) ownRole(f *function) bool { return s.roleOf(f) != nil && s.customRole(f) == nil }

// makeRole makes the role that functions share, unless none has it.
func (s *service) makeRole() {
	role := s.setting("iam", "role")
	if s.external() != nil || len(s.functions) == 0 {
		return
	}
	s.known(role, "provider.iam.role", words("mode name path managedPolicies statements permissionBoundary permissionsBoundary tags"))
	shared := false
	for _, f := range s.functions {
		if s.hasOwnRole(f) {
			s.makeFunctionRole(f, role)
		} else {
			shared = shared || !f.config.Has("role")
		}
	}
	if !shared {
		return
	}
	span := spanOf(role, s.provider.Span)
	s.role = s.newRole(span, "all functions", roleID, role, nil)
	set(s.role.props, "RoleName", first(get(role, "name"), joinedBy(span, "-", s.name, s.stage, ref(span, "AWS::Region"), "lambdaRole")))
	s.logStatements(span)
	s.addStatements(s.role, s.roleStatements())
	s.managedPolicies(s.role, first(get(role, "managedPolicies"), s.setting("iamManagedPolicies")), s.inNetwork())
}

// newRole makes a role for functions, with an empty policy. own are the
// settings of one function, which come before the provider's.
func (s *service) newRole(span source.Span, from, id string, role, own *node) *resource {
	props := obj(span, "AssumeRolePolicyDocument", policy(span, obj(span, "Effect", "Allow",
		"Principal", obj(span, "Service", []string{"lambda.amazonaws.com"}), "Action", []string{"sts:AssumeRole"})))
	set(props, "Path", first(get(own, "path"), get(role, "path"), value(span, "/")))
	set(props, "Tags", s.tagList(get(role, "tags"), get(own, "tags")))
	set(props, "PermissionsBoundary", first(get(own, "permissionsBoundary"), get(role, "permissionsBoundary"), get(role, "permissionBoundary"),
		s.setting("rolePermissionsBoundary")))
	set(props, "Policies", list(span, obj(span, "PolicyName", joinedBy(span, "-", s.name, s.stage, "lambda"), "PolicyDocument", policy(span))))
	return s.add(span, from, id, "AWS::IAM::Role", props)
}

// managedPolicies attaches managed policies to a role, and the one that a
// function in a network needs.
func (s *service) managedPolicies(r *resource, given *node, network bool) {
	all := append([]*node(nil), items(given)...)
	if network {
		all = append(all, managedPolicy(r.span, "service-role/AWSLambdaVPCAccessExecutionRole"))
	}
	if len(all) > 0 {
		set(r.props, "ManagedPolicyArns", source.NewList(r.span, all...))
	}
}

// perFunction reports whether version 4 of the framework makes a role for
// every function.
func (s *service) perFunction() bool { return text(s.setting("iam", "role", "mode")) == "perFunction" }

// hasOwnRole reports whether version 4 makes a role for this function.
// https://www.serverless.com/framework/docs/providers/aws/guide/iam
func (s *service) hasOwnRole(f *function) bool {
	if f.config.Has("role") {
		return false
	}
	return s.perFunction() || f.get("iam", "role", "statements") != nil || f.get("iam", "role", "managedPolicies") != nil
}

// makeFunctionRole makes the role of one function.
func (s *service) makeFunctionRole(f *function, role *node) {
	own := f.get("iam", "role")
	s.known(f.get("iam"), "functions.iam", words("role inheritStatements"))
	s.known(own, "functions.iam.role", words("statements managedPolicies permissionsBoundary path name tags"))
	span := spanOf(own, f.span)
	f.role = s.newRole(span, f.from(), normal(f.key)+roleID, role, own)
	set(f.role.props, "RoleName", first(get(own, "name"), s.functionRoleName(f, span)))
	group := first(f.get("logs", "logGroup"), s.setting("logs", "lambda", "logGroup"), cat(span, "/aws/lambda/", f.name))
	s.grant(f, span, []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
		list(span, arn(span, "logs", "log-group:", group, ":*")))
	inherit := f.get("iam", "inheritStatements")
	if isTrue(inherit) || s.perFunction() && !isFalse(inherit) {
		s.addStatements(f.role, s.roleStatements())
	}
	s.addStatements(f.role, get(own, "statements"))
	managed := items(get(own, "managedPolicies"))
	if s.perFunction() {
		managed = append(append([]*node(nil), items(get(role, "managedPolicies"))...), managed...)
	}
	s.managedPolicies(f.role, source.NewList(span, managed...), truthy(f.get("vpc")) || truthy(s.setting("vpc")))
}

// functionRoleName is the name of a function's own role.
func (s *service) functionRoleName(f *function, span source.Span) *node {
	const longest = 64
	name := []any{s.name, s.stage, f.key, ref(span, "AWS::Region"), "lambdaRole"}
	if s.out.Region != "" && len(shown(s.name))+len(shown(s.stage))+len(f.key)+len(s.out.Region)+len("lambdaRole")+4 > longest {
		name = name[:4]
	}
	return joinedBy(span, "-", name...)
}

// roleStatements are what the provider grants in the service's own words.
func (s *service) roleStatements() *node {
	return first(s.setting("iam", "role", "statements"), s.setting("iamRoleStatements"))
}

func policy(span source.Span, statements ...any) *node {
	return obj(span, "Version", "2012-10-17", "Statement", list(span, statements...))
}

func managedPolicy(span source.Span, name string) *node {
	return cat(span, "arn:", ref(span, "AWS::Partition"), ":iam::aws:policy/"+name)
}

func (s *service) inNetwork() bool {
	if truthy(s.setting("vpc")) {
		return true
	}
	for _, f := range s.functions {
		if f.config.Has("vpc") {
			return true
		}
	}
	return false
}

// statements is the list of a role's statements.
func (r *resource) statements() *node {
	return r.props.Get("Policies").Items[0].Path("PolicyDocument", "Statement")
}

// grant lets the role of a function do something, if the framework makes it;
// without a function, the shared one.
func (s *service) grant(f *function, span source.Span, actions, resources any) {
	if r := s.roleOf(f); r != nil {
		st := r.statements()
		st.Items = append(st.Items, obj(span, "Effect", "Allow", "Action", actions, "Resource", resources))
	}
}

// grantOnce is grant for statements that many settings ask for.
func (s *service) grantOnce(f *function, key string, span source.Span, actions, resources any) {
	r := s.roleOf(f)
	if r == nil || s.noted["grant "+r.id+" "+key] {
		return
	}
	s.noted["grant "+r.id+" "+key] = true
	s.grant(f, span, actions, resources)
}

// addStatements adds the service's own statements to a role.
func (s *service) addStatements(r *resource, n *node) {
	if n == nil {
		return
	}
	st := r.statements()
	if !isList(n) { // one that is not known stays open; IAM sees it
		s.unread(n, "the statements of a role")
		st.Items = append(st.Items, n)
		return
	}
	st.Items = append(st.Items, n.Items...)
}

// logStatements let functions write their logs: all of the service's by the
// beginning of their name, and others one by one.
func (s *service) logStatements(span source.Span) {
	prefix := joinedBy(span, "-", s.name, s.stage)
	create, put := source.NewList(span), source.NewList(span)
	usual := false
	var silent []*node
	for _, f := range s.functions {
		off := truthy(f.get("disableLogs"))
		switch own := f.get("name"); {
		case own == nil || strings.HasPrefix(shown(own), shown(prefix)):
			usual = usual || !off
			if off {
				silent = append(silent, logARN(f.span, f.name, ":*"))
			}
		case !off:
			create.Items = append(create.Items, logARN(own.Span, own, ":*"))
			put.Items = append(put.Items, logARN(own.Span, own, ":*:*"))
		}
	}
	if usual {
		create.Items = append(create.Items, logARN(span, prefix, "*:*"))
		put.Items = append(put.Items, logARN(span, prefix, "*:*:*"))
	}
	if len(create.Items) > 0 {
		s.grant(nil, span, logCreate, create)
		s.grant(nil, span, logPut, put)
	}
	if usual && len(silent) > 0 {
		st := s.role.statements()
		st.Items = append(st.Items, obj(span, "Effect", "Deny", "Action", "logs:PutLogEvents", "Resource", silent))
	}
}

func logARN(span source.Span, name *node, rest string) *node {
	return arn(span, "logs", "log-group:/aws/lambda/", name, rest)
}

// tracing is the function's own setting, else the provider's, which is one word
// for a plug-in. Only the plug-in takes a function out by false.
func (s *service) tracing(f *function) *node {
	own, shared := f.config.Get("tracing"), s.setting("tracing")
	switch {
	case plain(shared):
		shared = get(shared, "lambda")
	case !s.plugins[pluginTracing]:
		shared = nil
	case isFalse(own):
		return nil
	}
	return first(f.get("tracing"), shared)
}

// permitFunction sets what a function needs beside its code, and lets the
// shared role use it: dead letters, keys, tracing, file systems.
func (s *service) permitFunction(f *function, props *node) {
	if n := f.get("onError"); n != nil {
		set(props, "DeadLetterConfig", obj(n.Span, "TargetArn", n))
		if n.IsScalar() {
			s.grant(f, n.Span, []string{"sns:Publish"}, list(n.Span, n))
		}
	}
	if n := first(f.get("kmsKeyArn"), f.get("awsKmsKeyArn"), s.setting("kmsKeyArn")); n != nil {
		set(props, "KmsKeyArn", n)
		if n.IsScalar() {
			s.grantOnce(f, "kms "+n.Text, n.Span, []string{"kms:Decrypt"}, list(n.Span, n))
		}
	}
	if n := s.tracing(f); n != nil {
		mode := n
		if n.Is(source.BoolNode) {
			mode = source.NewString("Active", n.Span)
		}
		set(props, "TracingConfig", obj(n.Span, "Mode", mode))
		s.grantOnce(f, "xray", n.Span, []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, []string{"*"})
	}
	if n := f.get("fileSystemConfig"); plain(n) {
		s.known(n, "fileSystemConfig", words("arn localMountPath"))
		set(props, "FileSystemConfigs", list(n.Span, obj(n.Span, "Arn", n.Get("arn"), "LocalMountPath", n.Get("localMountPath"))))
		s.grant(f, n.Span, []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}, list(n.Span, n.Get("arn")))
	}
	if n := f.get("durableConfig"); plain(n) {
		set(props, "DurableConfig", obj(n.Span, "ExecutionTimeout", n.Get("executionTimeout"), "RetentionPeriodInDays", get(n, "retentionPeriodInDays")))
		if s.ownRole(f) {
			s.grant(f, n.Span, []string{"lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"},
				list(n.Span, arn(n.Span, "lambda", "function:", f.name, ":*/durable-execution/*/*")))
		}
	}
	if truthy(f.get("snapStart")) {
		set(props, "SnapStart", obj(f.get("snapStart").Span, "ApplyOn", "PublishedVersions"))
	}
}

// functionRole gives the function its role.
func (s *service) functionRole(f *function, r *resource) {
	n := s.customRole(f)
	switch {
	case n == nil && f.role != nil:
		set(r.props, "Role", getAtt(f.span, f.role.id, "Arn"))
	case n == nil:
		set(r.props, "Role", getAtt(f.span, roleID, "Arn"))
	case n.IsScalar() && !strings.HasPrefix(n.Text, "arn:"):
		set(r.props, "Role", getAtt(n.Span, n.Text, "Arn"))
		r.depend(n.Text)
	default:
		set(r.props, "Role", n)
		if id := s.roleIn(n); id != "" {
			r.depend(id)
		}
	}
}

// roleIn is the logical id of a role that is named by Fn::GetAtt.
func (s *service) roleIn(n *node) string {
	if name, arg, ok := intrinsic.Of(n); ok && name == "Fn::GetAtt" && isList(arg) && len(arg.Items) == 2 {
		return text(arg.Items[0])
	}
	return ""
}

// roleDependency is the role that has to be there before a mapping is made.
func (s *service) roleDependency(f *function) string {
	n := s.customRole(f)
	switch {
	case n == nil && f.role != nil:
		return f.role.id
	case n == nil:
		return roleID
	case n.IsScalar() && !strings.Contains(n.Text, ":"):
		return n.Text
	}
	return s.roleIn(n)
}

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

// ownRole reports whether the function has the role that the framework makes.
func (s *service) ownRole(f *function) bool { return s.role != nil && s.customRole(f) == nil }

// makeRole makes the role that functions share, unless all have another one.
func (s *service) makeRole() {
	role := s.setting("iam", "role")
	if s.external() != nil || len(s.functions) == 0 {
		return
	}
	needed := false
	for _, f := range s.functions {
		needed = needed || !f.config.Has("role")
	}
	if !needed {
		return
	}
	s.known(role, "provider.iam.role", words("name path managedPolicies statements permissionBoundary permissionsBoundary tags"))
	span := spanOf(role, s.provider.Span)
	props := obj(span, "AssumeRolePolicyDocument", policy(span, obj(span, "Effect", "Allow",
		"Principal", obj(span, "Service", []string{"lambda.amazonaws.com"}), "Action", []string{"sts:AssumeRole"})))
	set(props, "Path", first(get(role, "path"), value(span, "/")))
	set(props, "RoleName", first(get(role, "name"), joinedBy(span, "-", s.name, s.stage, ref(span, "AWS::Region"), "lambdaRole")))
	set(props, "Tags", s.tagList(get(role, "tags")))
	set(props, "PermissionsBoundary", first(get(role, "permissionsBoundary"), get(role, "permissionBoundary"), s.setting("rolePermissionsBoundary")))
	doc := policy(span)
	set(props, "Policies", list(span, obj(span, "PolicyName", joinedBy(span, "-", s.name, s.stage, "lambda"), "PolicyDocument", doc)))
	s.role = s.add(span, "all functions", roleID, "AWS::IAM::Role", props)
	s.logStatements(span)
	s.addStatements(s.roleStatements())
	managed := append([]*node(nil), items(first(get(role, "managedPolicies"), s.setting("iamManagedPolicies")))...)
	if s.inNetwork() {
		managed = append(managed, managedPolicy(span, "service-role/AWSLambdaVPCAccessExecutionRole"))
	}
	if len(managed) > 0 {
		set(props, "ManagedPolicyArns", source.NewList(span, managed...))
	}
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

// statements is the list of the shared role's statements.
func (s *service) statements() *node {
	return s.role.props.Get("Policies").Items[0].Path("PolicyDocument", "Statement")
}

// grant lets the shared role do something, if there is such a role.
func (s *service) grant(span source.Span, actions, resources any) {
	if s.role == nil {
		return
	}
	st := s.statements()
	st.Items = append(st.Items, obj(span, "Effect", "Allow", "Action", actions, "Resource", resources))
}

// grantOnce is grant for statements that many settings ask for.
func (s *service) grantOnce(key string, span source.Span, actions, resources any) {
	if !s.noted["grant "+key] {
		s.noted["grant "+key] = true
		s.grant(span, actions, resources)
	}
}

// addStatements adds the service's own statements.
func (s *service) addStatements(n *node) {
	if n == nil || s.role == nil {
		return
	}
	st := s.statements()
	if !isList(n) { // one that is not known stays open; IAM sees it
		s.unread(n, "provider.iam.role.statements")
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
		s.grant(span, logCreate, create)
		s.grant(span, logPut, put)
	}
	if usual && len(silent) > 0 {
		st := s.statements()
		st.Items = append(st.Items, obj(span, "Effect", "Deny", "Action", "logs:PutLogEvents", "Resource", silent))
	}
}

func logARN(span source.Span, name *node, rest string) *node {
	return arn(span, "logs", "log-group:/aws/lambda/", name, rest)
}

// permitFunction sets what a function needs beside its code, and lets the
// shared role use it: dead letters, keys, tracing, file systems.
func (s *service) permitFunction(f *function, props *node) {
	if n := f.get("onError"); n != nil {
		set(props, "DeadLetterConfig", obj(n.Span, "TargetArn", n))
		if n.IsScalar() {
			s.grant(n.Span, []string{"sns:Publish"}, list(n.Span, n))
		}
	}
	if n := first(f.get("kmsKeyArn"), f.get("awsKmsKeyArn"), s.setting("kmsKeyArn")); n != nil {
		set(props, "KmsKeyArn", n)
		if n.IsScalar() {
			s.grantOnce("kms "+n.Text, n.Span, []string{"kms:Decrypt"}, list(n.Span, n))
		}
	}
	if n := first(f.get("tracing"), s.setting("tracing", "lambda")); n != nil {
		mode := n
		if n.Is(source.BoolNode) {
			mode = source.NewString("Active", n.Span)
		}
		set(props, "TracingConfig", obj(n.Span, "Mode", mode))
		s.grantOnce("xray", n.Span, []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, []string{"*"})
	}
	if n := f.get("fileSystemConfig"); plain(n) {
		s.known(n, "fileSystemConfig", words("arn localMountPath"))
		set(props, "FileSystemConfigs", list(n.Span, obj(n.Span, "Arn", n.Get("arn"), "LocalMountPath", n.Get("localMountPath"))))
		s.grant(n.Span, []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}, list(n.Span, n.Get("arn")))
	}
	if n := f.get("durableConfig"); plain(n) {
		set(props, "DurableConfig", obj(n.Span, "ExecutionTimeout", n.Get("executionTimeout"), "RetentionPeriodInDays", get(n, "retentionPeriodInDays")))
		if s.ownRole(f) {
			s.grant(n.Span, []string{"lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"},
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
	case n == nil:
		return roleID
	case n.IsScalar() && !strings.Contains(n.Text, ":"):
		return n.Text
	}
	return s.roleIn(n)
}

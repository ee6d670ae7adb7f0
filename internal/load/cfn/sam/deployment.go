package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const (
	deployApplication = "ServerlessDeploymentApplication"
	deployRole        = "CodeDeployServiceRole"
	deployCondition   = "ServerlessCodeDeployCondition"
)

// deployment is one function's DeploymentPreference that is in force.
type deployment struct {
	d         *decl
	pref      *node
	typ       *node
	condition string
	tags      *node // if they are propagated
}

// deployment reads the function's DeploymentPreference.
func (f *functionRun) deployment() {
	d, x := f.d, f.x
	pref := d.prop("DeploymentPreference")
	if !truthy(pref) {
		return
	}
	p := d.at("DeploymentPreference")
	enabled := x.resolver.both(pref.Get("Enabled"))
	pass := f.passCondition(p, pref.Get("PassthroughCondition"))
	if pref.Has("Enabled") && (!truthy(enabled) || strings.EqualFold(text(enabled), "false")) {
		return
	}
	dep := &deployment{d: d, pref: pref, typ: x.resolver.both(pref.Get("Type"))}
	if !pref.Has("Type") {
		x.refuse(p.at("Type", nil), "is required but missing")
	}
	if hooks := pref.Get("Hooks"); hooks != nil {
		x.wantMap(p.at("Hooks", hooks), hooks)
	}
	if pass {
		dep.condition = d.condition()
	}
	if isTrue(d.prop("PropagateTags")) && truthy(d.prop("Tags")) {
		dep.tags = d.prop("Tags")
	}
	x.deployments = append(x.deployments, dep)
	if !truthy(d.prop("AutoPublishAlias")) {
		x.refuse(p, "requires AutoPublishAlias")
	}
	if f.alias != nil {
		hooks := get(pref, "Hooks")
		f.alias.setAttr("UpdatePolicy", obj(pref.Span, "CodeDeployLambdaAliasUpdate", obj(pref.Span,
			"ApplicationName", ref(pref.Span, deployApplication),
			"DeploymentGroupName", ref(pref.Span, d.id+"DeploymentGroup"),
			"BeforeAllowTrafficHook", get(hooks, "PreTraffic"), "AfterAllowTrafficHook", get(hooks, "PostTraffic"))))
	}
}

// passCondition reads PassthroughCondition, which is off by default.
func (f *functionRun) passCondition(p place, given *node) bool {
	if given == nil {
		return f.x.o.FeatureToggles
	}
	v := f.x.resolver.both(given)
	switch {
	case isBool(v) || strings.EqualFold(text(v), "true") || strings.EqualFold(text(v), "false"):
		return strings.EqualFold(v.Text, "true")
	case isFn(v):
		f.x.refuse(p.at("PassthroughCondition", given), "can be resolved only if it is a Ref to a parameter or Fn::FindInMap")
	default:
		f.x.refuse(p.at("PassthroughCondition", given), "should be true or false")
	}
	return false
}

// deploy builds what all deployment preferences share, and their groups.
func (x *expansion) deploy() {
	if len(x.deployments) == 0 {
		return
	}
	first := x.deployments[0]
	span := first.pref.Span
	condition := x.deployCondition()
	tags := source.NewMap(span)
	needRole := false
	for _, dep := range x.deployments {
		if isMap(dep.tags) {
			for _, f := range dep.tags.Fields {
				set(tags, f.Key, f.Value)
			}
		}
		needRole = needRole || !truthy(dep.pref.Get("Role"))
	}
	shared := func(id, typ string) *resource {
		r := &resource{id: id, typ: typ, span: span, props: source.NewMap(span), from: From{ID: first.d.id, Type: first.d.typ}}
		if condition != "" {
			r.setAttr("Condition", source.NewString(condition, span))
		}
		if len(tags.Fields) > 0 {
			r.set("Tags", tagList(span, tags))
		}
		return r
	}
	x.add(shared(deployApplication, "AWS::CodeDeploy::Application").set("ComputePlatform", "Lambda"))
	if needRole {
		policy := "service-role/AWSCodeDeployRoleForLambda"
		if x.partition == "aws-iso" || x.partition == "aws-iso-b" {
			policy += "Limited"
		}
		x.add(shared(deployRole, "AWS::IAM::Role").set("AssumeRolePolicyDocument", trust(span, "codedeploy.amazonaws.com")).
			set("ManagedPolicyArns", []string{x.managedARN(policy)}))
	}
	for _, dep := range x.deployments {
		x.add(x.deploymentGroup(dep))
	}
}

// deployCondition is the condition of the shared resources: none unless every
// preference has one.
func (x *expansion) deployCondition() string {
	var all []string
	for _, dep := range x.deployments {
		if dep.condition == "" {
			return ""
		}
		all = append(all, dep.condition)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 1 {
		return all[0]
	}
	x.combined(all, deployCondition)
	return deployCondition
}

func (x *expansion) deploymentGroup(dep *deployment) *resource {
	d, pref := dep.d, dep.pref
	r := &resource{id: d.id + "DeploymentGroup", typ: "AWS::CodeDeploy::DeploymentGroup", span: pref.Span,
		props: source.NewMap(pref.Span), from: From{ID: d.id, Type: d.typ}}
	r.set("AlarmConfiguration", x.alarms(d, pref.Get("Alarms")))
	r.set("ApplicationName", ref(pref.Span, deployApplication))
	r.set("AutoRollbackConfiguration", obj(pref.Span, "Enabled", true, "Events",
		[]string{"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"}))
	r.set("DeploymentConfigName", deploymentType(dep.typ, ""))
	r.set("DeploymentStyle", obj(pref.Span, "DeploymentType", "BLUE_GREEN", "DeploymentOption", "WITH_TRAFFIC_CONTROL"))
	r.set("ServiceRoleArn", getAtt(pref.Span, deployRole, "Arn"))
	if role := pref.Get("Role"); truthy(role) {
		r.set("ServiceRoleArn", role)
	}
	if t := pref.Get("TriggerConfigurations"); truthy(t) {
		r.set("TriggerConfigurations", t)
	}
	if dep.tags != nil {
		r.set("Tags", tagList(pref.Span, dep.tags))
	}
	if dep.condition != "" {
		r.setAttr("Condition", source.NewString(dep.condition, pref.Span))
	}
	return r
}

func (x *expansion) alarms(d *decl, alarms *node) *node {
	if !truthy(alarms) || isNoValue(alarms) {
		return nil
	}
	p := d.at("DeploymentPreference").at("Alarms", alarms)
	one := func(list *node) *node {
		if !isList(list) {
			x.refuse(p, "should be a list")
			return source.NewMap(list.Span)
		}
		if len(list.Items) == 0 || isNoValue(list.Items[0]) {
			return source.NewMap(list.Span)
		}
		out := source.NewList(list.Span)
		for _, it := range list.Items {
			push(out, obj(it.Span, "Name", it))
		}
		return obj(list.Span, "Enabled", true, "Alarms", out)
	}
	args, is := ifArgs(alarms)
	switch {
	case !is:
		return one(alarms)
	case args == nil:
		x.refuse(p, "Fn::If needs a list of three values")
		return nil
	}
	return obj(alarms.Span, "Fn::If", list(alarms.Span, args[0], one(args[1]), one(args[2])))
}

// predefined are CodeDeploy's own configurations, whose names a prefix completes.
var predefined = []string{"Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes",
	"Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes",
	"Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce"}

// deploymentType completes the names of predefined configurations, also
// within intrinsic functions.
func deploymentType(n *node, within string) *node {
	switch {
	case isList(n):
		return mapTree(n, func(it *node) *node { return deploymentType(it, "") })
	case isFn(n):
		f := n.Fields[0]
		return obj(n.Span, f.Key, deploymentType(f.Value, f.Key))
	case isStr(n) && slices.Contains(predefined, n.Text):
		args := list(n.Span, "CodeDeployDefault.Lambda${ConfigName}", obj(n.Span, "ConfigName", n))
		if within == "Fn::Sub" {
			return args
		}
		return obj(n.Span, "Fn::Sub", args)
	}
	return n
}

package sam

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// taggable tells the generated types whose Tags are a list of keys and values.
func taggable(typ string) bool {
	switch typ {
	case "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage",
		"AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::UsagePlan",
		"AWS::ApiGateway::ApiKey", "AWS::ApiGateway::DomainNameAccessAssociation", "AWS::SQS::Queue", "AWS::SNS::Topic",
		"AWS::IoT::TopicRule", "AWS::StepFunctions::StateMachine", "AWS::Lambda::CapacityProvider":
		return true
	}
	return false
}

// simpleTable expands AWS::Serverless::SimpleTable.
func (x *expansion) simpleTable(d *decl) {
	r := d.main("AWS::DynamoDB::Table")
	name, typ := source.NewString("id", d.span), "S"
	if key := d.prop("PrimaryKey"); truthy(key) {
		p := d.at("PrimaryKey")
		if n := get(key, "Name"); x.wantGiven(p.at("Name", n), n) {
			name = n
		}
		if t := get(key, "Type"); x.wantGiven(p.at("Type", t), t) {
			switch text(t) {
			case "String", "Number", "Binary":
				typ = t.Text[:1]
			default:
				x.refuse(p.at("Type", t), "should be String, Number or Binary")
			}
		}
	}
	span := d.spanOf("PrimaryKey")
	r.set("AttributeDefinitions", list(span, obj(span, "AttributeName", name, "AttributeType", typ)))
	r.set("KeySchema", list(span, obj(span, "AttributeName", name, "KeyType", "HASH")))
	if t := d.prop("ProvisionedThroughput"); truthy(t) {
		r.set("ProvisionedThroughput", t)
	} else {
		r.set("BillingMode", "PAY_PER_REQUEST")
	}
	for _, k := range []string{"PointInTimeRecoverySpecification", "SSESpecification", "TableName"} {
		if v := d.prop(k); truthy(v) {
			r.set(k, v)
		}
	}
	if t := d.prop("Tags"); truthy(t) {
		r.set("Tags", tagList(t.Span, t))
	}
	x.add(r)
}

// layer expands AWS::Serverless::LayerVersion, whose logical id follows its
// properties, so that a change makes a new version and keeps the old one.
func (x *expansion) layer(d *decl) {
	for _, name := range []string{"LayerName", "LicenseInfo", "Description", "RetentionPolicy"} {
		v := d.prop(name)
		if !truthy(v) {
			continue
		}
		if v = x.resolver.values(v); !isStr(v) && !isMap(v) {
			x.refuse(d.at(name), "should be a string, or a Ref to a parameter that is one")
			continue
		}
		set(d.props, name, v)
	}
	keep := "Retain"
	if a := text(d.node.Get("DeletionPolicy")); a != "" {
		keep = a
	}
	if given := d.prop("RetentionPolicy"); given != nil {
		switch strings.ToLower(text(given)) {
		case "retain":
			keep = "Retain"
		case "delete":
			keep = "Delete"
		default:
			x.refuse(d.at("RetentionPolicy"), "should be Retain or Delete, and no intrinsic function")
		}
	}
	id := d.id + idHash(obj(d.span, d.id, d.fingerprint()))
	r := d.make(id, "AWS::Lambda::LayerVersion", d.span)
	r.dependsOn = d.node.Get("DependsOn")
	r.setAttr("DeletionPolicy", source.NewString(keep, d.spanOf("RetentionPolicy")))
	r.set("LayerName", d.id)
	if n := d.prop("LayerName"); truthy(n) {
		r.set("LayerName", n)
	}
	if uri := d.prop("ContentUri"); uri != nil {
		r.set("Content", x.location(d.at("ContentUri"), uri, "S3Bucket", "S3Key", "S3ObjectVersion"))
	}
	r.copyProps(d, "Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo")
	if archs := d.prop("CompatibleArchitectures"); isList(archs) {
		for _, a := range archs.Items {
			if !isFn(a) && text(a) != "x86_64" && text(a) != "arm64" {
				x.refuse(d.at("CompatibleArchitectures"), "should be a list of x86_64 and arm64")
			}
		}
	}
	x.renamed[d.id] = id
	x.add(r)
}

// fingerprint is what a layer version's logical id depends on.
func (d *decl) fingerprint() *node {
	out := obj(d.span, "Type", d.typ)
	if dep := d.node.Get("DependsOn"); truthy(dep) {
		set(out, "DependsOn", dep)
	}
	for _, k := range []string{"UpdatePolicy", "Condition"} {
		if v := d.node.Get(k); v != nil {
			set(out, k, v)
		}
	}
	props := obj(d.span)
	for _, spec := range specified()[d.typ] {
		if v := d.prop(spec.name); v != nil {
			set(props, spec.name, v)
		}
	}
	set(out, "Properties", props)
	return out
}

// application expands AWS::Serverless::Application to a nested stack.
func (x *expansion) application(d *decl) {
	r := d.main("AWS::CloudFormation::Stack")
	r.attrs = d.attrs(inherited)
	location := d.prop("Location")
	r.set("TemplateURL", "")
	var own []*node
	switch {
	case isMap(location):
		own = x.repository(d, location)
	case location != nil:
		r.set("TemplateURL", location)
	}
	if d.prop("TemplateUrl") != nil {
		r.set("TemplateURL", d.prop("TemplateUrl"))
	}
	r.copyProps(d, "Parameters", "NotificationARNs", "TimeoutInMinutes")
	r.set("Tags", x.tags(d, own...))
	x.add(r)
}

// repository handles an application from the Serverless Application
// Repository: it returns the tags that name it. What it holds is not known.
func (x *expansion) repository(d *decl, location *node) []*node {
	p := d.at("Location")
	var own []*node
	good := true
	for _, k := range [][2]string{{"ApplicationId", "serverlessrepo:applicationId"}, {"SemanticVersion", "serverlessrepo:semanticVersion"}} {
		v := location.Get(k[0])
		at := p.at(k[0], v)
		switch {
		case isNone(v) || isStr(v) && v.Text == "":
			x.refuse(at, "is required but missing or empty")
			good = false
			continue
		case isMap(v):
			x.refuse(at, "can be resolved only if it is a Ref to a parameter or Fn::FindInMap")
			good = false
		case !isStr(v):
			x.refuse(at, "should be a string")
			good = false
		case k[0] == "ApplicationId" && strings.Contains(v.Text, "{{resolve:ssm:"):
			x.refuse(at, "cannot be a dynamic reference")
			good = false
		}
		own = append(own, obj(v.Span, "Key", k[1], "Value", v))
	}
	if good {
		x.unresolved(p, "the application comes from the AWS Serverless Application Repository; what it deploys is not known")
	}
	return own
}

// locateApplications resolves where applications from the repository are.
func (x *expansion) locateApplications() {
	x.each(func(e *entry, props *node) {
		location := props.Get("Location")
		if get(location, "ApplicationId") == nil || get(location, "SemanticVersion") == nil {
			return
		}
		for _, k := range []string{"ApplicationId", "SemanticVersion"} {
			set(location, k, x.resolver.both(location.Get(k)))
		}
	}, typeApplication)
}

// capacityProvider expands AWS::Serverless::CapacityProvider.
func (x *expansion) capacityProvider(d *decl) {
	x.checkCapacity(d)
	r := d.main("AWS::Lambda::CapacityProvider")
	var made []*resource
	role := d.prop("OperatorRole")
	createdBy := obj(d.span, "Key", "lambda:createdBy", "Value", "SAM")
	if !truthy(role) {
		op := d.make(d.id+"OperatorRole", "AWS::IAM::Role", d.span)
		op.set("AssumeRolePolicyDocument", trust(d.span, "lambda.amazonaws.com")).
			set("ManagedPolicyArns", []string{x.managedARN("AWSLambdaManagedEC2ResourceOperator")}).
			set("Tags", list(d.span, createdBy))
		made = append(made, op)
		role = op.getAtt("Arn")
	}
	r.set("CapacityProviderName", d.prop("CapacityProviderName"))
	if v := d.prop("VpcConfig"); truthy(v) {
		r.set("VpcConfig", obj(v.Span, "SubnetIds", get(v, "SubnetIds"), "SecurityGroupIds", get(v, "SecurityGroupIds")))
	}
	r.set("PermissionsConfig", obj(role.Span, "CapacityProviderOperatorRoleArn", role))
	tags := d.prop("Tags")
	r.set("Tags", source.NewList(d.spanOf("Tags"), append(tagList(d.spanOf("Tags"), tags), createdBy)...))
	if v := d.prop("InstanceRequirements"); truthy(v) {
		r.set("InstanceRequirements", obj(v.Span, "Architectures", get(v, "Architectures"),
			"AllowedInstanceTypes", get(v, "AllowedTypes"), "ExcludedInstanceTypes", get(v, "ExcludedTypes")))
	}
	if v := d.prop("ScalingConfig"); truthy(v) {
		out := obj(v.Span, "MaxVCpuCount", get(v, "MaxVCpuCount"), "ScalingMode", "Auto")
		if cpu := get(v, "AverageCPUUtilization"); cpu != nil {
			set(out, "ScalingMode", source.NewString("Manual", cpu.Span))
			set(out, "ScalingPolicies", list(cpu.Span, obj(cpu.Span,
				"PredefinedMetricType", "LambdaCapacityProviderAverageCPUUtilization", "TargetValue", cpu)))
		}
		r.set("CapacityProviderScalingConfig", out)
	}
	r.set("KmsKeyArn", d.prop("KmsKeyArn"))
	if isTrue(d.prop("PropagateTags")) && truthy(tags) {
		for _, m := range made {
			m.set("Tags", source.NewList(tags.Span, append([]*node{createdBy}, tagList(tags.Span, tags)...)...))
		}
	}
	x.add(append(made, r)...)
}

// capacitySpec says the types within a capacity provider's properties.
var capacitySpec = map[string]map[string]string{
	"VpcConfig":            {"SecurityGroupIds": "map|list", "SubnetIds": "map|list"},
	"InstanceRequirements": {"Architectures": "map|list", "AllowedTypes": "map|list", "ExcludedTypes": "map|list"},
	"ScalingConfig":        {"MaxVCpuCount": "map|int", "AverageCPUUtilization": "any"},
}

func (x *expansion) checkCapacity(d *decl) {
	for _, name := range []string{"VpcConfig", "InstanceRequirements", "ScalingConfig"} {
		conf := d.prop(name)
		if !isMap(conf) {
			continue
		}
		for _, f := range conf.Fields {
			switch types := capacitySpec[name][f.Key]; {
			case types == "":
				x.refuse(d.at(name).at(f.Key, f.Value), "there is no such property of %s", name)
			case !isNone(f.Value) && !accepts(types, f.Value):
				x.refuse(d.at(name).at(f.Key, f.Value), "should be %s, not a %s", words(types), f.Value.Kind)
			}
		}
	}
	if v := d.prop("VpcConfig"); isMap(v) && get(v, "SubnetIds") == nil {
		x.refuse(d.at("VpcConfig").at("SubnetIds", nil), "is required but missing")
	}
	v := d.prop("InstanceRequirements")
	if get(v, "AllowedTypes") != nil && get(v, "ExcludedTypes") != nil {
		x.refuse(d.at("InstanceRequirements").at("AllowedTypes", nil), "AllowedTypes and ExcludedTypes cannot be used together")
	}
}

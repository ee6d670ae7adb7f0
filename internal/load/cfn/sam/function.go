package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// function expands AWS::Serverless::Function: the function, its role, and
// whatever its settings and events ask for.
func (x *expansion) function(d *decl) {
	f := &functionRun{x: x, d: d, props: d.props}
	f.validate()
	f.fn = f.lambda()
	list := []*resource{f.fn}
	if truthy(d.prop("AutoPublishAlias")) {
		list = append(list, f.publish()...)
	}
	list = append(list, f.url()...)
	f.deployment()
	list = append(list, f.destinations()...)
	f.role = f.executionRole()
	list = append(list, f.attachRole()...)
	f.list = list
	f.events()
	x.spread(d, f.list)
	x.add(f.list...)
}

// functionRun is the expansion of one function.
type functionRun struct {
	x      *expansion
	d      *decl
	props  *node
	fn     *resource
	alias  *resource // nil without AutoPublishAlias
	role   *resource
	inline []*node // policies for the destinations of failed invocations
	list   []*resource
	linked map[string]bool // inline policies of the role, canonical
}

// invoked is what events invoke: the alias if there is one.
func (f *functionRun) invoked() (name, arn func(source.Span) *node) {
	if f.alias != nil {
		same := func(s source.Span) *node { return ref(s, f.alias.id) }
		return same, same
	}
	return func(s source.Span) *node { return ref(s, f.fn.id) },
		func(s source.Span) *node { return getAtt(s, f.fn.id, "Arn") }
}

func (f *functionRun) name(s source.Span) *node { n, _ := f.invoked(); return n(s) }
func (f *functionRun) arn(s source.Span) *node  { _, a := f.invoked(); return a(s) }

// validate reports settings that exclude or require one another.
func (f *functionRun) validate() {
	d, x := f.d, f.x
	exclude := func(a, b string) {
		if d.prop(a) != nil && d.prop(b) != nil {
			x.refuse(d.at(a), "%s and %s cannot be used together", a, b)
		}
	}
	require := func(a, b string) {
		if d.prop(a) != nil && d.prop(b) == nil {
			x.refuse(d.at(a), "%s requires %s", a, b)
		}
	}
	exclude("CapacityProviderConfig", "ProvisionedConcurrencyConfig")
	exclude("CapacityProviderConfig", "VpcConfig")
	require("FunctionScalingConfig", "CapacityProviderConfig")
	require("VersionDeletionPolicy", "AutoPublishAlias")
	if truthy(d.prop("ProvisionedConcurrencyConfig")) && !truthy(d.prop("AutoPublishAlias")) {
		x.refuse(d.at("ProvisionedConcurrencyConfig"), "provisioned concurrency requires AutoPublishAlias")
	}
	f.validateQueue()
	f.validateTenancy()
}

// deadLetterActions are what the role may do with a dead-letter target.
var deadLetterActions = map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}

func (f *functionRun) validateQueue() {
	q := f.d.prop("DeadLetterQueue")
	if !truthy(q) {
		return
	}
	p := f.d.at("DeadLetterQueue")
	typ := get(q, "Type")
	if !truthy(typ) || !truthy(q.Get("TargetArn")) {
		f.x.refuse(p, "needs Type and TargetArn")
		return
	}
	if f.x.wantString(p.at("Type", typ), typ) && deadLetterActions[typ.Text] == "" {
		f.x.refuse(p.at("Type", typ), "should be SQS or SNS")
	}
}

func (f *functionRun) validateTenancy() {
	if !truthy(f.d.prop("TenancyConfig")) {
		return
	}
	for _, name := range []string{"ProvisionedConcurrencyConfig", "FunctionUrlConfig", "SnapStart"} {
		if truthy(f.d.prop(name)) {
			f.x.refuse(f.d.at(name), "a function with TenancyConfig cannot have %s", name)
		}
	}
	events := f.d.prop("Events")
	if !isMap(events) {
		return
	}
	for _, e := range events.Fields {
		if t := text(e.Value.Get("Type")); t != "Api" && t != "HttpApi" {
			f.x.refuse(f.d.at("Events").at(e.Key, e.Value).at("Type", e.Value.Get("Type")),
				"a function with TenancyConfig takes events of the types Api and HttpApi only, not %s", t)
		}
	}
}

// traced reports whether X-Ray tracing is on.
func (f *functionRun) traced() bool {
	t := f.d.prop("Tracing")
	return truthy(t) && text(f.x.resolver.values(t)) != "Disabled"
}

// reservedTags may not be set in templates.
var reservedTags = []string{"lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"}

// tags are the declaration's tags after those that SAM adds itself.
func (x *expansion) tags(d *decl, own ...*node) []*node {
	tags := d.prop("Tags")
	for _, k := range reservedTags {
		if tags.Has(k) {
			x.refuse(d.at("Tags").at(k, tags.Get(k)), "the tag %s is reserved for AWS; use another name", k)
		}
	}
	span := d.spanOf("Tags")
	out := append([]*node{obj(span, "Key", "lambda:createdBy", "Value", "SAM")}, own...)
	return append(out, tagList(span, tags)...)
}

// lambda builds the function itself.
func (f *functionRun) lambda() *resource {
	d := f.d
	r := d.main("AWS::Lambda::Function")
	r.set("Code", f.code())
	r.copyProps(d, "FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "VpcConfig", "Role",
		"Environment", "KmsKeyArn", "ReservedConcurrentExecutions", "Layers", "FileSystemConfigs", "ImageConfig",
		"PackageType", "Architectures", "SnapStart", "EphemeralStorage", "CodeSigningConfigArn",
		"RuntimeManagementConfig", "LoggingConfig", "TenancyConfig", "RecursiveLoop", "DurableConfig",
		"PublishToLatestPublished")
	if !truthy(d.prop("FunctionName")) {
		del(r.props, "FunctionName")
	}
	r.set("Tags", f.x.tags(d))
	if f.traced() {
		r.set("TracingConfig", obj(d.spanOf("Tracing"), "Mode", d.prop("Tracing")))
	}
	if q := d.prop("DeadLetterQueue"); truthy(q) {
		r.set("DeadLetterConfig", obj(q.Span, "TargetArn", get(q, "TargetArn")))
	}
	if c := d.prop("CapacityProviderConfig"); truthy(c) {
		r.set("CapacityProviderConfig", f.capacity(c))
	}
	if s := d.prop("FunctionScalingConfig"); truthy(s) {
		r.set("FunctionScalingConfig", s)
	}
	f.validatePackage()
	return r
}

func (f *functionRun) capacity(c *node) *node {
	p := f.d.at("CapacityProviderConfig")
	names := [][2]string{{"Arn", "CapacityProviderArn"},
		{"PerExecutionEnvironmentMaxConcurrency", "PerExecutionEnvironmentMaxConcurrency"},
		{"ExecutionEnvironmentMemoryGiBPerVCpu", "ExecutionEnvironmentMemoryGiBPerVCpu"}}
	f.x.wantGiven(p.at("Arn", c.Get("Arn")), c.Get("Arn"))
	out := source.NewMap(c.Span)
	for _, fl := range c.Fields {
		i := slices.IndexFunc(names, func(n [2]string) bool { return n[0] == fl.Key })
		if i < 0 {
			f.x.refuse(p.at(fl.Key, fl.Value), "there is no such property of CapacityProviderConfig")
		} else if !isNone(fl.Value) {
			set(out, names[i][1], fl.Value)
		}
	}
	return obj(c.Span, "LambdaManagedInstancesCapacityProviderConfig", out)
}

// image reports whether the function is a container image.
func (f *functionRun) image() bool { return text(f.d.prop("PackageType")) == "Image" }

// code is the function's Code property.
func (f *functionRun) code() *node {
	d, x := f.d, f.x
	inline, uri, image := d.prop("InlineCode"), d.prop("CodeUri"), d.prop("ImageUri")
	var out *node
	switch {
	case f.image():
		if !truthy(image) {
			if x.o.ReadFile == nil {
				x.refuse(d.at("ImageUri"), "ImageUri must be set when PackageType is Image")
			}
			return nil
		}
		return obj(image.Span, "ImageUri", image)
	case inline != nil:
		out = obj(inline.Span, "ZipFile", inline)
	case uri != nil:
		out = x.location(d.at("CodeUri"), uri, "S3Bucket", "S3Key", "S3ObjectVersion")
	case x.o.ReadFile != nil: // packaging takes the template's own folder
		out = source.NewString(".", d.span)
	default:
		x.refuse(d.at("CodeUri"), "set one of InlineCode and CodeUri")
		return nil
	}
	if key := d.prop("SourceKMSKeyArn"); truthy(key) && isMap(out) {
		set(out, "SourceKMSKeyArn", key)
	}
	return out
}

func (f *functionRun) validatePackage() {
	d, x := f.d, f.x
	switch t := d.prop("PackageType"); {
	case t != nil && text(t) != "" && text(t) != "Zip" && text(t) != "Image":
		x.refuse(d.at("PackageType"), "should be Zip or Image")
	case f.image():
		for _, name := range []string{"Handler", "Runtime", "Layers"} {
			if truthy(d.prop(name)) {
				x.refuse(d.at(name), "%s cannot be set when PackageType is Image", name)
			}
		}
	default:
		for _, name := range []string{"Runtime", "Handler"} {
			if !truthy(d.prop(name)) {
				x.refuse(d.at(name), "%s must be set when PackageType is Zip", name)
			}
		}
		if truthy(d.prop("ImageConfig")) {
			x.refuse(d.at("ImageConfig"), "ImageConfig cannot be set when PackageType is Zip")
		}
	}
}

// location turns a URI of S3, or a map of Bucket, Key and Version, into a map
// with the given names. A local path stays as it is, if local files count.
func (x *expansion) location(p place, uri *node, bucket, key, version string) *node {
	if isMap(uri) {
		if !truthy(uri.Get("Bucket")) || !truthy(uri.Get("Key")) {
			x.refuse(p, "needs Bucket and Key")
			return nil
		}
		out := obj(uri.Span, bucket, uri.Get("Bucket"), key, uri.Get("Key"))
		if uri.Has("Version") {
			set(out, version, uri.Get("Version"))
		}
		return out
	}
	if !isStr(uri) {
		x.refuse(p, "should be a string or a map, not a %s", uri.Kind)
		return nil
	}
	if x.local(uri) {
		return uri
	}
	if dynamicPath.MatchString(uri.Text) {
		x.refuse(p, "a dynamic reference with a path is not supported here; use a map of Bucket and Key")
		return nil
	}
	b, k, v, ok := parseS3(uri.Text)
	if !ok {
		x.refuse(p, "should be an S3 URI such as s3://bucket/key, with ?versionId=... if need be")
		return nil
	}
	out := obj(uri.Span, bucket, b, key, k)
	if v != "" {
		set(out, version, source.NewString(v, uri.Span))
	}
	return out
}

// executionRole builds the role that the function gets unless it names one.
func (f *functionRun) executionRole() *resource {
	d, x := f.d, f.x
	spec := roleSpec{policies: d.prop("Policies"), inline: f.inline, tags: x.tags(d)}
	if spec.trust = d.prop("AssumeRolePolicyDocument"); spec.trust == nil {
		spec.trust = trust(d.span, "lambda.amazonaws.com")
	}
	managed := func(name, property string) {
		spec.managed = append(spec.managed, source.NewString(x.managedARN(name), d.spanOf(property)))
	}
	if truthy(d.prop("DurableConfig")) {
		managed("service-role/AWSLambdaBasicDurableExecutionRolePolicy", "DurableConfig")
	} else {
		managed("service-role/AWSLambdaBasicExecutionRole", "")
	}
	if f.traced() {
		managed(x.xrayPolicy(), "Tracing")
	}
	if truthy(d.prop("VpcConfig")) {
		managed("service-role/AWSLambdaVPCAccessExecutionRole", "VpcConfig")
	}
	if q := d.prop("DeadLetterQueue"); truthy(q) {
		action := deadLetterActions[text(q.Get("Type"))]
		doc := obj(q.Span, "Version", "2012-10-17", "Statement", list(q.Span,
			obj(q.Span, "Action", action, "Resource", get(q, "TargetArn"), "Effect", "Allow")))
		spec.inline = append([]*node{obj(q.Span, "PolicyName", "DeadLetterQueuePolicy", "PolicyDocument", doc)}, spec.inline...)
	}
	return x.role(d, spec)
}

// attachRole gives the function its role, and returns the role if it is part
// of the result: Role may choose between both by a condition.
func (f *functionRun) attachRole() []*resource {
	own := f.fn.prop("Role")
	if own == nil {
		f.fn.set("Role", getAtt(f.d.span, f.role.id, "Arn"))
		return []*resource{f.role}
	}
	args, is := ifArgs(own)
	if !is {
		return nil
	}
	if args == nil {
		f.x.refuse(f.d.at("Role"), "Fn::If needs a list of three values")
		return nil
	}
	condition, arn := text(args[0]), getAtt(own.Span, f.role.id, "Arn")
	switch yes, no := args[1], args[2]; {
	case isNoValue(yes) && isNoValue(no):
		f.fn.set("Role", arn)
	case isNoValue(yes):
		f.fn.set("Role", when(own.Span, condition, arn, no))
		f.role.setAttr("Condition", args[0])
	case isNoValue(no):
		f.fn.set("Role", when(own.Span, condition, yes, arn))
		f.role.setAttr("Condition", source.NewString("NOT"+condition, own.Span))
		f.x.addCondition("NOT"+condition, obj(own.Span, "Fn::Not", list(own.Span, obj(own.Span, "Condition", condition))))
	default:
		return nil
	}
	return []*resource{f.role}
}

// parseS3 reads s3://bucket/key?versionId=version.
func parseS3(uri string) (bucket, key, version string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return "", "", "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	bucket, key, ok = strings.Cut(rest, "/")
	if !ok || bucket == "" || strings.ContainsAny(bucket, "[]") {
		return "", "", "", false
	}
	var found []string
	for _, q := range strings.Split(query, "&") {
		if v, is := strings.CutPrefix(q, "versionId="); is && v != "" {
			found = append(found, v)
		}
	}
	if len(found) == 1 {
		version = found[0]
	}
	return bucket, strings.TrimLeft(key, "/"), version, true
}

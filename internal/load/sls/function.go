package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A function is one entry of the section functions.
type function struct {
	key     string
	span    source.Span // of its key
	config  *node       // never nil
	id      string      // logical id
	name    *node       // of the deployed function
	alias   string      // that events call, if one does
	aliasID string
	events  []event
	res     *resource
	role    *resource // of its own, which version 4 makes

	schedules int    // that are compiled
	logGroup  string // what the names of the log groups that it listens to start with
}

func (f *function) from() string { return "functions." + f.key }

// get is a setting of the function; nil if it is not given.
func (f *function) get(keys ...string) *node { return get(f.config, keys...) }

// target is what events call: the function, or its alias.
func (f *function) target(span source.Span) *node {
	arn := getAtt(span, f.id, "Arn")
	if f.alias == "" {
		return arn
	}
	return cat(span, arn, ":"+f.alias)
}

// readFunctions reads the section functions.
func (s *service) readFunctions(n *node) {
	s.byName = map[string]*function{}
	if isNone(n) {
		return
	}
	if !plain(n) {
		s.unread(n, "functions")
		return
	}
	for _, e := range n.Fields {
		if isNone(e.Value) {
			s.problem(e.KeySpan, "the function %s has no settings; give it a handler or an image", e.Key)
			continue
		}
		if !plain(e.Value) {
			s.unread(e.Value, "the function "+e.Key)
			continue
		}
		f := &function{key: e.Key, span: e.KeySpan, config: e.Value, id: functionID(e.Key)}
		if s.byName[f.key] != nil {
			continue // the parser has said so
		}
		f.name = f.get("name")
		if f.name == nil {
			f.name = joinedBy(f.span, "-", s.name, s.stage, f.key)
		}
		switch {
		case truthy(f.get("durableConfig")):
			f.alias, f.aliasID = "durable", normal(f.key)+"DurableLambdaAlias"
		case truthy(f.get("provisionedConcurrency")):
			f.alias, f.aliasID = "provisioned", normal(f.key)+"ProvConcLambdaAlias"
		case truthy(f.get("snapStart")):
			f.alias, f.aliasID = "snapstart", normal(f.key)+"SnapStartLambdaAlias"
		}
		s.known(f.config, "a function", functionKeys)
		s.functions = append(s.functions, f)
		s.byName[f.key] = f
		s.readEvents(f)
	}
}

// copied are settings of a function that become properties as they are, from
// the function or, where it is marked, else from the provider.
var copied = []struct {
	key, property string
	inherited     bool
}{
	{"handler", "Handler", false},
	{"description", "Description", false},
	{"reservedConcurrency", "ReservedConcurrentExecutions", false},
	{"recursiveLoop", "RecursiveLoop", false},
	{"layers", "Layers", true},
}

// compileFunction makes the function with its log group, version, alias, URL
// and settings for asynchronous calls.
func (s *service) compileFunction(f *function) {
	span := f.span
	props := obj(span, "FunctionName", f.name, "Code", s.code(f))
	for _, c := range copied {
		n := f.get(c.key)
		if n == nil && c.inherited {
			n = s.setting(c.key)
		}
		set(props, c.property, n)
	}
	if f.image() {
		set(props, "PackageType", source.NewString("Image", span))
		set(props, "ImageConfig", imageConfig(f.get("image")))
	} else {
		runtime := first(f.get("runtime"), s.setting("runtime"))
		if runtime == nil {
			runtime = s.defaultRuntime(span)
		}
		set(props, "Runtime", runtime)
	}
	if f.get("handler") == nil && !f.image() {
		s.problem(span, "the function %s has neither handler nor image; nothing of its code is known", f.key)
	}
	edge := f.has("cloudFront")
	set(props, "MemorySize", first(f.get("memorySize"), edgeDefault(edge, span, 128), s.setting("memorySize"), value(span, 1024)))
	set(props, "Timeout", first(f.get("timeout"), edgeDefault(edge, span, 5), s.setting("timeout"), value(span, 6)))
	if a := first(f.get("architecture"), s.setting("architecture")); a != nil {
		set(props, "Architectures", list(a.Span, a))
	}
	set(props, "Tags", s.tagList(s.setting("tags"), f.get("tags")))
	if n := f.get("ephemeralStorageSize"); n != nil {
		set(props, "EphemeralStorage", obj(n.Span, "Size", n))
	}
	if env := s.overlay(s.setting("environment"), f.get("environment")); env != nil && !edge {
		set(props, "Environment", obj(env.Span, "Variables", env))
	}
	s.runtimeManagement(f, props)
	s.logging(f, props)
	s.network(f, props, edge)

	r := s.add(span, f.from(), f.id, "AWS::Lambda::Function", props, s.logGroup(f))
	f.res = r
	r.attr("Condition", f.get("condition"))
	for _, d := range items(f.get("dependsOn")) {
		r.depend(text(d))
	}
	s.permitFunction(f, props)
	s.functionRole(f, r)
	s.version(f, edge)
	s.functionURL(f)
	s.asynchronous(f)
}

func (f *function) image() bool { return truthy(f.get("image")) }

func edgeDefault(edge bool, span source.Span, n int) *node {
	if !edge {
		return nil
	}
	return value(span, n)
}

// code is where the function's sources are: the artifact that the service
// names, else the folder of the service.
func (s *service) code(f *function) *node {
	if f.image() {
		return obj(f.get("image").Span, "ImageUri", s.imageURI(f.get("image")))
	}
	s.known(f.get("package"), "package", packageKeys)
	if a := first(f.get("package", "artifact"), get(s.packaging, "artifact")); a != nil {
		if uri, ok := strings.CutPrefix(text(a), "s3://"); ok {
			bucket, key, _ := strings.Cut(uri, "/")
			return obj(a.Span, "S3Bucket", bucket, "S3Key", key)
		}
		return a
	}
	return source.NewString(".", spanOf(f.get("handler"), f.span))
}

// imageURI is the image's address; an image that the framework builds has the
// repository that it makes, or is not known.
func (s *service) imageURI(n *node) *node {
	uri := n
	if plain(n) {
		s.known(n, "image", words("name uri workingDirectory command entryPoint"))
		uri = first(n.Get("uri"), n.Get("name"))
	}
	if t := text(uri); uri.IsScalar() && !strings.Contains(t, "/") && !strings.Contains(t, ":") { // the name of an image of provider.ecr
		image := s.setting("ecr", "images", t)
		if own := first(image.Get("uri"), image); own.Is(source.StringNode) {
			return own
		}
		return s.unknown("ecr:"+t, uri.Span)
	}
	if uri == nil {
		return s.unknown("ecr:image", n.Span)
	}
	return uri
}

func imageConfig(n *node) *node {
	if !plain(n) {
		return nil
	}
	out := obj(n.Span, "Command", get(n, "command"), "EntryPoint", get(n, "entryPoint"), "WorkingDirectory", get(n, "workingDirectory"))
	if len(out.Fields) == 0 {
		return nil
	}
	return out
}

func (s *service) runtimeManagement(f *function, props *node) {
	n := first(f.get("runtimeManagement"), s.setting("runtimeManagement"))
	mode := n
	if plain(n) {
		s.known(n, "runtimeManagement", words("mode arn"))
		mode = n.Get("mode")
	}
	names := map[string]string{"onFunctionUpdate": "FunctionUpdate", "manual": "Manual"}
	if name := names[text(mode)]; name != "" && !f.image() {
		set(props, "RuntimeManagementConfig", obj(mode.Span, "UpdateRuntimeOn", name, "RuntimeVersionArn", get(n, "arn")))
	}
}

// logging is the function's logging configuration.
func (s *service) logging(f *function, props *node) {
	n := first(f.get("logs"), s.setting("logs", "lambda"))
	if !plain(n) {
		return
	}
	s.known(n, "logs.lambda", words("applicationLogLevel logFormat logGroup systemLogLevel"))
	c := source.NewMap(n.Span)
	for _, fl := range n.Fields {
		set(c, upperFirst(fl.Key), fl.Value)
	}
	if len(c.Fields) > 0 {
		set(props, "LoggingConfig", c)
	}
}

// logGroup makes the function's log group and gives its logical id.
func (s *service) logGroup(f *function) string {
	if truthy(f.get("disableLogs")) {
		return ""
	}
	id := normal(f.key) + "LogGroup"
	r := s.add(f.span, f.from(), id, "AWS::Logs::LogGroup", s.logGroupProps(f.span, cat(f.span, "/aws/lambda/", f.name),
		f.get("logRetentionInDays"), f.get("logDataProtectionPolicy")))
	r.attr("Condition", f.get("condition"))
	return id
}

// retention is how long logs are kept by a plug-in's setting.
func (s *service) retention() *node {
	if !s.plugins[pluginRetention] {
		return nil
	}
	return s.value(s.custom.Get("logRetentionInDays"))
}

func (s *service) logGroupProps(span source.Span, name, days, policy *node) *node {
	return obj(span, "LogGroupName", name, "RetentionInDays", first(days, s.setting("logRetentionInDays"), s.retention()),
		"DataProtectionPolicy", first(policy, s.setting("logDataProtectionPolicy")))
}

// network sets the network of a function: its own settings one by one before
// the provider's. vpc: false takes it out.
func (s *service) network(f *function, props *node, edge bool) {
	own, shared := f.config.Get("vpc"), s.setting("vpc")
	if edge || own != nil && (isFalse(own) || own.Kind == source.NullNode) {
		return
	}
	for _, n := range []*node{own, shared} {
		if n != nil && !plain(n) { // a call, or not known
			set(props, "VpcConfig", n)
			return
		}
		s.known(n, "vpc", words("securityGroupIds subnetIds ipv6AllowedForDualStack"))
	}
	groups := first(get(own, "securityGroupIds"), get(shared, "securityGroupIds"))
	subnets := first(get(own, "subnetIds"), get(shared, "subnetIds"))
	if groups == nil || subnets == nil {
		return
	}
	set(props, "VpcConfig", obj(groups.Span, "SecurityGroupIds", groups, "SubnetIds", subnets,
		"Ipv6AllowedForDualStack", first(get(own, "ipv6AllowedForDualStack"), get(shared, "ipv6AllowedForDualStack"))))
}

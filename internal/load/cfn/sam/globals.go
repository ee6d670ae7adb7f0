package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// globalProperties are the properties that each Globals section may set: the
// AWS SAM specification, from github.com/aws/serverless-application-model
// (Apache-2.0).
var globalProperties = map[string]string{
	"Function": `Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags
		PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers DeploymentPreference
		RolePath PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument
		EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart EphemeralStorage
		FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn TenancyConfig
		DurableConfig CapacityProviderConfig FunctionScalingConfig PublishToLatestPublished VersionDeletionPolicy`,
	"Api": `Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables
		EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses
		AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags SecurityPolicy
		EndpointAccessMode`,
	"HttpApi": `Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings
		FailOnWarnings PropagateTags`,
	"SimpleTable":      `SSESpecification`,
	"StateMachine":     `PropagateTags`,
	"LayerVersion":     `PublishLambdaVersion`,
	"CapacityProvider": `VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags`,
	"WebSocketApi": `AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint
		DisableSchemaValidation Domain FailOnWarnings IpAddressType PropagateTags RouteSelectionExpression RouteSettings
		StageVariables Tags`,
}

// mergeGlobals gives every resource the settings of its Globals section.
func (x *expansion) mergeGlobals() {
	globals := x.doc.Get("Globals")
	if x.doc.Has("Globals") {
		x.checkGlobals(globals)
	}
	sizes := map[string]int{}
	x.each(func(e *entry, props *node) {
		name := strings.TrimPrefix(e.typ(), "AWS::Serverless::")
		section := globals.Get(name)
		if isMap(section) {
			if sizes[name] == 0 {
				sizes[name] = size(section)
			}
			section = x.ignoreGlobals(e, supported(name, section))
			if section != nil && x.grow(place{property: "Globals." + name, span: globals.Get(name).Span}, sizes[name]) {
				set(e.node, "Properties", mergeMaps(section, props))
			}
		}
	}, sections...)
	x.setOpenAPIVersions()
}

func (x *expansion) checkGlobals(globals *node) {
	root := place{property: "Globals", span: spanOf(globals, x.doc.Span)}
	if !x.wantMap(root, globals) {
		return
	}
	for _, f := range globals.Fields {
		allowed, ok := globalProperties[f.Key]
		if !ok {
			x.refuse(root.at(f.Key, f.Value), "there is no such section of Globals; remove it or correct its name")
			continue
		}
		if !x.wantMap(root.at(f.Key, f.Value), f.Value) {
			continue
		}
		words := strings.Fields(allowed)
		for _, p := range f.Value.Fields {
			if !slices.Contains(words, p.Key) {
				x.refuse(root.at(f.Key, f.Value).at(p.Key, p.Value),
					"Globals cannot set this property of every %s; set it on each resource", f.Key)
			}
		}
	}
}

// supported is a section without what it cannot set.
func supported(name string, section *node) *node {
	words := strings.Fields(globalProperties[name])
	out := *section
	out.Fields = nil
	for _, f := range section.Fields {
		if slices.Contains(words, f.Key) {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// ignoreGlobals applies the attribute IgnoreGlobals; nil means that the
// resource takes nothing over.
func (x *expansion) ignoreGlobals(e *entry, section *node) *node {
	ignore := e.node.Get("IgnoreGlobals")
	p := place{resource: e.id, span: e.key.KeySpan}.at("IgnoreGlobals", ignore)
	switch {
	case !truthy(ignore):
		return section
	case text(ignore) == "*":
		return nil
	case isList(ignore):
		for _, it := range ignore.Items {
			if !section.Has(text(it)) {
				x.refuse(p, "names %s, which Globals does not set; remove it from the list", text(it))
				continue
			}
			section = section.Without(text(it))
		}
		return section
	}
	x.refuse(p, `should be "*" or a list of properties`)
	return section
}

// mergeMaps merges the resource's own settings into the global ones: maps are
// merged, lists are joined with the global one first, and otherwise the
// resource's own setting wins. The result shares nothing with the globals.
func mergeMaps(global, local *node) *node {
	out := source.NewMap(local.Span)
	own := map[string]int{}
	for i, f := range local.Fields {
		own[f.Key] = i
	}
	for _, f := range global.Fields {
		i, both := own[f.Key]
		if !both {
			f.Value = clone(f.Value)
		} else {
			f = local.Fields[i]
			f.Value = mergeValues(global.Get(f.Key), f.Value)
			delete(own, f.Key)
		}
		out.Fields = append(out.Fields, f)
	}
	for i, f := range local.Fields {
		if at, ok := own[f.Key]; ok && at == i {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

func mergeValues(global, local *node) *node {
	switch {
	case isMap(global) && isMap(local) && !isFn(global) && !isFn(local):
		return mergeMaps(global, local)
	case isList(global) && isList(local):
		return source.NewList(local.Span, append(clone(global).Items, local.Items...)...)
	}
	return local
}

// setOpenAPIVersions gives generated definitions the version that OpenApiVersion
// asks for.
func (x *expansion) setOpenAPIVersions() {
	x.each(func(e *entry, props *node) {
		version := get(props, "OpenApiVersion")
		body := props.Get("DefinitionBody")
		if !x.managed[e.id] || version == nil || !openAPI3.MatchString(version.Text) || !version.IsScalar() {
			return
		}
		if version.Kind == source.NumberNode {
			version = source.NewString(version.Text, version.Span)
			set(props, "OpenApiVersion", version)
		}
		if isMap(body) {
			set(body, "openapi", version)
			del(body, "swagger")
		}
	}, typeAPI)
}

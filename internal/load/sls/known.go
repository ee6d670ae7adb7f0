package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

func words(s string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		out[w] = true
	}
	return out
}

// The properties of a service file: those of the framework's own schema, of
// version 4, and of the older versions that it still takes.
// https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
var (
	topKeys = words(`service app tenant org licenseKey frameworkVersion configValidationMode deprecationNotificationMode disabledDeprecations
		variablesResolutionMode unresolvedVariablesNotificationMode projectDir useDotenv console dashboard build stages params custom plugins
		provider package functions layers resources stepFunctions outputs enableLocalInstallationFallback`)
	packageKeys  = words(`artifact exclude excludeDevDependencies include individually path patterns`)
	providerKeys = words(`alb apiGateway apiKeys apiName architecture build cfnRole cloudFront deletionProtection deploymentBucket deploymentPrefix
		disableRollback disableDefaultOutputExportNames domain domains ecr endpointType environment eventBridge httpApi iam iamManagedPolicies
		iamRoleStatements kinesis kmsKeyArn lambdaHashingVersion layers logRetentionInDays logDataProtectionPolicy logs memorySize name notificationArns
		profile pruneFunctionVersions region resourcePolicy resolver role rolePermissionsBoundary rollbackConfiguration runtime runtimeManagement
		deploymentMethod s3 stackName stackParameters stackPolicy stackTags stage tags timeout tracing usagePlan versionFunctions vpc
		vpcEndpointIds websocket websocketsApiName websocketsApiRouteSelectionExpression websocketsDescription websocketsApi`)
	functionKeys = words(`architecture awsKmsKeyArn build condition dependsOn description destinations disableLogs durableConfig environment
		ephemeralStorageSize events fileSystemConfig handler httpApi iam image kmsKeyArn layers logDataProtectionPolicy logRetentionInDays logs
		maximumEventAge maximumRetryAttempts memorySize module name onError package provisionedConcurrency recursiveLoop reservedConcurrency
		role runtime runtimeManagement snapStart tags timeout tracing url versionFunction vpc`)
	apiGatewayKeys = words(`apiKeys apiKeySourceType binaryMediaTypes description disableDefaultEndpoint endpoint metrics
		minimumCompressionSize resourcePolicy restApiId restApiResources restApiRootResourceId request shouldStartNameWithService stage
		timeoutInMillis usagePlan websocketApiId`)
	httpAPIKeys = words(`authorizers cors id name description payload metrics useProviderTags disableDefaultEndpoint shouldStartNameWithService timeout`)
)

// known notes the properties of a map that remit does not know, each once.
func (s *service) known(n *node, what string, keys map[string]bool) {
	if !plain(n) {
		return
	}
	for _, f := range n.Fields {
		if keys[f.Key] || s.pluginKey(f.Key) || strings.HasPrefix(f.Key, "x-") {
			continue
		}
		if s.opaque && (what == "the service" || what == "a function" || what == "provider") {
			continue // the plug-in's, most likely; it is a problem already
		}
		s.once("key "+what+"."+f.Key, f.KeySpan, "%s has no property %s that remit knows; it is not read%s", what, f.Key, meant(f.Key, keys))
	}
}

// pluginKey reports whether a plug-in of the service reads a property, or the
// framework itself in the plug-in's place.
func (s *service) pluginKey(key string) bool {
	plugin := pluginKeys[key]
	return plugin != "" && s.plugins[plugin] || plugin == pluginRoles && s.version4()
}

// meant is the property that was meant where only capitals are wrong.
func meant(key string, keys map[string]bool) string {
	found := ""
	for k := range keys {
		if strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	if found == "" {
		return ""
	}
	return " (it is written " + found + ")"
}

// checkProvider looks at the provider's settings that no other part reads as
// a whole; false where the service is not on AWS.
func (s *service) checkProvider() bool {
	p := s.provider
	if n := text(p.Get("name")); n != "aws" {
		if n == "" {
			s.problem(spanOf(p, source.FileSpan(s.file)), "the provider has no name; it is read as aws")
		} else {
			s.problem(p.Get("name").Span, "the provider %s is not read, only aws; nothing of the service is analysed", quote(n))
			return false
		}
	}
	s.known(p, "provider", providerKeys)
	s.known(p.Get("apiGateway"), "provider.apiGateway", apiGatewayKeys)
	s.known(p.Get("httpApi"), "provider.httpApi", httpAPIKeys)
	s.known(p.Get("iam"), "provider.iam", words("role deploymentRole"))
	s.known(p.Get("logs"), "provider.logs", words("frameworkLambda httpApi restApi websocket lambda"))
	s.known(p.Get("tracing"), "provider.tracing", words("apiGateway lambda"))
	s.known(p.Get("alb"), "provider.alb", words("targetGroupPrefix authorizers"))
	s.known(p.Get("cloudFront"), "provider.cloudFront", words("cachePolicies"))
	s.known(p.Get("ecr"), "provider.ecr", words("scanOnPush maxImageCount images"))
	for _, key := range []string{"apiGateway", "httpApi", "iam", "logs", "tracing", "alb", "cloudFront", "s3", "websocket"} {
		if key == "tracing" && s.plugins[pluginTracing] {
			continue // one word for all functions
		}
		if n := get(p, key); n != nil && !plain(n) {
			s.unread(n, "provider."+key)
		}
	}
	return true
}

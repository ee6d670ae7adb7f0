package iam

import "strings"

// CallerWrites tells whether the value of a condition key is what the caller
// puts into the request: a condition on it holds whenever the caller wants it
// to. Of all other keys AWS says what they are, or it is not known.
//
// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// and the page of each service in the service authorization reference.
func CallerWrites(key string) bool {
	k := strings.ToLower(key)
	service, name, _ := strings.Cut(k, ":")
	switch service {
	case "aws":
		return oneOf(name, "referer", "useragent", "requestedregion", "securetransport", "currenttime", "epochtime", "tagkeys") ||
			strings.HasPrefix(name, "requesttag/")
	case "s3":
		return oneOf(name, "prefix", "delimiter", "max-keys", "authtype", "signatureversion", "signatureage", "tlsversion", "versionid",
			"requestobjecttagkeys", "locationconstraint", "if-match", "if-none-match") ||
			strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "requestobjecttag/") || strings.HasPrefix(name, "object-lock-")
	case "dynamodb":
		return oneOf(name, "attributes", "select", "returnvalues", "returnconsumedcapacity", "leadingkeys", "firstpartitionkeyvalues", "enclosingoperation", "fulltablescan")
	case "kms":
		return oneOf(name, "encryptioncontextkeys", "encryptionalgorithm", "signingalgorithm", "macalgorithm", "messagetype",
			"granteeprincipal", "grantoperations", "retiringprincipal", "grantconstrainttype", "requestalias",
			"bypasspolicylockoutsafetycheck") || strings.HasPrefix(name, "encryptioncontext:")
	case "sts":
		return oneOf(name, "externalid", "rolesessionname", "sourceidentity", "transitivetagkeys", "durationseconds")
	case "iam":
		return oneOf(name, "passedtoservice", "associatedresourcearn", "policyarn", "permissionsboundary", "awsservicename")
	case "lambda":
		return oneOf(name, "functionurlauthtype", "functionarn", "layer", "principal", "vpcids", "subnetids", "securitygroupids")
	case "sns":
		return name == "protocol"
	case "events":
		return oneOf(name, "source", "detail-type", "eventbusinvocation") || strings.HasPrefix(name, "detail.")
	case "secretsmanager":
		return oneOf(name, "versionstage", "versionid", "name", "description", "recoverywindowindays", "forcedeletewithoutrecovery", "blockpublicpolicy")
	case "ssm":
		return oneOf(name, "overwrite", "recursive", "policies")
	case "cloudwatch":
		return oneOf(name, "namespace", "alarmactions")
	case "application-autoscaling":
		return oneOf(name, "service-namespace", "scalable-dimension")
	case "cloudformation":
		return oneOf(name, "resourcetypes", "importresourcetypes", "templateurl", "stackpolicyurl", "rolearn", "changesetname", "targetregion")
	case "acm-pca":
		return name == "templatearn"
	case "partnercentral":
		return name == "catalog"
	case "ram":
		return oneOf(name, "principal", "requestedresourcetype", "resourcesharename", "requestedallowsexternalprincipals")
	case "organizations":
		return oneOf(name, "serviceprincipal", "policytype")
	}
	// The audience of a token is what the caller asked it for; of an identity
	// pool's it is the pool.
	return name == "aud" && !strings.HasPrefix(service, "cognito-identity.")
}

func oneOf(s string, list ...string) bool {
	for _, l := range list {
		if s == l {
			return true
		}
	}
	return false
}

package rule

import (
	"strings"
	"unicode"

	"github.com/remit-security/remit/internal/app"
)

// nouns are what messages call resources of a type.
var nouns = map[string]string{
	"AWS::Lambda::Function":               "function",
	"AWS::Lambda::Url":                    "function URL",
	"AWS::Lambda::Permission":             "permission",
	"AWS::Lambda::LayerVersion":           "layer",
	"AWS::Lambda::LayerVersionPermission": "layer permission",
	"AWS::Lambda::EventSourceMapping":     "event source mapping",
	"AWS::ApiGateway::RestApi":            "API",
	"AWS::ApiGatewayV2::Api":              "API",
	"AWS::ApiGateway::Stage":              "stage",
	"AWS::ApiGatewayV2::Stage":            "stage",
	"AWS::ApiGateway::Authorizer":         "authoriser",
	"AWS::ApiGatewayV2::Authorizer":       "authoriser",
	"AWS::ApiGateway::DomainName":         "domain",
	"AWS::ApiGatewayV2::DomainName":       "domain",
	"AWS::S3::Bucket":                     "bucket",
	"AWS::S3::BucketPolicy":               "bucket policy",
	"AWS::DynamoDB::Table":                "table",
	"AWS::DynamoDB::GlobalTable":          "table",
	"AWS::SQS::Queue":                     "queue",
	"AWS::SQS::QueuePolicy":               "queue policy",
	"AWS::SNS::Topic":                     "topic",
	"AWS::SNS::TopicPolicy":               "topic policy",
	"AWS::SNS::Subscription":              "subscription",
	"AWS::Events::EventBus":               "event bus",
	"AWS::Events::EventBusPolicy":         "event bus policy",
	"AWS::RDS::DBInstance":                "database",
	"AWS::RDS::DBCluster":                 "database cluster",
	"AWS::DocDB::DBCluster":               "database cluster",
	"AWS::SNS::TopicInlinePolicy":         "topic policy",
	"AWS::SQS::QueueInlinePolicy":         "queue policy",
	"AWS::Events::Rule":                   "event rule",
	"AWS::Kinesis::Stream":                "stream",
	"AWS::StepFunctions::StateMachine":    "state machine",
	"AWS::Cognito::UserPool":              "user pool",
	"AWS::Cognito::UserPoolClient":        "client",
	"AWS::Cognito::IdentityPool":          "identity pool",
	"AWS::AppSync::GraphQLApi":            "GraphQL API",
	"AWS::SecretsManager::Secret":         "secret",
	"AWS::SecretsManager::ResourcePolicy": "secret's policy",
	"AWS::SSM::Parameter":                 "parameter",
	"AWS::KMS::Key":                       "key",
	"AWS::Logs::LogGroup":                 "log group",
	"AWS::CloudFront::Distribution":       "distribution",
	"AWS::IAM::Role":                      "role",
	"AWS::IAM::User":                      "user",
	"AWS::IAM::Group":                     "group",
	"AWS::IAM::Policy":                    "policy",
	"AWS::IAM::RolePolicy":                "policy",
	"AWS::IAM::UserPolicy":                "policy",
	"AWS::IAM::GroupPolicy":               "policy",
	"AWS::IAM::ManagedPolicy":             "managed policy",
	"AWS::IAM::AccessKey":                 "access key",
}

// Noun is what messages call resources of the type, such as "bucket".
func Noun(typ string) string {
	if n := nouns[typ]; n != "" {
		return n
	}
	typ = typ[strings.LastIndex(typ, ":")+1:]
	var b strings.Builder
	for i, c := range typ {
		if i > 0 && unicode.IsUpper(c) && unicode.IsLower(rune(typ[i-1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

// Name is how messages call a resource: "the bucket Invoices". A role that a
// transform made for a function goes by the name that the author knows: "the
// role of Orders".
func Name(r *app.Resource) string {
	if r.Type == "AWS::IAM::Role" && r.GeneratedFrom != "" {
		if i := strings.LastIndexByte(r.GeneratedFrom, '/'); i >= 0 {
			return "the role of " + r.GeneratedFrom[i+1:]
		}
	}
	return "the " + Noun(r.Type) + " " + r.Label()
}

// Names lists resources by their labels, and counts those beyond three.
func Names(list []*app.Resource) string {
	labels := make([]string, len(list))
	for i, r := range list {
		labels[i] = r.Label()
	}
	return Enumerate(labels, 3)
}

// Enumerate joins words, and counts those beyond the first few.
func Enumerate(words []string, few int) string {
	switch n := len(words); {
	case n == 0:
		return ""
	case n > few:
		return strings.Join(words[:few], ", ") + " and " + Count(n-few, "more", "more")
	case n > 1:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return words[0]
}

// Count says how many there are: "1 route", "3 routes".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}

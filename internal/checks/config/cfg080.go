package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG080 = &rule.Rule{
	ID:       "CFG080",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Template holds a secret in plain text",
	Doc: `A secret that a template writes out is in the repository, in its history, in CloudFormation's stored template and in every
		stage alike. This rule looks at the places where secrets are kept or handed on: SecretString, String parameters that are
		named after a secret, master passwords, client secrets of identity providers, plain build variables, stage variables. Let
		Secrets Manager generate the value (GenerateSecretString), or set it after deployment. Function environments have a rule
		of their own. The value is never shown.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
		},
		CWE:    []string{"CWE-798", "CWE-312"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552.001"},
	},
	Types: []string{
		"AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Redshift::Cluster",
		"AWS::Cognito::UserPoolIdentityProvider", "AWS::CodeBuild::Project", "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage", "AWS::Events::Connection",
		"AWS::AmazonMQ::Broker", "AWS::ElastiCache::ReplicationGroup", "AWS::Amplify::App",
	},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, f := range keptSecrets(r) {
				if what, ok := secretLiteral(f.Key, f.Value); ok {
					p.Report(r, f.Value.Span(), "%s has %s in plain text in its %s (%s); let Secrets Manager generate it, or set it after deployment",
						rule.Name(r), what, p.App.Words().Template, f.Key)
				}
			}
		}
	},
}

// keptSecrets are the values of a resource that may be secrets, under names
// that say so.
func keptSecrets(r *app.Resource) []value.Field {
	var out []value.Field
	add := func(key string, v *value.Value) { out = append(out, value.Field{Key: key, Value: v}) }
	switch r.Type {
	case "AWS::SecretsManager::Secret":
		out = append(out, secretFields(r.Get("SecretString"))...)
	case "AWS::SSM::Parameter":
		if name, ok := r.Get("Name").Known(); ok {
			add(name, r.Get("Value"))
		} else {
			add(r.LogicalID, r.Get("Value"))
		}
	case "AWS::ElastiCache::ReplicationGroup":
		add("AuthToken", r.Get("AuthToken"))
	case "AWS::Cognito::UserPoolIdentityProvider":
		add("client_secret", r.Get("ProviderDetails", "client_secret"))
	case "AWS::Amplify::App":
		add("OauthToken", r.Get("OauthToken"))
		add("AccessToken", r.Get("AccessToken"))
	case "AWS::Events::Connection":
		auth := r.Get("AuthParameters")
		add("ApiKeyValue.secret", auth.Get("ApiKeyAuthParameters", "ApiKeyValue"))
		add("Password", auth.Get("BasicAuthParameters", "Password"))
		add("ClientSecret", auth.Get("OAuthParameters", "ClientParameters", "ClientSecret"))
	case "AWS::CodeBuild::Project":
		for _, v := range r.Get("Environment", "EnvironmentVariables").Items() {
			if v.Get("Type").OneOf("PARAMETER_STORE", "SECRETS_MANAGER") == value.No {
				add(v.Get("Name").Str(), v.Get("Value"))
			}
		}
	case "AWS::AmazonMQ::Broker":
		for _, u := range r.Get("Users").Items() {
			add("Password", u.Get("Password"))
		}
	default:
		add("MasterUserPassword", r.Get("MasterUserPassword"))
		out = append(out, app.AsStage(r).Variables().Fields()...)
	}
	return out
}

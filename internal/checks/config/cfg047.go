package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG047 = &rule.Rule{
	ID:       "CFG047",
	Area:     rule.Configuration,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Anyone may read the stored data",
	Doc: `A resource policy of a secret, table, stream, image repository, vault, file system or search domain that allows "*"
		without a condition opens it to every AWS account. Name the accounts or roles that need it, or require the organisation
		with aws:PrincipalOrgID. Where AWS blocks public policies by itself, the deployment fails instead.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1530", "T1552"},
	},
	Types: []string{"AWS::SecretsManager::ResourcePolicy", "AWS::DynamoDB::Table", "AWS::Kinesis::ResourcePolicy", "AWS::ECR::Repository", "AWS::Backup::BackupVault", "AWS::EFS::FileSystem", "AWS::OpenSearchService::Domain"},
	Check: func(p *rule.Pass) {
		openPolicies(p, "%s lets anyone do %s; name the principals or require aws:PrincipalOrgID")
	},
}

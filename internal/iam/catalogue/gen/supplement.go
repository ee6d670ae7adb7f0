package main

import "encoding/json"

// supplement holds the policies that the data set lacks, from AWS's reference:
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
func supplement(have []managedPolicy) []managedPolicy {
	known := map[string]bool{}
	for _, p := range have {
		known[p.Name] = true
	}
	for _, p := range []struct{ name, version, document string }{
		{"AdministratorAccess", "v1", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`},
		{"PowerUserAccess", "v12", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
			{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions",
				"iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",
				"organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}]}`},
	} {
		if known[p.name] {
			continue
		}
		arn := "arn:aws:iam::aws:policy/" + p.name
		have = append(have, managedPolicy{ARN: &arn, Name: p.name, Version: p.version, Document: json.RawMessage(p.document)})
	}
	return have
}

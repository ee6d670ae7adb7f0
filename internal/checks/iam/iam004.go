package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM004 = &rule.Rule{
	ID:       "IAM004",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Identity may give itself more rights",
	Doc: `Some actions, on any resource, are as good as administrator rights: changing policies, attaching them, changing who may
		assume a role, making keys or passwords for other users, and replacing the code of functions that hold other roles. Remove
		the action, or name the resources that it is meant for. The actions of one identity are one finding; whole services
		(iam:*, lambda:*) have their own.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
		},
		CWE:    []string{"CWE-269"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1098", "T1098.001", "T1548.005"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			var hits []hit
			for _, g := range list {
				for _, i := range g.Action.Items {
					if _, whole := wholeService(i); whole || !strings.Contains(i.String(), ":") {
						continue
					}
					for _, action := range escalating {
						if i.Text.Map(strings.ToLower).Glob(value.Lit(strings.ToLower(action))) == value.Yes {
							hits = append(hits, g.found(action, i, i))
						}
					}
				}
			}
			judge(p, holder, hits, 4, "%s may give itself more rights (%s on every resource); remove the actions or name the resources")
		})
	},
}

// escalating are actions that give the caller rights it lacks, without help of
// another action.
// https://pathfinding.cloud lists the paths with their sources.
var escalating = []string{
	"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy",
	"iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:AddUserToGroup", "iam:UpdateAssumeRolePolicy",
	"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary",
	"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission",
	"cloudformation:UpdateStack", "codebuild:UpdateProject", "ssm:SendCommand", "ssm:StartSession", "ecs:ExecuteCommand", "states:UpdateStateMachine",
}

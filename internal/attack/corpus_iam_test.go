package attack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/attack"
)

// TestCorpusIAMVulnerable asks for each path of the collection, from the user
// or role that it starts from to administrator, and that the identities that it
// tests tools with are told apart. The modules that cost money, and are switched
// off by comments, are switched on in a copy.
func TestCorpusIAMVulnerable(t *testing.T) {
	dir := os.Getenv("REMIT_IAM_VULNERABLE")
	if dir == "" {
		t.Skip("set REMIT_IAM_VULNERABLE to a checkout of BishopFox/iam-vulnerable")
	}
	// With all modules there are sometimes shorter ways.
	plain := attack.Analyze(loadDir(t, dir), attack.Options{})
	all := attack.Analyze(loadDir(t, withAllModules(t, dir)), attack.Options{})
	for _, c := range [][2]string{
		{"privesc1-CreateNewPolicyVersion-user", "iam-create-policy-version"},
		{"privesc1-CreateNewPolicyVersion-role", "iam-create-policy-version"},
		{"privesc2-SetExistingDefaultPolicyVersion-user", "iam-set-default-policy-version"},
		{"privesc2-SetExistingDefaultPolicyVersion-role", "iam-set-default-policy-version"},
		{"privesc3-CreateEC2WithExistingInstanceProfile-user", "ec2-run-instances"},
		{"privesc3-CreateEC2WithExistingInstanceProfile-role", "ec2-run-instances"},
		{"privesc4-CreateAccessKey-user", "iam-create-access-key"},
		{"privesc4-CreateAccessKey-role", "iam-create-access-key"},
		{"privesc5-CreateLoginProfile-user", "iam-login-profile"},
		{"privesc5-CreateLoginProfile-role", "iam-login-profile"},
		{"privesc6-UpdateLoginProfile-user", "iam-update-login-profile"},
		{"privesc6-UpdateLoginProfile-role", "iam-update-login-profile"},
		{"privesc7-AttachUserPolicy-user", "iam-attach-user-policy"},
		{"privesc8-AttachGroupPolicy-user", "iam-attach-group-policy"},
		{"privesc9-AttachRolePolicy-role", "iam-attach-role-policy"},
		{"privesc10-PutUserPolicy-user", "iam-put-user-policy"},
		{"privesc11-PutGroupPolicy-user", "iam-put-group-policy"},
		{"privesc12-PutRolePolicy-role", "iam-put-role-policy"},
		{"privesc13-AddUserToGroup-user", "iam-add-user-to-group"},
		{"privesc14-UpdatingAssumeRolePolicy-user", "iam-update-trust"},
		{"privesc14-UpdatingAssumeRolePolicy-role", "iam-update-trust"},
		{"privesc15-PassExistingRoleToNewLambdaThenInvoke-user", "lambda-create-function"},
		{"privesc15-PassExistingRoleToNewLambdaThenInvoke-role", "lambda-create-function"},
		{"privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo-user", "lambda-create-mapping"},
		{"privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo-role", "lambda-create-mapping"},
		{"privesc17-EditExistingLambdaFunctionWithRole-user", "lambda-update-code"},
		{"privesc17-EditExistingLambdaFunctionWithRole-role", "lambda-update-code"},
		{"privesc18-PassExistingRoleToNewGlueDevEndpoint-user", "glue-create-endpoint"},
		{"privesc18-PassExistingRoleToNewGlueDevEndpoint-role", "glue-create-endpoint"},
		{"privesc19-UpdateExistingGlueDevEndpoint-user", "glue-update-endpoint"},
		{"privesc19-UpdateExistingGlueDevEndpoint-role", "glue-update-endpoint"},
		{"privesc20-PassExistingRoleToCloudFormation-user", "cloudformation-create-stack"},
		{"privesc20-PassExistingRoleToCloudFormation-role", "cloudformation-create-stack"},
		{"privesc21-PassExistingRoleToNewDataPipeline-user", "datapipeline-create-pipeline"},
		{"privesc21-PassExistingRoleToNewDataPipeline-role", "datapipeline-create-pipeline"},
		{"privesc-AssumeRole-starting-role", "assume-role"},
		{"privesc-CloudFormationUpdateStack-user", "cloudformation-update-stack"},
		{"privesc-CloudFormationUpdateStack-role", "cloudformation-update-stack"},
		{"privesc-codeBuildCreateProjectPassRole-user", "codebuild-create-project"},
		{"privesc-codeBuildCreateProjectPassRole-role", "codebuild-create-project"},
		{"privesc-ec2InstanceConnect-user", "ec2-instance-connect"},
		{"privesc-ec2InstanceConnect-role", "ec2-instance-connect"},
		{"privesc-sageMakerCreateNotebookPassRole-user", "sagemaker-create-notebook"},
		{"privesc-sageMakerCreateNotebookPassRole-role", "sagemaker-create-notebook"},
		{"privesc-sageMakerCreatePresignedNotebookURL-user", "sagemaker-open-notebook"},
		{"privesc-sageMakerCreatePresignedNotebookURL-role", "sagemaker-open-notebook"},
		{"privesc-sageMakerCreateProcessingJobPassRole-user", "sagemaker-create-processing-job"},
		{"privesc-sageMakerCreateProcessingJobPassRole-role", "sagemaker-create-processing-job"},
		{"privesc-sageMakerCreateTrainingJobPassRole-user", "sagemaker-create-training-job"},
		{"privesc-sageMakerCreateTrainingJobPassRole-role", "sagemaker-create-training-job"},
		{"privesc-ssmSendCommand-user", "ssm-send-command"},
		{"privesc-ssmSendCommand-role", "ssm-send-command"},
		{"privesc-ssmStartSession-user", "ssm-session"},
		{"privesc-ssmStartSession-role", "ssm-session"},
		// What tools overlook.
		{"fn1-privesc3-partial-user", "ec2-run-instances"},
		{"fn1-privesc3-partial-role", "ec2-run-instances"},
		{"fn2-exploitableResourceConstraint-user", "iam-create-policy-version"},
		{"fn2-exploitableResourceConstraint-role", "iam-create-policy-version"},
		{"fn3-exploitableConditionConstraint-user", "iam-create-policy-version"},
		{"fn3-exploitableConditionConstraint-role", "iam-create-policy-version"},
		{"fn4-exploitableNotAction-user", "administrator"},
		{"fn4-exploitableNotAction-role", "administrator"},
	} {
		if !leadsToAdministrator(plain, c[0], c[1]) && !leadsToAdministrator(all, c[0], c[1]) {
			t.Errorf("no path from %s by %s", c[0], c[1])
		}
	}
	// What they report although a denial, a resource or a condition is in the
	// way.
	for _, g := range append(plain.Groups, all.Groups...) {
		if g.Failure != "" {
			t.Error(g.Failure)
		}
		for _, q := range g.Paths {
			for _, start := range append(slices.Clone(q.Others), q.Hops[0].To.Of) {
				if strings.Contains(start, ".fp") {
					t.Errorf("%s: %s, like %s", q.Certainty, q.Title, start)
				}
			}
		}
	}
}

// leadsToAdministrator tells whether a path that is not merely possible leads
// from an identity by a technique to administrator.
func leadsToAdministrator(res attack.Result, start, technique string) bool {
	for _, g := range res.Groups {
		for _, q := range g.Paths {
			from := append(slices.Clone(q.Others), q.Hops[0].To.Of)
			if q.Actor == attack.Insider && q.Asset == attack.Account && q.Certainty != attack.Unknown &&
				slices.ContainsFunc(from, func(id string) bool { return strings.HasSuffix(id, "."+start) }) &&
				slices.ContainsFunc(q.Hops, func(h attack.Hop) bool { return h.Technique == technique }) {
				return true
			}
		}
	}
	return false
}

// withAllModules is a copy of a Terraform project whose modules in comments are
// in use.
func withAllModules(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(to, "main.tf")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	off := regexp.MustCompile(`(?m)^# ?module "[^"]*" \{\n(?:#.*\n)*?# ?\}`)
	on := off.ReplaceAllStringFunc(string(text), func(block string) string {
		return regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(block, "")
	})
	if on == string(text) {
		t.Fatal("no module is switched off")
	}
	if err := os.WriteFile(file, []byte(on), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

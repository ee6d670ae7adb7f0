package attack

import (
	"slices"
	"strings"
	"testing"
)

// Where several statements allow the same, a cut takes all of them away: one
// alone would leave the path.
func TestCutsTakeEveryStatement(t *testing.T) {
	reader := named("V", "", "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref S}")
	secret := "\n  S:\n    Type: AWS::SecretsManager::Secret\n"
	open := role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "", "      Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref S}]}}]\n")
	script := scripted("export DB_PASSWORD=example-not-real-123")
	for _, c := range []struct {
		name, rest, first, second string
		both                      bool
	}{
		{"a key", reader + secret, "'iam:CreateAccessKey'", "'iam:Create*'", true},
		{"a key or a password", reader + secret, "'iam:CreateAccessKey'", "'iam:CreateLoginProfile'", true},
		{"a policy", "", "'iam:PutUserPolicy'", "'iam:Put*'", true},
		{"a role", open + secret, "'sts:AssumeRole'", "'sts:*'", true},
		{"everything", "", "'*'", "'*:*'", true},
		{"a secret", secret, "'secretsmanager:GetSecretValue'", "'secretsmanager:Get*'", true},
		{"a tag", taggedSecret, "'secretsmanager:TagResource'", "'secretsmanager:Tag*'", false},
		{"a start-up script", script, "'ec2:DescribeInstanceAttribute'", "'ec2:Describe*'", false},
		{"what neither allows alone", role("{Service: lambda.amazonaws.com}", "", ""), "'iam:PassRole'", "'lambda:CreateFunction', 'lambda:InvokeFunction'", false},
	} {
		statements := []string{allow(c.first, ""), allow(c.second, "")}
		if c.name == "a tag" {
			statements = append(statements, allow("'secretsmanager:GetSecretValue'", "StringEquals: {'aws:ResourceTag/team': a}"))
		}
		g := analyzed(t, resources(c.rest, me("UserName: me", statements...)))
		has := func(part string) bool {
			return slices.ContainsFunc(g.Cut.Weaknesses, func(id string) bool { return strings.HasSuffix(id, "/Me#p/"+part) })
		}
		if both := has("0") && has("1"); both != c.both {
			t.Errorf("%s: the cut %v takes both statements: %v, want %v\n%s", c.name, g.Cut.Weaknesses, both, c.both, titles(g))
		}
		for _, q := range g.Paths {
			for _, h := range q.Hops {
				if len(h.Evidence) == 0 {
					t.Errorf("%s: the hop %q has no evidence", c.name, h.Why)
				}
			}
		}
	}
}

// Alike identities, of whose statements each covers other victims, have a cut
// that closes all of them.
func TestStatementsForVictimsApart(t *testing.T) {
	one := "{Effect: Allow, Action: 'iam:CreateAccessKey', Resource: !GetAtt V.Arn}, {Effect: Allow, Action: 'iam:CreateAccessKey', Resource: !GetAtt W.Arn}"
	reads := "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref S}"
	g := analyzed(t, resources(named("One", "", one), named("Two", "", one), named("V", "", reads), named("W", "", reads), "\n  S:\n    Type: AWS::SecretsManager::Secret\n"))
	for _, want := range []string{"/One#p/0", "/One#p/1", "/Two#p/0", "/Two#p/1"} {
		if !slices.ContainsFunc(g.Cut.Weaknesses, func(id string) bool { return strings.HasSuffix(id, want) }) {
			t.Errorf("the cut %v leaves %s\n%s", g.Cut.Weaknesses, want, titles(g))
		}
	}
}

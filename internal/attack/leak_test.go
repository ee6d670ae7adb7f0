package attack

import (
	"fmt"
	"strings"
	"testing"
)

// scripted is an instance with a start-up script of one line.
func scripted(line string) string {
	return "\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData: {'Fn::Base64': !Sub '" + line + "'}\n"
}

// Whoever is shown what a user's key was put into acts as the user.
func TestKeysThatCanBeRead(t *testing.T) {
	key := victimUser + "\n  Key:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n"
	pair := "[{Name: ID, Value: !Ref Key}, {Name: SECRET, Value: !GetAtt Key.SecretAccessKey}]"
	function := functionYAML("Environment: {Variables: {KEY: !GetAtt Key.SecretAccessKey}}")
	instance := scripted("export AWS_SECRET_ACCESS_KEY=${Key.SecretAccessKey}")
	deny := "{Effect: Deny, Action: 'lambda:Get*', Resource: !GetAtt F.Arn}"
	for _, c := range []struct {
		name, holder, user string
		want               bool
	}{
		{"a function's configuration", function, me("", allow("'lambda:GetFunctionConfiguration'", "")), true},
		{"a function", function, me("", allow("'lambda:GetFunction'", "")), true},
		{"the list of functions", function, me("", allow("'lambda:ListFunctions'", "")), true},
		{"a list that shows no variables", function, me("", allow("'lambda:ListAliases'", "")), false},
		{"a function that is denied", function, me("", allow("'lambda:GetFunctionConfiguration'", ""), deny), false},
		{"the id alone", functionYAML("Environment: {Variables: {KEY: !Ref Key}}"), me("", allow("'lambda:GetFunction'", "")), false},
		{"a start-up script", instance, me("", allow("'ec2:DescribeInstanceAttribute'", "")), true},
		{"the list of instances", instance, me("", allow("'ec2:DescribeInstances'", "")), false},
		{"another instance's script", instance, me("", "{Effect: Allow, Action: 'ec2:DescribeInstanceAttribute', Resource: 'arn:aws:ec2:eu-west-1:111122223333:volume/*'}"), false},
		{"a launch template", "\n  L:\n    Type: AWS::EC2::LaunchTemplate\n    Properties: {LaunchTemplateData: {UserData: {'Fn::Base64': !GetAtt Key.SecretAccessKey}}}\n", me("", allow("'ec2:DescribeLaunchTemplateVersions'", "")), true},
		{"a build", "\n  C:\n    Type: AWS::CodeBuild::Project\n    Properties: {Environment: {EnvironmentVariables: " + pair + "}}\n", me("", allow("'codebuild:BatchGetProjects'", "")), true},
		{"a list of builds", "\n  C:\n    Type: AWS::CodeBuild::Project\n    Properties: {Environment: {EnvironmentVariables: " + pair + "}}\n", me("", allow("'codebuild:ListProjects'", "")), false},
		{"a container", "\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {ContainerDefinitions: [{Name: c, Image: i, Environment: " + pair + "}]}\n", me("", allow("'ecs:DescribeTaskDefinition'", "")), true},
		{"a parameter", "\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Value: !GetAtt Key.SecretAccessKey}\n", me("", allow("'ssm:GetParameter'", "")), true},
		{"a parameter's description", "\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Value: !GetAtt Key.SecretAccessKey}\n", me("", allow("'ssm:DescribeParameters'", "")), false},
		{"a secret", "\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {SecretString: !GetAtt Key.SecretAccessKey}\n", me("", allow("'secretsmanager:GetSecretValue'", "")), true},
	} {
		b := group(t, resources(key, c.holder, c.user))
		if got := heldWith(b, "Me")[Capability{Kind: KindCreds, Of: "template.yaml/V"}]; got != c.want {
			t.Errorf("%s: that the key is had is %v, want %v", c.name, got, c.want)
		}
	}
}

// Scripts and variables hold secrets of several sorts, and no path shows one.
func TestSecretsInSettings(t *testing.T) {
	const hidden = "Tr0ub4dor-and-3"
	for line, want := range map[string]string{
		"export DB_PASSWORD=" + hidden:                                  "DB_PASSWORD",
		"psql postgres://admin:" + hidden + "@db.example.com/orders":    "a password in an address",
		"echo ec2-user:" + hidden + " | chpasswd":                       "a password of the system",
		"aws configure set aws_access_key_id AKIA" + "QWERTYUIOP123456": "an access key",
		"# export DB_PASSWORD=" + hidden:                                "",
		"export DB_PASSWORD=$(fetch-password)":                          "",
		"export DB_PASSWORD_ARN=arn:aws:ssm:eu-west-1:1:parameter":      "",
		"curl https://example.com/a@b":                                  "",
	} {
		if got := strings.Join(secretsIn(line), ", "); got != want {
			t.Errorf("%q holds %q, want %q", line, got, want)
		}
	}
	g := analyzed(t, resources(scripted("export DB_PASSWORD="+hidden), me("", allow("'ec2:Describe*'", ""))))
	q := find(g, "I")
	if q == nil {
		t.Fatalf("no path to the start-up script: %s", titles(g))
	}
	if text := fmt.Sprint(g); strings.Contains(text, hidden) {
		t.Error("the analysis shows the secret")
	}
	if h := q.Hops[len(q.Hops)-1]; h.Why != "Me may read the start-up script of I (ec2:DescribeInstanceAttribute)" || len(h.Weaknesses) != 2 {
		t.Errorf("the hop says %q and rests on %v", h.Why, h.Weaknesses)
	}
}

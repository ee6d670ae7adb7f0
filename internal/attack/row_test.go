package attack

import (
	"slices"
	"strings"
	"testing"
)

// hostCase makes the templates of a row over hosts: a function that may do all
// that the row needs, and one that may not do the first of it.
func hostCase(r hostRow) [2]string {
	hosts := map[string]string{
		"AWS::EC2::Instance":       "Properties: {IamInstanceProfile: !Ref P}\n\n  P:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R]}\n",
		"AWS::EC2::LaunchTemplate": "Properties: {LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt P.Arn}}}\n\n  P:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R]}\n",
		"AWS::ECS::Service":        "Properties: {EnableExecuteCommand: true, TaskDefinition: !Ref TD}\n\n  TD:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {TaskRoleArn: !GetAtt R.Arn}\n",
		"AWS::AppRunner::Service":  "Properties: {InstanceConfiguration: {InstanceRoleArn: !GetAtt R.Arn}}\n",
		samlProvider:               "Properties: {SamlMetadataDocument: '<xml/>'}\n",
		oidcProvider:               "Properties: {Url: 'https://login.example.com'}\n",
	}
	host, ok := hosts[r.host]
	if !ok {
		host = "Properties: {" + runsAs[r.host][0][0] + ": !GetAtt R.Arn}\n"
	}
	principal := "{Service: ec2.amazonaws.com}"
	if r.host == samlProvider || r.host == oidcProvider {
		principal = "{Federated: !Ref H}"
	}
	build := func(needs []need) string {
		actions := []string{"'iam:ListUsers'"}
		for _, n := range needs {
			any := n.permissions()
			actions = append(actions, "'"+any[len(any)-1]+"'")
		}
		return resources(role(principal, "", ""), "\n  H:\n    Type: "+r.host+"\n    "+host, functionYAML(allowing(strings.Join(actions, ", "), "'*'")))
	}
	return [2]string{build(r.needs), build(slices.DeleteFunc(slices.Clone(r.needs), func(n need) bool { return n.action == r.needs[0].action }))}
}

// victimCase is a template where F may change the role R, or its policy, and
// take R on; and one where it may not take it on.
func victimCase(r row) [2]string {
	if r.needs[0].on == onUser {
		return victimUserCase(r)
	}
	action, on := strings.Split(r.needs[0].action, "|")[0], "!Sub 'arn:aws:iam::${AWS::AccountId}:role/victim'"
	if r.needs[0].on == onPolicyOf {
		on = "!Sub 'arn:aws:iam::${AWS::AccountId}:policy/theirs'"
	}
	build := func(principal string) string {
		return resources(role(principal, "", "      RoleName: victim\n      ManagedPolicyArns: [!Ref MP]\n"),
			"\n  MP:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: theirs\n      PolicyDocument:\n        Statement: [{Effect: Allow, Action: 'sqs:ListQueues', Resource: '*'}]\n",
			functionYAML("Policies:\n  - Statement:\n      - {Effect: Allow, Action: '"+action+"', Resource: "+on+"}\n      - {Effect: Allow, Action: 'sts:AssumeRole', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:role/victim'}\n"))
	}
	return [2]string{build("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}"), build("{Service: ec2.amazonaws.com}")}
}

// victimUserCase is a template where F may change the user V and carries a key
// of V; and one where it carries none.
func victimUserCase(r row) [2]string {
	build := func(environment string) string {
		return resources(victimUser, "\n  Key:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n",
			functionYAML(environment+allowing("'"+strings.Split(r.needs[0].action, "|")[0]+"'", "!GetAtt V.Arn")))
	}
	return [2]string{build("Environment: {Variables: {KEY: !GetAtt Key.SecretAccessKey}}\n"), build("")}
}

// rowCase makes the templates of a row: a user, or a function's role, that is
// allowed all that the row needs, and one that lacks the first of it.
func rowCase(r row) [2]string {
	if r.asVictim {
		return victimCase(r)
	}
	build := func(needs []need) string {
		actions := []string{"'iam:ListUsers'"}
		for _, n := range needs {
			action, _, _ := strings.Cut(n.action, " ")
			any := strings.Split(action, "|")
			actions = append(actions, "'"+any[len(any)-1]+"'")
		}
		doc := "Version: '2012-10-17'\nStatement: [{Effect: Allow, Action: [" + strings.Join(actions, ", ") + "], Resource: '*'}]\n"
		bounds := ""
		if r.unbinds {
			bounds = "PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess\n"
		}
		around := []string{role("{Service: "+serviceOf(r)+"}", "", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole']\n"), "\n  Q:\n    Type: AWS::SQS::Queue\n"}
		if r.existing != "" {
			around = append(around, "\n  Old:\n    Type: "+r.existing+"\n")
		}
		if onlyUsers(r) {
			return resources(append(around, "\n  G:\n    Type: AWS::IAM::Group\n    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}\n",
				"\n  Me:\n    Type: AWS::IAM::User\n    Properties:\n"+indent(bounds, 6)+groupsOf(r)+"      Policies:\n        - PolicyName: p\n          PolicyDocument:\n"+indent(doc, 12))...)
		}
		around = append(around, victimUser)
		if r.id == "iam-replace-access-key" {
			around = append(around, "\n  K1:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n\n  K2:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n")
		}
		return resources(append(around, functionYAML(bounds+"Policies: [!Ref MP]"), "\n  MP:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"+indent(doc, 8))...)
	}
	return [2]string{build(r.needs), build(r.needs[1:])}
}

// serviceOf is the service that a row passes a role to.
func serviceOf(r row) string {
	for _, n := range r.needs {
		if s := n.services(); s[0] != "" {
			return s[0]
		}
	}
	return "ec2.amazonaws.com"
}

// onlyUsers tells whether a row is for users alone.
func onlyUsers(r row) bool {
	return slices.ContainsFunc(r.needs, func(n need) bool {
		any := n.permissions()
		return n.on == onSelf && strings.Contains(any[len(any)-1], "User") || n.on == onGroup || n.on == onOwnGroup
	})
}

// groupsOf puts the user who acts into the group, where the row asks for it.
func groupsOf(r row) string {
	if r.needs[0].on == onOwnGroup {
		return "      Groups: [!Ref G]\n"
	}
	return ""
}

// Where a row takes one of several actions, each of them is enough.
func TestAnyOfTheActionsWillDo(t *testing.T) {
	for _, r := range tables() {
		for i, n := range r.needs {
			for _, action := range n.permissions() {
				if len(n.permissions()) < 2 || r.asVictim || r.unbinds {
					continue
				}
				one := r
				one.needs = slices.Clone(r.needs)
				one.needs[i].action = action
				if _, ok := applied(group(t, rowCase(one)[0]))[r.id]; !ok {
					t.Errorf("%s does not take %s", r.id, action)
				}
			}
		}
	}
}

// with adds a policy to whoever acts in a row's template.
func with(template, statement string) string {
	who := "Roles: [!Ref FRole]"
	if strings.Contains(template, "\n  Me:\n") {
		who = "Users: [!Ref Me]"
	}
	return template + "\n  Extra:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: extra\n      " + who + "\n      PolicyDocument: {Version: '2012-10-17', Statement: [" + statement + "]}\n"
}

// bounded gives whoever acts in a row's template a boundary.
func bounded(template, policy string) string {
	head := "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
	if strings.Contains(template, "\n  Me:\n") {
		head = "  Me:\n    Type: AWS::IAM::User\n    Properties:\n"
	}
	return strings.Replace(template, head, head+"      PermissionsBoundary: arn:aws:iam::aws:policy/"+policy+"\n", 1)
}

// Every row respects denials, boundaries and conditions: one denial of what it
// needs, or a boundary without it, stops it; one under a condition that holds
// sometimes makes it conditional.
func TestRowsAreHeldBack(t *testing.T) {
	type held struct {
		id, template string
		needs        []need
		unbinds      bool
	}
	var list []held
	for _, r := range tables() {
		list = append(list, held{r.id, rowCase(r)[0], r.needs, r.unbinds})
	}
	for _, r := range hostRows() {
		list = append(list, held{r.id, hostCase(r)[0], r.needs, false})
	}
	for _, r := range list {
		for _, n := range r.needs {
			actions := "['" + strings.Join(n.permissions(), "', '") + "']"
			if got, ok := applied(group(t, with(r.template, "{Effect: Deny, Action: "+actions+", Resource: '*'}")))[r.id]; ok {
				t.Errorf("%s is %s although %s is denied", r.id, got, actions)
			}
			b := group(t, with(r.template, "{Effect: Deny, Action: "+actions+", Resource: '*', Condition: {NotIpAddress: {'aws:SourceIp': 192.0.2.0/24}}}"))
			if got := applied(b)[r.id]; got != Approximate {
				t.Errorf("%s is %q although %s is denied from most addresses", r.id, got, actions)
			}
			if !slices.ContainsFunc(b.hops, func(h *hop) bool {
				return h.by.ID == r.id && !h.to.Kind.hidden() && strings.Contains(h.assume, "aws:SourceIp")
			}) {
				t.Errorf("%s does not name the address that %s is allowed from", r.id, actions)
			}
			if got, ok := applied(group(t, with(r.template, "{Effect: Deny, Action: "+actions+", Resource: '*', Condition: {Bool: {'aws:SecureTransport': 'true'}}}")))[r.id]; ok {
				t.Errorf("%s is %s although %s is denied whenever it is encrypted", r.id, got, actions)
			}
		}
		if bounded(r.template, "X") == r.template {
			t.Errorf("%s has nobody to bound", r.id)
		}
		if got, ok := applied(group(t, bounded(r.template, "job-function/ViewOnlyAccess")))[r.id]; ok && !r.unbinds {
			t.Errorf("%s is %s under a boundary", r.id, got)
		}
	}
}

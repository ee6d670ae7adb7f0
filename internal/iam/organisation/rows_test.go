package organisation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/value"
)

// hostARNs are of what the rows over hosts work on.
var hostARNs = map[string]string{
	"AWS::Lambda::Function": "lambda:eu-west-1:111111111111:function:f", "AWS::EC2::Instance": "ec2:eu-west-1:111111111111:instance/i-1",
	"AWS::EC2::LaunchTemplate": "ec2:eu-west-1:111111111111:launch-template/lt-1", "AWS::ECS::Service": "ecs:eu-west-1:111111111111:service/c/s",
	"AWS::CodeBuild::Project": "codebuild:eu-west-1:111111111111:project/p", "AWS::Glue::DevEndpoint": "glue:eu-west-1:111111111111:devEndpoint/e",
	"AWS::Glue::Job": "glue:eu-west-1:111111111111:job/j", "AWS::SageMaker::NotebookInstance": "sagemaker:eu-west-1:111111111111:notebook-instance/n",
	"AWS::CloudFormation::Stack":    "cloudformation:eu-west-1:111111111111:stack/s/1",
	"AWS::CloudFormation::StackSet": "cloudformation:eu-west-1:111111111111:stackset/s:1", "AWS::AppRunner::Service": "apprunner:eu-west-1:111111111111:service/s/1",
	"AWS::IAM::SAMLProvider": "iam::111111111111:saml-provider/idp", "AWS::IAM::OIDCProvider": "iam::111111111111:oidc-provider/idp.example.com",
	"AWS::BedrockAgentCore::CodeInterpreterCustom": "bedrock-agentcore:eu-west-1:111111111111:code-interpreter-custom/c",
}

// possible are the rows that ask for what an organisation does not list.
var possible = []string{"iam-set-default-policy-version", "iam-login-profile", "iam-update-login-profile", "iam-other-user-policy", "iam-add-user-to-group", "lambda-create-mapping", "events-put-targets",
	"pipes-create-pipe", "ec2-run-instances", "ecs-run-task", "ec2-instance-connect", "ec2-launch-template", "ecs-execute-command", "iam-update-oidc-provider"}

// A try is one row tried by one user or role, in an account of its own.
type try struct {
	row     escalation.Row
	actions []string // that it is allowed
	service string   // that the victim trusts, in place of the row's
	victim  string   // a policy of the victim's, in place of everything
	more    string   // what its statement says besides
}

func (x *try) on(t ...escalation.Target) bool {
	return slices.ContainsFunc(x.row.Needs, func(n escalation.Need) bool { return slices.Contains(t, n.On) })
}

// needs are one action for each need.
func needs(row escalation.Row) []string {
	var out []string
	for _, n := range row.Needs {
		out = append(out, n.Actions[len(n.Actions)-1])
	}
	if row.AsVictim {
		out = append(out, "sts:AssumeRole")
		if row.Needs[0].On == escalation.User {
			out[1] = "iam:UpdateLoginProfile" // a key would do for iam-user-policy-and-key
		}
	}
	return out
}

const root = "arn:aws:iam::111111111111:"

// run tells by which way who tries becomes administrator, if at all.
func (x *try) run() (way string, holds value.Tri) {
	me := organisation.Principal{ARN: root + "user/me"}
	last := x.row.Needs[0].Actions[len(x.row.Needs[0].Actions)-1]
	if x.on(escalation.User) || x.on(escalation.Self) && strings.Contains(last, "Role") || x.on(escalation.Anything) && strings.Contains(last, "User") {
		me = organisation.Principal{ARN: root + "role/me", Trust: organisation.JSON("trust", trustIn(`{"Service":"x.amazonaws.com"}`))}
	}
	own := organisation.Policy{Document: organisation.JSON("mine", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":`+list(x.actions...)+`,"Resource":"*"`+x.more+`}]}`)}
	if x.on(escalation.Policy) {
		own.ARN = root + "policy/mine"
	}
	me.Policies = []organisation.Policy{own}
	if x.row.Unbinds {
		me.Boundary = organisation.JSON("boundary", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`)
	}
	if x.on(escalation.OwnGroup) {
		me.Groups = []string{root + "group/g"}
	}
	victim := organisation.Principal{ARN: root + "role/victim", Trust: organisation.JSON("trust", trustIn(x.trusted())), Policies: []organisation.Policy{{Document: organisation.JSON("theirs", x.rights())}}}
	switch {
	case x.on(escalation.User):
		victim.ARN, victim.Trust = root+"user/victim", nil
	case x.on(escalation.Group):
		victim.ARN, victim.Trust, victim.Groups = root+"user/victim", nil, []string{root + "group/g"}
	case x.on(escalation.PolicyOf):
		victim.Policies[0].ARN = root + "policy/theirs"
	}
	a := organisation.Account{ID: "111111111111", Principals: seq([]organisation.Principal{me, victim})}
	if x.row.Host != "" {
		h := organisation.Resource{ARN: "arn:aws:" + hostARNs[x.row.Host], Type: x.row.Host}
		if x.row.Gain == escalation.HostRole && !strings.HasSuffix(x.row.Host, "Provider") {
			h.Role = victim.ARN
		}
		a.Resources = seq([]organisation.Resource{h})
	}
	for _, w := range organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{a}}).Administers(me.ARN) {
		return w.Chain[0].Way, w.Holds
	}
	return "", value.No
}

func trustIn(who string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + who + `,"Action":"sts:AssumeRole"}]}`
}

func (x *try) trusted() string {
	switch {
	case x.service != "":
		return `{"Service":"` + x.service + `"}`
	case strings.HasSuffix(x.row.Host, "Provider"):
		return `{"Federated":"arn:aws:` + hostARNs[x.row.Host] + `"}`
	case len(x.row.Needs[0].Services) > 0:
		return `{"Service":"` + x.row.Needs[0].Services[0] + `"}`
	case x.row.ID == "assume-role" || x.row.AsVictim:
		return `{"AWS":"` + root + `root"}`
	}
	return `{"Service":"x.amazonaws.com"}`
}

// rights are the victim's: every one, where the way is not to give it more.
func (x *try) rights() string {
	switch {
	case x.victim != "":
		return x.victim
	case x.row.Gain == escalation.Administer || x.row.Gain == escalation.NewAdministrator:
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"}]}`
	}
	return everythingAllowed
}

// Every row makes an administrator of who may do what it needs, by its name, and
// does not without the first of its needs.
func TestRows(t *testing.T) {
	for _, row := range escalation.Rows() {
		if row.Host != "" && hostARNs[row.Host] == "" {
			t.Errorf("%s: the test has no ARN for hosts of type %s", row.ID, row.Host)
		}
		want, way := value.Yes, row.ID
		if slices.Contains(possible, row.ID) {
			want = value.Unknown
		}
		if row.ID == "iam-replace-access-key" {
			way = "iam-create-access-key" // who has room for a key is not told, and it is the usual case
		}
		all := needs(row)
		x := try{row: row, actions: all}
		if got, holds := x.run(); got != way || holds != want {
			t.Errorf("%s makes an administrator by %q (%v), want %q (%v)", row.ID, got, holds, way, want)
		}
		x.actions = append(slices.DeleteFunc(slices.Clone(all), func(a string) bool { return a == all[0] }), "sqs:ListQueues")
		if got, holds := x.run(); holds != value.No {
			t.Errorf("%s makes an administrator by %q (%v) without %s", row.ID, got, holds, all[0])
		}
		if len(row.Needs[0].Services) > 0 {
			x = try{row: row, actions: all, service: "other.amazonaws.com"}
			if got, holds := x.run(); holds != value.No {
				t.Errorf("%s makes an administrator by %q (%v) of a role that trusts another service", row.ID, got, holds)
			}
		}
	}
}

// What a row asks for besides is there where it may be made, or the input tells.
func TestWhatRowsAskForBesides(t *testing.T) {
	rows := map[string]escalation.Row{}
	for _, r := range escalation.Rows() {
		rows[r.ID] = r
	}
	for _, c := range []struct {
		what, row, victim string
		more              []string
		want              value.Tri
	}{
		{"an instance profile may be made", "ec2-run-instances", "", []string{"iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"}, value.Yes},
		{"an instance profile may not be filled", "ec2-run-instances", "", []string{"iam:CreateInstanceProfile"}, value.Unknown},
		{"a cluster may be made", "ecs-run-task", "", []string{"ecs:CreateCluster"}, value.Yes},
		{"the role of the instance does not let the agent report", "ssm-session", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"ssm:*","Resource":"*"}]}`, nil, value.Unknown},
		{"the role of the instance lets the agent report", "ssm-session", "", nil, value.Yes},
	} {
		x := try{row: rows[c.row], actions: append(needs(rows[c.row]), c.more...), victim: c.victim}
		if way, holds := x.run(); holds != c.want || way != c.row {
			t.Errorf("%s: %s (%v), want %v", c.what, way, holds, c.want)
		}
	}
}

// Who may give others no more than a boundary leaves makes no administrator.
func TestRowsUnderABoundaryOfOthers(t *testing.T) {
	condition := func(op string) string {
		return `,"Condition":{"` + op + `":{"iam:PermissionsBoundary":"arn:aws:iam::111111111111:policy/limits"}}`
	}
	for _, row := range escalation.Rows() {
		if !slices.Contains([]string{"iam-create-user", "iam-create-role", "iam-delete-boundary", "iam-update-trust"}, row.ID) {
			continue
		}
		for more, want := range map[string]value.Tri{condition("StringEquals"): value.No, condition("StringNotEquals"): value.Yes} {
			x := try{row: row, actions: needs(row), more: more}
			if way, holds := x.run(); holds != want {
				t.Errorf("%s: %s (%v) under%s, want %v", row.ID, way, holds, more, want)
			}
		}
	}
}

// A role that a resource runs as, and that is not listed, is said, once.
func TestRoleThatIsNotListed(t *testing.T) {
	var list []organisation.Resource
	for _, name := range []string{"p", "q"} {
		list = append(list, organisation.Resource{ARN: "arn:aws:codebuild:eu-west-1:111111111111:project/" + name, Type: "AWS::CodeBuild::Project", Role: root + "role/gone"})
	}
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{{ID: "111111111111", Resources: slices.Values(list)}}})
	if p := ix.Problems(); len(p) != 1 || !strings.Contains(p[0].Message, "role/gone") {
		t.Errorf("problems: %v", p)
	}
}

// Principals are not taken from among the resources.
func TestPrincipalAmongResources(t *testing.T) {
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{{ID: "111111111111",
		Resources: slices.Values([]organisation.Resource{{ARN: root + "role/r", Type: "AWS::IAM::Role"}})}}})
	if p := ix.Problems(); len(p) != 1 || !strings.Contains(p[0].Message, "give it as a principal") {
		t.Errorf("problems: %v", p)
	}
}

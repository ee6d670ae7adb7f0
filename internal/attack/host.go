package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// A hostRow is one known way from permissions to the role of something that
// exists and runs code: an instance, a notebook, a build project. No role needs
// to be passed. Its needs work on the host, or on anything.
type hostRow struct {
	id, title, doc string
	pathfinding    []string
	attack         []string
	host           string // the CloudFormation type
	needs          []need
	cost           int
	// assume says what the host must be like besides.
	assume string
	// ready asks it of the host: what is taken for granted, where it is not sure.
	ready func(*building, *host) (value.Tri, string)
}

// runsAs are the properties by which hosts of a type name the role that they
// run as, or what has it.
var runsAs = map[string][][]string{
	"AWS::EC2::Instance":                           {{"IamInstanceProfile"}},
	"AWS::EC2::LaunchTemplate":                     {{"LaunchTemplateData", "IamInstanceProfile", "Arn"}, {"LaunchTemplateData", "IamInstanceProfile", "Name"}},
	"AWS::SageMaker::NotebookInstance":             {{"RoleArn"}},
	"AWS::CodeBuild::Project":                      {{"ServiceRole"}},
	"AWS::Glue::DevEndpoint":                       {{"RoleArn"}},
	"AWS::CloudFormation::Stack":                   {{"RoleARN"}},
	"AWS::AppRunner::Service":                      {{"InstanceConfiguration", "InstanceRoleArn"}},
	"AWS::BedrockAgentCore::CodeInterpreterCustom": {{"ExecutionRoleArn"}},
	"AWS::ECS::Service":                            {{"TaskDefinition"}},
}

// hostTechniques are the escalations over what exists. The ids are those of the
// public catalogue pathfinding.cloud.
func hostTechniques() []*Technique {
	var out []*Technique
	for _, r := range hostRows() {
		out = append(out, r.technique())
	}
	return out
}

func hostRows() []hostRow {
	return []hostRow{
		{id: "ec2-change-user-data", title: "Change what an instance runs when it starts", pathfinding: []string{"ec2-002"}, attack: []string{"T1059", "T1578"},
			doc:  "ec2:ModifyInstanceAttribute writes the start-up script of a stopped instance, which runs with the instance's role.",
			host: "AWS::EC2::Instance", needs: []need{{"ec2:ModifyInstanceAttribute", onHost}, {"ec2:StopInstances", onHost}, {"ec2:StartInstances", onHost}}, cost: 2},
		{id: "ec2-instance-connect", title: "Sign in to an instance with a key of one's own", pathfinding: []string{"ec2instanceconnect-003"}, attack: []string{"T1021.004"},
			doc:  "ec2-instance-connect:SendSSHPublicKey lets a key of the attacker's in for a minute; from the instance its role's credentials can be read.",
			host: "AWS::EC2::Instance", needs: []need{{"ec2-instance-connect:SendSSHPublicKey|ec2-instance-connect:SendSerialConsoleSSHPublicKey", onHost}}, cost: 3,
			assume: "the network lets the attacker reach %s by SSH"},
		{id: "ssm-session", title: "Open a session on an instance", pathfinding: []string{"ssm-001"}, attack: []string{"T1021", "T1651"},
			doc:  "ssm:StartSession opens a shell on an instance that Systems Manager manages, with its role.",
			host: "AWS::EC2::Instance", needs: []need{{"ssm:StartSession", onHost}}, cost: 1, ready: managed},
		{id: "ssm-send-command", title: "Send a command to an instance", pathfinding: []string{"ssm-002"}, attack: []string{"T1651"},
			doc:  "ssm:SendCommand, on an instance that Systems Manager manages and on a document such as AWS-RunShellScript, runs commands with the instance's role.",
			host: "AWS::EC2::Instance", needs: []need{{"ssm:SendCommand", onHost}, {"ssm:SendCommand", onAnything}}, cost: 1, ready: managed},
		{id: "ec2-launch-template", title: "Change the template that instances start from", pathfinding: []string{"ec2-004"}, attack: []string{"T1578", "T1059"},
			doc:  "ec2:CreateLaunchTemplateVersion with ec2:ModifyLaunchTemplate puts a start-up script of the attacker's into a launch template; the next instance runs it with the template's role.",
			host: "AWS::EC2::LaunchTemplate", needs: []need{{"ec2:CreateLaunchTemplateVersion", onHost}, {"ec2:ModifyLaunchTemplate", onHost}}, cost: 3,
			assume: "instances are started from %s"},
		{id: "ecs-execute-command", title: "Run commands in a container of a service", attack: []string{"T1609"},
			doc:  "ecs:ExecuteCommand opens a shell in a running container, which has the task's role; ecs:UpdateService allows such sessions where they are off.",
			host: "AWS::ECS::Service", needs: []need{{"ecs:ExecuteCommand", onAnything}}, cost: 1, ready: execAllowed},
		{id: "codebuild-start-build", title: "Run one's own commands in a build project", pathfinding: []string{"codebuild-002", "codebuild-003"}, attack: []string{"T1648"},
			doc:  "codebuild:StartBuild takes a build specification in place of the project's, and its commands run with the project's role.",
			host: "AWS::CodeBuild::Project", needs: []need{{"codebuild:StartBuild|codebuild:StartBuildBatch", onHost}}, cost: 1},
		{id: "glue-update-endpoint", title: "Sign in to a Glue development endpoint", pathfinding: []string{"glue-002"}, attack: []string{"T1098.004"},
			doc:  "glue:UpdateDevEndpoint adds an SSH key of the attacker's to an endpoint, which runs with its role.",
			host: "AWS::Glue::DevEndpoint", needs: []need{{"glue:UpdateDevEndpoint", onHost}}, cost: 2},
		{id: "sagemaker-open-notebook", title: "Open a notebook of somebody else's", pathfinding: []string{"sagemaker-004"}, attack: []string{"T1059"},
			doc:  "sagemaker:CreatePresignedNotebookInstanceUrl opens a notebook with a terminal that has the notebook's role.",
			host: "AWS::SageMaker::NotebookInstance", needs: []need{{"sagemaker:CreatePresignedNotebookInstanceUrl", onHost}}, cost: 1},
		{id: "sagemaker-notebook-script", title: "Change what a notebook runs when it starts", pathfinding: []string{"sagemaker-005"}, attack: []string{"T1059", "T1578"},
			doc:  "A life-cycle configuration of the attacker's runs when a notebook starts, with the notebook's role.",
			host: "AWS::SageMaker::NotebookInstance", needs: []need{{"sagemaker:CreateNotebookInstanceLifecycleConfig", onAnything}, {"sagemaker:UpdateNotebookInstance", onHost},
				{"sagemaker:StopNotebookInstance", onHost}, {"sagemaker:StartNotebookInstance", onHost}}, cost: 2},
		{id: "cloudformation-update-stack", title: "Change a stack that has a role", pathfinding: []string{"cloudformation-002"}, attack: []string{"T1578"},
			doc:  "cloudformation:UpdateStack makes whatever the stack's service role may make: new roles too.",
			host: "AWS::CloudFormation::Stack", needs: []need{{"cloudformation:UpdateStack", onHost}}, cost: 2},
		{id: "cloudformation-change-set", title: "Change a stack that has a role by a change set", pathfinding: []string{"cloudformation-005"}, attack: []string{"T1578"},
			doc:  "cloudformation:CreateChangeSet with cloudformation:ExecuteChangeSet makes whatever the stack's service role may make.",
			host: "AWS::CloudFormation::Stack", needs: []need{{"cloudformation:CreateChangeSet", onHost}, {"cloudformation:ExecuteChangeSet", onHost}}, cost: 2},
		{id: "apprunner-update-service", title: "Change what a service runs", pathfinding: []string{"apprunner-002"}, attack: []string{"T1648"},
			doc:  "apprunner:UpdateService sets an image or start command of the attacker's, which runs with the service's role.",
			host: "AWS::AppRunner::Service", needs: []need{{"apprunner:UpdateService", onHost}}, cost: 2},
		{id: "iam-update-saml-provider", title: "Become the identity provider that a role trusts", attack: []string{"T1484.002", "T1606.002"},
			doc:  "iam:UpdateSAMLProvider puts metadata of the attacker's in the place of a provider's: whatever the attacker then signs is believed by every role that trusts the provider.",
			host: samlProvider, needs: []need{{"iam:UpdateSAMLProvider", onHost}}, cost: 2},
		{id: "iam-update-oidc-provider", title: "Change which certificate of an identity provider is believed", attack: []string{"T1484.002"},
			doc:  "iam:UpdateOpenIDConnectProviderThumbprint makes AWS believe a certificate of the attacker's for a provider's keys, and so the attacker's tokens.",
			host: oidcProvider, needs: []need{{"iam:UpdateOpenIDConnectProviderThumbprint", onHost}}, cost: 8,
			assume: "AWS checks %s by its thumbprint, and the attacker stands between the two"},
		{id: "agentcore-run-code", title: "Run code in a code interpreter", pathfinding: []string{"bedrock-002"}, attack: []string{"T1059"},
			doc:  "bedrock-agentcore:InvokeCodeInterpreter runs code in a session that has the interpreter's role.",
			host: "AWS::BedrockAgentCore::CodeInterpreterCustom", needs: []need{{"bedrock-agentcore:StartCodeInterpreterSession", onHost}, {"bedrock-agentcore:InvokeCodeInterpreter", onHost}}, cost: 1},
	}
}

func (r hostRow) technique() *Technique {
	t := &Technique{ID: r.id, Title: r.title, Doc: r.doc + " Take the permission away, or name the hosts that it may be used on; give hosts no more than they need.",
		Refs: Refs{ATTACK: r.attack, CWE: []string{"CWE-269"}, Pathfinding: r.pathfinding}, Difficulty: r.cost, Gives: "act as the host's role"}
	for _, n := range r.needs {
		t.Needs = append(t.Needs, n.label())
	}
	t.apply = func(b *building, t *Technique) { b.overHosts(t, &r) }
	return t
}

// A host is a resource that runs code as a role.
type host struct {
	*app.Resource
	role *identity
	at   *value.Value
	sure value.Tri
}

// The types of identity providers, which roles name and not the reverse.
const (
	samlProvider = "AWS::IAM::SAMLProvider"
	oidcProvider = "AWS::IAM::OIDCProvider"
)

// hosts are the hosts of a type whose role is an identity of the application.
func (b *building) hosts(typ string) []host {
	var out []host
	for _, r := range b.ofType(typ) {
		if typ == samlProvider || typ == oidcProvider {
			out = append(out, b.trusting(r)...)
			continue
		}
		for _, path := range runsAs[typ] {
			at := r.Get(path...)
			role, sure := roleOfHost(r.App, at)
			if role != nil && b.identityAt[role.ID] != nil {
				out = append(out, host{r, b.identityAt[role.ID], at, sure})
			}
		}
	}
	return out
}

// trusting are the roles that trust an identity provider.
func (b *building) trusting(provider *app.Resource) []host {
	var out []host
	for _, role := range b.identities {
		for _, p := range iam.TrustedBy(role.trust) {
			sure := p.Item.Text.Equal(arnOf(provider)).And(p.Holds)
			if slices.ContainsFunc(p.Item.Refs, func(ref value.Ref) bool { return ref.Resource == provider.ID }) {
				sure = p.Holds
			}
			if p.Type == "Federated" && sure == value.Yes {
				out = append(out, host{provider, role, value.NewText(p.Item.Text, p.Item.Span), value.Yes})
			}
		}
	}
	return out
}

// roleOfHost is the role that a property names, by itself, by an instance
// profile or by a task definition.
func roleOfHost(a *app.App, at *value.Value) (*app.Resource, value.Tri) {
	if profile, sure := a.Lookup(at, "AWS::IAM::InstanceProfile"); profile != nil {
		for _, it := range profile.Get("Roles").Items() {
			role, named := profile.App.Lookup(it, "AWS::IAM::Role")
			return role, sure.And(named)
		}
		return nil, value.No
	}
	if task, sure := a.Lookup(at, "AWS::ECS::TaskDefinition"); task != nil {
		role, named := task.App.Lookup(task.Get("TaskRoleArn"), "AWS::IAM::Role")
		return role, sure.And(named)
	}
	return a.Lookup(at, "AWS::IAM::Role")
}

// managed tells whether Systems Manager manages an instance: for sure where the
// instance's role lets its agent report.
func managed(b *building, x *host) (value.Tri, string) {
	if b.may(x.role, query{action: "ssm:UpdateInstanceInformation", arn: arnOf(x.Resource), on: x.Resource}).sure() {
		return value.Yes, ""
	}
	return value.Yes, "Systems Manager manages " + x.Label()
}

// execAllowed tells whether a service lets commands be run in its containers.
func execAllowed(_ *building, x *host) (value.Tri, string) {
	on := x.Get("EnableExecuteCommand").IsTrue()
	if on == value.Unknown {
		return on, "EnableExecuteCommand is on for " + x.Label()
	}
	return on, ""
}

// overHosts adds a row's hops: from every identity that may do what it needs to
// the roles of the hosts. Identities of one class are asked once.
func (b *building) overHosts(t *Technique, r *hostRow) {
	hosts := b.hosts(r.host)
	if len(hosts) == 0 {
		return
	}
	for _, class := range b.classes() {
		reach := b.reachOf(class[0])
		if slices.ContainsFunc(r.needs, func(n need) bool { return !slices.ContainsFunc(n.permissions(), reach.may) }) {
			continue
		}
		for _, x := range hosts {
			if len(b.hostAttempts(t, r, class[0], x)) == 0 {
				continue
			}
			for _, id := range class {
				if id == x.role {
					continue
				}
				for _, h := range b.hostAttempts(t, r, id, x) {
					b.add(h)
				}
			}
		}
	}
}

// hostAttempts are a row's hops for one identity and host: with the tags as they
// are, or else after each change that helps.
func (b *building) hostAttempts(t *Technique, r *hostRow, id *identity, x host) []hop {
	var out []hop
	ready, assume := value.Yes, ""
	if r.ready != nil {
		ready, assume = r.ready(b, &x)
	} else if r.assume != "" {
		assume = strings.Replace(r.assume, "%s", x.Label(), 1)
	}
	if ready == value.No {
		return nil
	}
	for _, change := range b.changes(&row{needs: r.needs}, id, nil, x.Resource) {
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindCreds, Of: x.role.ID}, via: x.Label()}
		if slices.ContainsFunc(r.needs, func(n need) bool { return !b.met(&h, n, attempt{id: id, place: x.Resource, change: change}) }) || change != nil && h.rank() == 2 {
			continue
		}
		exact := h.rank() == 0
		b.tellHost(&h, r, id, x)
		unsure(&h, ready, assume)
		if ready == value.Yes && assume != "" {
			h.takes(Approximate, assume)
		}
		if change == nil && exact {
			return []hop{h}
		}
		out = append(out, h)
	}
	return out
}

// tellHost says what a hop over a host is.
func (b *building) tellHost(h *hop, r *hostRow, id *identity, x host) {
	b.show(h, id)
	h.why = id.owner() + " may " + strings.ToLower(r.title[:1]) + r.title[1:] + " (" + x.Label() + "), and so act as " + x.role.Label() + ": " + h.actions()
	what := x.Label() + " runs as " + x.role.Label()
	if r.host == samlProvider || r.host == oidcProvider {
		what = x.role.Label() + " trusts " + x.Label()
	}
	h.evidence = append(h.evidence, Evidence{x.at.Span(), what})
	unsure(h, x.sure, what)
	conditional(h, x.Resource, x.role.Resource)
}

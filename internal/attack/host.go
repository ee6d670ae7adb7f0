package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
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
}

// runsAs is the property by which hosts of a type name the role that they run
// as.
var runsAs = map[string][]string{
	"AWS::EC2::Instance":                           {"IamInstanceProfile"},
	"AWS::SageMaker::NotebookInstance":             {"RoleArn"},
	"AWS::CodeBuild::Project":                      {"ServiceRole"},
	"AWS::Glue::DevEndpoint":                       {"RoleArn"},
	"AWS::CloudFormation::Stack":                   {"RoleARN"},
	"AWS::AppRunner::Service":                      {"InstanceConfiguration", "InstanceRoleArn"},
	"AWS::BedrockAgentCore::CodeInterpreterCustom": {"ExecutionRoleArn"},
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
		{id: "ssm-session", title: "Open a session on an instance", pathfinding: []string{"ssm-001", "ssm-002"}, attack: []string{"T1021", "T1651"},
			doc:  "ssm:StartSession or ssm:SendCommand runs commands on an instance that Systems Manager manages, with its role.",
			host: "AWS::EC2::Instance", needs: []need{{"ssm:StartSession|ssm:SendCommand", onHost}}, cost: 1,
			assume: "Systems Manager manages %s"},
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
		{id: "cloudformation-update-stack", title: "Change a stack that has a role", pathfinding: []string{"cloudformation-002", "cloudformation-005"}, attack: []string{"T1578"},
			doc:  "cloudformation:UpdateStack, or a change set, makes whatever the stack's service role may make: new roles too.",
			host: "AWS::CloudFormation::Stack", needs: []need{{"cloudformation:UpdateStack|cloudformation:ExecuteChangeSet", onHost}}, cost: 2},
		{id: "apprunner-update-service", title: "Change what a service runs", pathfinding: []string{"apprunner-002"}, attack: []string{"T1648"},
			doc:  "apprunner:UpdateService sets an image or start command of the attacker's, which runs with the service's role.",
			host: "AWS::AppRunner::Service", needs: []need{{"apprunner:UpdateService", onHost}}, cost: 2},
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

// hosts are the hosts of a type whose role is an identity of the application.
func (b *building) hosts(typ string) []host {
	var out []host
	for _, a := range b.apps {
		for r := range a.OfType(typ) {
			at := r.Get(runsAs[typ]...)
			role, sure := roleOfHost(a, at)
			if role != nil && b.identityAt[role.ID] != nil {
				out = append(out, host{r, b.identityAt[role.ID], at, sure})
			}
		}
	}
	return out
}

// roleOfHost is the role that a property names, by itself or by an instance
// profile.
func roleOfHost(a *app.App, at *value.Value) (*app.Resource, value.Tri) {
	if profile, sure := a.Lookup(at, "AWS::IAM::InstanceProfile"); profile != nil {
		for _, it := range profile.Get("Roles").Items() {
			role, named := profile.App.Lookup(it, "AWS::IAM::Role")
			return role, sure.And(named)
		}
		return nil, value.No
	}
	return a.Lookup(at, "AWS::IAM::Role")
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
			if h := (hop{}); !b.overHost(&h, r, class[0], x) {
				continue
			}
			for _, id := range class {
				h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindCreds, Of: x.role.ID}, via: x.Label()}
				if id == x.role || !b.overHost(&h, r, id, x) {
					continue
				}
				h.why = id.owner() + " may run code on " + x.Label() + " as " + x.role.Label() + ": " + strings.Join(t.Needs, ", ")
				h.evidence = append(h.evidence, Evidence{x.at.Span(), x.Label() + " runs as " + x.role.Label()})
				unsure(&h, x.sure, x.Label()+" runs as "+x.role.Label())
				conditional(&h, x.Resource, x.role.Resource)
				if r.assume != "" && h.certainty != Unknown {
					h.certainty, h.assume = Approximate, strings.Replace(r.assume, "%s", x.Label(), 1)
				}
				b.add(h)
			}
		}
	}
}

// overHost asks for all needs of a row on one host.
func (b *building) overHost(h *hop, r *hostRow, id *identity, x host) bool {
	return !slices.ContainsFunc(r.needs, func(n need) bool {
		return !b.met(h, n, id, func(action string) (value.Text, bool) {
			if n.on == onHost {
				return arnOf(x.Resource), true
			}
			return b.targetARN(n.on, action, id, nil)
		})
	})
}

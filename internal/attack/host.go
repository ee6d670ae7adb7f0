package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/escalation"
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

// hostTechniques are the escalations over what exists.
func hostTechniques() []*Technique {
	var out []*Technique
	for _, r := range hostRows() {
		out = append(out, r.technique())
	}
	return out
}

// hostRows are the rows of the table over hosts other than functions, which
// have techniques of their own.
func hostRows() []hostRow {
	var out []hostRow
	for _, r := range escalation.Rows() {
		if r.Gain != escalation.HostRole || r.Host == escalation.Function {
			continue
		}
		x := hostRow{id: r.ID, title: r.Title, doc: r.Doc, pathfinding: r.Pathfinding, attack: r.ATTACK, host: r.Host, needs: needsOf(r.Needs), cost: r.Cost, ready: hostIs[r.Is]}
		for _, w := range r.Wants {
			x.assume = w.What
		}
		out = append(out, x)
	}
	return out
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
	samlProvider = escalation.SAMLProvider
	oidcProvider = escalation.OIDCProvider
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

// hostIs are the conditions of the table on hosts.
var hostIs = map[escalation.Condition]func(*building, *host) (value.Tri, string){escalation.Managed: managed, escalation.TakesCommands: execAllowed}

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

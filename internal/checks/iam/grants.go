package iam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// identityTypes hold policies of identities.
var identityTypes = []string{
	"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy",
	"AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy",
}

// A grant is one statement of an identity's policy.
type grant struct {
	*policy.Statement
	in     *app.Resource // that holds the document
	holder *app.Resource // the identity, or in where it is none or several
}

// grants visits the statements of identity policies, one holder after the
// other, each with all its statements: findings are made once for a holder.
func grants(p *rule.Pass, visit func(holder *app.Resource, list []grant)) {
	var order []*app.Resource
	byHolder := map[*app.Resource][]grant{}
	for r := range p.Resources() {
		for _, q := range rule.Policies(r) {
			if q.Kind != rule.IdentityPolicy {
				continue
			}
			h := q.Holder(p.App)
			if byHolder[h] == nil {
				order = append(order, h)
			}
			for i := range q.Doc.Statements {
				byHolder[h] = append(byHolder[h], grant{&q.Doc.Statements[i], r, h})
			}
		}
	}
	for _, h := range order {
		visit(h, byHolder[h])
	}
}

// lesser is grants without the identities that are administrators: whatever
// else they hold makes no difference.
func lesser(p *rule.Pass, visit func(holder *app.Resource, list []grant)) {
	grants(p, func(holder *app.Resource, list []grant) {
		if adminPolicy(holder) == "" && !slices.ContainsFunc(list, grant.admin) {
			visit(holder, list)
		}
	})
}

// adminPolicy is the managed policy that makes the identity an administrator,
// or empty.
func adminPolicy(r *app.Resource) string {
	for _, arn := range r.Get("ManagedPolicyArns").Items() {
		switch name := rule.ManagedPolicyName(arn); name {
		case "AdministratorAccess", "IAMFullAccess":
			return name
		}
	}
	return ""
}

// allows tells whether the statement is surely an Allow without conditions.
func (g grant) allows() bool {
	return g.Is(policy.Allow) == value.Yes && !g.HasCondition && len(g.OpenCondition) == 0 && !g.Maybe
}

// everywhere tells whether the statement is for resources of any name.
func (g grant) everywhere() bool {
	if g.NotResource.Present {
		return true
	}
	_, wild := rule.WildResource(g.Statement)
	return wild
}

// everyResource tells whether one of the resources is the bare star.
func (g grant) everyResource() bool {
	for _, i := range g.Resource.Items {
		if s, ok := i.Text.Known(); ok && s == "*" {
			return true
		}
	}
	return false
}

// admin tells whether the statement allows everything on everything.
func (g grant) admin() bool {
	if !g.allows() || !g.everyResource() {
		return false
	}
	for _, i := range g.Action.Items {
		if s, ok := i.Text.Known(); ok && !i.Maybe && (s == "*" || s == "*:*") {
			return true
		}
	}
	return false
}

// who is how messages call the holder, with what runs as it.
func who(p *rule.Pass, holder *app.Resource) string {
	name := rule.Name(holder)
	if holder.Type == "AWS::IAM::Role" && !strings.HasPrefix(name, "the role of ") {
		if fns := rule.FunctionsOf(p.App, holder); len(fns) > 0 {
			name += " (of " + rule.Names(fns) + ")"
		}
	}
	return name
}

// harmless tells whether a role allows nothing but logs, traces and network
// interfaces.
func harmless(role *app.Resource) bool {
	for _, attached := range app.AsRole(role).Policies() {
		if attached.Document == nil {
			switch name := rule.ManagedPolicyName(attached.ARN); name {
			case "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess":
				continue
			}
			return false
		}
		doc, _ := policy.Parse(attached.Document)
		if doc == nil {
			return false
		}
		for i := range doc.Statements {
			for _, item := range doc.Statements[i].Action.Items {
				if service, _ := policy.SplitAction(item.String()); service != "logs" && service != "xray" && service != "cloudwatch" {
					return false
				}
			}
		}
	}
	return true
}

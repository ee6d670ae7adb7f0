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
		if adminPolicy(holder) == "" && !slices.ContainsFunc(list, func(g grant) bool { return g.admin() == value.Yes }) {
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

// allows tells whether the statement is an Allow without conditions.
func (g grant) allows() value.Tri {
	out := g.Is(policy.Allow)
	switch {
	case g.HasCondition && len(g.OpenCondition) == 0 && g.oddOperator() == "":
		out = value.No
	case len(g.OpenCondition) > 0 || g.Maybe || g.Open != nil || g.HasCondition && g.oddOperator() != "":
		out = out.And(value.Unknown)
	}
	return out
}

// oddOperator is a condition's operator that IAM does not have, so that nobody
// can tell what the condition stops; empty where there is none.
func (g grant) oddOperator() string {
	for _, c := range g.Condition {
		if _, ok := policy.ParseOperator(c.Operator); !ok {
			return c.Operator
		}
	}
	return ""
}

// everywhere tells whether the statement is for resources of any name.
func (g grant) everywhere() value.Tri {
	if g.NotResource.Present {
		return value.Yes
	}
	out := value.No
	for _, i := range g.Resource.Items {
		switch {
		case rule.Wild(i.Text) && !i.Maybe:
			return value.Yes
		case rule.Wild(i.Text) || blank(i):
			out = value.Unknown
		}
	}
	return out
}

// blank tells whether nothing is known of an item: it is a parameter without
// a default, and not a resource of the application.
func blank(i policy.Item) bool {
	parts := i.Text.Parts()
	return len(i.Refs) == 0 && len(parts) == 1 && parts[0].Hole != "" && !parts[0].Fresh && !strings.HasPrefix(parts[0].Hole, "AWS::")
}

// mayBe tells whether an item that is only partly known may turn out to be one
// of the texts.
func mayBe(i policy.Item, want []string) bool {
	open := len(i.Refs) == 0 && slices.ContainsFunc(i.Text.Parts(), func(p value.Part) bool {
		return p.Hole != "" && !p.Fresh && !strings.HasPrefix(p.Hole, "AWS::")
	})
	return open && slices.ContainsFunc(want, func(s string) bool { return i.Text.Equal(value.Lit(s)) != value.No })
}

// admin tells whether the statement allows everything on everything.
func (g grant) admin() value.Tri {
	all := func(l policy.List, want ...string) value.Tri {
		out := value.No
		for _, i := range l.Items {
			s, known := i.Text.Known()
			switch {
			case known && slices.Contains(want, s) && !i.Maybe:
				return value.Yes
			case known && slices.Contains(want, s) || blank(i) || mayBe(i, want):
				out = value.Unknown
			}
		}
		return out
	}
	if g.Open != nil {
		return value.Unknown
	}
	out := all(g.Resource, "*").And(all(g.Action, "*", "*:*"))
	if slices.ContainsFunc(g.Action.Items, blank) {
		out = out.Or(g.everywhere().And(value.Unknown)) // any action, of which one may be enough
	}
	return g.allows().And(out)
}

// A hit is an action that a rule looks for in a statement.
type hit struct {
	word string
	item policy.Item // the action or resource that shows it
	sure value.Tri
	why  *value.Value // what is not known, where it is not sure
}

// found makes a hit of an action that the statement names.
func (g grant) found(word string, action, show policy.Item) hit {
	h := hit{word: word, item: show, sure: g.allows().And(g.everywhere()), why: g.unknown()}
	if action.Maybe {
		h.sure = h.sure.And(value.Unknown)
	}
	return h
}

// unknown is the first part of the statement that is not known.
func (g grant) unknown() *value.Value {
	if len(g.OpenCondition) > 0 {
		return g.OpenCondition[0]
	}
	if op := g.oddOperator(); op != "" {
		return value.NewUnresolved("IAM has no condition operator "+op, g.Span, nil)
	}
	for _, i := range slices.Concat(g.Action.Items, g.Resource.Items) {
		if blank(i) || mayBe(i, []string{"*", "*:*"}) {
			return value.NewText(i.Text, i.Span)
		}
	}
	return value.NewUnresolved("a condition decides whether this is granted", g.Span, nil)
}

// judge makes one finding of the hits that are sure, or, without any, one
// undecided. The text gets the holder and the words.
func judge(p *rule.Pass, holder *app.Resource, hits []hit, few int, format string) *rule.Finding {
	var words []string
	var sure []hit
	for _, h := range hits {
		if h.sure == value.Yes {
			sure = append(sure, h)
			if !slices.Contains(words, h.word) {
				words = append(words, h.word)
			}
		}
	}
	if len(sure) > 0 {
		f := p.Report(holder, sure[0].item.Span, format, who(p, holder), rule.Enumerate(words, few))
		for i, h := range sure[1:] {
			if h.item.Span != sure[i].item.Span {
				f.Step(h.item.Span, "%s is granted here", h.word)
			}
		}
		return f
	}
	for _, h := range hits {
		if h.sure == value.Unknown {
			return p.Undecided(holder, h.why, "it cannot be decided whether "+format, who(p, holder), h.word)
		}
	}
	return nil
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
			s := &doc.Statements[i]
			if s.Open != nil || s.NotAction.Present {
				return false
			}
			for _, item := range s.Action.Items {
				if service, _ := policy.SplitAction(item.String()); service != "logs" && service != "xray" && service != "cloudwatch" {
					return false
				}
			}
		}
	}
	return true
}

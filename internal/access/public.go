package access

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// Public lists whom the policies of resources and the trust policies of roles
// let in from outside their account.
func (m *Model) Public() *report.AccessPublic {
	out := &report.AccessPublic{AccessHead: m.head("public"), Asked: len(m.Guarded), Exposures: []report.AccessExposure{}}
	out.Notes = append(out.Notes, m.beside()...)
	for _, g := range m.Guarded {
		for _, it := range g.Stale {
			out.Notes = append(out.Notes, "the "+g.Kind()+" of "+g.Name+" names "+it.String()+" at "+it.Span.String()+
				", the id that AWS shows for an identity that was deleted: it lets nobody in")
		}
		each, work := costOf(g.Policy), budget{maxShown}
		for _, e := range iam.Public(g.Policy, g.typ(), g.Owner) {
			x, there := m.exposure(g, &e, func() bool { return work.spend(each.total()) })
			if !there {
				continue
			}
			switch block := g.blocked(&e); block {
			case value.Yes:
				out.Notes = append(out.Notes, "Block Public Access of "+g.Name+" overrides its policy, which lets in "+x.Who)
				continue
			case value.Unknown:
				x.Answer, x.Certainty = report.AccessUnknown, "approximate"
				x.Open = append(x.Open, "Block Public Access")
			}
			out.Exposures = append(out.Exposures, x)
		}
	}
	out.Exposures = append(out.Exposures, m.acls()...)
	return out
}

// typ is the CloudFormation type of what the policy protects; of a policy that
// stands alone it follows from the services of its actions.
func (g *Guarded) typ() string {
	if g.Resource != nil {
		return g.Type
	}
	if g.Trust {
		return "AWS::IAM::Role"
	}
	for i := range g.Policy.Document.Statements {
		for _, it := range g.Policy.Document.Statements[i].Action.Items {
			service, _ := policy.SplitAction(it.String())
			switch service {
			case "", "*":
			case "execute-api":
				return "AWS::ApiGateway::RestApi"
			case "es":
				return "AWS::OpenSearchService::Domain"
			default:
				return "AWS::" + service + "::Resource"
			}
		}
	}
	return ""
}

// blocked tells whether the bucket's own settings keep out whom its policy
// lets in.
func (g *Guarded) blocked(e *iam.Exposure) value.Tri {
	if g.Resource == nil || e.Who > iam.AnyAccount {
		return value.No
	}
	if own := g.Get("PublicAccessBlockConfiguration"); g.Type == "AWS::S3::AccessPoint" {
		// All four are on unless the access point says otherwise.
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
		return value.Of(own.Exists() == value.No).Or(own.Get("RestrictPublicBuckets").IsTrue()).Or(own.Get("BlockPublicPolicy").IsTrue())
	}
	if g.Type != "AWS::S3::Bucket" {
		return value.No
	}
	block := app.AsBucket(g.Resource).PublicAccess()
	return block.RestrictPublicBuckets.IsTrue().Or(block.BlockPublicPolicy.IsTrue())
}

// exposure is whom a statement lets in; false where the solver, which is asked as
// long as there is work left, shows that its conditions let nobody in.
func (m *Model) exposure(g *Guarded, e *iam.Exposure, left func() bool) (report.AccessExposure, bool) {
	x := report.AccessExposure{Resource: g.Name, Type: g.typ(), Who: e.Who.String(), Actions: list(e.Actions), Answer: holds(e.Holds), Certainty: exact,
		Conditions: []string{}, Hinges: list(e.Hinges), Open: list(e.Open), Why: []string{}, Chosen: list(e.Chosen)}
	if e.Holds == value.Unknown {
		x.Certainty = "approximate"
	}
	caller := iam.Anonymous()
	switch e.Who {
	case iam.AnyAccount:
		caller = iam.Stranger()
	case iam.AnyService:
		x.Name, caller = e.Service, iam.Service(e.Service)
	case iam.AnyFederated:
		x.Name, caller = e.Provider.String(), iam.Federated(e.Provider)
	case iam.ForeignAccount:
		x.Name, caller = e.Account.String(), iam.Root(e.Account)
		if word, ok := e.Principal.Text.Known(); ok && strings.HasPrefix(word, "arn:") {
			caller = iam.ParsePrincipal(word)
		}
	}
	there := e.Statement.Open != nil || len(e.Actions) == 0 || !left() || m.weigh(g, e, caller, &x)
	x.Statement = m.statement(iam.Match{Source: iam.FromResource, Policy: g.Policy, Statement: e.Statement, Effect: policy.Allow, Holds: e.Holds, Hinges: x.Hinges, Open: x.Open})
	return x, there
}

// weigh asks the solver of all conditions at once, which gives a request that
// shows the answer, the conditions that it depends on, or that there is none.
func (m *Model) weigh(g *Guarded, e *iam.Exposure, caller iam.Principal, x *report.AccessExposure) bool {
	actions := slices.DeleteFunc(slices.Clone(e.Actions), func(a string) bool { return a == "*" })
	ask := func(s policy.Statement) solve.Answer {
		d := *g.Policy.Document
		d.Statements = append([]policy.Statement{s}, denials(g.Policy).Document.Statements...)
		return solve.Admits(solve.Resource(&d), caller, g.Owner, actions...)
	}
	ans := ask(*e.Statement)
	if ans.Holds == value.No && ans.Certainty == solve.Exact {
		if e.Holds == value.Unknown {
			return false
		}
		// What the conditions do not keep out, the resources do, by what is
		// known of the actions: that is no reason to call it safe.
		bare := *e.Statement
		bare.Condition = nil
		return ask(bare).Holds == value.No
	}
	if slices.Contains(e.Open, "Account") {
		return true // perhaps it is the owner's own
	}
	switch {
	case ans.Holds == value.Yes:
		x.Answer, x.Certainty, x.Hinges, x.Open = report.AccessYes, exact, []string{}, []string{}
	case len(ans.Depends) > 0 && e.Holds != value.Yes:
		x.Answer, x.Certainty, x.Conditions, x.Open = report.AccessConditional, exact, literals(ans.Depends), []string{}
		x.Hinges = []string{}
		for _, h := range ans.Depends {
			if !slices.Contains(x.Hinges, h.Key) {
				x.Hinges = append(x.Hinges, h.Key)
			}
		}
	case e.Holds == value.Unknown:
		x.Certainty, x.Why = ans.Certainty.String(), list(ans.Why)
	}
	if x.Answer == report.AccessUnknown {
		return true
	}
	if x.Witness = witness(ans.Witness); x.Witness != nil && e.Who <= iam.AnyAccount {
		x.Witness.Principal = e.Who.String()
	}
	return true
}

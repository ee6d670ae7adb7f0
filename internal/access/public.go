package access

import (
	"slices"

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
	for _, g := range m.Guarded {
		each := costOf(g.Policy)
		shown := shower{policies: &iam.Policies{Identity: []*iam.Policy{everything()}, Resource: g.Policy}, work: budget{maxShown}, cost: each.total()}
		for _, e := range iam.Public(g.Policy, g.typ(), g.Owner) {
			x := m.exposure(g, &e, &shown)
			switch block := g.blocked(&e); block {
			case value.Yes:
				out.Notes = append(out.Notes, "Block Public Access of "+g.Name+" overrides its policy, which lets in "+x.Who)
				continue
			case value.Unknown:
				x.Answer = report.AccessUnknown
				x.Open = append(x.Open, "Block Public Access")
			}
			out.Exposures = append(out.Exposures, x)
		}
	}
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
	if g.Resource == nil || g.Type != "AWS::S3::Bucket" || e.Who > iam.AnyAccount {
		return value.No
	}
	block := app.AsBucket(g.Resource).PublicAccess()
	return block.RestrictPublicBuckets.IsTrue().Or(block.BlockPublicPolicy.IsTrue())
}

// A shower finds requests that show an exposure, as far as its work goes.
type shower struct {
	policies *iam.Policies
	access   *solve.Access // made when it is first needed
	work     budget
	cost     int
}

func (s *shower) show(caller *iam.Principal, actions []string, owner value.Text) *report.AccessRequest {
	if !s.work.spend(s.cost) {
		return nil
	}
	if s.access == nil {
		s.access = solve.Compile(s.policies)
	}
	if ans := solve.Sometimes(s.access, solve.Options{Principal: caller, Actions: actions, Owner: owner}); ans.Holds == value.Yes {
		return witness(ans.Witness)
	}
	return nil
}

func (m *Model) exposure(g *Guarded, e *iam.Exposure, shown *shower) report.AccessExposure {
	x := report.AccessExposure{Resource: g.Name, Type: g.typ(), Who: e.Who.String(), Actions: list(e.Actions), Answer: holds(e.Holds),
		Hinges: list(e.Hinges), Open: list(e.Open), Chosen: list(e.Chosen)}
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
		if word, ok := e.Principal.Text.Known(); ok {
			caller = iam.ParsePrincipal(word)
		}
	}
	x.Statement = m.statement(iam.Match{Source: iam.FromResource, Policy: g.Policy, Statement: e.Statement, Effect: policy.Allow, Holds: e.Holds, Hinges: e.Hinges, Open: e.Open})
	if e.Holds == value.No || len(e.Actions) == 0 {
		return x
	}
	actions := slices.DeleteFunc(slices.Clone(e.Actions), func(a string) bool { return a == "*" })
	x.Witness = shown.show(&caller, actions, g.Owner)
	if x.Witness != nil && e.Who <= iam.AnyAccount {
		x.Witness.Principal = e.Who.String()
	}
	return x
}

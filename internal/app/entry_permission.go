package app

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// callers are the services that call functions by permission, with the kind of
// entry that such a permission alone tells of.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
var callers = map[string]EntryKind{
	"apigateway.amazonaws.com":               EntryRoute,
	"s3.amazonaws.com":                       EntryBucket,
	"sns.amazonaws.com":                      EntryTopic,
	"events.amazonaws.com":                   EntryRule,
	"scheduler.amazonaws.com":                EntrySchedule,
	"cognito-idp.amazonaws.com":              EntryUserPool,
	"appsync.amazonaws.com":                  EntryGraphQL,
	"iot.amazonaws.com":                      EntryIoT,
	"alexa-appkit.amazon.com":                EntryAlexa,
	"alexa-connectedhome.amazon.com":         EntryAlexa,
	"ses.amazonaws.com":                      EntryMail,
	"edgelambda.amazonaws.com":               EntryEdge,
	"replicator.lambda.amazonaws.com":        EntryEdge,
	"config.amazonaws.com":                   EntryConfig,
	"cloudformation.amazonaws.com":           EntryCustom,
	"elasticloadbalancing.amazonaws.com":     EntryLoadBalancer,
	"vpc-lattice.amazonaws.com":              EntryLoadBalancer,
	"secretsmanager.amazonaws.com":           EntryRotation,
	"bedrock.amazonaws.com":                  EntryAgent,
	"bedrock-agentcore.amazonaws.com":        EntryAgent,
	"lexv2.amazonaws.com":                    EntryBot,
	"lex.amazonaws.com":                      EntryBot,
	"connect.amazonaws.com":                  EntryBot,
	"ssm.amazonaws.com":                      EntryAutomation,
	"transfer.amazonaws.com":                 EntryTransfer,
	"codepipeline.amazonaws.com":             EntryPipeline,
	"lambda.alarms.cloudwatch.amazonaws.com": EntryAlarm,
	"states.amazonaws.com":                   EntryStateMachine,
	"firehose.amazonaws.com":                 EntryFirehose,
}

// callerKind is the kind of entry that a permission's principal serves.
func callerKind(principal string) EntryKind {
	if k, ok := callers[principal]; ok {
		return k
	}
	if strings.HasPrefix(principal, "logs.") { // logs.REGION.amazonaws.com, too
		return EntryLogs
	}
	return EntryDirect
}

// serves are the kinds of entries that a principal's permission may be for
// beside its own.
func serves(principal, entry EntryKind) bool {
	switch principal {
	case EntryRoute:
		return entry == EntryRoute || entry == EntryAuthorizer
	case EntryGraphQL, EntryIoT, EntryTransfer:
		return entry == principal || entry == EntryAuthorizer
	case EntryRule:
		return entry == EntryRule || entry == EntrySchedule
	}
	return principal == entry
}

// permitted ties each entry to the permission that lets its source call, and
// adds an entry for every permission that serves none: its source is not in
// sight.
func (f Function) permitted(list []Entry) []Entry {
	permissions := f.children("AWS::Lambda::Permission")
	if len(permissions) == 0 {
		return list
	}
	x := indexCallers(list)
	var direct []Entry // apart, as the index points into list
	for _, c := range permissions {
		g := grantOf(Permission{c.Resource})
		if !g.invokes() || g.forURL() {
			continue
		}
		if !x.permit(g) && (g.whole == nil || g.whole.on() != value.No) {
			direct = append(direct, f.direct(c, g))
		}
	}
	return append(list, direct...)
}

// direct is the entry of which only a permission tells.
func (f Function) direct(c Child, g grant) Entry {
	e := Entry{
		Kind: g.kind, Target: Target{Function: f.Resource, Sure: c.Sure}, In: c.Resource, Span: c.Span, Permission: c.Resource,
		Via: g.Principal(), Source: g.source(), SourceValue: g.SourceArn(), Sure: c.Sure.And(c.Exists).And(f.Exists),
	}
	for _, t := range g.Functions() {
		if t.Function == f.Resource {
			e.Target = t
		}
	}
	return e
}

// invokes reports whether the permission may let somebody call the function.
func (p Permission) invokes() bool {
	for _, action := range []string{"lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:Invoke*", "lambda:*", "*"} {
		if p.Action().IsFold(action) != value.No {
			return true
		}
	}
	return false
}

// forURL reports whether the permission is for calls by function URL, which is
// an entry itself where it exists.
func (p Permission) forURL() bool {
	return p.URLAuthType().Exists() != value.No || p.ViaURL().IsTrue() == value.Yes
}

// source is the resource of the project that SourceArn names.
func (p Permission) source() *Resource {
	v := p.SourceArn()
	if r, _ := p.App.Lookup(v); r != nil {
		return r
	}
	for _, ref := range v.Refs() {
		if r := p.App.Project.Resource(ref.Resource); r != nil {
			return r
		}
	}
	return nil
}

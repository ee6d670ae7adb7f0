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
	case EntryGraphQL:
		return entry == EntryGraphQL || entry == EntryAuthorizer
	case EntryRule:
		return entry == EntryRule || entry == EntrySchedule
	}
	return principal == entry
}

// permitted ties each entry to the permission that lets its source call, and
// adds an entry for every permission that serves none: its source is not in
// sight.
func (f Function) permitted(list []Entry) []Entry {
	used := map[*Resource]bool{}
	permissions := f.children("AWS::Lambda::Permission")
	for _, c := range permissions {
		p := Permission{c.Resource}
		principal, _ := p.Principal().Known()
		kind := callerKind(principal)
		for i := range list {
			e := &list[i]
			if !serves(kind, e.Kind) || !p.covers(e) {
				continue
			}
			used[c.Resource] = true
			if e.Permission == nil || p.closer(e) {
				e.Permission = c.Resource
			}
		}
	}
	for _, c := range permissions {
		p := Permission{c.Resource}
		if used[c.Resource] || !p.invokes() || f.serveURL(p) {
			continue
		}
		principal, _ := p.Principal().Known()
		e := Entry{
			Kind: callerKind(principal), Target: Target{Function: f.Resource, Sure: c.Sure}, In: c.Resource, Span: c.Span,
			Permission: c.Resource, Via: p.Principal(), SourceValue: p.SourceArn(), Sure: c.Sure.And(c.Exists).And(f.Exists),
		}
		for _, t := range f.App.FunctionsNamed(p.Get("FunctionName")) {
			e.Target = t
		}
		e.Source = p.source()
		list = append(list, e)
	}
	return list
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

// serveURL reports whether the permission belongs to one of the function's
// URLs, which are entries themselves, or to a URL that does not exist.
func (f Function) serveURL(p Permission) bool {
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

// covers reports whether the permission may be meant for the entry's source.
func (p Permission) covers(e *Entry) bool {
	arn := p.SourceArn()
	if arn.Exists() == value.No {
		return true
	}
	for _, r := range []*Resource{e.In, e.Source} {
		if r == nil {
			continue
		}
		for _, ref := range arn.Refs() {
			if ref.Resource == r.ID {
				return e.Route == nil || p.coversRoute(e.Route)
			}
		}
		if own := r.ARN(); !own.IsEmpty() && anyPartition(arn.Text()).Glob(anyPartition(own)) != value.No {
			return true
		}
	}
	return e.Source == nil && len(arn.Refs()) == 0
}

// coversRoute reports whether the end of an execute-api ARN, STAGE/METHOD/PATH,
// may stand for the route.
func (p Permission) coversRoute(r *Route) bool {
	parts := p.SourceArn().Text().Split('/', 4)
	if len(parts) < 4 || r.Method == "" { // API/*, API/STAGE/*, WebSocket route keys
		return true
	}
	if parts[2].Glob(value.Lit(r.Method)) == value.No && r.Method != "ANY" {
		return false
	}
	path, ok := r.Path.Known()
	return !ok || parts[3].Glob(value.Lit(variables(strings.TrimPrefix(path, "/")))) != value.No
}

// variables replaces a path's variables as permissions write them.
func variables(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// closer reports whether the permission names the entry's source more closely
// than the one found before.
func (p Permission) closer(e *Entry) bool {
	before := len(Permission{e.Permission}.SourceArn().Str())
	return len(p.SourceArn().Str()) > before
}

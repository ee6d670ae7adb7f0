package app

import (
	"slices"
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
	permissions := f.children("AWS::Lambda::Permission")
	if len(permissions) == 0 {
		return list
	}
	callers := make([]caller, len(list))
	for i := range list {
		callers[i] = callerOf(&list[i])
	}
	for _, c := range permissions {
		g := grantOf(Permission{c.Resource})
		if !g.invokes() || g.forURL() {
			continue
		}
		used := false
		for i := range callers {
			if e := &list[i]; serves(g.kind, e.Kind) && g.covers(&callers[i]) {
				used = true
				if e.Permission == nil || g.length > len(Permission{e.Permission}.SourceArn().Str()) {
					e.Permission = c.Resource // the one that names the source most closely
				}
			}
		}
		if !used {
			list = append(list, f.direct(c, g))
		}
	}
	return list
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

// A grant is a permission with what comparing it with many entries needs.
type grant struct {
	Permission
	kind    EntryKind
	limited bool // to a SourceArn
	arn     value.Pattern
	length  int
	// method and path are the end of an execute-api ARN, where it has one.
	route        bool
	method, path value.Pattern
}

func grantOf(p Permission) grant {
	principal, _ := p.Principal().Known()
	g := grant{Permission: p, kind: callerKind(principal), limited: p.SourceArn().Exists() != value.No}
	text := p.SourceArn().Text()
	g.arn, g.length = value.NewPattern(anyPartition(text)), len(text.String())
	if parts := text.Split('/', 4); len(parts) == 4 { // API/STAGE/METHOD/PATH
		g.route, g.method, g.path = true, value.NewPattern(parts[2]), value.NewPattern(parts[3])
	}
	return g
}

// A caller is an entry with what comparing it with many permissions needs.
type caller struct {
	*Entry
	resources []*Resource // its source and what declares it
	arns      []value.Text
	method    string
	path      string // without the first slash, variables as *
}

func callerOf(e *Entry) caller {
	c := caller{Entry: e}
	for _, r := range []*Resource{e.In, e.Source} {
		if r == nil || slices.Contains(c.resources, r) {
			continue
		}
		c.resources = append(c.resources, r)
		if arn := r.ARN(); !arn.IsEmpty() {
			c.arns = append(c.arns, anyPartition(arn))
		}
	}
	if e.Route != nil {
		if path, ok := e.Route.Path.Known(); ok {
			c.method, c.path = e.Route.Method, variables(strings.TrimPrefix(path, "/"))
		}
	}
	return c
}

// covers reports whether the permission may be meant for the entry's source.
func (g grant) covers(c *caller) bool {
	if !g.limited {
		return true
	}
	refs := g.SourceArn().Refs()
	for _, ref := range refs {
		if slices.ContainsFunc(c.resources, func(r *Resource) bool { return r.ID == ref.Resource }) {
			return g.coversRoute(c)
		}
	}
	for _, arn := range c.arns {
		if g.arn.Match(arn) != value.No {
			return true
		}
	}
	return c.Source == nil && len(refs) == 0
}

// coversRoute reports whether the end of an execute-api ARN may stand for the
// entry's route. An ARN that ends earlier is for the whole API or stage.
func (g grant) coversRoute(c *caller) bool {
	if !g.route || c.method == "" {
		return true
	}
	if c.method != "ANY" && g.method.MatchString(c.method) == value.No {
		return false
	}
	return g.path.MatchString(c.path) != value.No
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

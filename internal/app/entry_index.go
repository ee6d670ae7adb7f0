package app

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// entries builds the index of entries of all functions of the project, in one
// pass over its resources and routes.
func (p *Project) entries() map[*Resource][]Entry {
	p.entriesOnce.Do(func() {
		x := &entryIndex{of: map[*Resource][]Entry{}}
		for _, a := range p.Apps {
			for _, r := range a.resources {
				x.resource(r)
			}
			routes := a.Routes()
			for i := range routes {
				x.route(&routes[i])
			}
			for api := range a.APIs() {
				x.schemes(api)
			}
		}
		for _, a := range p.Apps {
			for f := range a.Functions() {
				if list := x.of[f.Resource]; len(list) > 0 || len(f.children("AWS::Lambda::Permission")) > 0 {
					x.of[f.Resource] = f.sorted(f.permitted(list))
				}
			}
		}
		p.entriesIndex = x.of
	})
	return p.entriesIndex
}

// An entryIndex collects entries by function.
type entryIndex struct{ of map[*Resource][]Entry }

// resource adds what one resource calls.
func (x *entryIndex) resource(r *Resource) {
	typ := r.Type
	if strings.HasPrefix(typ, "Custom::") {
		typ = "AWS::CloudFormation::CustomResource"
	}
	if r.on() == value.No {
		return
	}
	for _, f := range feeds[typ] {
		x.feed(r, f)
	}
	switch typ {
	case "AWS::S3::Bucket":
		x.bucket(r)
	case "AWS::Lambda::EventSourceMapping":
		x.mapping(r)
	case "AWS::Events::Rule":
		x.rule(r)
	case "AWS::Scheduler::Schedule":
		x.schedule(r)
	case "AWS::Cognito::UserPool":
		x.userPool(r)
	case "AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer":
		x.authorizer(r)
	case "AWS::StepFunctions::StateMachine":
		x.stateMachine(r)
	case "AWS::AppSync::GraphQLApi":
		x.graphQL(r)
	}
}

// add notes the entry for each function that v names.
func (x *entryIndex) add(a *App, v *value.Value, e Entry) {
	for _, t := range a.FunctionsNamed(v) {
		x.target(t, e)
	}
}

func (x *entryIndex) target(t Target, e Entry) {
	e.Target = t
	e.Sure = e.Sure.And(t.Sure).And(t.Function.Exists)
	x.of[t.Function] = append(x.of[t.Function], e)
}

func (x *entryIndex) route(r *Route) {
	for _, t := range r.Integration.Functions {
		x.target(t, Entry{Kind: EntryRoute, Source: r.API, In: r.In, Span: r.Span, Route: r, SourceValue: r.Integration.URI, Sure: r.Sure})
	}
}

// sourceNamed finds what a value names among the resources of the types; of an
// alias or version it is the function.
func sourceNamed(a *App, v *value.Value, types ...string) *Resource {
	if len(types) > 0 && types[0] == functionTypes[0] {
		for _, t := range a.FunctionsNamed(v) {
			return t.Function
		}
	}
	r, _ := a.Lookup(v, types...)
	return r
}

func (x *entryIndex) bucket(r *Resource) {
	for _, n := range AsBucket(r).Notifications() {
		if n.Destination != nil {
			x.add(r.App, n.Destination, Entry{Kind: EntryBucket, Source: r, In: r, Span: n.Span, Filter: n.Filter, Via: n.Event, Sure: n.Sure.And(r.Exists)})
		}
	}
}

// mapping adds the entry of an event source mapping.
func (x *entryIndex) mapping(r *Resource) {
	m := AsEventSourceMapping(r)
	e := Entry{In: r, Span: r.Span, SourceValue: m.Source(), Filter: m.Filter(), Sure: r.Exists.And(r.on())}
	e.Source = m.SourceResource()
	e.Kind = m.Kind()
	x.add(r.App, r.Get("FunctionName"), e)
}

func (x *entryIndex) rule(r *Resource) {
	v := AsRule(r)
	for _, t := range items(r.Get("Targets")) {
		e := Entry{In: r, Span: t.Span(), Sure: t.sure.And(r.Exists).And(r.on())}
		if s := v.Schedule(); s.Exists() != value.No {
			e.Kind, e.Via, e.Source = EntrySchedule, s, r
			x.add(r.App, t.Get("Arn"), e)
		}
		if p := v.Pattern(); p.Exists() != value.No {
			e.Kind, e.Filter, e.Via = EntryRule, p, p.Get("source")
			e.SourceValue, e.Source = r.Get("EventBusName"), v.Bus()
			x.add(r.App, t.Get("Arn"), e)
		}
	}
}

func (x *entryIndex) schedule(r *Resource) {
	x.add(r.App, r.Get("Target", "Arn"), Entry{Kind: EntrySchedule, Source: r, In: r, Span: r.Span, Via: r.Get("ScheduleExpression"), Sure: r.Exists.And(r.on())})
}

func (x *entryIndex) userPool(r *Resource) {
	for _, t := range AsUserPool(r).Triggers() {
		x.add(r.App, t.Function, Entry{Kind: EntryUserPool, Source: r, In: r, Span: t.Span, Via: value.NewText(value.Lit(t.Name), t.Span), Sure: r.Exists})
	}
}

// authorizer adds the call of an authoriser that a route uses. One that no
// route uses is never called; where routes are not known it may be.
func (x *entryIndex) authorizer(r *Resource) {
	z := Authorizer{r}
	sure := value.No
	if len(z.Routes()) > 0 {
		sure = r.Exists
	} else if api := z.API(); api.Resource == nil || !api.routesKnown() {
		sure = value.Unknown
	}
	if sure != value.No {
		x.add(r.App, r.Get("AuthorizerUri"), Entry{Kind: EntryAuthorizer, Source: z.API().Resource, In: r, Span: r.Span, Via: r.Get("Name"), Sure: sure})
	}
}

// schemes adds the calls of the authorisers that an OpenAPI body defines and
// its routes use.
func (x *entryIndex) schemes(api API) {
	seen := map[string]bool{}
	for _, r := range api.Routes() {
		if r.Auth.Scheme == nil || seen[r.Auth.Name] {
			continue
		}
		seen[r.Auth.Name] = true
		v := r.Auth.Scheme.Get("x-amazon-apigateway-authorizer", "authorizerUri")
		x.add(api.App, v, Entry{Kind: EntryAuthorizer, Source: api.Resource, In: api.Resource, Span: r.Auth.Scheme.Span(),
			Via: value.NewText(value.Lit(r.Auth.Name), r.Auth.Scheme.Span()), Sure: r.Sure})
	}
}

func (x *entryIndex) stateMachine(r *Resource) {
	for _, t := range AsStateMachine(r).Tasks() {
		for _, target := range t.Functions {
			x.target(target, Entry{Kind: EntryStateMachine, Source: r, In: r, Span: t.Span, Via: t.Value, Sure: r.Exists})
		}
	}
}

func (x *entryIndex) graphQL(r *Resource) {
	g := AsGraphQLAPI(r)
	for _, m := range g.AuthModes() {
		if uri := m.Get("LambdaAuthorizerConfig", "AuthorizerUri"); uri.Exists() != value.No {
			x.add(r.App, uri, Entry{Kind: EntryAuthorizer, Source: r, In: r, Span: uri.Span(), Sure: r.Exists})
		}
	}
	for _, d := range g.DataSources() {
		fn := d.Get("LambdaConfig", "LambdaFunctionArn")
		if fn.Exists() == value.No {
			continue
		}
		resolvers := d.Resolvers()
		if len(resolvers) == 0 { // they may be made outside the templates
			x.add(r.App, fn, Entry{Kind: EntryGraphQL, Source: r, In: d.Resource, Span: d.Span, Via: d.Get("Name"), Sure: value.Unknown})
		}
		for _, q := range resolvers {
			via := value.NewText(value.Concat(q.Get("TypeName").Text(), value.Lit("."), q.Get("FieldName").Text()), q.Span)
			x.add(r.App, fn, Entry{Kind: EntryGraphQL, Source: r, In: q.Resource, Span: q.Span, Via: via, Sure: q.Exists})
		}
	}
}

// sorted orders a function's entries.
func (f Function) sorted(list []Entry) []Entry {
	slices.SortStableFunc(list, func(a, b Entry) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), a.Span.Compare(b.Span), strings.Compare(idOf(a.In), idOf(b.In)),
			strings.Compare(a.Via.Str(), b.Via.Str()))
	})
	return slices.CompactFunc(list, func(a, b Entry) bool {
		return a.Kind == b.Kind && a.Span == b.Span && a.In == b.In && a.Target.Alias == b.Target.Alias && a.Route == b.Route && a.Via.Str() == b.Via.Str() && a.Span != source.Span{}
	})
}

func idOf(r *Resource) string {
	if r == nil {
		return ""
	}
	return r.ID
}

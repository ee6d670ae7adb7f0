package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

func entryTechniques() []*Technique {
	return []*Technique{openRoute, openURL, openBalancer, openGraphQL, openIntegration, publicInvoke, signIn, selfSignUp, userRoute, requestByDesign}
}

// What each way in lets its caller choose in the event. What API Gateway or
// Cognito adds itself (requestContext, the claims of a token) is not among it.
const (
	requestFields = "body, path, query and headers"
	argsFields    = "arguments"
	eventFields   = "the whole event"
	tokenFields   = "token and headers"
	agentFields   = "parameters"
)

var openRoute = &Technique{
	ID: "open-route", Title: "Call an API route that asks for no authorisation",
	Doc: "A route without an authoriser runs its function for anybody who knows the URL. The caller chooses the body, path, query and headers. " +
		"An API key alone identifies a customer's program and authorises nobody. Add an authoriser (Cognito, JWT, Lambda or IAM), or a default one for the API.",
	Needs: []string{"a route with authorisation NONE, or with an API key only"}, Gives: "invoke the function with a chosen body, path, query and headers",
	Refs: Refs{ATTACK: []string{"T1190"}, CWE: []string{"CWE-306"},
		AWS: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryRoute, func(f *function, e *app.Entry) {
			if e.Route == nil || e.Route.Method == "OPTIONS" {
				return // browsers ask before a request, without credentials
			}
			h := hop{by: t, to: Capability{KindInvoke, f.ID, requestFields}, via: e.Route.Label()}
			if !b.openRouteHop(&h, e.Route) {
				return
			}
			h.why = e.Route.Label() + " runs " + f.Label() + " for anybody: " + routeAuth(e.Route)
			h.evidence = append(evidence(e.Span, e.Route.Label()+" calls "+f.Label()), h.evidence...)
			unsure(&h, e.Sure, e.Route.Label()+" exists and calls "+f.Label())
			conditional(&h, f.Resource, e.Route.API)
			b.add(h)
			b.afterMending(t, e.Route, h)
		})
	},
}

func routeAuth(r *app.Route) string {
	if r.Auth.Kind == app.AuthAPIKey {
		return "it asks for an API key and no authorisation"
	}
	return "it asks for no authorisation"
}

// openRouteHop fills in who may use an open route; false where nobody may
// without authorisation.
func (b *building) openRouteHop(h *hop, r *app.Route) bool {
	api := app.AsAPI(r.API)
	open := r.Auth.Open()
	if open == value.No || api.Private() == value.Yes {
		return false
	}
	if rp := b.policyOf(r.API); rp != nil && api.Kind() == app.REST {
		allowed := b.routePolicy(r, rp, iam.Anonymous())
		if allowed == value.No {
			return false
		}
		open = open.And(allowed)
	}
	if api.Private() == value.Unknown {
		open = open.And(value.Unknown)
	}
	h.from = []Capability{actor(Anonymous)}
	span := r.Auth.Span()
	if span.IsZero() {
		span = r.Span
	}
	h.weak = []Weakness{fault(WeakRouteOpen, r.API.ID, r.Label(), r.Span, 1,
		r.Label()+" of "+r.API.Label()+" is open to anybody", "add an authoriser to "+r.Label()+" of "+r.API.Label())}
	h.evidence = evidence(span, routeAuth(r))
	if r.Auth.Kind == app.AuthAPIKey {
		h.extra = 4
		h.certainty, h.assume = Approximate, "the API key of "+r.API.Label()+" is known: clients carry it"
	}
	unsure(h, open, r.Label()+" asks for no authorisation")
	return true
}

// routePolicy asks the resource policy of a REST API.
func (b *building) routePolicy(r *app.Route, rp *iam.Policy, who iam.Principal) value.Tri {
	tail := value.Concat(value.Lit("/"), value.Fresh("stage"), value.Lit("/"+r.Method), r.Path)
	return b.mayAnyone(who, "execute-api:Invoke", value.Concat(invokeARN(r.API), tail), rp).settled()
}

// invokeARN is the start of the ARNs of an API's methods.
func invokeARN(api *app.Resource) value.Text {
	ref, _ := api.Attr("Ref")
	return value.Concat(value.Lit("arn:aws:execute-api:"), value.Hole("AWS::Region"), value.Lit(":"), value.Hole("AWS::AccountId"), value.Lit(":"), ref)
}

// afterMending adds what stays when an open way in gets an authoriser: the
// users of the application may still use it. It keeps cuts honest.
func (b *building) afterMending(t *Technique, r *app.Route, h hop) {
	for pool := range r.API.App.OfType("AWS::Cognito::UserPool") {
		u := h
		u.by, u.weak, u.extra, u.assume, u.certainty, u.latent = userRoute, nil, 0, "", Exact, true
		u.from = []Capability{{Kind: KindSession, Of: pool.ID}}
		u.why = "a user may call " + r.Label()
		b.add(u)
	}
}

var openURL = &Technique{
	ID: "open-function-url", Title: "Call a function URL without authentication",
	Doc:   "A function URL with AuthType NONE runs its function for anybody. Set AuthType AWS_IAM, or put an API with an authoriser before the function.",
	Needs: []string{"a function URL with AuthType NONE"}, Gives: "invoke the function with a chosen body, path, query and headers",
	Refs: Refs{ATTACK: []string{"T1190"}, CWE: []string{"CWE-306"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			for _, u := range f.URLs() {
				none := u.AuthType().Is("NONE")
				let := b.mayAnyone(iam.Anonymous(), "lambda:InvokeFunctionUrl", arnOf(f.Resource), b.policyOf(f.Resource))
				if none == value.No || let.holds == value.No {
					continue // without a permission for everybody the URL refuses
				}
				h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{KindInvoke, f.ID, requestFields}, via: "URL of " + f.Label(),
					why:      "the URL of " + f.Label() + " runs it for anybody",
					evidence: evidence(u.AuthType().Span(), "AuthType "+u.AuthType().Str()),
					weak: []Weakness{fault(WeakURLOpen, u.ID, "", u.AuthType().Span(), 1,
						"the URL of "+f.Label()+" asks for no authentication", "set AuthType AWS_IAM on the URL of "+f.Label())}}
				unsure(&h, none, "the URL of "+f.Label()+" has AuthType NONE")
				conditional(&h, f.Resource, u.Resource)
				b.add(h)
			}
		}
	},
}

var openIntegration = &Technique{
	ID: "open-integration", Title: "Reach a service through an open API route",
	Doc: "A route may call a service directly, with the API's own role: put a message into a queue, start a state machine, write an item. " +
		"Without an authoriser anybody does it in the API's name.",
	Needs: []string{"a route without authorisation that calls a service"}, Gives: "what the integration does: write or read the resource",
	Refs:       Refs{ATTACK: []string{"T1190"}, CWE: []string{"CWE-306"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, a := range b.apps {
			for i := range a.Routes() {
				r := &a.Routes()[i]
				kind, ok := integrationEffect(r)
				if !ok || r.Integration.Resource == nil || r.Method == "OPTIONS" {
					continue
				}
				target := r.Integration.Resource
				h := hop{by: t, to: Capability{Kind: kind, Of: target.ID}, via: r.Label()}
				if !b.openRouteHop(&h, r) {
					continue
				}
				h.why = r.Label() + " reaches " + target.Label() + " for anybody"
				h.evidence = append(h.evidence, Evidence{r.Integration.Span, "the route calls " + target.Label()})
				unsure(&h, r.Sure, r.Label()+" exists")
				b.add(h)
				b.afterMending(t, r, h)
			}
		}
	},
}

// integrationEffect is what a route's service integration gives its caller.
func integrationEffect(r *app.Route) (Kind, bool) {
	i := &r.Integration
	switch i.Action {
	case "SendMessage", "Publish", "PutEvents", "PutRecord", "PutRecords", "StartExecution", "StartSyncExecution", "PutItem", "UpdateItem", "PutObject":
		return KindWrite, true
	case "GetItem", "Query", "Scan", "GetObject", "ReceiveMessage":
		return KindRead, true
	case "DeleteItem", "DeleteObject", "PurgeQueue":
		return KindDelete, true
	case "": // the path names the resource, and the method or the mapping the action
		switch i.Service + " " + r.Method {
		case "s3 GET":
			return KindRead, true
		case "s3 PUT", "s3 POST":
			return KindWrite, true
		case "s3 DELETE":
			return KindDelete, true
		}
		if (i.Service == "sqs" || i.Service == "sns") && r.Method != "GET" {
			return KindWrite, true
		}
	}
	return "", false
}

var publicInvoke = &Technique{
	ID: "public-invoke-permission", Title: "Invoke a function whose policy lets every account in",
	Doc: "A Lambda permission whose principal is * and that names no source lets every AWS account call the function's API and choose the whole event. " +
		"Name the service or account as principal, and SourceArn or SourceAccount with it.",
	Needs: []string{"a Lambda permission for * without a source"}, Gives: "invoke the function with a chosen event",
	Refs: Refs{ATTACK: []string{"T1648"}, CWE: []string{"CWE-732"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			rp := b.policyOf(f.Resource)
			if rp == nil {
				continue
			}
			ans := b.mayAnyone(iam.Stranger(), "lambda:InvokeFunction", arnOf(f.Resource), rp)
			if ans.holds == value.No || len(ans.statements) == 0 {
				continue
			}
			span := ans.statements[0].Statement.Span
			h := hop{by: t, from: []Capability{actor(AnyAWS)}, to: Capability{KindInvoke, f.ID, eventFields},
				why:      f.Label() + " may be invoked by every AWS account",
				evidence: evidence(span, "the permission's principal is everybody"),
				weak: []Weakness{fault(WeakFunctionPublic, f.ID, "", span, 1, "every AWS account may invoke "+f.Label(),
					"name the account or the service that may invoke "+f.Label())}}
			b.answered(&h, ans)
			conditional(&h, f.Resource)
			b.add(h)
		}
	},
}

// eachEntry visits the entries of one kind of every function.
func (b *building) eachEntry(kind app.EntryKind, visit func(*function, *app.Entry)) {
	for _, f := range b.functions {
		for _, e := range f.App.Entries(f.Function) {
			if e.Kind == kind {
				visit(f, &e)
			}
		}
	}
}

func (b *building) sourceLabel(e *app.Entry) string {
	if e.Source != nil {
		return e.Source.Label()
	}
	return ""
}

// unsure marks a hop that an unresolved value decides.
func unsure(h *hop, sure value.Tri, what string) {
	if sure == value.Unknown {
		h.takes(Unknown, what)
	}
}

// takes makes a hop as certain as what it takes for granted: what makes it
// less certain is named alone, what leaves it as it was beside the others.
func (h *hop) takes(c Certainty, what string) {
	switch {
	case c.rank() > h.certainty.rank():
		h.certainty, h.assume = c, what
	case c.rank() == h.certainty.rank() && h.assume == "":
		h.assume = what
	case c.rank() == h.certainty.rank() && !strings.Contains(h.assume, what):
		h.assume += ", and " + what
	}
}

// answered marks a hop by what the policies said.
func (b *building) answered(h *hop, a answer) {
	switch {
	case a.holds == value.Unknown:
		h.takes(Unknown, a.assume)
	case a.assume != "":
		h.takes(Approximate, a.assume)
	}
	if a.with == nil {
		return
	}
	if c := a.with.capability(); !slices.Contains(h.from, c) {
		h.from = append(h.from, c)
		b.demand(a.with)
	}
}

// demand notes a change of tags on which a hop rests.
func (b *building) demand(r *retag) {
	if c := r.capability(); !b.demanded[c] {
		b.demanded[c] = true
		b.retagged = append(b.retagged, r)
	}
}

package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var signIn = &Technique{
	ID: "sign-in", Title: "Sign in as a user of the application",
	Doc:   "A user of the application holds tokens of its user pool, or whatever its authoriser takes.",
	Needs: []string{"an account as a user"}, Gives: "a user's token",
	Refs: Refs{ATTACK: []string{"T1078"}},
	apply: func(b *building, t *Technique) {
		// The hops are made with the routes: see session.
	},
}

var selfSignUp = &Technique{
	ID: "self-sign-up", Title: "Sign up as a user",
	Doc: "Where a user pool lets anybody sign up, an authenticated route is open to anybody who gives an address. That may be what the application is " +
		"for; then a user is a stranger, and what users may do must bear that. Otherwise set AllowAdminCreateUserOnly.",
	Needs: []string{"a user pool that does not set AllowAdminCreateUserOnly"}, Gives: "a user's token",
	Refs: Refs{ATTACK: []string{"T1136.003"}, CWE: []string{"CWE-287"},
		AWS: []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		for _, a := range b.apps {
			for pool := range a.OfType("AWS::Cognito::UserPool") {
				open, span := signUpOpen(pool)
				if open == value.No {
					continue
				}
				h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{Kind: KindSession, Of: pool.ID}, via: "sign-up",
					why: "anybody may sign up in " + pool.Label(), evidence: evidence(span, "AllowAdminCreateUserOnly is not set"),
					weak: []Weakness{signUpChoice(pool, span)}}
				unsure(&h, open, "anybody may sign up in "+pool.Label())
				conditional(&h, pool)
				b.add(h)
			}
		}
	},
}

func signUpChoice(pool *app.Resource, span source.Span) Weakness {
	w := fault(WeakSignUpOpen, pool.ID, "", span, 4, "anybody may sign up in "+pool.Label(), "set AllowAdminCreateUserOnly on "+pool.Label())
	w.Choice = true
	return w
}

// signUpOpen tells whether anybody may create an account in a user pool, and
// where that is said.
func signUpOpen(pool *app.Resource) (value.Tri, source.Span) {
	v := pool.Get("AdminCreateUserConfig", "AllowAdminCreateUserOnly")
	span := v.Span()
	if v.Exists() == value.No {
		span = pool.Span
	}
	return v.IsTrue().Not(), span
}

// sessions are the capabilities of holding a token that an authoriser takes:
// of the user pools that the values name, or else of whatever stands behind
// the resource.
func (b *building) sessions(a *app.App, names *value.Value, behind *app.Resource) []Capability {
	var out []Capability
	for _, v := range names.Items() {
		for _, pool := range poolsNamed(a, v) {
			if c := b.session(pool); !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, b.session(behind))
	}
	return out
}

// poolsNamed are the user pools that a value names: by ARN or id, or as an
// issuer, https://cognito-idp.REGION.amazonaws.com/POOL.
func poolsNamed(a *app.App, v *value.Value) []*app.Resource {
	var out []*app.Resource
	for _, m := range a.LookupAll(v, "AWS::Cognito::UserPool") {
		out = append(out, m.Resource)
	}
	if len(out) > 0 {
		return out
	}
	add := func(r *app.Resource) {
		if r != nil && r.Type == "AWS::Cognito::UserPool" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	v.Walk(func(v *value.Value) bool {
		for _, ref := range v.Refs() {
			add(a.Project.Resource(ref.Resource))
		}
		for _, c := range v.Choices() {
			for _, r := range poolsNamed(a, c) {
				add(r)
			}
		}
		return true
	})
	if parts := v.Text().Split('/', -1); len(out) == 0 && len(parts) == 4 {
		id := value.NewText(parts[3], v.Span())
		if r, _ := a.Lookup(id, "AWS::Cognito::UserPool"); r != nil {
			add(r)
		}
	}
	return out
}

// session is the capability of holding a token of a user pool, or of what
// stands for one that is not known. The users of the application hold it.
func (b *building) session(of *app.Resource) Capability {
	c := Capability{Kind: KindSession, Of: of.ID}
	if !b.signedIn[of.ID] {
		b.signedIn[of.ID] = true
		b.add(hop{by: signIn, from: []Capability{actor(SignedUp)}, to: c, why: "a user holds a token of " + of.Label(),
			evidence: evidence(of.Span, "the users of the application")})
	}
	return c
}

var userRoute = &Technique{
	ID: "user-route", Title: "Call a route as a user",
	Doc: "A route with an authoriser runs its function for every user whom the authoriser lets in. The user chooses the body, path, query and headers; " +
		"the claims of the token are not the user's to choose.",
	Needs: []string{"a token that the authoriser takes"}, Gives: "invoke the function with a chosen body, path, query and headers",
	Refs: Refs{ATTACK: []string{"T1078"}, AWS: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html"}},

	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryRoute, func(f *function, e *app.Entry) {
			if e.Route == nil {
				return
			}
			switch e.Route.Auth.Kind {
			case app.AuthCognito, app.AuthJWT, app.AuthLambda:
			default:
				return
			}
			for _, session := range b.sessions(f.App, poolsOf(e.Route), e.Route.API) {
				h := hop{by: t, from: []Capability{session}, to: Capability{KindInvoke, f.ID, requestFields}, via: e.Route.Label(),
					why:      e.Route.Label() + " runs " + f.Label() + " for every user that its authoriser lets in",
					evidence: evidence(e.Span, e.Route.Label()+" calls "+f.Label())}
				unsure(&h, e.Sure, e.Route.Label()+" exists and calls "+f.Label())
				conditional(&h, f.Resource)
				b.add(h)
			}
		})
	},
}

// poolsOf is the value that names the user pools of a route's authoriser.
func poolsOf(r *app.Route) *value.Value {
	z := r.Auth.Authorizer
	if z != nil {
		if v := z.Get("ProviderARNs"); v.Exists() != value.No {
			return v
		}
		return z.Get("JwtConfiguration", "Issuer")
	}
	if v := r.Auth.Scheme.Get("x-amazon-apigateway-authorizer", "providerARNs"); v.Exists() != value.No {
		return v
	}
	return r.Auth.Scheme.Get("x-amazon-apigateway-authorizer", "jwtConfiguration", "issuer")
}

var requestByDesign = &Technique{
	ID: "request-by-design", Title: "Send what a function is there to judge",
	Doc: "Some functions run on input from strangers by their nature: an authoriser reads every token, a mail function every message, " +
		"a Cognito trigger every sign-up. That is no flaw, but their code meets the attacker first.",
	Needs: []string{"an authoriser, mail rule, Cognito trigger or edge function"}, Gives: "invoke it with a chosen token, message or attribute",
	Refs:       Refs{ATTACK: []string{"T1190"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		reach := func(kind app.EntryKind, fields, why string) {
			b.eachEntry(kind, func(f *function, e *app.Entry) {
				h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{KindInvoke, f.ID, fields}, via: b.sourceLabel(e), why: f.Label() + " " + why,
					evidence: evidence(e.Span, "it calls "+f.Label())}
				unsure(&h, e.Sure, "it calls "+f.Label())
				conditional(&h, f.Resource)
				b.add(h)
			})
		}
		reach(app.EntryAuthorizer, tokenFields, "judges every token that is sent to the API")
		reach(app.EntryMail, "mail", "reads every mail that is sent to the application")
		reach(app.EntryEdge, "request", "sees every request to the distribution")
		b.eachEntry(app.EntryUserPool, func(f *function, e *app.Entry) {
			if e.Source == nil {
				return
			}
			open, span := signUpOpen(e.Source)
			if open == value.No {
				return
			}
			h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{KindInvoke, f.ID, "user attributes"}, via: "sign-up",
				why: "signing up in " + e.Source.Label() + " runs " + f.Label(), evidence: evidence(e.Span, "the trigger "+e.Via.Str()+" calls "+f.Label()),
				weak: []Weakness{signUpChoice(e.Source, span)}}
			unsure(&h, open, "anybody may sign up in "+e.Source.Label())
			b.add(h)
		})
	},
}

package attack

import (
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

// session is the capability of holding a token that an authoriser takes: of
// the user pool it names, or else of whatever stands behind the resource.
func (b *building) session(a *app.App, names *value.Value, behind *app.Resource) Capability {
	of := behind.ID
	for _, v := range names.Items() {
		if pool, _ := a.Lookup(v, "AWS::Cognito::UserPool"); pool != nil {
			of = pool.ID
		}
	}
	if behind.Type == "AWS::AppSync::GraphQLApi" {
		if pool, _ := a.Lookup(behind.Get("UserPoolConfig", "UserPoolId"), "AWS::Cognito::UserPool"); pool != nil {
			of = pool.ID
		}
	}
	c := Capability{Kind: KindSession, Of: of}
	if _, ok := b.nodes[c]; !ok || !b.signedIn[of] {
		b.signedIn[of] = true
		span := behind.Span
		if r := b.project.Resource(of); r != nil {
			span = r.Span
		}
		b.add(hop{by: signIn, from: []Capability{actor(SignedUp)}, to: c, why: "a user holds a token of " + b.label(of),
			evidence: evidence(span, "the users of the application")})
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
			h := hop{by: t, from: []Capability{b.session(f.App, poolsOf(e.Route), e.Route.API)}, to: Capability{KindInvoke, f.ID, requestFields}, via: e.Route.Label(),
				why:      e.Route.Label() + " runs " + f.Label() + " for every user that its authoriser lets in",
				evidence: evidence(e.Span, e.Route.Label()+" calls "+f.Label())}
			unsure(&h, e.Sure, e.Route.Label()+" exists and calls "+f.Label())
			conditional(&h, f.Resource)
			b.add(h)
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

package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

var openGraphQL = &Technique{
	ID: "open-graphql", Title: "Query a GraphQL API that an API key opens",
	Doc: "AppSync's API keys are handed to every client and stop nobody. With API_KEY among the authentication types, and no stricter one on the fields, " +
		"anybody who has seen a client may call every resolver. Use Cognito, OIDC or IAM, and keep API keys for public fields.",
	Needs: []string{"a GraphQL API with API_KEY authentication"}, Gives: "invoke its resolver functions with chosen arguments",
	Refs: Refs{ATTACK: []string{"T1190"}, CWE: []string{"CWE-306"},
		AWS: []string{"https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryGraphQL, func(f *function, e *app.Entry) {
			if e.Source == nil {
				return
			}
			h := hop{by: t, to: Capability{KindInvoke, f.ID, argsFields}, via: e.Source.Label(),
				why: e.Source.Label() + " runs " + f.Label() + " with the arguments of a query", evidence: evidence(e.Span, "the data source calls "+f.Label())}
			b.graphQLCallers(e.Source, h)
		})
	},
}

// graphQLCallers adds the hop for everybody that a GraphQL API lets in. What
// is not the API's default way in reaches only types and fields that name it.
func (b *building) graphQLCallers(api *app.Resource, h hop) {
	view := app.AsGraphQLAPI(api)
	if view.Private() == value.Yes {
		return
	}
	unsure(&h, view.Private().Not(), api.Label()+" is not private")
	conditional(&h, api)
	for _, m := range view.AuthModes() {
		if key := m.Type.Is("API_KEY"); key != value.No {
			open := h
			open.from = []Capability{actor(Anonymous)}
			open.weak = append(slices.Clone(open.weak), fault(WeakGraphQLOpen, api.ID, "", m.Type.Span(), 2, api.Label()+" lets in everybody who holds its API key",
				"use Cognito, OIDC or IAM in the place of the API key of "+api.Label()))
			open.evidence = append(slices.Clone(open.evidence), Evidence{m.Type.Span(), "the authentication type is API_KEY"})
			unsure(&open, key, api.Label()+" takes API keys")
			if fieldsFor(&open, view, m, "@aws_api_key") {
				b.add(open)
			}
		}
		for _, u := range []struct {
			mode, directive string
			names           *value.Value
		}{
			{"AMAZON_COGNITO_USER_POOLS", "@aws_cognito_user_pools", m.Value.Get("UserPoolConfig", "UserPoolId")},
			{"OPENID_CONNECT", "@aws_oidc", m.Value.Get("OpenIDConnectConfig", "Issuer")},
			{"AWS_LAMBDA", "@aws_lambda", nil},
		} {
			if m.Type.Is(u.mode) == value.No {
				continue
			}
			user := h
			user.by = userRoute
			if !fieldsFor(&user, view, m, u.directive) {
				continue
			}
			for _, session := range b.sessions(api.App, u.names, api) {
				user.from = []Capability{session}
				b.add(user)
			}
		}
	}
}

// fieldsFor marks a hop through an additional way in, which opens only the
// types and fields of the schema with its directive; false where the schema is
// known and has none.
// https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes
func fieldsFor(h *hop, api app.GraphQLAPI, m app.AuthMode, directive string) bool {
	if m.Default {
		return true
	}
	named := "a field that it resolves has " + directive + " in the schema of " + api.Label()
	schema := api.Schema()
	if schema == nil {
		unsure(h, value.Unknown, named)
		return true
	}
	text, known := schema.Get("Definition").Known()
	switch {
	case !known:
		unsure(h, value.Unknown, named)
	case !strings.Contains(text, directive):
		return false
	case h.certainty != Unknown:
		h.certainty = Approximate
		if h.assume == "" {
			h.assume = named
		}
	}
	return true
}

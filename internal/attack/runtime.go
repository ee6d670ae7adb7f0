package attack

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

func runtimeTechniques() []*Technique { return []*Technique{roleCredentials, environment} }

var roleCredentials = &Technique{
	ID: "role-credentials", Title: "Take the credentials of a function's role",
	Doc: "Lambda hands a function the credentials of its role in the environment; code in the function reads them, and they work from anywhere until " +
		"they expire. Nothing prevents that: the role must be narrow.",
	Needs: []string{"to run code in the function"}, Gives: "act as the function's role",
	Refs: Refs{ATTACK: []string{"T1552.005", "T1078.004"}, CWE: []string{"CWE-522"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"}},
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			if f.role == nil {
				continue
			}
			h := hop{by: t, from: []Capability{{Kind: KindExec, Of: f.ID}}, to: Capability{Kind: KindCreds, Of: f.role.ID},
				why: "code in " + f.Label() + " holds the credentials of its role", evidence: evidence(roleSpan(f), f.Label()+" runs as "+f.role.Label())}
			unsure(&h, f.roleSure, f.Label()+" runs as "+f.role.Label())
			b.add(h)
		}
	},
}

var environment = &Technique{
	ID: "environment-secrets", Title: "Read secrets in a function's environment",
	Doc: "Whatever stands in a function's environment can be read by code in it, and by everybody who may read its configuration. " +
		"Keep secrets in Secrets Manager or as SecureString parameters, and let the role read the one that is needed.",
	Needs: []string{"to run code in the function"}, Gives: "the secrets in its environment",
	Refs: Refs{ATTACK: []string{"T1552.001"}, CWE: []string{"CWE-526", "CWE-798"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"}},
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			vars := secretVariables(f)
			if len(vars) == 0 {
				continue
			}
			var names []string
			h := hop{by: t, from: []Capability{{Kind: KindExec, Of: f.ID}}, to: Capability{Kind: KindEnv, Of: f.ID}}
			for _, v := range vars {
				names = append(names, v.Name)
				h.evidence = append(h.evidence, Evidence{v.Span, v.Name + " stands in the environment"})
				if !v.Value.Text().IsKnown() && v.Value.Kind() == value.Unresolved {
					unsure(&h, value.Unknown, v.Name+" holds a secret")
				}
			}
			h.why = "the environment of " + f.Label() + " holds " + strings.Join(names, ", ")
			h.weak = []Weakness{secretWeakness(f, names, h.evidence[0])}
			b.add(h)
		}
	},
}

func secretWeakness(f *function, names []string, at Evidence) Weakness {
	return fault(WeakSecretInEnv, f.ID, "", at.Span, 3, "secrets stand in the environment of "+f.Label()+" ("+strings.Join(names, ", ")+")",
		"move "+strings.Join(names, ", ")+" of "+f.Label()+" to Secrets Manager")
}

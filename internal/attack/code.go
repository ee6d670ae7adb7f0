package attack

import "slices"

func codeTechniques() []*Technique { return []*Technique{codeInjection, hijackedLibrary} }

var codeInjection = &Technique{
	ID: "code-injection", Title: "Make a function's code run the attacker's input",
	Doc: "A function that evaluates, deserialises or hands to a shell what it is sent runs the sender's code. Whether this one does is not proved here: " +
		"the path says what would follow, and ranks below what is proved. Validate input against a schema, and keep the role narrow, so that little follows.",
	Needs: []string{"to invoke the function with fields of one's choice", "a flaw in its code"}, Gives: "run code in the function",
	Refs:       Refs{ATTACK: []string{"T1059"}, CWE: []string{"CWE-94", "CWE-78", "CWE-502"}},
	Difficulty: 15,
	apply: func(b *building, t *Technique) {
		fields := map[string][]string{}
		for _, c := range b.caps {
			if c.Kind == KindInvoke && c.Detail != "" {
				fields[c.Of] = append(fields[c.Of], c.Detail)
			}
		}
		for _, f := range b.functions {
			list := fields[f.ID]
			slices.Sort(list)
			for _, d := range list {
				h := hop{by: t, from: []Capability{{KindInvoke, f.ID, d}}, to: Capability{Kind: KindExec, Of: f.ID},
					why:       "the attacker chooses " + d + ", and flawed code would run it",
					evidence:  evidence(f.Span, "the code of "+f.Label()+" (handler "+f.Handler().Str()+")"),
					certainty: Approximate, assume: "the code of " + f.Label() + " can be made to run the attacker's input"}
				b.add(h)
			}
		}
	},
}

var hijackedLibrary = &Technique{
	ID: "malicious-library", Title: "Run inside a function as one of its libraries",
	Doc: "Whoever publishes a library, or takes over its publisher's account, runs code in every function that loads it, with the function's role. " +
		"Pin versions and hashes, and keep the role narrow, so that little follows.",
	Needs: []string{"a library that the function loads"}, Gives: "run code in the function",
	Refs:       Refs{ATTACK: []string{"T1195.002"}, CWE: []string{"CWE-1357", "CWE-506"}},
	Difficulty: 8,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			h := hop{by: t, from: []Capability{actor(Library)}, to: Capability{Kind: KindExec, Of: f.ID},
				why: "a library that " + f.Label() + " loads runs with its role", evidence: evidence(f.Span, "the function "+f.Label()),
				certainty: Approximate, assume: "a library that " + f.Label() + " loads is malicious or hijacked"}
			conditional(&h, f.Resource)
			b.add(h)
		}
	},
}

package attack

var leakedKey = &Technique{
	ID: "leaked-key", Title: "Use an access key that a function carries",
	Doc:   "A long-lived key of a user in a function's environment outlives the function and every rotation of roles. Give the function a role.",
	Needs: []string{"to read a function's environment", "a user's access key in it"}, Gives: "act as the user",
	Refs:       Refs{ATTACK: []string{"T1552.001"}, CWE: []string{"CWE-798"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			for _, e := range f.Env() {
				for _, ref := range e.Value.Refs() {
					key := b.project.Resource(ref.Resource)
					if key == nil || key.Type != "AWS::IAM::AccessKey" {
						continue
					}
					user, _ := key.App.Lookup(key.Get("UserName"), "AWS::IAM::User")
					if user == nil || b.identityAt[user.ID] == nil {
						continue
					}
					b.add(hop{by: t, from: []Capability{{Kind: KindExec, Of: f.ID}}, to: Capability{Kind: KindCreds, Of: user.ID},
						why: "the environment of " + f.Label() + " holds a key of " + user.Label(), evidence: evidence(e.Span, e.Name+" holds the key"),
						weak: []Weakness{fault(WeakSecretInEnv, f.ID, "key", e.Span, 3, "a user's key stands in the environment of "+f.Label(), "give "+f.Label()+" a role in the place of the key of "+user.Label())}})
				}
			}
		}
	},
}

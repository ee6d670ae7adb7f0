package attack

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

var invokeAgent = &Technique{
	ID: "invoke-agent", Title: "Have an agent call its functions",
	Doc: "Whoever may invoke a Bedrock agent talks to a model that decides which of its action groups to call, and with what: the functions behind them run on " +
		"parameters that the attacker words. Name the agents in the policy, and let functions check the parameters as those of a stranger.",
	Needs: []string{"an identity's credentials", "bedrock:InvokeAgent on an alias of the agent"}, Gives: "invoke the functions of the agent's action groups with chosen parameters",
	Refs:       Refs{ATTACK: []string{"T1648"}, CWE: []string{"CWE-1427"}, AWS: []string{"https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		const action = "bedrock:InvokeAgent"
		b.eachEntry(app.EntryAgent, func(f *function, e *app.Entry) {
			if e.Source == nil || e.Source.Type != "AWS::Bedrock::Agent" {
				return
			}
			ref, _ := e.Source.Attr("Ref")
			alias := value.Concat(value.Lit("arn:aws:bedrock:"), value.Hole("AWS::Region"), value.Lit(":"), value.Hole("AWS::AccountId"), value.Lit(":agent-alias/"), ref, value.Lit("/"), value.Fresh("an alias"))
			for _, class := range b.classes() {
				if !b.reachOf(class[0]).may(action) {
					continue
				}
				ans := b.may(class[0], query{action: action, arn: alias, on: e.Source})
				if ans.holds == value.No || len(ans.statements) == 0 {
					continue
				}
				for _, id := range class {
					m := class[0].in(id, ans.statements[0])
					h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{KindInvoke, f.ID, agentFields}, via: e.Source.Label(),
						why:      id.owner() + " may talk to " + e.Source.Label() + ", which calls " + f.Label(),
						evidence: []Evidence{b.statementEvidence(id, m, action), {e.Span, e.Source.Label() + " calls " + f.Label()}}}
					b.answered(&h, ans)
					unsure(&h, e.Sure, e.Source.Label()+" calls "+f.Label())
					conditional(&h, f.Resource, e.Source)
					b.add(h)
				}
			}
		})
	},
}

package config

import (
	"fmt"

	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG071 = &rule.Rule{
	ID:       "CFG071",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Passwords may be too easy to guess",
	Doc: `Cognito's default password policy asks for eight characters of all four kinds. A pool that asks for fewer than eight, or
		for short ones of few kinds, lets users choose passwords that a list guesses. Ask for at least twelve characters, or for
		eight with all four kinds. Long passwords need no kinds, so a pool that asks for twelve or more is quiet. What the pool
		lacks is one finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html"},
		CWE:    []string{"CWE-521"},
		OWASP:  []string{"A2:2017"},
		ATTACK: []string{"T1110"},
	},
	Types: []string{"AWS::Cognito::UserPool"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			set := r.Get("Policies", "PasswordPolicy")
			if set.Kind() != value.Map {
				continue // Cognito's own policy holds
			}
			length := set.Get("MinimumLength").Or(value.NewNumber("8", set.Span()))
			n, known := length.Int()
			if !known {
				p.Undecided(r, length, "it cannot be decided whether passwords of %s are long enough", rule.Name(r))
				continue
			}
			var missing []string
			for _, kind := range []string{"Lowercase", "Uppercase", "Numbers", "Symbols"} {
				// A kind that the policy does not name is not asked for.
				if set.Get("Require"+kind).IsTrue() == value.No {
					missing = append(missing, "Require"+kind)
				}
			}
			if n >= 12 || n >= 8 && len(missing) <= 1 {
				continue
			}
			without := ""
			if len(missing) > 0 {
				without = fmt.Sprintf(" without %s", rule.Enumerate(missing, 4))
			}
			p.Report(r, length.Span(), "%s takes passwords of %d characters%s; ask for 12, or for 8 of all four kinds", rule.Name(r), n, without)
		}
	},
}

package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG076 = &rule.Rule{
	ID:       "CFG076",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "A stolen token works for very long",
	Doc: `API Gateway and most functions check a token's signature and expiry and never ask Cognito whether it was revoked, so an
		access or id token that leaks works until it expires: more than eight hours is a working day for its finder. A refresh
		token of more than a year makes a lost device a lasting way in. Cognito's own values, an hour and thirty days, are fine.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html", "https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html"},
		CWE:    []string{"CWE-613"},
		OWASP:  []string{"A2:2017"},
		ATTACK: []string{"T1528", "T1550.001"},
	},
	Types: []string{"AWS::Cognito::UserPoolClient"},
	Check: func(p *rule.Pass) {
		const hour, day = 3600, 24 * 3600
		for r := range p.Resources() {
			for _, token := range []struct {
				key, unit, what string
				longest         int64
			}{
				{"AccessTokenValidity", "AccessToken", "an access token", 8 * hour},
				{"IdTokenValidity", "IdToken", "an id token", 8 * hour},
				{"RefreshTokenValidity", "RefreshToken", "a refresh token", 366 * day},
			} {
				v := r.Get(token.key)
				seconds, answer := validity(r, token.key, token.unit)
				if answer == value.Yes {
					answer = value.Of(seconds > token.longest)
				}
				if p.Decide(answer, r, v, "%s of %s works for %d hours after it was stolen; shorten %s", token.what, rule.Name(r), seconds/hour, token.key) != nil {
					break // one finding a client
				}
			}
		}
	},
}

// validity is how long a client's token works, in seconds: Yes where it is
// known, No where it is not set.
func validity(r *app.Resource, key, unit string) (int64, value.Tri) {
	v := r.Get(key)
	if v.Exists() == value.No {
		return 0, value.No
	}
	n, known := v.Int()
	u := r.Get("TokenValidityUnits", unit)
	name, written := u.Known()
	if !known || u.Exists() != value.No && !written {
		return 0, value.Unknown
	}
	seconds := map[string]int64{"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}[name]
	if seconds == 0 {
		seconds = 3600 // access and id tokens count in hours
		if unit == "RefreshToken" {
			seconds = 86400
		}
	}
	return n * seconds, value.Yes
}

package iam

import "testing"

func TestSharedProvider(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com": "token.actions.githubusercontent.com",
		"https://gitlab.com": "gitlab.com",
		"arn:aws:iam::111122223333:oidc-provider/gitlab.company.example":                 "",
		"arn:aws:iam::111122223333:oidc-provider/gitlab.com.example":                     "",
		"arn:aws:iam::111122223333:oidc-provider/oidc.circleci.com/org/0123":             "",
		"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/ex": "token.actions.githubusercontent.com",
		"cognito-identity.amazonaws.com":                                                 "",
	} {
		if got := sharedProvider(arn); got != want {
			t.Errorf("%s: %q", arn, got)
		}
	}
}

package iam

import "testing"

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"getitem", "getitem", 0},
		{"sendmesage", "sendmessage", 1},
		{"getcalleridentify", "getcalleridentity", 1},
		{"a", "abcdefgh", 4},
		{"put", "get", 2},
		{"", "abc", 3},
	} {
		if got := edits(c.a, c.b, 4); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

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

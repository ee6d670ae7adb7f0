package organisation

import (
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// A grant has room for what may be done with each kind: of the table, and of all
// resources that the catalogue knows.
func TestCapabilitiesFit(t *testing.T) {
	ks := newKinds()
	for _, name := range catalogue.EffectTypes() {
		ks.of(name)
	}
	for _, k := range ks.all {
		if len(k.capabilities) > maxCapabilities {
			t.Errorf("%s has %d capabilities, a grant has room for %d", k.name, len(k.capabilities), maxCapabilities)
		}
	}
}

// What follows a prefix so that a pattern matches.
func TestCompletion(t *testing.T) {
	for _, x := range []struct{ pattern, prefix, want string }{
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/", anything},
		{"arn:aws:s3:::b/public/*", "arn:aws:s3:::b/", "public/" + anything},
		{"arn:aws:s3:::*/x", "arn:aws:s3:::b/", "x"},
		{"arn:aws:s3:::a*", "arn:aws:s3:::b/", ""},
		{"arn:aws:s3:::b", "arn:aws:s3:::b/", ""},
		{"*", "arn:aws:s3:::b/", anything},
		{"arn:aws:s3:::?/*x", "arn:aws:s3:::b/", "x"},
		{"arn:*:sqs:*:*:q", "arn:aws:s3:::b/", ""},
	} {
		got, ok := completion(x.pattern, x.prefix)
		if !ok {
			got = ""
		}
		if got != x.want {
			t.Errorf("%s after %s: %q, want %q", x.pattern, x.prefix, got, x.want)
		}
	}
}

// The trie finds what a look at every pattern finds.
func TestTrie(t *testing.T) {
	ps := newPatterns()
	ps.add("*")
	list := []string{"arn:aws:s3:::b*", "arn:aws:s3:::b/*", "arn:*:s3:::*", "arn:aws:s3*", "*b/x", "arn:aws:logs:*:111122223333:log-group:*", "arn:aws:logs:*:*:*:log-stream:*",
		"arn:aws:lambda:*:111122223333:function:f", "arn:aws:lambda:*:*:function:f*", "arn:aws:logs:*:444455556666:*", "arn:?ws:sqs:eu-west-1:*:q", "arn:aws:*:*:111122223333:*"}
	for _, p := range list[:6] {
		ps.add(p)
	}
	trie := newTrie(ps)
	for _, p := range list[6:9] {
		ps.add(p)
	}
	trie.extend()
	for _, p := range list[9:] {
		ps.add(p)
	}
	for _, arn := range []string{"arn:aws:s3:::b", "arn:aws:s3:::b/x", "arn:aws:s3:::c/b/x", "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:s", "*",
		"arn:aws:logs:eu-west-1:111122223333:log-group:444455556666:x", "arn:aws:lambda:eu-west-1:111122223333:function:f:1", "arn:aws:sqs:eu-west-1:111122223333:q"} {
		var want []uint32
		for i := range ps.list {
			if i != everything && value.MatchGlob(ps.list[i].text, arn) {
				want = append(want, uint32(i))
			}
		}
		if got := trie.match(arn, nil); len(got) != len(both(got, want)) || len(got) != len(want) {
			t.Errorf("%s: %v, want %v", arn, got, want)
		}
	}
}

package scan

import (
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

func TestLinkedRulesExist(t *testing.T) {
	known := map[string]bool{}
	for _, r := range checks.Rules() {
		known[r.ID] = true
	}
	for kind, rules := range shownBy {
		for _, id := range rules {
			if !known[id] {
				t.Errorf("%s is shown by %s, which is no rule", kind, id)
			}
		}
	}
}

func TestLink(t *testing.T) {
	line := func(n int) source.Span {
		return source.Span{File: "t.yaml", Line: n, Column: 1, EndLine: n, EndColumn: 9}
	}
	l := newLinker([]report.Finding{
		{ID: "bucket", Rule: "CFG050", Resource: "t.yaml/B", Span: line(3)},
		{ID: "policy", Rule: "IAM002", Resource: "t.yaml/R", Span: line(10)},
		{ID: "route", Rule: "CFG020", Resource: "t.yaml/Api", Span: line(20), Trace: []report.Step{{Span: line(25)}}},
		{ID: "permission", Rule: "CFG010", Resource: "t.yaml/Permission", Span: line(33)},
	}, []report.Resource{{ID: "t.yaml/Permission", Span: line(30)}})
	for _, c := range []struct {
		name string
		w    attack.Weakness
		want []string
	}{
		{"on the resource", attack.Weakness{Kind: attack.WeakBucketPublic, Resource: "t.yaml/B", Span: line(7)}, []string{"bucket"}},
		{"at the place", attack.Weakness{Kind: attack.WeakBucketPublic, Resource: "t.yaml/X", Span: line(3)}, []string{"bucket"}},
		{"of another kind", attack.Weakness{Kind: attack.WeakURLOpen, Resource: "t.yaml/B", Span: line(3)}, nil},
		{"another policy of the role", attack.Weakness{Kind: attack.WeakPolicyBroad, Resource: "t.yaml/R", Span: line(14)}, nil},
		{"that policy of the role", attack.Weakness{Kind: attack.WeakPolicyBroad, Resource: "t.yaml/R", Span: line(10)}, []string{"policy"}},
		{"declared at the place", attack.Weakness{Kind: attack.WeakPermissionLoose, Resource: "t.yaml/F", Span: line(30)}, []string{"permission"}},
		{"a place of the trace", attack.Weakness{Kind: attack.WeakRouteOpen, Resource: "t.yaml/Api", Span: line(25)}, []string{"route"}},
	} {
		if got := l.findings(&c.w); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

package iam_test

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/rule/ruletest"
)

func TestRules(t *testing.T) {
	var mine []*rule.Rule
	for _, r := range checks.Rules() {
		if strings.HasPrefix(r.ID, "IAM") {
			mine = append(mine, r)
		}
	}
	ruletest.Run(t, mine...)
}

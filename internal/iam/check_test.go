package iam

import (
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// The grammar checks have nothing against AWS's own policies.
func TestCheckManaged(t *testing.T) {
	for _, arn := range catalogue.ManagedARNs() {
		doc, _ := catalogue.Managed(arn)
		for _, p := range doc.Check(policy.Identity) {
			t.Errorf("%s: %s", arn, p.Message)
		}
	}
}

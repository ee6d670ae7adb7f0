package iam

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// The grammar checks have nothing against AWS's own policies, but for
// services that have left the catalogue.
func TestCheckManaged(t *testing.T) {
	unknown := map[string]bool{}
	for _, arn := range catalogue.ManagedARNs() {
		doc, _ := catalogue.Managed(arn)
		for _, p := range Check(doc, policy.Identity) {
			if _, service, ok := strings.Cut(p.Message, "names the unknown service "); ok {
				unknown[service] = true
				continue
			}
			t.Errorf("%s: %s", arn, p.Message)
		}
	}
	t.Logf("services that only old policies know: %d %v", len(unknown), unknown)
}

package iam

import (
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
)

// Check is policy.Document.Check with the services of the catalogue. A nil
// document has no problems of its own: Parse has told why it is nil.
func Check(doc *policy.Document, kind policy.Kind) []source.Problem {
	if doc == nil {
		return nil
	}
	return doc.Check(kind, catalogue.KnownService)
}

package access

import (
	"slices"

	"github.com/remit-security/remit/internal/iam/policy"
)

// stale are the unique ids that a policy names in the place of ARNs: AWS shows
// them where an identity was deleted. Nobody reads from an id whose it is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func stale(doc *policy.Document) []policy.Item {
	var out []policy.Item
	for i := range doc.Statements {
		if p := doc.Statements[i].Principal; p != nil {
			for _, e := range p.Entries {
				for _, it := range e.Values.Items {
					if isStale(e.Type, it) && !slices.ContainsFunc(out, func(x policy.Item) bool { return x.String() == it.String() }) {
						out = append(out, it)
					}
				}
			}
		}
	}
	return out
}

func isStale(typ string, it policy.Item) bool {
	text, ok := it.Text.Known()
	return ok && typ == "AWS" && policy.IsUniqueID(text)
}

// fresh is the document without them, for callers whose ARNs are known: none
// of them is whose id it is.
func fresh(doc *policy.Document) *policy.Document {
	d := *doc
	d.Statements = slices.Clone(doc.Statements)
	for i := range d.Statements {
		if d.Statements[i].Principal == nil {
			continue
		}
		p := *d.Statements[i].Principal
		p.Entries = slices.Clone(p.Entries)
		for j := range p.Entries {
			e := &p.Entries[j]
			e.Values.Items = slices.DeleteFunc(slices.Clone(e.Values.Items), func(it policy.Item) bool { return isStale(e.Type, it) })
		}
		d.Statements[i].Principal = &p
	}
	return &d
}

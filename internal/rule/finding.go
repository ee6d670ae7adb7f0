package rule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// Certainty says how far a finding is proved.
type Certainty uint8

// The certainties, firmest first.
const (
	// Exact findings follow from what the sources say.
	Exact Certainty = iota
	// Approximate findings rest on a stated assumption.
	Approximate
	// Unresolved findings are undecided: a value that the sources do not tell
	// decides them.
	Unresolved
)

func (c Certainty) String() string { return [...]string{"exact", "approximate", "unknown"}[c] }

// MarshalText gives the certainty's name in reports.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// A Finding is one defect, or, when undecided, one question that the sources
// leave open.
type Finding struct {
	// ID is the same over runs and over edits elsewhere in the file: it is
	// made of the rule, the resource and the message. The runner sets it.
	ID        string
	Rule      *Rule
	Resource  *app.Resource
	Severity  Severity
	Certainty Certainty
	Span      source.Span
	Message   string
	// Trace lists further places that show the defect, in reading order.
	Trace []Step
}

// A Step is one place of a trace.
type Step struct {
	Span    source.Span
	Message string
}

// Undecided reports whether an unresolved value decides the finding.
func (f *Finding) Undecided() bool { return f.Certainty == Unresolved }

// Step adds a place to the trace. Like all methods that refine a finding it
// accepts nil, so that what Decide returns can be refined unseen.
func (f *Finding) Step(span source.Span, format string, args ...any) *Finding {
	if f != nil && !span.IsZero() {
		f.Trace = append(f.Trace, Step{Span: span, Message: fmt.Sprintf(format, args...)})
	}
	return f
}

// As gives this finding another severity than the rule's.
func (f *Finding) As(s Severity) *Finding {
	if f != nil {
		f.Severity = s
	}
	return f
}

// Assuming marks the finding as approximate and says what it rests on.
func (f *Finding) Assuming(format string, args ...any) *Finding {
	if f != nil {
		f.Certainty = max(f.Certainty, Approximate)
		f.Message += " (assuming that " + fmt.Sprintf(format, args...) + ")"
	}
	return f
}

// compare orders findings by place, rule, resource and message.
func compare(a, b *Finding) int {
	return cmp.Or(
		a.Span.Compare(b.Span),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(a.Resource.ID, b.Resource.ID),
		cmp.Compare(a.Message, b.Message),
	)
}

// finish sorts the findings, keeps each once and gives them their ids.
func finish(list []*Finding) []*Finding {
	slices.SortStableFunc(list, compare)
	list = slices.CompactFunc(list, func(a, b *Finding) bool { return compare(a, b) == 0 })
	seen := map[string]int{}
	for _, f := range list {
		sum := sha256.Sum256([]byte(f.Rule.ID + "\x00" + f.Resource.ID + "\x00" + f.Message))
		f.ID = f.Rule.ID + "-" + hex.EncodeToString(sum[:6])
		if seen[f.ID]++; seen[f.ID] > 1 {
			f.ID = fmt.Sprintf("%s-%d", f.ID, seen[f.ID])
		}
	}
	return list
}

package rule

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Pass is one rule's run over one application. It must not be kept or used
// by several goroutines.
type Pass struct {
	Rule *Rule
	App  *app.App
	// Now is the day of the scan. Rules about dates use it and no clock.
	Now time.Time

	findings []*Finding
}

// Resources iterates the resources that the rule looks at, in the order of
// their ids.
func (p *Pass) Resources() iter.Seq[*app.Resource] { return p.App.OfType(p.Rule.Types...) }

// Report adds a finding at the span, or at the resource where the span is
// zero. The message is lower case, names the resource and says what to do.
func (p *Pass) Report(r *app.Resource, span source.Span, format string, args ...any) *Finding {
	if span.IsZero() {
		span = r.Span
	}
	f := &Finding{Rule: p.Rule, Resource: r, Severity: p.Rule.Severity, Span: span, Message: fmt.Sprintf(format, args...)}
	if r.Exists == value.Unknown {
		f.Certainty = Approximate // it holds where the resource's condition does
	}
	p.findings = append(p.findings, f)
	return f
}

// Undecided says that an unresolved value decides whether there is a defect.
// The message says what is at stake; the reason of the value is added.
func (p *Pass) Undecided(r *app.Resource, v *value.Value, format string, args ...any) *Finding {
	f := p.Report(r, place(r, v), format, args...)
	f.Certainty = Unresolved
	// What to do follows after a semicolon; first of all the value is needed.
	f.Message, _, _ = strings.Cut(f.Message, "; ")
	if why := reason(v); why != "" {
		f.Message += ": " + why
	}
	return f
}

// Decide reports where the answer is Yes, says undecided where it is Unknown,
// and is quiet (and returns nil) where it is No.
func (p *Pass) Decide(answer value.Tri, r *app.Resource, v *value.Value, format string, args ...any) *Finding {
	switch answer {
	case value.Yes:
		return p.Report(r, place(r, v), format, args...)
	case value.Unknown:
		return p.Undecided(r, v, "it cannot be decided whether "+format, args...)
	}
	return nil
}

// place is where the value stands: for a property that is not written, the
// line that declares the resource and not that of its first property.
func place(r *app.Resource, v *value.Value) source.Span {
	if (v.IsDefault() || v.Kind() == value.Absent) && v.Span() == r.Props.Span() {
		return r.Span
	}
	return v.Span()
}

// reason says what is not known of a value, in the loader's words.
func reason(v *value.Value) string {
	if v.Why() != "" {
		return unresolved(v)
	}
	var holes []string
	v.Walk(func(v *value.Value) bool {
		if v.Kind() == value.Unresolved {
			holes = append(holes, unresolved(v))
			return false
		}
		for _, part := range v.Text().Parts() {
			if part.Hole != "" {
				holes = append(holes, hole(part))
			}
		}
		return true
	})
	const shown = 2
	if len(holes) > shown {
		holes = append(holes[:shown], fmt.Sprintf("and %d more", len(holes)-shown))
	}
	return strings.Join(holes, ", ")
}

// unresolved says what is not known of a value that is not resolved: of a
// choice it is the condition, not the branches.
func unresolved(v *value.Value) string {
	if len(v.Choices()) > 0 {
		if condition, _, ok := strings.Cut(v.Why(), "?"); ok {
			return "the condition " + strings.TrimPrefix(condition, "condition ") + " is not known"
		}
	}
	return v.Why()
}

func hole(p value.Part) string {
	if condition, branches, ok := strings.Cut(p.Hole, "?"); ok && strings.Contains(branches, ":") {
		return "the condition " + strings.TrimPrefix(condition, "condition ") + " is not known"
	}
	return p.String() + " is not known"
}

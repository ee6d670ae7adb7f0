package scan

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// origin is the construct that wrote a resource, or nil.
func origin(r *app.Resource) *report.Origin {
	if r.Construct.Path == "" {
		return nil
	}
	o := &report.Origin{Construct: r.Construct.Path}
	if at := r.Construct.Span; !at.IsZero() {
		o.Span = &at
	}
	return o
}

// origins tell by which construct of a program a line of a template was
// written: the declarations of each file in the order of their lines.
type origins map[string][]declaration

type declaration struct {
	first, last int // lines
	origin      *report.Origin
}

func originsOf(p *app.Project) origins {
	out := origins{}
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			if r.Construct.Path != "" {
				last := max(r.Span.EndLine, r.Props.Span().EndLine)
				out[r.Span.File] = append(out[r.Span.File], declaration{r.Span.Line, last, origin(r)})
			}
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b declaration) int { return cmp.Compare(a.first, b.first) })
	}
	return out
}

// at is the construct that wrote a place, or nil.
func (o origins) at(span source.Span) *report.Origin {
	list := o[span.File]
	i, exact := slices.BinarySearchFunc(list, span.Line, func(d declaration, line int) int { return cmp.Compare(d.first, line) })
	if !exact {
		i--
	}
	if i < 0 || span.Line > list[i].last {
		return nil
	}
	return list[i].origin
}

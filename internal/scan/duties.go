package scan

import (
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/duty"
	"github.com/remit-security/remit/internal/report"
)

// addDuties turns the matrix of duties into the report's rows.
func addDuties(r *report.Report, p *app.Project, now time.Time) {
	for _, row := range duty.Matrix(p, now) {
		out := report.Duty{
			Resource: row.Resource.ID, Duty: row.Duty.ID, Title: row.Duty.Title,
			Holder: report.Holder(row.Holder), State: report.State(row.State), Why: row.Why,
		}
		for _, e := range row.Evidence {
			out.Evidence = append(out.Evidence, report.Step{Span: e.Span, Message: e.Message})
		}
		r.Duties = append(r.Duties, out)
	}
}

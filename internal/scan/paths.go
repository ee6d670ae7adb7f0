package scan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// actorNames are what reports call the actors in a sentence.
var actorNames = map[attack.Actor]string{
	attack.Anonymous: "anyone on the internet",
	attack.SignedUp:  "a signed-up user",
	attack.AnyAWS:    "anyone with an AWS account",
	attack.Library:   "a malicious library",
	attack.Insider:   "an insider",
	attack.Careless:  "a careless engineer",
	attack.Vendor:    "a trusted third party",
}

// addPaths turns what the attack analysis found into the report's paths,
// fixes and cut, and links the findings that the hops rest on.
func addPaths(r *report.Report, p *app.Project, res attack.Result, link *linker, problems *source.Problems) {
	r.Cut.ProvedLeast = true
	made := originsOf(p)
	for _, g := range res.Groups {
		if g.Failure != "" {
			for _, id := range g.Apps {
				problems.Add(source.FileSpan(id), "the attack analysis of this application failed and its paths are missing; report this as a bug: %s", g.Failure)
			}
		}
		for _, e := range g.Blind {
			problems.Add(e.Span, "%s", e.Message)
		}
		weak := map[string]*attack.Weakness{}
		for i := range g.Weaknesses {
			weak[g.Weaknesses[i].ID] = &g.Weaknesses[i]
		}
		closes := map[string][]string{}
		for i := range g.Paths {
			path := newPath(p, &g.Paths[i], weak, link, made)
			for _, id := range path.Fixes {
				closes[id] = append(closes[id], path.ID)
			}
			r.Paths = append(r.Paths, path)
		}
		for i := range g.Weaknesses {
			w := &g.Weaknesses[i]
			r.Fixes = append(r.Fixes, report.Fix{
				ID: w.ID, Title: w.Fix, Why: w.Title, Span: w.Span,
				Closes: append(closes[w.ID], link.findings(w)...),
			})
		}
		addCut(&r.Cut, &g)
		addAccepted(&r.Accepted, &g, link)
	}
}

// addAccepted says which weaknesses no path is reported for, because the
// findings that show them are ignored.
func addAccepted(to *report.Accepted, g *attack.Group, link *linker) {
	to.Paths += g.Untold
	for i := range g.Accepted {
		w := &g.Accepted[i]
		to.Weaknesses = append(to.Weaknesses, report.Weakness{ID: w.ID, Title: w.Title, Span: w.Span, Findings: link.findings(w)})
	}
}

// addCut joins the cuts of groups that share nothing: their union is the
// least cut of the whole if each is the least of its group.
func addCut(c *report.Cut, g *attack.Group) {
	c.Fixes = append(c.Fixes, g.Cut.Weaknesses...)
	c.Worst = append(c.Worst, g.Worst.Weaknesses...)
	c.ProvedLeast = c.ProvedLeast && g.Cut.ProvedLeast
	c.Bound += g.Cut.Bound
	c.Cost += g.Cut.Cost
	for i := range g.Paths {
		if slices.ContainsFunc(g.Paths[i].Weaknesses, func(id string) bool { return slices.Contains(g.Cut.Weaknesses, id) }) {
			c.Paths++
		}
	}
}

func newPath(p *app.Project, from *attack.Path, weak map[string]*attack.Weakness, link *linker, made origins) report.Path {
	out := report.Path{
		ID:    from.ID,
		Actor: string(from.Actor), ActorName: cmp.Or(actorNames[from.Actor], string(from.Actor)),
		Asset: from.Asset, AssetName: assetName(p, from.Asset),
		Severity: report.Severity(from.Severity), Certainty: report.Certainty(from.Certainty),
		Assumptions: slices.Clone(from.Assumptions), Difficulty: from.Difficulty, Count: from.Count,
		Fixes: slices.Clone(from.Weaknesses), Assets: slices.Clone(from.Assets), Others: slices.Clone(from.Others),
	}
	for _, b := range from.Further {
		out.Further = append(out.Further, report.Branch{
			Impact: sentence(b.Impact), Assets: slices.Clone(b.Assets), Severity: report.Severity(b.Severity), Fixes: slices.Clone(b.Weaknesses),
		})
	}
	out.Title = out.ActorName + " can " + sentence(from.Impact)
	for i := range from.Hops {
		h := &from.Hops[i]
		hop := report.Hop{
			Technique: h.Technique,
			From:      report.Capability{Capability: h.From.Capability, Of: h.From.Of},
			To:        report.Capability{Capability: h.To.Capability, Of: h.To.Of},
			Why:       h.Why, Certainty: report.Certainty(h.Certainty), Assumption: h.Assumption,
		}
		for _, e := range h.Evidence {
			hop.Evidence = append(hop.Evidence, report.Step{Span: e.Span, Message: e.Message, Origin: made.at(e.Span)})
		}
		for _, id := range h.Weaknesses {
			if w := weak[id]; w != nil {
				hop.Findings = append(hop.Findings, link.findings(w)...)
			}
		}
		out.Hops = append(out.Hops, hop)
	}
	if n := len(from.Hops); n > 0 {
		out.Impact = string(from.Hops[n-1].To.Kind)
	}
	return out
}

// assetName is what a sentence calls what the path reaches.
func assetName(p *app.Project, id string) string {
	if id == attack.Account {
		return "the account"
	}
	if r := p.Resource(id); r != nil {
		return r.Label()
	}
	return id
}

// sentence joins the parts of an impact, "Read A; delete B; exhaust C", into
// the end of a sentence.
func sentence(impact string) string {
	parts := strings.Split(impact, "; ")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return parts[0]
}

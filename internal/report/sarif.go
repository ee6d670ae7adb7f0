package report

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// srcRoot is the name under which SARIF readers know the scanned folder.
const srcRoot = "SRCROOT"

// pathRule is the SARIF rule of results that are attack paths.
const pathRule = "attack-path"

// sarifSchema is where the standard keeps its schema.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// fingerprint names the version of the ids that results are known by.
const fingerprint = "remitId/v1"

// WriteSARIF writes findings and paths as SARIF 2.1.0. A finding is a result
// of its rule, and suppressed where it is ignored; a path is a result with a
// code flow of one location a hop. Undecided questions are results of the
// kind "open"; problems are notifications.
func WriteSARIF(w io.Writer, r *Report) error {
	s := sarifWriter{r: r, index: map[string]int{}}
	return writeJSON(w, sarifLog{Version: "2.1.0", Schema: sarifSchema, Runs: []sarifRun{s.run()}})
}

type sarifWriter struct {
	r     *Report
	rules []*sarifRuleDescriber
	index map[string]int
}

func (s *sarifWriter) run() sarifRun {
	run := sarifRun{
		Language:           "en",
		NewlineSequences:   []string{"\r\n", "\n"},
		Results:            []*sarifResult{},
		ColumnKind:         "unicodeCodePoints",
		OriginalURIBaseIDs: map[string]sarifArtifactLocation{srcRoot: {Description: &sarifText{Text: "the scanned folder"}}},
		Invocations:        []sarifInvocation{s.invocation()},
	}
	for i := range s.r.Rules {
		s.rule(&s.r.Rules[i])
	}
	for i := range s.r.Paths {
		run.Results = append(run.Results, s.path(&s.r.Paths[i]))
	}
	for i := range s.r.Findings {
		run.Results = append(run.Results, s.finding(&s.r.Findings[i]))
	}
	for i := range s.r.Coverage.Undecided {
		run.Results = append(run.Results, s.undecided(&s.r.Coverage.Undecided[i]))
	}
	run.Tool.Driver = sarifDriver{
		Name: "remit", InformationURI: "https://github.com/remit-security/remit",
		SemanticVersion: s.r.Tool.Version, Language: "en", Rules: some(s.rules),
	}
	return run
}

// invocation carries the problems.
func (s *sarifWriter) invocation() sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: true}
	for _, p := range s.r.Coverage.Problems {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{
			Level: sarifWarning, Message: message(p.Message), Locations: []*sarifLocation{location(p.Span, "")},
		})
	}
	return inv
}

// rule adds the description of a rule.
func (s *sarifWriter) rule(r *Rule) {
	d := &sarifRuleDescriber{ID: r.ID, Name: pascal(r.Title), ShortDescription: multi(r.Title, "")}
	doc := strings.Join(paragraphs(r.Doc), "\n\n")
	if doc == "" {
		doc = r.Title
	}
	d.FullDescription = multi(doc, "")
	var marked []string
	for _, p := range paragraphs(doc) {
		marked = append(marked, markdownText(p))
	}
	d.Help = multi(doc+"\n\n"+strings.Join(r.Refs.lines(), "\n"), strings.Join(marked, "\n\n")+"\n\n"+r.Refs.markdown())
	if len(r.Refs.AWS) > 0 && isAddress(r.Refs.AWS[0]) {
		d.HelpURI = r.Refs.AWS[0]
	}
	d.DefaultConfiguration = &sarifDefaults{Level: r.Severity.level()}
	tags := []string{"security", string(r.Area)}
	for _, cwe := range r.Refs.CWE {
		tags = append(tags, "external/cwe/"+strings.ToLower(cwe))
	}
	d.Properties = bag(map[string]any{"security-severity": r.Severity.score(), "precision": "high"}, tags...)
	s.add(r.ID, d)
}

func (s *sarifWriter) add(id string, d *sarifRuleDescriber) int {
	s.index[id] = len(s.rules)
	s.rules = append(s.rules, d)
	return len(s.rules) - 1
}

// ruleIndex finds a rule's place, and describes one that the report names and
// does not document.
func (s *sarifWriter) ruleIndex(id, title string) int {
	if i, ok := s.index[id]; ok {
		return i
	}
	d := &sarifRuleDescriber{ID: id, ShortDescription: multi(title, ""), Properties: bag(nil, "security")}
	if id == pathRule {
		d.Name = "AttackPath"
		d.FullDescription = multi("A chain of techniques by which a threat actor reaches an asset. Each location of the code flow is one hop with its evidence.", "")
		d.Properties = bag(map[string]any{"security-severity": High.score(), "precision": "high"}, "security", "attack-path")
	}
	return s.add(id, d)
}

func (s *sarifWriter) result(rule, title, text string, span source.Span) *sarifResult {
	return &sarifResult{
		RuleID: rule, RuleIndex: s.ruleIndex(rule, title),
		Message: message(text), Locations: []*sarifLocation{location(span, "")},
	}
}

func (s *sarifWriter) finding(f *Finding) *sarifResult {
	res := s.result(f.Rule, f.Title, f.Message, f.Span)
	res.Level = f.Severity.level()
	res.PartialFingerprints = map[string]string{fingerprint: f.ID}
	for i, step := range f.Trace {
		l := location(step.Span, step.Message)
		l.ID = i + 1
		res.RelatedLocations = append(res.RelatedLocations, l)
	}
	props := map[string]any{"severity": string(f.Severity), "certainty": string(f.Certainty), "area": string(f.Area)}
	if f.Resource != "" {
		props["resource"] = clean(f.Resource)
	}
	if len(f.Paths) > 0 {
		props["paths"] = f.Paths
	}
	res.Properties = bag(props)
	switch f.Status {
	case Ignored:
		sup := sarifSuppression{Kind: "inSource", Status: "accepted", Justification: clean(f.Reason)}
		if f.IgnoredAt != nil {
			sup.Location = location(*f.IgnoredAt, "")
		}
		res.Suppressions = []sarifSuppression{sup}
	case Baseline:
		res.BaselineState = "unchanged"
	}
	return res
}

// path is a result at the place where the path begins.
func (s *sarifWriter) path(p *Path) *sarifResult {
	text := capital(p.Title)
	for i, a := range p.Assumptions {
		text += pick(i+1, ", if ", " and if ") + strings.TrimPrefix(a, "if ")
	}
	var start source.Span
	var flow []sarifFlowLocation
	for i, h := range p.Hops {
		var span source.Span
		note := capital(h.Why)
		if len(h.Evidence) > 0 {
			span = h.Evidence[0].Span
			note += ": " + h.Evidence[0].Message
		}
		if start.IsZero() {
			start = span
		}
		flow = append(flow, sarifFlowLocation{
			Location:       location(span, fmt.Sprintf("%d. %s", i+1, note)),
			ExecutionOrder: i + 1, Importance: "essential", Kinds: []string{h.Technique},
		})
	}
	res := s.result(pathRule, "Attack path", text, start)
	res.Level = p.Severity.level()
	if p.Standing() == Possible {
		res.Level = sarifNote
	}
	res.PartialFingerprints = map[string]string{fingerprint: p.ID}
	if len(flow) > 0 {
		res.CodeFlows = []sarifCodeFlow{{ThreadFlows: []sarifThreadFlow{{Locations: flow}}}}
	}
	res.OccurrenceCount = p.Count
	res.Properties = bag(map[string]any{
		"severity": string(p.Severity), "security-severity": p.Severity.score(), "certainty": string(p.Certainty),
		"standing": p.Standing().String(), "actor": clean(p.Actor), "asset": clean(p.Asset), "impact": clean(p.Impact),
	})
	return res
}

func (s *sarifWriter) undecided(u *Undecided) *sarifResult {
	title := u.Rule
	res := s.result(u.Rule, title, u.Why, u.Span)
	// The level of a result that is no failure is "none".
	res.Kind, res.Level = "open", sarifNone
	res.PartialFingerprints = map[string]string{fingerprint: ID(u.Rule, u.Rule, u.Resource, u.Why)}
	if u.Status == Ignored {
		res.Suppressions = []sarifSuppression{{Kind: "inSource", Status: "accepted", Justification: clean(u.Reason)}}
	}
	return res
}

// location is a span in SARIF's words; a message may go with it.
func location(span source.Span, text string) *sarifLocation {
	l := &sarifLocation{}
	phys := &l.PhysicalLocation
	phys.ArtifactLocation = sarifArtifactLocation{URI: relativeURI(span.File), URIBaseID: srcRoot}
	if span.Line > 0 {
		phys.Region = &sarifRegion{StartLine: span.Line, StartColumn: max(span.Column, 1)}
		if span.EndLine > span.Line || span.EndLine == span.Line && span.EndColumn >= span.Column {
			phys.Region.EndLine, phys.Region.EndColumn = span.EndLine, max(span.EndColumn, 1)
		}
	}
	if text != "" {
		l.Message = message(text)
	}
	return l
}

// relativeURI encodes a path so that no name can be taken for a scheme, a
// host or a parent folder.
func relativeURI(file string) string {
	parts := strings.Split(file, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	return strings.Join(parts, "/")
}

// message is text that no reader takes for markup: SARIF gives [ and { a
// meaning in messages.
func message(text string) *sarifText {
	text = clean(text)
	for _, c := range []string{`\`, `[`, `]`} {
		text = strings.ReplaceAll(text, c, `\`+c)
	}
	return &sarifText{Text: placeholder.ReplaceAllString(text, "{$1}")}
}

// placeholder is what SARIF fills with a message's arguments; route
// parameters, "{orderId}", are none and stay readable.
var placeholder = regexp.MustCompile(`(\{\d+\})`)

// cleanLines is clean for text of several paragraphs.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	return strings.Join(lines, "\n")
}

func multi(text, markdown string) *sarifText {
	return &sarifText{Text: cleanLines(text), Markdown: markdown}
}

// bag is a set of properties with tags; JSON writes them in the order of
// their names.
func bag(values map[string]any, tags ...string) map[string]any {
	if values == nil {
		values = map[string]any{}
	}
	if len(tags) > 0 {
		values["tags"] = tags
	}
	return values
}

// level is SARIF's word for a severity.
func (s Severity) level() string {
	switch s {
	case Critical, High:
		return sarifError
	case Medium:
		return sarifWarning
	}
	return sarifNote
}

// score is the number that code-scanning services sort by, in the middle of
// the range that they give each severity.
func (s Severity) score() string {
	switch s {
	case Critical:
		return "9.5"
	case High:
		return "8.0"
	case Medium:
		return "5.5"
	}
	return "2.5"
}

// pascal makes a rule's SARIF name of its title.
func pascal(title string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(title, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
	}) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

package report

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/remit-security/remit/internal/source"
)

// srcRoot is the name under which SARIF readers know the scanned folder.
const srcRoot = "SRCROOT"

// pathRule is the SARIF rule of results that are attack paths.
const pathRule = "attack-path"

// fingerprint names the version of the ids that results are known by.
const fingerprint = "remitId/v1"

// WriteSARIF writes findings and paths as SARIF 2.1.0. A finding is a result
// of its rule, and suppressed where it is ignored; a path is a result with a
// code flow of one location a hop. Undecided questions are results of the
// kind "open"; problems are notifications.
func WriteSARIF(w io.Writer, r *Report) error {
	s := sarifWriter{r: r, index: map[string]int{}}
	log := sarif.NewReport()
	log.AddRun(s.run())
	return writeJSON(w, log)
}

type sarifWriter struct {
	r     *Report
	rules []*sarif.ReportingDescriptor
	index map[string]int
}

func (s *sarifWriter) run() *sarif.Run {
	run := sarif.NewRunWithInformationURI("remit", "https://github.com/remit-security/remit")
	run.Tool.Driver.SemanticVersion = ptr(s.r.Tool.Version)
	run.ColumnKind = ptr("unicodeCodePoints")
	root := sarif.NewArtifactLocation()
	root.Description = sarif.NewTextMessage("the scanned folder")
	run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{srcRoot: *root}
	for i := range s.r.Rules {
		s.rule(&s.r.Rules[i])
	}
	for i := range s.r.Paths {
		run.AddResult(s.path(&s.r.Paths[i]))
	}
	for i := range s.r.Findings {
		run.AddResult(s.finding(&s.r.Findings[i]))
	}
	for i := range s.r.Coverage.Undecided {
		run.AddResult(s.undecided(&s.r.Coverage.Undecided[i]))
	}
	run.Tool.Driver.Rules = some(s.rules)
	run.AddInvocation(s.invocation())
	return run
}

// invocation carries the problems.
func (s *sarifWriter) invocation() *sarif.Invocation {
	inv := sarif.NewInvocation()
	inv.ExecutionSuccessful = ptr(true)
	for _, p := range s.r.Coverage.Problems {
		n := sarif.NewNotification()
		n.Message = message(p.Message)
		n.Locations = []*sarif.Location{location(p.Span, "")}
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, n)
	}
	return inv
}

// rule adds the description of a rule.
func (s *sarifWriter) rule(r *Rule) {
	d := sarif.NewRule(r.ID)
	d.Name = ptr(pascal(r.Title))
	d.ShortDescription = multi(r.Title, "")
	doc := strings.Join(paragraphs(r.Doc), "\n\n")
	if doc == "" {
		doc = r.Title
	}
	d.FullDescription = multi(doc, "")
	d.Help = multi(doc+"\n\n"+strings.Join(r.Refs.lines(), "\n"), markdownText(doc)+"\n\n"+r.Refs.markdown())
	if len(r.Refs.AWS) > 0 && isAddress(r.Refs.AWS[0]) {
		d.HelpURI = ptr(r.Refs.AWS[0])
	}
	d.DefaultConfiguration = sarif.NewReportingConfiguration()
	d.DefaultConfiguration.Level = r.Severity.level()
	tags := []string{"security", string(r.Area)}
	for _, cwe := range r.Refs.CWE {
		tags = append(tags, "external/cwe/"+strings.ToLower(cwe))
	}
	d.Properties = bag(map[string]any{"security-severity": r.Severity.score(), "precision": "high"}, tags...)
	s.add(r.ID, d)
}

func (s *sarifWriter) add(id string, d *sarif.ReportingDescriptor) int {
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
	d := sarif.NewRule(id)
	d.ShortDescription = multi(title, "")
	d.Properties = bag(nil, "security")
	if id == pathRule {
		d.Name = ptr("AttackPath")
		d.FullDescription = multi("A chain of techniques by which a threat actor reaches an asset. Each location of the code flow is one hop with its evidence.", "")
		d.Properties = bag(map[string]any{"security-severity": High.score(), "precision": "high"}, "security", "attack-path")
	}
	return s.add(id, d)
}

func (s *sarifWriter) result(rule, title, text string, span source.Span) *sarif.Result {
	res := sarif.NewRuleResult(rule)
	res.RuleIndex = s.ruleIndex(rule, title)
	res.Message = message(text)
	res.Locations = []*sarif.Location{location(span, "")}
	return res
}

func (s *sarifWriter) finding(f *Finding) *sarif.Result {
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
		sup := sarif.NewSuppression()
		sup.Kind, sup.Status, sup.Justification = ptr("inSource"), ptr("accepted"), ptr(clean(f.Reason))
		if f.IgnoredAt != nil {
			sup.Location = location(*f.IgnoredAt, "")
		}
		res.Suppressions = []*sarif.Suppression{sup}
	case Baseline:
		res.BaselineState = ptr("unchanged")
	}
	return res
}

// path is a result at the place where the path begins.
func (s *sarifWriter) path(p *Path) *sarif.Result {
	text := capital(p.Title)
	for i, a := range p.Assumptions {
		text += pick(i+1, ", if ", " and if ") + strings.TrimPrefix(a, "if ")
	}
	var start source.Span
	flow := sarif.NewThreadFlow()
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
		l := sarif.NewThreadFlowLocation()
		l.Location = location(span, fmt.Sprintf("%d. %s", i+1, note))
		l.ExecutionOrder = i + 1
		l.Importance = "essential"
		l.Kinds = []string{h.Technique}
		flow.Locations = append(flow.Locations, l)
	}
	res := s.result(pathRule, "Attack path", text, start)
	res.Level = p.Severity.level()
	if p.Standing() == Possible {
		res.Level = sarif.LevelNote
	}
	res.PartialFingerprints = map[string]string{fingerprint: p.ID}
	if len(flow.Locations) > 0 {
		code := sarif.NewCodeFlow()
		code.ThreadFlows = []*sarif.ThreadFlow{flow}
		res.CodeFlows = []*sarif.CodeFlow{code}
	}
	res.OccurrenceCount = ptr(p.Count)
	res.Properties = bag(map[string]any{
		"severity": string(p.Severity), "security-severity": p.Severity.score(), "certainty": string(p.Certainty),
		"standing": p.Standing().String(), "actor": clean(p.Actor), "asset": clean(p.Asset), "impact": clean(p.Impact),
	})
	return res
}

func (s *sarifWriter) undecided(u *Undecided) *sarif.Result {
	title := u.Rule
	res := s.result(u.Rule, title, u.Why, u.Span)
	// The level of a result that is no failure is "none".
	res.Kind, res.Level = "open", sarif.LevelNone
	res.PartialFingerprints = map[string]string{fingerprint: ID(u.Rule, u.Rule, u.Resource, u.Why)}
	return res
}

// location is a span in SARIF's words; a message may go with it.
func location(span source.Span, text string) *sarif.Location {
	artifact := sarif.NewArtifactLocation()
	artifact.URI, artifact.URIBaseID = ptr(relativeURI(span.File)), ptr(srcRoot)
	phys := sarif.NewPhysicalLocation()
	phys.ArtifactLocation = artifact
	if span.Line > 0 {
		region := sarif.NewRegion()
		region.StartLine, region.StartColumn = ptr(span.Line), ptr(max(span.Column, 1))
		if span.EndLine > span.Line || span.EndLine == span.Line && span.EndColumn >= span.Column {
			region.EndLine, region.EndColumn = ptr(span.EndLine), ptr(max(span.EndColumn, 1))
		}
		phys.Region = region
	}
	l := sarif.NewLocationWithPhysicalLocation(phys)
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
func message(text string) *sarif.Message {
	text = clean(text)
	for _, c := range []string{`\`, `[`, `]`} {
		text = strings.ReplaceAll(text, c, `\`+c)
	}
	return sarif.NewTextMessage(placeholder.ReplaceAllString(text, "{$1}"))
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

func multi(text, markdown string) *sarif.MultiformatMessageString {
	m := sarif.NewMultiformatMessageString()
	m.Text = ptr(cleanLines(text))
	if markdown != "" {
		m.Markdown = &markdown
	}
	return m
}

func bag(values map[string]any, tags ...string) *sarif.PropertyBag {
	b := sarif.NewPropertyBag()
	for k, v := range values {
		b.Properties[k] = v
	}
	b.Tags = append(b.Tags, tags...)
	return b
}

// level is SARIF's word for a severity.
func (s Severity) level() string {
	switch s {
	case Critical, High:
		return sarif.LevelError
	case Medium:
		return sarif.LevelWarning
	}
	return sarif.LevelNote
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

func ptr[T any](v T) *T { return &v }

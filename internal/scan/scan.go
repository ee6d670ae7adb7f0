// Package scan owns the pipeline: sources are loaded into the model, rules,
// attack analysis and the matrix of duties read it, and one report comes out.
// It also owns what the sources say about the scan itself: ignores and the
// configuration file.
//
// It may import everything but cmd. What never changes: stages hand values on
// and share nothing; one application that makes an analysis fail costs a
// problem in the report and never the other applications; the report depends
// on the sources, the options and the day, and on nothing else.
package scan

import (
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// Options say what the sources do not.
type Options struct {
	// Load holds the values that a deployment gives.
	Load load.Options
	// Config is used in place of the sources' own .remit.yaml.
	Config *Config
	// Now is the day of the scan: it decides which ignores have expired and
	// what is out of support.
	Now time.Time
	// Version names the program in the report.
	Version string
	// Stage, if set, is told what is being done.
	Stage func(string)
}

// A Result is a report and what the scan learned besides.
type Result struct {
	Report *report.Report
	// Config is the configuration that was used, empty where there is none.
	Config *Config
}

// Empty reports whether nothing was found to scan.
func (r *Result) Empty() bool { return len(r.Report.Applications) == 0 }

// Incomplete reports whether a part of the input was not read, resolved or
// understood: a problem, an open question, or a path that hangs on one.
func (r *Result) Incomplete() bool {
	c := &r.Report.Coverage
	return len(c.Problems) > 0 || len(r.Report.Undecided()) > 0 || len(r.Report.PathsOf(report.Possible)) > 0
}

// Run scans everything under root. It always gives a report; what could not
// be understood is listed in it.
func Run(root *source.Root, o Options) *Result {
	stage := o.Stage
	if stage == nil {
		stage = func(string) {}
	}
	stage("reading the sources")
	project := load.Project(root, o.Load)
	config, configProblems := o.Config, []source.Problem(nil)
	if config == nil {
		config, configProblems = readConfig(root)
	}
	r := newReport(project, o)

	rules := checks.Rules()
	set := newIgnores(rules)
	collectIgnores(set, root, project)
	config.addTo(set)

	stage("checking the rules")
	found := rule.Run(project, rules, o.Now)
	addFindings(r, found.Findings, set, o.Now)

	var failed source.Problems
	var policyProblems []source.Problem
	stage("searching attack paths")
	guard(&failed, "attack analysis", func() {
		link := newLinker(r.Findings, r.Resources)
		found := attack.Analyze(project, attack.Options{Assets: config.weights(), Accepted: link.accepted})
		addPaths(r, project, found, link, &failed)
	})
	stage("working out the duties")
	guard(&failed, "matrix of duties", func() { addDuties(r, project, o.Now) })

	guard(&failed, "reading of policies", func() { policyProblems = checkPolicies(project) })

	r.Coverage.Problems = merge(project.Problems, configProblems, found.Problems, policyProblems, set.finish(), failed.Sorted())
	r.Normalize()
	return &Result{Report: r, Config: config}
}

// newReport describes what was read.
func newReport(p *app.Project, o Options) *report.Report {
	r := &report.Report{Tool: report.Tool{Version: o.Version}}
	version, day := catalogue.Version()
	from, policies := catalogue.ManagedVersion()
	r.Data = report.Data{IAMCatalogue: version + " of " + day, ManagedPolicies: from + " of " + policies}
	for _, a := range p.Apps {
		r.Applications = append(r.Applications, report.Application{
			ID: a.ID, Name: a.Name, Format: a.Format, Root: a.Root, Files: a.Files,
		})
		for _, res := range a.Resources() {
			one := report.Resource{ID: res.ID, Type: res.Type, Name: res.Name.String(), Span: res.Span, Origin: origin(res)}
			if label := res.Label(); label != res.LogicalID {
				one.Label = label
			}
			r.Resources = append(r.Resources, one)
		}
	}
	r.Coverage.Files, r.Coverage.Resources = len(p.Files), len(r.Resources)
	return r
}

// readConfig reads the configuration files of the scanned folders. Each one
// counts for its own folder; the strictest gate counts for the scan.
func readConfig(root *source.Root) (*Config, []source.Problem) {
	all := &Config{}
	var problems []source.Problem
	for _, name := range root.Names() {
		file := path.Join(name, ConfigName)
		data, err := root.Read(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			problems = append(problems, source.Problem{Span: source.FileSpan(file), Message: "the configuration is not read: " + err.Error()})
			continue
		}
		c, more := ParseConfig(file, data, root.Limits())
		problems = append(problems, more...)
		all.join(c, name)
	}
	return all, problems
}

// collectIgnores takes the ignores from the comments of every file that was
// read and from the metadata of every resource.
func collectIgnores(set *ignores, root *source.Root, p *app.Project) {
	for _, file := range p.Files {
		if data, err := root.Read(file); err == nil {
			set.comments(file, data)
		}
	}
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			set.metadata(r)
		}
	}
}

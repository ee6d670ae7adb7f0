package rule

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// project builds applications of a few queues each; odd queues are FIFO, every
// third says so by a parameter.
func project(apps, queues int) *app.Project {
	b := app.NewBuilder()
	for i := range apps {
		id := fmt.Sprintf("a%02d/template.yaml", i)
		var list []*app.Resource
		for j := range queues {
			at := source.Span{File: id, Line: j + 1, Column: 3, EndLine: j + 1, EndColumn: 9}
			fifo := value.NewBool(j%2 == 1, at)
			if j%3 == 2 {
				fifo = value.NewUnresolved("the parameter Fifo has no default", at, nil)
			}
			name := fmt.Sprintf("Queue%d", j)
			list = append(list, &app.Resource{
				ID: id + "/" + name, LogicalID: name, Type: "AWS::SQS::Queue", Span: at, Exists: value.Yes,
				Props: value.NewMap([]value.Field{{Key: "FifoQueue", KeySpan: at, Value: fifo}}, at),
			})
		}
		b.App(&app.App{ID: id, Root: id, Files: []string{id}}, list)
	}
	return b.Freeze()
}

var fifo = &Rule{
	ID: "CFG901", Area: Configuration, Severity: Medium, Types: []string{"AWS::SQS::Queue"},
	Check: func(p *Pass) {
		for r := range p.Resources() {
			v := r.Get("FifoQueue")
			p.Decide(v.IsTrue(), r, v, "%s is FIFO", Name(r)).Step(r.Span, "declared here")
		}
	},
}

func TestRunIsDeterministic(t *testing.T) {
	p := project(7, 9)
	first := Run(p, []*Rule{fifo}, time.Time{})
	if len(first.Findings) != 7*(3+3) { // three odd and resolved, three open
		t.Fatalf("%d findings", len(first.Findings))
	}
	for _, procs := range []int{1, 2, 4} {
		old := runtime.GOMAXPROCS(procs)
		again := Run(p, []*Rule{fifo}, time.Time{})
		runtime.GOMAXPROCS(old)
		if !reflect.DeepEqual(first, again) {
			t.Errorf("another result on %d processors", procs)
		}
	}
	ids := map[string]bool{}
	for _, f := range first.Findings {
		if ids[f.ID] {
			t.Errorf("two findings are called %s", f.ID)
		}
		ids[f.ID] = true
	}
}

func TestUndecidedIsNoPass(t *testing.T) {
	result := Run(project(1, 3), []*Rule{fifo}, time.Time{})
	var open []*Finding
	for _, f := range result.Findings {
		if f.Undecided() {
			open = append(open, f)
		}
	}
	if len(open) != 1 || !strings.Contains(open[0].Message, "it cannot be decided whether the queue Queue2 is FIFO: the parameter Fifo has no default") {
		t.Errorf("undecided: %v", open)
	}
	if open[0].Certainty.String() != "unknown" {
		t.Errorf("the certainty is %s", open[0].Certainty)
	}
}

// A rule that panics must not stop the others, and must not go unnoticed.
func TestPanicBecomesAProblem(t *testing.T) {
	broken := &Rule{
		ID: "CFG902", Area: Configuration, Types: []string{"AWS::SQS::Queue"},
		Check: func(p *Pass) {
			for r := range p.Resources() {
				p.Report(r, r.Span, "seen")
				panic("no such thing")
			}
		},
	}
	result := Run(project(2, 2), []*Rule{broken, fifo}, time.Time{})
	if len(result.Problems) != 2 || !strings.Contains(result.Problems[0].Message, "rule CFG902 failed") {
		t.Errorf("problems: %v", result.Problems)
	}
	byRule := map[string]int{}
	for _, f := range result.Findings {
		byRule[f.Rule.ID]++
	}
	if byRule["CFG901"] != 2 || byRule["CFG902"] != 2 {
		t.Errorf("findings: %v", byRule)
	}
}

func TestRuleRunsOnlyWhereItLooks(t *testing.T) {
	other := &Rule{ID: "CFG903", Types: []string{"AWS::SNS::Topic"}, Check: func(*Pass) { panic("it ran") }}
	if result := Run(project(1, 1), []*Rule{other}, time.Time{}); len(result.Problems)+len(result.Findings) > 0 {
		t.Errorf("%v", result)
	}
}

func TestFindingIDIgnoresPlace(t *testing.T) {
	id := func(line int) string {
		r := &app.Resource{ID: "a/Q", Span: source.Span{File: "a", Line: line}}
		return finish([]*Finding{{Rule: fifo, Resource: r, Span: r.Span, Message: "it is"}})[0].ID
	}
	if id(3) != id(30) {
		t.Error("the id of a finding changes when lines are put before it")
	}
}

func TestValidate(t *testing.T) {
	good := Rule{
		ID: "CFG001", Area: Configuration, Severity: Low, Since: "0.1", Title: "A thing is open",
		Doc:   "It is bad that the thing is open because everybody can come in and take what there is.",
		Refs:  Refs{AWS: []string{"https://docs.aws.amazon.com/x.html"}, CWE: []string{"CWE-1"}, OWASP: []string{"A1:2017"}, ATTACK: []string{"T1098.001"}},
		Types: []string{"AWS::SQS::Queue"}, Check: func(*Pass) {},
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(*Rule){
		"an id":          func(r *Rule) { r.ID = "IAM001" },
		"a severity":     func(r *Rule) { r.Severity = 0 },
		"a title":        func(r *Rule) { r.Title = "A thing is open." },
		"a doc":          func(r *Rule) { r.Doc = "Bad." },
		"AWS":            func(r *Rule) { r.Refs.AWS = []string{"https://example.com"} },
		"CWE":            func(r *Rule) { r.Refs.CWE = nil },
		"OWASP":          func(r *Rule) { r.Refs.OWASP = []string{"A11:2017"} },
		"ATT&CK":         func(r *Rule) { r.Refs.ATTACK = []string{"1098"} },
		"a check":        func(r *Rule) { r.Check = nil },
		"resource types": func(r *Rule) { r.Types = nil },
		"CloudFormation": func(r *Rule) { r.Types = []string{"aws_sqs_queue"} },
		"the version":    func(r *Rule) { r.Since = "" },
	} {
		r := good
		spoil(&r)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10, 40, 160} {
		p := project(n, 20)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Run(p, []*Rule{fifo}, time.Time{})
			}
		})
	}
}

func TestWriteMarkdown(t *testing.T) {
	var b strings.Builder
	doc := *fifo
	doc.Title, doc.Since = "Queue is FIFO", "0.1"
	doc.Doc = "One line\n\t\tand another.\n\n\t\tA second paragraph."
	if err := WriteMarkdown(&b, []*Rule{&doc}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 rules", "## Configuration", "### CFG901", "One line and another.\n\nA second paragraph.", "`AWS::SQS::Queue`"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not on the page:\n%s", want, b.String())
		}
	}
}

func TestNames(t *testing.T) {
	for typ, want := range map[string]string{
		"AWS::S3::Bucket": "bucket", "AWS::MediaStore::Container": "container", "AWS::IoT::TopicRule": "topic rule", "Custom::Thing": "thing",
	} {
		if got := Noun(typ); got != want {
			t.Errorf("%s is called %q", typ, got)
		}
	}
	for n, want := range []string{"", "a", "a and b", "a, b and c", "a, b, c and 1 more"} {
		if got := Enumerate([]string{"a", "b", "c", "d"}[:n], 3); got != want {
			t.Errorf("%d words: %q", n, got)
		}
	}
}

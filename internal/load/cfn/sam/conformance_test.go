package sam

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// corpusVariable names a checkout of github.com/aws/serverless-application-model,
// or its folder tests/translator, which has the transform's own tests.
const corpusVariable = "REMIT_SAM_CORPUS"

var testLimits = source.Limits{Nodes: 1 << 20, Depth: 200}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readTree reads a YAML or JSON file.
func readTree(t testing.TB, file string) *source.Node {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parse := source.ParseYAML
	if filepath.Ext(file) == ".json" {
		parse = source.ParseJSON
	}
	n, problems := parse(filepath.Base(file), data, testLimits)
	if n == nil {
		t.Logf("%s is not read: %v", file, problems)
	}
	return n
}

// corpusOptions are what the transform's own tests run with.
func corpusOptions(doc, policies *source.Node, region string) Options {
	o := Options{Region: region, Parameters: map[string]*source.Node{
		"param1": source.NewString("value1", source.Span{}),
		"param2": source.NewString("value2", source.Span{}),
	}}
	if params := doc.Get("Parameters"); isMap(params) {
		for _, f := range params.Fields {
			if v := f.Value.Get("Default"); v != nil && o.Parameters[f.Key] == nil {
				o.Parameters[f.Key] = v
			}
		}
	}
	known := policies.Get(partitionOf(o))
	o.ManagedPolicy = func(name string) (string, bool) {
		arn := known.Get(name)
		return text(arn), arn != nil
	}
	return o
}

// figures are the counts of a run, as stored in testdata/conformance.txt.
type figures map[string]int

func TestCorpusConformance(t *testing.T) {
	corpus := os.Getenv(corpusVariable)
	if corpus == "" {
		t.Skipf("set %s to tests/translator of the SAM translator's sources to compare with it", corpusVariable)
	}
	if dir := filepath.Join(corpus, "tests", "translator"); isDir(dir) {
		corpus = dir
	}
	inputs, err := filepath.Glob(filepath.Join(corpus, "input", "*.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Fatalf("%s has no inputs: %v", corpus, err)
	}
	policies := readTree(t, filepath.Join(corpus, "../../samtranslator/internal/data/aws_managed_policies.json"))
	got := figures{}
	for _, in := range inputs {
		name := strings.TrimSuffix(filepath.Base(in), ".yaml")
		if strings.HasPrefix(name, "error_") {
			compareError(t, got, corpus, name, policies)
			continue
		}
		compareValid(t, got, corpus, name, policies)
	}
	t.Logf("valid: %d of %d match, %d of them strictly; in other partitions %d of %d strictly; refused: %d of %d, %d named; %d inputs have no output",
		got["valid.match"], got["valid.total"], got["valid.strict"], got["partition.strict"], got["partition.total"],
		got["error.refused"], got["error.total"], got["error.named"], got["absent"])
	for _, k := range []string{"valid.match", "valid.strict", "partition.strict", "error.refused", "error.named"} {
		if want := recorded(t)[k]; got[k] < want {
			t.Errorf("%s: %d, recorded are %d", k, got[k], want)
		}
	}
}

// recorded reads the last figures.
func recorded(t *testing.T) figures {
	f, err := os.Open("testdata/conformance.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := figures{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if w := strings.Fields(s.Text()); len(w) == 2 && w[0] != "#" {
			out[w[0]], _ = strconv.Atoi(w[1])
		}
	}
	return out
}

func compareValid(t *testing.T, got figures, corpus, name string, policies *source.Node) {
	in := readTree(t, filepath.Join(corpus, "input", name+".yaml"))
	if in == nil {
		return
	}
	doc := intrinsic.Normalize(in)
	for _, p := range []struct{ folder, region, count string }{
		{"", "ap-southeast-1", "valid"}, {"aws-cn", "cn-north-1", "partition"}, {"aws-us-gov", "us-gov-west-1", "partition"},
	} {
		out := filepath.Join(corpus, "output", p.folder, strings.Replace(name, "_convert_metadata", "_convert_no_metadata", 1)+".json")
		if _, err := os.Stat(out); err != nil {
			if p.folder == "" {
				got["absent"]++
				t.Logf("%s: no output", name)
			}
			continue
		}
		got[p.count+".total"]++
		o := corpusOptions(doc, policies, p.region)
		o.FeatureToggles = strings.HasPrefix(name, "feature_toggle_")
		res := Expand(doc, o)
		refused := refusals(res)
		want := readTree(t, out)
		if p.folder != "" {
			if len(refused) == 0 && comparable(res.Doc) == comparable(want) {
				got["partition.strict"]++
			} else {
				t.Logf("%s in %s differs", name, p.folder)
			}
			continue
		}
		diff := differences(res.Doc, want)
		for _, r := range refused {
			diff = append(diff, "refused: "+r.Message)
		}
		switch {
		case len(diff) == 0 && comparable(res.Doc) == comparable(want):
			got["valid.strict"]++
			got["valid.match"]++
		case len(diff) == 0:
			got["valid.match"]++
			t.Logf("%s matches, but not strictly: %s", name, firstDifference(res.Doc, want))
		default:
			t.Logf("%s differs: %s", name, strings.Join(diff[:min(len(diff), 6)], "; "))
		}
	}
}

func refusals(res Result) []Problem {
	return slices.DeleteFunc(slices.Clone(res.Problems), func(p Problem) bool { return p.Unresolved })
}

// compared are the types of resources of which an analysis of permissions and
// entry points reads everything; of others, ids and types must match.
var compared = []string{"AWS::Lambda::", "AWS::IAM::", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::", "AWS::SQS::QueuePolicy",
	"AWS::SNS::", "AWS::Events::", "AWS::Scheduler::", "AWS::S3::", "AWS::Cognito::", "AWS::IoT::", "AWS::Logs::",
	"AWS::StepFunctions::", "AWS::AppSync::", "AWS::SQS::Queue", "AWS::DynamoDB::Table"}

// differences lists what differs in the ids, types and conditions of all
// resources and in the properties of the compared ones.
func differences(got, want *source.Node) []string {
	g, w := plain(got).Get("Resources"), plain(want).Get("Resources")
	var out []string
	for _, k := range sortedKeys(orNull(w, source.Span{})) {
		a, b := g.Get(k), w.Get(k)
		switch {
		case a == nil:
			out = append(out, "no "+k)
		case text(a.Get("Type")) != text(b.Get("Type")):
			out = append(out, k+" is a "+text(a.Get("Type")))
		case slices.ContainsFunc(compared, func(p string) bool { return strings.HasPrefix(text(b.Get("Type")), p) }):
			if sorted(a) != sorted(b) {
				out = append(out, k+": "+difference(k, a, b))
			}
		}
	}
	for _, k := range sortedKeys(orNull(g, source.Span{})) {
		if !w.Has(k) {
			out = append(out, "surplus "+k)
		}
	}
	return out
}

func firstDifference(got, want *source.Node) string { return difference("", plain(got), plain(want)) }

// difference finds the first place where two trees differ.
func difference(path string, a, b *source.Node) string {
	switch {
	case a == nil || b == nil || a.Kind != b.Kind:
		return fmt.Sprintf("%s: got %.300s, want %.300s", path, sorted(a), sorted(b))
	case isMap(a):
		for _, k := range slices.Compact(slices.Sorted(slices.Values(append(sortedKeys(a), sortedKeys(b)...)))) {
			if sorted(a.Get(k)) != sorted(b.Get(k)) {
				return difference(path+"."+k, a.Get(k), b.Get(k))
			}
		}
	case isList(a) && len(a.Items) == len(b.Items):
		x, y := inOrder(a), inOrder(b)
		for i := range x {
			if sorted(x[i]) != sorted(y[i]) {
				return difference(path+"["+strconv.Itoa(i)+"]", x[i], y[i])
			}
		}
	}
	return fmt.Sprintf("%s: got %.300s, want %.300s", path, sorted(a), sorted(b))
}

func inOrder(n *source.Node) []*source.Node {
	items := slices.Clone(n.Items)
	slices.SortFunc(items, func(a, b *source.Node) int { return cmp.Compare(sorted(a), sorted(b)) })
	return items
}

// comparable is a template as one string; lists count as sets, as in the
// transform's own tests.
func comparable(n *source.Node) string { return sorted(plain(n)) }

func sorted(n *source.Node) string {
	if n == nil {
		return "absent"
	}
	return canonical(sortLists(n))
}

func sortLists(n *source.Node) *source.Node {
	out := mapTree(n, sortLists)
	if isList(out) {
		items := slices.Clone(out.Items)
		slices.SortStableFunc(items, func(a, b *source.Node) int { return cmp.Compare(canonical(a), canonical(b)) })
		return source.NewList(out.Span, items...)
	}
	return out
}

// plain replaces what cannot be equal: the hash of an API's deployment, which
// depends on the order of Python's dictionaries, and the address of a template
// from the application repository.
func plain(n *source.Node) *source.Node {
	resources := n.Get("Resources")
	if !isMap(resources) {
		return n
	}
	var pairs []string
	for _, f := range resources.Fields {
		if text(f.Value.Get("Type")) == "AWS::ApiGateway::Deployment" {
			if m := deploymentHash.FindStringSubmatch(f.Key); m != nil {
				pairs = append(pairs, f.Key, m[1]+"HASH")
			}
		}
	}
	r := strings.NewReplacer(pairs...)
	n = n.Without("Transform") // others than this one are kept on purpose
	var walk func(*source.Node) *source.Node
	walk = func(n *source.Node) *source.Node {
		if isStr(n) {
			s := deploymentDescription.ReplaceAllString(r.Replace(n.Text), "RestApi deployment id: HASH")
			if strings.HasPrefix(s, "https://awsserverlessrepo-changesets") {
				s = ""
			}
			return source.NewString(s, n.Span)
		}
		if n.Is(source.NumberNode) {
			if f, err := strconv.ParseFloat(n.Text, 64); err == nil {
				return source.NewNumber(strconv.FormatFloat(f, 'g', -1, 64), n.Span)
			}
		}
		out := mapTree(n, walk)
		if isMap(out) {
			c := *out
			c.Fields = slices.Clone(out.Fields)
			for i := range c.Fields {
				c.Fields[i].Key = r.Replace(c.Fields[i].Key)
			}
			return &c
		}
		return out
	}
	return walk(n)
}

var (
	deploymentHash        = regexp.MustCompile(`^(.*Deployment)[0-9a-f]{10}$`)
	deploymentDescription = regexp.MustCompile(`^RestApi deployment id: [0-9a-f]+$`)
)

var (
	errorID       = regexp.MustCompile(`(?:with id|new resource with id) \[([A-Za-z0-9]+)\]`)
	errorValues   = regexp.MustCompile(`\[[^\]]*['\[][^\]]*\]+`)
	contentHash   = regexp.MustCompile(`[0-9a-f]{10}$`)
	errorSentence = regexp.MustCompile(`Resource with id|Transforming resource`)
	errorFirst    = regexp.MustCompile(`^[^\[]*\[([A-Za-z0-9]+)\]`)
	errorQuoted   = regexp.MustCompile(`(?:'([A-Za-z][A-Za-z0-9.\[\]_-]*)'|property ([A-Z][A-Za-z]+) not)`)
)

func compareError(t *testing.T, got figures, corpus, name string, policies *source.Node) {
	in := readTree(t, filepath.Join(corpus, "input", name+".yaml"))
	want := readTree(t, filepath.Join(corpus, "output", name+".json"))
	if in == nil || want == nil {
		got["absent"]++
		return
	}
	got["error.total"]++
	doc := intrinsic.Normalize(in)
	refused := refusals(Expand(doc, corpusOptions(doc, policies, "ap-southeast-1")))
	if len(refused) == 0 {
		t.Logf("%s: not refused: %s", name, text(want.Get("errorMessage")))
		return
	}
	got["error.refused"]++
	if missing := unnamed(text(want.Get("errorMessage")), refused); missing != "" {
		t.Logf("%s: %s is not named: %s\n\t%v", name, missing, text(want.Get("errorMessage")), refused)
		return
	}
	got["error.named"]++
}

// unnamed returns a logical id or the sentence on a property of the expected
// message that no problem names, or "".
func unnamed(message string, problems []Problem) string {
	for _, m := range errorID.FindAllStringSubmatch(message, -1) {
		if !slices.ContainsFunc(problems, func(p Problem) bool { return about(p, m[1]) }) {
			return m[1]
		}
	}
	// A sentence quotes values and alternatives too: of what it quotes, one
	// name has to be in a problem about the same resource.
	for _, sentence := range errorSentence.Split(message, -1)[1:] {
		if strings.Contains(sentence, "object has no attribute") {
			continue // an error of the translator's own
		}
		id := errorFirst.FindStringSubmatch(sentence)
		quoted := errorQuoted.FindAllStringSubmatch(errorValues.ReplaceAllString(sentence, ""), -1)
		named := len(quoted) == 0
		for _, q := range quoted {
			parts := strings.Split(cmp.Or(q[1], q[2]), ".")
			last := strings.TrimRight(parts[len(parts)-1], "[]0123456789")
			named = named || slices.ContainsFunc(problems, func(p Problem) bool {
				return (id == nil || about(p, id[1])) && (strings.Contains(p.Property, last) || strings.Contains(p.Message, last))
			})
		}
		if !named {
			return strings.TrimSpace(sentence)
		}
	}
	return ""
}

// about reports whether a problem is about the thing with this id: a resource,
// an event, or what is generated from them.
func about(p Problem, id string) bool {
	return p.Resource == id || contentHash.MatchString(id) && p.Resource == id[:len(id)-10] || strings.Contains(p.Message, id) ||
		slices.ContainsFunc(strings.Split(p.Property, "."), func(part string) bool { return p.Resource+part == id || part == id })
}

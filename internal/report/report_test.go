package report

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSchemaIsDocumented holds docs/json.md against the types.
func TestSchemaIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		for x.Kind() == reflect.Slice || x.Kind() == reflect.Pointer {
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || seen[x] {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			f := x.Field(i)
			if f.Anonymous {
				walk(f.Type)
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				t.Errorf("%s.%s has no JSON name", x.Name(), f.Name)
			}
			if !bytes.Contains(doc, []byte("`"+name+"`")) && !bytes.Contains(doc, []byte(`"`+name+`"`)) {
				t.Errorf("docs/json.md does not mention %s of %s", name, x.Name())
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Report]())
	for _, answer := range []any{AccessCan{}, AccessWho{}, AccessWhat{}, AccessDiff{}, AccessPublic{}, AccessNeeded{}, AccessCheck{}} {
		walk(reflect.TypeOf(answer))
	}
}

func encode(t *testing.T, r *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNormalizeIsStable(t *testing.T) {
	want := encode(t, fixture())
	r := fixture()
	slices.Reverse(r.Findings)
	slices.Reverse(r.Paths)
	slices.Reverse(r.Fixes)
	slices.Reverse(r.Duties)
	slices.Reverse(r.Resources)
	slices.Reverse(r.Rules)
	slices.Reverse(r.Cut.Fixes)
	r.Normalize()
	if got := encode(t, r); !bytes.Equal(got, want) {
		t.Error("the order in which things are added shows in the report")
	}
	again, err := Read(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := encode(t, again); !bytes.Equal(got, want) {
		t.Error("a report that is read and written again differs")
	}
}

func TestIDsOutliveMovedLines(t *testing.T) {
	ids := func(shift int) []string {
		r := fixture()
		for i := range r.Paths {
			r.Paths[i].ID = ""
		}
		for i := range r.Findings {
			r.Findings[i].ID = ""
			r.Findings[i].Span.Line += shift
		}
		for i := range r.Fixes {
			r.Fixes[i].ID = ""
		}
		r.Normalize()
		var out []string
		for _, p := range r.Paths {
			out = append(out, p.ID)
		}
		for _, f := range r.Findings {
			out = append(out, f.ID)
		}
		for _, f := range r.Fixes {
			out = append(out, f.ID)
		}
		slices.Sort(out)
		if len(slices.Compact(slices.Clone(out))) != len(out) {
			t.Errorf("two things share an id: %v", out)
		}
		return out
	}
	if a, b := ids(0), ids(10); !slices.Equal(a, b) {
		t.Errorf("ids changed with the lines:\n%v\n%v", a, b)
	}
}

func TestRead(t *testing.T) {
	for name, data := range map[string]string{"other schema": `{"schema":"remit/2"}`, "no JSON": "PK\x03"} {
		if _, err := Read([]byte(data)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestQueries(t *testing.T) {
	r := fixture()
	if w := r.Worst(); w == nil || w.ID != "path-d" {
		t.Errorf("the worst path is %v", w)
	}
	for standing, want := range map[Standing]string{Proved: "path-d path-a", Conditional: "path-b", Possible: "path-c"} {
		var got []string
		for _, p := range r.PathsOf(standing) {
			got = append(got, p.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s paths: %v, want %s", standing, got, want)
		}
	}
	if on := r.FindingsOn(r.Path("path-b")); len(on) != 2 || on[0].Rule != "IAM003" {
		t.Errorf("findings on path-b: %v", on)
	}
	if open := r.Open(); open[0].Rule != "IAM003" || open[1].Rule != "CFG001" || r.Count(Ignored) != 1 {
		t.Errorf("open findings: %v", open)
	}
	if r.Rule("CFG012") == nil || r.Finding("none") != nil || r.Fix("fix-narrow") == nil {
		t.Error("look-ups by id")
	}
}

func TestGate(t *testing.T) {
	low := &Report{Findings: []Finding{{Rule: "CFG044", Severity: Low}}}
	ignored := &Report{Findings: []Finding{{Rule: "CFG001", Severity: Critical, Status: Ignored}}}
	possible := &Report{Paths: []Path{{Severity: Critical, Certainty: Unknown}}}
	for _, c := range []struct {
		name string
		r    *Report
		gate Severity
		want bool
	}{
		{"above", fixture(), High, true},
		{"below", low, High, false},
		{"at", low, Low, true},
		{"no gate", fixture(), "none", false},
		{"ignored", ignored, Low, false},
		{"only possible", possible, Low, false},
	} {
		c.r.Normalize()
		if got := c.r.Exceeds(c.gate); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestWidths(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		var b bytes.Buffer
		if err := WriteText(&b, fixture(), Options{Width: width, All: true}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := len(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
	}
}

func TestColour(t *testing.T) {
	write := func(color bool) string {
		var b bytes.Buffer
		if err := WriteText(&b, fixture(), Options{Width: 100, Color: color}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain, coloured := write(false), write(true)
	if strings.Contains(plain, "\x1b") || !strings.Contains(coloured, "\x1b[") {
		t.Error("colours where none are wanted, or none where they are")
	}
	if strings.TrimRight(stripStyles(coloured), "\n") != strings.TrimRight(plain, "\n") {
		t.Error("colour changes the layout")
	}
}

func stripStyles(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

// TestMarkdownFits keeps a comment below what GitHub takes, however much
// there is to say.
func TestMarkdownFits(t *testing.T) {
	r := fixture()
	long := strings.Repeat("a very long message about OrdersTable | ", 50)
	for i := range 500 {
		f, p, x := r.Findings[0], r.Paths[0], r.Fixes[0]
		f.ID, f.Message = "f"+string(rune('a'+i%26))+strings.Repeat("x", i), long
		p.ID, p.Title = "p"+strings.Repeat("x", i), long
		x.ID, x.Title = "x"+strings.Repeat("x", i), long
		r.Findings, r.Paths, r.Fixes = append(r.Findings, f), append(r.Paths, p), append(r.Fixes, x)
		r.Cut.Fixes = append(r.Cut.Fixes, x.ID)
	}
	r.Normalize()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	const limit = 65536
	if b.Len() > limit {
		t.Errorf("the comment has %d characters", b.Len())
	}
}

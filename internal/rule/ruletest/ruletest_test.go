package ruletest

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	yaml := "A: 1 # want CFG001 \"one\" \"t[wo]+\"\nB: 2 # undecided CFG001\nC: 3 # want CFG002 \"other\" # want CFG001 \"a \\\"quoted\\\" word\"\n"
	marks, data, err := parse("CFG001", "t.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != yaml {
		t.Error("the YAML was changed")
	}
	if n := len(marks[place{"t.yaml", 1}]); n != 2 {
		t.Errorf("line 1 has %d marks", n)
	}
	if m := marks[place{"t.yaml", 2}]; len(m) != 1 || !m[0].undecided || m[0].message != nil {
		t.Errorf("line 2: %v", m)
	}
	if m := marks[place{"t.yaml", 3}]; len(m) != 1 || m[0].message.String() != `a "quoted" word` {
		t.Errorf("line 3: %v", m)
	}
}

func TestParseJSON(t *testing.T) {
	json := "{\n  \"A\": 1, // want CFG001 \"one\"\n  \"url\": \"https://example.com\"\n}\n"
	marks, data, err := parse("CFG001", "t.json", []byte(json))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "want") || !strings.Contains(string(data), "https://example.com") || strings.Count(string(data), "\n") != 4 {
		t.Errorf("the file became %q", data)
	}
	if len(marks[place{"t.json", 2}]) != 1 {
		t.Errorf("marks: %v", marks)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{`A: 1 # want CFG001`, `A: 1 # want CFG001 "("`} {
		if _, _, err := parse("CFG001", "t.yaml", []byte(line)); err == nil || !strings.HasPrefix(err.Error(), "t.yaml:1: ") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestHide(t *testing.T) {
	for line, want := range map[string]string{
		`    AuthType: NONE # want CFG001 "x"`:    "    AuthType: !Ref " + hidden,
		`  - arn:aws:s3:::x # want CFG001 "x"`:    "  - !Ref " + hidden,
		`  - Cidr: '*' # want CFG001 "x"`:         "  - Cidr: !Ref " + hidden,
		`    Url: # want CFG001 "x"`:              "",
		`    Type: AWS::S3::Bucket # want CFG001`: "",
	} {
		data, ok := hide([]string{"Resources:", line}, 1)
		if ok != (want != "") || ok && !strings.Contains(string(data), want+"\n") {
			t.Errorf("%s became %q", line, data)
		}
	}
}

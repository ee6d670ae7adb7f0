package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"
)

func TestCatalogueIsCurrent(t *testing.T) {
	const dir = "../../checks"
	want, err := catalogue(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, catalogueFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the rules make of it; run go generate ./internal/checks", catalogueFile)
	}
}

func TestWriteRule(t *testing.T) {
	dir := t.TempDir()
	if err := writeRule(dir, "CFG999", "config", `Thing is "open"`); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "config", "cfg999.go")
	if _, err := parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
		t.Errorf("the rule is not Go: %v", err)
	}
	found, err := rulesIn(name)
	if err != nil || len(found) != 1 || found[0] != "CFG999" {
		t.Errorf("rules of the new file: %v, %v", found, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "config", "testdata", "CFG999.txtar")); err != nil {
		t.Error(err)
	}
	if err := writeRule(dir, "CFG999", "config", "Again"); err == nil {
		t.Error("a rule was written over")
	}
}

func TestWriteRuleRefuses(t *testing.T) {
	for _, c := range [][3]string{
		{"IAM001", "config", "wrong prefix"},
		{"CFG1", "config", "too few digits"},
		{"CFG001", "elsewhere", "no such package"},
	} {
		if err := writeRule(t.TempDir(), c[0], c[1], c[2]); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-catalogue"}, {"CFG001"}} {
		if err := run(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

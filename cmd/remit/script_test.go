package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"remit": main})
}

// TestScripts runs testdata/script/*.txtar: one file holds the scanned
// sources, the command lines, the exit codes and what is expected of the
// output. docs/testing.md describes the commands beside testscript's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", examples)
			env.Setenv("SOURCE_DATE_EPOCH", "1795478400") // 2026-11-24
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   cmdCode,
			"absent": cmdAbsent,
			"fill":   cmdFill,
		},
	})
}

// code N PROGRAM ARGS... runs a program that must exit with N.
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		got = ee.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstderr: %s\nstdout: %s", got, want, ts.ReadFile("stderr"), ts.ReadFile("stdout"))
	}
}

// absent TEXT FILE... fails if one of the files ("stdout" and "stderr" too)
// contains the text, even in part of a line.
func cmdAbsent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: absent TEXT FILE...")
	}
	for _, name := range args[1:] {
		if strings.Contains(ts.ReadFile(name), args[0]) {
			ts.Fatalf("%s contains %q", name, args[0])
		}
	}
}

// fill FILE BYTES [TEXT] makes a file of that many bytes that starts with the
// text and goes on with comment lines.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fill FILE BYTES [TEXT]")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ""
	if len(args) > 2 {
		text = strings.ReplaceAll(args[2], `\n`, "\n")
	}
	line := "# filling, filling, filling, filling, filling, filling\n"
	text += strings.Repeat(line, max(0, (size-len(text))/len(line)+1))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

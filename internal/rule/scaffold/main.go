// Command scaffold starts a rule, and writes the catalogue of all rules.
//
//	go run ./internal/rule/scaffold CFG041 config "Bucket lets anyone list it"
//	go run ./internal/rule/scaffold -catalogue internal/checks
//
// The first form writes internal/checks/config/cfg041.go and its fixtures in
// testdata/CFG041.txtar; neither may exist. The second reads the rules from
// the source of the packages below the folder and writes its catalogue.go; it
// needs no rule to compile.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "scaffold:", err)
		os.Exit(2)
	}
}

var errUsage = errors.New(`usage: scaffold ID PACKAGE "Title", or scaffold -catalogue DIR`)

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "-catalogue":
		return writeCatalogue(args[1])
	case len(args) == 3:
		return writeRule("internal/checks", args[0], args[1], args[2])
	}
	return errUsage
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command and format.
const (
	exitClean      = 0
	exitGate       = 1 // findings or paths at or above --fail-on
	exitError      = 2 // wrong usage, or remit could not do its work
	exitIncomplete = 3 // --strict, and part of the input was not understood
	exitNothing    = 4 // nothing found to scan
)

// An exit ends the program with a code and nothing more to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// A usageError is a mistake on the command line; hint says what to do.
type usageError struct{ msg, hint string }

func (e usageError) Error() string { return e.msg }

func usage(hint, format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...), hint}
}

// streams are the program's standard streams.
type streams struct {
	in       io.Reader
	out, err *os.File
}

// run is the program without its process: it returns the exit code.
func run(args []string, in io.Reader, out, errOut *os.File) int {
	cmd := newRoot(streams{in, out, errOut})
	cmd.SetArgs(args)
	cmd.SetIn(in)
	cmd.SetOut(out)
	cmd.SetErr(errOut)
	err := cmd.Execute()
	var code exit
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(errOut, "remit: %s\n", printable(err.Error()))
	var u usageError
	if errors.As(err, &u) && u.hint != "" {
		fmt.Fprintf(errOut, "%s\n", u.hint)
	}
	return exitError
}

func newRoot(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remit",
		Short: "What is yours to secure in a serverless AWS application, and how an attacker would get in",
		Long: `remit reads the sources of a serverless AWS application and says what is yours to
secure, where it falls short, what an attacker could do with that, and the least
you must change. It executes nothing that it reads and needs no network.`,
		Example: `  remit scan .                        the whole answer for this folder
  remit scan template.yaml            one application
  remit paths .                       only the attack paths
  remit explain CFG012                what a rule means and what to do`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.SetVersionTemplate("remit {{.Version}}\n")
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("run "+cmd.CommandPath()+" --help to see its flags", "%v", err)
	})
	cmd.AddCommand(newScan(s), newPaths(s), newDuties(s), newRules(s), newExplain(s), newIAM(s))
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultCompletionCmd()
	return cmd
}

// noArgs tells an unknown subcommand from a misplaced argument.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasParent() {
		return usage("run "+cmd.CommandPath()+" --help to see what it takes", "%s takes no arguments, but was given %q", cmd.CommandPath(), args[0])
	}
	hint := "run remit --help to see all commands"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean remit " + near[0] + "?"
	} else if _, err := os.Stat(args[0]); err == nil {
		hint = "did you mean remit scan " + args[0] + "?"
	}
	return usage(hint, "there is no command %q", args[0])
}

// printable takes control characters out of a message: parts of it may come
// from names of files and from flags.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '�'
		}
		return r
	}, s)
}

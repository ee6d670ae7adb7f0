package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/remit-security/remit/internal/report"
)

// A writer writes what a command has to say in one format.
type writer func(io.Writer, report.Options) error

// An output is how a command prints: formats, files, colours, how much.
type output struct {
	formats []string
	format  string
	file    string
	more    []string // FORMAT=FILE
	noColor bool
	all     bool
	quiet   bool
}

func (o *output) flags(cmd *cobra.Command, formats ...string) {
	o.formats = formats
	f := cmd.Flags()
	f.StringVarP(&o.format, "format", "f", "text", strings.Join(formats, ", "))
	f.StringVarP(&o.file, "output-file", "o", "", "write to this `file` instead of the terminal")
	f.StringArrayVar(&o.more, "output", nil, "write another report, as `FORMAT=FILE`; may be repeated")
	f.BoolVar(&o.noColor, "no-color", false, "print without colours, as the environment variable NO_COLOR does")
	f.BoolVarP(&o.all, "all", "a", false, "list everything, not only the worst")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the summary only, and no progress")
	complete(cmd, "format", formats)
}

// complete gives shell completion the values of a flag.
func complete(cmd *cobra.Command, flag string, values []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is not declared above
	}
}

// A target is one report to write; an empty file means standard output.
type target struct{ format, file string }

func (o *output) targets() ([]target, error) {
	list := []target{{o.format, o.file}}
	for _, m := range o.more {
		format, file, ok := strings.Cut(m, "=")
		if !ok || file == "" {
			return nil, usage("write --output json=remit.json", "--output %q names no format or no file", m)
		}
		list = append(list, target{format, file})
	}
	seen := map[string]bool{}
	for _, t := range list {
		if !slices.Contains(o.formats, t.format) {
			return nil, usage("the formats are "+strings.Join(o.formats, ", "), "there is no format %q here", t.format)
		}
		if seen[t.file] {
			return nil, usage("give each report a file of its own", "two reports would be written to %s", t.file)
		}
		seen[t.file] = true
	}
	return list, nil
}

// write makes all reports, then checks all targets, and only then writes, so
// that a mistake in one leaves no other behind.
func (o *output) write(s streams, targets []target, scanned []string, writers map[string]writer) error {
	made := make([][]byte, len(targets))
	for i, t := range targets {
		var b bytes.Buffer
		if err := writers[t.format](&b, o.options(s, t)); err != nil {
			return err
		}
		made[i] = b.Bytes()
	}
	for _, t := range targets {
		if t.file != "" {
			if err := checkTarget(t.file, scanned); err != nil {
				return err
			}
		}
	}
	for i, t := range targets {
		if t.file != "" {
			if err := writeFile(t.file, made[i], scanned); err != nil {
				return err
			}
		} else if _, err := s.out.Write(made[i]); err != nil {
			return fmt.Errorf("cannot write the report: %w", cause(err))
		}
	}
	return nil
}

// options lay text out for where it goes: a terminal has a width and colours,
// a file and a pipe have neither.
func (o *output) options(s streams, t target) report.Options {
	out := report.Options{All: o.all, Quiet: o.quiet}
	if t.file != "" || !term.IsTerminal(int(s.out.Fd())) {
		return out
	}
	if width, _, err := term.GetSize(int(s.out.Fd())); err == nil && width > 0 {
		out.Width = min(max(width, 40), 140)
	}
	out.Color = !o.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return out
}

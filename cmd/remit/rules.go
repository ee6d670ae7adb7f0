package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/scan"
)

func newRules(s streams) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List all rules",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			targets, err := out.targets()
			if err != nil {
				return err
			}
			var rules []report.Rule
			for _, r := range checks.Rules() {
				rules = append(rules, scan.Describe(r))
			}
			return out.write(s, targets, nil, map[string]writer{
				"text":     func(w io.Writer, o report.Options) error { return report.WriteRules(w, rules, o) },
				"json":     func(w io.Writer, _ report.Options) error { return report.WriteRulesJSON(w, rules) },
				"markdown": func(w io.Writer, _ report.Options) error { return report.WriteRulesMarkdown(w, rules) },
			})
		},
	}
	out.flags(cmd, "text", "json", "markdown")
	return cmd
}

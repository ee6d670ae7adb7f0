package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/report"
)

func newDuties(s streams) *cobra.Command {
	var in input
	var out output
	cmd := &cobra.Command{
		Use:   "duties [DIR|FILE]...",
		Short: "Whose duty is whose: the shared responsibility of this application",
		Long: `duties prints the matrix of shared responsibility as it is for this application:
for every resource what AWS does, what is yours, which of it the sources show to be
met, and what moved a duty from AWS to you.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			targets, err := out.targets()
			if err != nil {
				return err
			}
			res, err := in.scan(s, out.quiet, args)
			if err != nil {
				return err
			}
			r := res.Report
			err = out.write(s, targets, res.dirs, map[string]writer{
				"text":     func(w io.Writer, o report.Options) error { return report.WriteDuties(w, r, o) },
				"json":     func(w io.Writer, _ report.Options) error { return report.WriteDutiesJSON(w, r.Duties) },
				"markdown": func(w io.Writer, _ report.Options) error { return report.WriteDutiesMarkdown(w, r) },
			})
			if err != nil {
				return err
			}
			return found(s, res.Result)
		},
	}
	in.flags(cmd)
	out.flags(cmd, "text", "json", "markdown")
	return cmd
}

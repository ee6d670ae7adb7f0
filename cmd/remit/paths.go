package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/report"
)

func newPaths(s streams) *cobra.Command {
	var in input
	var out output
	cmd := &cobra.Command{
		Use:   "paths [DIR|FILE]...",
		Short: "Only the attack paths, hop by hop, and the fewest changes that cut them",
		Long: `paths scans as remit scan does and prints the attack paths alone, every one hop by
hop with its evidence, and the least cut. It has no gate: use remit scan for that.`,
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
			r := pathsOnly(res.Report)
			err = out.write(s, targets, res.dirs, map[string]writer{
				"text": func(w io.Writer, o report.Options) error { return report.WritePaths(w, r, o) },
				"json": func(w io.Writer, _ report.Options) error { return report.WriteJSON(w, r) },
			})
			if err != nil {
				return err
			}
			return found(s, res.Result)
		},
	}
	in.flags(cmd)
	out.flags(cmd, "text", "json")
	return cmd
}

// pathsOnly is the report without what lies on no path.
func pathsOnly(r *report.Report) *report.Report {
	p := *r
	p.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f report.Finding) bool { return len(f.Paths) == 0 })
	p.Fixes = slices.DeleteFunc(slices.Clone(r.Fixes), func(f report.Fix) bool {
		return len(r.PathsClosed(&f)) == 0 && !slices.Contains(r.Cut.Fixes, f.ID) // a fix of the cut may be for a branch
	})
	p.Duties, p.Permissions = []report.Duty{}, []report.Permission{}
	return &p
}

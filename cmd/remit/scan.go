package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/scan"
)

func newScan(s streams) *cobra.Command {
	var in input
	var out output
	var failOn string
	var strict bool
	cmd := &cobra.Command{
		Use:   "scan [DIR|FILE]...",
		Short: "Scan an application: attack paths, findings, duties, fixes",
		Long: `scan reads every application below the folders (by default this one): SAM and
CloudFormation templates, Terraform root modules and plans, Serverless Framework
services and the CDK's cloud assemblies. It reports the attack paths into them, the
findings, whose duty is whose, and the fewest changes that cut the paths. Given a
template or a plan, it scans that application alone.

Exit codes: 0 nothing at or above --fail-on, 1 something is, 2 wrong usage or an
error, 3 the analysis is incomplete and --strict was given, 4 nothing found to scan.`,
		Example: `  remit scan
  remit scan services/orders services/billing --fail-on critical
  remit scan . --param Stage=prod --region eu-central-1 --account 123456789012
  remit scan infra --var-file prod.tfvars
  remit scan . --format json -o remit.json
  remit scan . --output sarif=remit.sarif --output markdown=comment.md`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkGate(failOn); err != nil {
				return err
			}
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
				"text":     func(w io.Writer, o report.Options) error { return report.WriteText(w, r, o) },
				"json":     func(w io.Writer, _ report.Options) error { return report.WriteJSON(w, r) },
				"sarif":    func(w io.Writer, _ report.Options) error { return report.WriteSARIF(w, r) },
				"markdown": func(w io.Writer, _ report.Options) error { return report.WriteMarkdown(w, r) },
			})
			if err != nil {
				return err
			}
			return verdict(s, res.Result, failOn, strict)
		},
	}
	in.flags(cmd)
	out.flags(cmd, "text", "json", "sarif", "markdown")
	f := cmd.Flags()
	f.StringVar(&failOn, "fail-on", "", "exit with 1 for findings and paths of this severity or worse: critical, high, medium, low, none (default high)")
	f.BoolVar(&strict, "strict", false, "exit with 3 where part of the input was not understood or a question stays open")
	complete(cmd, "fail-on", scan.Severities[:])
	return cmd
}

func checkGate(failOn string) error {
	if failOn != "" && !slices.Contains(scan.Severities[:], failOn) {
		return usage("write --fail-on critical, high, medium, low or none", "there is no severity %q", failOn)
	}
	return nil
}

// verdict is the exit code of a scan. What was found counts before what was
// not understood: it needs an answer either way.
func verdict(s streams, res *scan.Result, failOn string, strict bool) error {
	gate := failOn
	if gate == "" {
		gate = res.Config.FailOn
	}
	if gate == "" {
		gate = string(report.High)
	}
	if err := found(s, res); err != nil {
		return err
	}
	switch {
	case res.Report.Exceeds(report.Severity(gate)):
		return exit(exitGate)
	case strict && res.Incomplete():
		return exit(exitIncomplete)
	}
	return nil
}

// found says so where there was nothing to scan.
func found(s streams, res *scan.Result) error {
	if !res.Empty() {
		return nil
	}
	fmt.Fprintln(s.err, "remit: found no application to scan; name the folder that holds the template, root module, service or cdk.out")
	return exit(exitNothing)
}

package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/access"
	"github.com/remit-security/remit/internal/report"
)

func newPublic(s streams) *cobra.Command {
	var q inquiry
	cmd := &cobra.Command{
		Use:   "public [DIR|FILE]...",
		Short: "Whom the policies of resources and roles let in from outside",
		Long: `public asks every resource policy, every trust policy and the canned ACLs of buckets
whom they let in from outside the account: anyone, any AWS account, any identity of a provider that many
share, a service on anybody's behalf, or a named account. Conditions that the caller
can satisfy do not count; Block Public Access of buckets does. What hinges on conditions
that only the owner's side decides, such as tags of the resource, is told with them.

Exit codes: 0 nobody for certain; 1 somebody, or somebody if conditions hold; 2 wrong
usage or an error; 3 perhaps somebody, and --strict was given; 4 nothing found to ask.`,
		Example: `  remit iam public
  remit iam public bucket-policy.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := q.targets()
			if err != nil {
				return err
			}
			m, err := q.open(s, args...)
			if err != nil {
				return err
			}
			if m.Empty() {
				return nothing(s, m)
			}
			a := m.Public()
			if err := q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessPublic(w, a, o) }); err != nil {
				return err
			}
			is := func(answer string) bool {
				return slices.ContainsFunc(a.Exposures, func(e report.AccessExposure) bool { return e.Answer == answer })
			}
			return verdictOf(is(report.AccessYes) || is(report.AccessConditional), is(report.AccessUnknown) || len(a.Problems) > 0, false, q.strict)
		},
	}
	q.flags(cmd, false)
	return cmd
}

func newNeeded(s streams) *cobra.Command {
	var q inquiry
	var file, principal string
	cmd := &cobra.Command{
		Use:   "needed --needed FILE [DIR|FILE]...",
		Short: "What is granted beyond what is needed",
		Long: `needed takes what identities need, as a policy or as lines of an action and a
resource, away from what they are granted, and shows the rest in the fewest
statements, with a policy of what is needed. Without --principal it asks about every
identity that is read.

Exit codes: 0 nothing beyond what is needed; 1 more, or it is not known and --strict
was not given; 2 wrong usage or an error; 3 it is not known and --strict was given;
4 nothing found to ask.`,
		Example: `  remit iam needed --needed orders.needs --principal Orders
  remit iam needed --needed policy.json --principal arn:aws:iam::111122223333:role/deploy account.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if file == "" {
				return usage("write --needed FILE", "--needed is missing: it names what is needed")
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return usage("name a file that exists", "cannot read %s: %v", file, cause(err))
			}
			needs, problems := access.ParseNeeds(file, data)
			if len(problems) > 0 {
				return usage("mend the file", "what is needed cannot be read: %s", problems[0])
			}
			targets, err := q.targets()
			if err != nil {
				return err
			}
			m, err := q.open(s, args...)
			if err != nil {
				return err
			}
			if len(m.Identities) == 0 && !m.Empty() {
				fmt.Fprintln(s.err, "remit: found policies of resources alone, which nobody is granted; name roles, users, or policies of theirs")
				return exit(exitNothing)
			}
			if m.Empty() {
				return nothing(s, m)
			}
			a, err := m.Needed(principal, needs)
			if err != nil {
				return asked(err)
			}
			if err := q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessNeeded(w, a, o) }); err != nil {
				return err
			}
			is := func(answer string) bool {
				return slices.ContainsFunc(a.Identities, func(e report.AccessExcess) bool { return e.Answer == answer })
			}
			unknown := is(report.AccessUnknown)
			return verdictOf(is(report.AccessYes), unknown || q.strict && len(a.Problems) > 0, unknown, q.strict)
		},
	}
	q.flags(cmd, true)
	cmd.Flags().StringVar(&file, "needed", "", "`file` of what is needed: a policy, or lines such as s3:GetObject arn:aws:s3:::bucket/*")
	cmd.Flags().StringVar(&principal, "principal", "", "the identity: an `ARN`, or the name of a role, user, function or policy")
	return cmd
}

// mistakes are the severities of messages, the worst first.
var mistakes = []string{"error", "warning", "note", "none"}

func newCheck(s streams) *cobra.Command {
	var q inquiry
	var failOn string
	cmd := &cobra.Command{
		Use:   "check [DIR|FILE]...",
		Short: "What is wrong with policies: names, statements and conditions that do not do what they seem to",
		Long: `check reads every policy, those in files of their own and those of applications and
accounts: its grammar, actions and keys that do not exist, resources that no action
works on, statements that add nothing or never hold, wildcards that match one action,
and conditions that do not say what they seem to.

Exit codes: 0 nothing at or above --fail-on; 1 something is; 2 wrong usage or an
error; 3 part of the input was not understood and --strict was given; 4 nothing found
to check.`,
		Example: `  remit iam check policies/
  remit iam check . --fail-on error`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			gate := slices.Index(mistakes, failOn)
			if gate < 0 {
				return usage("write --fail-on error, warning, note or none", "there is no severity %q", failOn)
			}
			targets, err := q.targets()
			if err != nil {
				return err
			}
			m, err := q.open(s, args...)
			if err != nil {
				return err
			}
			a := m.Check()
			if a.Policies == 0 {
				return nothing(s, m)
			}
			if err := q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessCheck(w, a, o) }); err != nil {
				return err
			}
			worst := slices.ContainsFunc(a.Messages, func(x report.AccessMessage) bool {
				return failOn != "none" && slices.Index(mistakes, x.Severity) <= gate
			})
			return verdictOf(worst, len(a.Problems) > 0, false, q.strict)
		},
	}
	q.flags(cmd, false)
	cmd.Flags().StringVar(&failOn, "fail-on", "warning", "exit with 1 for messages of this severity or worse: error, warning, note, none")
	complete(cmd, "fail-on", mistakes)
	return cmd
}

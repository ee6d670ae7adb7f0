package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/access"
	"github.com/remit-security/remit/internal/report"
)

func newWithin(s streams) *cobra.Command {
	var allow bool
	return newCompare(s, "within", &cobra.Command{
		Use:   "within NEW OLD",
		Short: "Does the new version allow only what the old one did? A gate for pull requests",
		Long: `within compares two versions: of a policy, of a folder of policies, of an
application or of an account. Policies are matched by their files, identities and
resources by their ARN or name. For what allows more than before it shows a request
that is allowed now and was not, and the statement that lets it through.

An answer that is not certain counts as a no: use --strict to tell the two apart.

Exit codes: 0 nothing grows; 1 something does, or it is not known and --strict was
not given; 2 wrong usage or an error; 3 it is not known and --strict was given;
4 nothing found to compare. With --allow-growth what grows is shown, and exits with 0.`,
		Example: `  remit iam within policy.json ../main/policy.json
  git worktree add ../main origin/main && remit iam within . ../main`,
	}, func(cmd *cobra.Command) {
		cmd.Flags().BoolVar(&allow, "allow-growth", false, "exit with 0 though something grows")
	}, func(q *inquiry, a *report.AccessDiff) error {
		grows, unknown := false, q.strict && len(a.Problems) > 0
		for _, c := range a.Changes {
			grows = grows || c.Grows.Answer == report.AccessYes
			unknown = unknown || c.Grows.Answer == report.AccessUnknown
		}
		return verdictOf(grows && !allow, unknown, unknown && !allow, q.strict)
	})
}

func newDiff(s streams) *cobra.Command {
	return newCompare(s, "diff", &cobra.Command{
		Use:   "diff NEW OLD",
		Short: "What the new version allows that the old one did not, and the other way round",
		Long: `diff is within in both directions: what is now allowed, and what no longer is.

Exit codes: 0 both allow the same; 1 they differ, or it is not known and --strict
was not given; 2 wrong usage or an error; 3 it is not known and --strict was given;
4 nothing found to compare.`,
		Example: `  remit iam diff account-today.json account-yesterday.json`,
	}, nil, func(q *inquiry, a *report.AccessDiff) error {
		differs, unknown := false, q.strict && len(a.Problems) > 0
		for _, c := range a.Changes {
			differs = differs || c.Grows.Answer == report.AccessYes || c.Shrinks.Answer == report.AccessYes
			unknown = unknown || c.Grows.Answer == report.AccessUnknown || c.Shrinks.Answer == report.AccessUnknown
		}
		return verdictOf(differs, unknown, unknown, q.strict)
	})
}

// verdictOf is the exit code of an answer: what was found counts before what
// is not known, and that is no pass.
func verdictOf(found, unknown, fails, strict bool) error {
	switch {
	case found:
		return exit(exitGate)
	case unknown && strict:
		return exit(exitIncomplete)
	case fails:
		return exit(exitGate)
	}
	return nil
}

// exampleAccount is the account of AWS's own documentation.
const exampleAccount = "123456789012"

func newCompare(s streams, question string, cmd *cobra.Command, flags func(*cobra.Command), verdict func(*inquiry, *report.AccessDiff) error) *cobra.Command {
	var q inquiry
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return usage("write remit iam "+question+" NEW OLD", "%s takes two versions, not %d", cmd.CommandPath(), len(args))
		}
		return nil
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		targets, err := q.targets()
		if err != nil {
			return err
		}
		anyAccount := q.account == ""
		if anyAccount {
			q.account = exampleAccount // one that is known, so that two versions can be compared exactly
		}
		now, err := q.open(s, args[0])
		if err != nil {
			return err
		}
		old, err := q.open(s, args[1])
		if err != nil {
			return err
		}
		if q.redefined = access.Redefined(now.Model, old.Model); len(q.redefined) > 0 {
			if old, err = q.open(s, args[1]); err != nil {
				return err
			}
		}
		if now.Empty() && old.Empty() {
			return nothing(s, now, old)
		}
		a := access.Compare(question, now.Model, old.Model, args[0], args[1], question == "diff")
		if anyAccount {
			a.Notes = append(a.Notes, "the account is not given, so "+exampleAccount+" stands for it; give it with --account where policies name it")
		}
		err = q.tell(s, targets, append(now.dirs, old.dirs...), a, func(w io.Writer, o report.Options) error { return report.WriteAccessDiff(w, a, o) })
		if err != nil {
			return err
		}
		return verdict(&q, a)
	}
	q.flags(cmd, true)
	if flags != nil {
		flags(cmd)
	}
	return cmd
}

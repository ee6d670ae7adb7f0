package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/report"
)

func newWhoCan(s streams) *cobra.Command {
	var q inquiry
	cmd := &cobra.Command{
		Use:   "who-can ACTION RESOURCE [DIR|FILE]...",
		Short: "Who may do an action on a resource",
		Long: `who-can asks about every role and user that is read, and about all whom the
resource's policy names besides. Action and resource may be patterns: then the
answer says whether all that they match is allowed or only some of it.

Exit codes: 0 answered; 2 wrong usage or an error; 3 an answer is not certain and
--strict was given; 4 nothing found to ask.`,
		Example: `  remit iam who-can kms:Decrypt arn:aws:kms:eu-central-1:111122223333:key/1234 account.json
  remit iam who-can 'dynamodb:*' OrdersTable .`,
		Args: atLeast(2, "an action and a resource", "write remit iam who-can s3:GetObject arn:aws:s3:::bucket/key"),
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := q.targets()
			if err != nil {
				return err
			}
			m, err := q.open(s, args[2:]...)
			if err != nil {
				return err
			}
			if m.Empty() {
				return nothing(s, m)
			}
			a, err := m.WhoCan(args[0], args[1])
			if err != nil {
				return asked(err)
			}
			if err := q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessWho(w, a, o) }); err != nil {
				return err
			}
			return q.certain(a.Grants, &a.AccessHead)
		},
	}
	q.flags(cmd, true)
	return cmd
}

// certain is the exit code of answers that are lists.
func (q *inquiry) certain(grants []report.AccessGrant, head *report.AccessHead) error {
	uncertain := len(head.Problems) > 0
	for _, g := range grants {
		uncertain = uncertain || g.Answer == report.AccessUnknown || g.Certainty == "unknown"
	}
	if q.strict && uncertain {
		return exit(exitIncomplete)
	}
	return nil
}

// atLeast asks for arguments.
func atLeast(n int, what, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usage(hint, "%s takes %s", cmd.CommandPath(), what)
		}
		return nil
	}
}

func newWhatCan(s streams) *cobra.Command {
	var q inquiry
	cmd := &cobra.Command{
		Use:   "what-can PRINCIPAL [DIR|FILE]...",
		Short: "What a role, user or function may do",
		Long: `what-can lists what a caller may do by its own policies and by those of the
resources that name it, within its permissions boundary and the control policies
that are given, and without what is denied: the actions on each resource, the
conditions that remain, and the statements that grant them.

Exit codes: 0 answered; 2 wrong usage or an error; 3 an answer is not certain and
--strict was given; 4 nothing found to ask.`,
		Example: `  remit iam what-can Orders
  remit iam what-can arn:aws:iam::111122223333:role/deploy account.json --scp scp/root.json`,
		Args: atLeast(1, "a principal", "write remit iam what-can ARN|NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := q.targets()
			if err != nil {
				return err
			}
			m, err := q.open(s, args[1:]...)
			if err != nil {
				return err
			}
			if m.Empty() {
				return nothing(s, m)
			}
			a, err := m.WhatCan(args[0])
			if err != nil {
				return asked(err)
			}
			if err := q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessWhat(w, a, o) }); err != nil {
				return err
			}
			return q.certain(a.Grants, &a.AccessHead)
		},
	}
	q.flags(cmd, true)
	return cmd
}

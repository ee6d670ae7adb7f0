package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/access"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

func newIAM(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "iam",
		Short: "Questions about access: can, who-can, what-can, within, diff, public, needed, check",
		Long: `iam answers questions about IAM: of an application in any format that remit reads,
of a policy in a file, of a folder of policies, or of an account, as
aws iam get-account-authorization-details prints it.

Exit codes: 0 yes, or nothing wrong; 1 no, or something is; 2 wrong usage or an
error; 3 the answer is not certain and --strict was given; 4 nothing found to ask.`,
		Example: `  remit iam can --principal Orders --action dynamodb:PutItem --resource Table
  remit iam who-can s3:GetObject arn:aws:s3:::invoices/2026/01.pdf account.json
  remit iam within policy.json main/policy.json     in a pull request
  remit iam check policies/`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCan(s), newWhoCan(s), newWhatCan(s), newWithin(s), newDiff(s), newPublic(s), newNeeded(s), newCheck(s))
	return cmd
}

// An inquiry is what the commands of remit iam share.
type inquiry struct {
	input
	output
	scp, rcp  []string
	strict    bool
	redefined map[string]bool // conditions, where another version was read
}

func (q *inquiry) flags(cmd *cobra.Command, controls bool) {
	q.input.deploymentFlags(cmd)
	q.output.flags(cmd, "text", "json")
	cmd.Flags().BoolVar(&q.strict, "strict", false, "exit with 3 where the answer is not certain, or part of the input was not understood")
	if controls {
		cmd.Flags().StringArrayVar(&q.scp, "scp", nil, "service control policies of one level of the organisation, a `file` or folder; from the root down, once a level")
		cmd.Flags().StringArrayVar(&q.rcp, "rcp", nil, "resource control policies, a `file` or folder; may be repeated")
		mark(cmd, "scp", "json", "yaml", "yml")
		mark(cmd, "rcp", "json", "yaml", "yml")
	}
}

// An opened is a model with what the commands need of its reading.
type opened struct {
	*access.Model
	dirs []string
}

// open reads what the arguments name.
func (q *inquiry) open(s streams, args ...string) (*opened, error) {
	o, err := q.deployment()
	if err != nil {
		return nil, err
	}
	o.Redefined = q.redefined
	list, err := mounts(args)
	if err != nil {
		return nil, err
	}
	root, err := source.OpenAll(list, source.DefaultLimits)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	p := startProgress(s.err, q.quiet)
	defer p.Done()
	p.Stage("reading the sources")
	m := &opened{Model: access.Load(root, o)}
	for _, x := range list {
		m.dirs = append(m.dirs, x.Dir)
		for _, f := range x.Only {
			m.Named([]string{path.Join(x.Name, f)})
		}
	}
	for _, name := range q.scp {
		files, err := policyFiles(name)
		if err != nil {
			return nil, err
		}
		m.Control(files)
	}
	for _, name := range q.rcp {
		files, err := policyFiles(name)
		if err != nil {
			return nil, err
		}
		m.ControlResources(files)
	}
	return m, nil
}

// policyFiles reads the policies of a file or folder.
func policyFiles(name string) ([]*access.PolicyFile, error) {
	m, err := mount(name)
	if err != nil {
		return nil, err
	}
	root, err := source.OpenAll([]source.Mount{m}, source.DefaultLimits)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := access.Policies(root)
	if len(files) == 0 {
		return nil, usage("name a file or folder of policy documents", "there is no policy in %s", name)
	}
	return files, nil
}

// nothing says that there was nothing to ask about, and what was not read.
func nothing(s streams, read ...*opened) error {
	for _, m := range read {
		for i, p := range m.Problems {
			if i == 5 {
				break
			}
			fmt.Fprintf(s.err, "remit: %s\n", printable(p.String()))
		}
	}
	fmt.Fprintln(s.err, "remit: found no application, account or policy; name the file or folder that holds one")
	return exit(exitNothing)
}

// asked turns a mistake in a question into one of usage.
func asked(err error) error {
	var e access.Error
	if errors.As(err, &e) {
		return usage(e.Hint, "%s", e.Message)
	}
	return err
}

// tell writes an answer.
func (q *inquiry) tell(s streams, targets []target, dirs []string, answer any, text writer) error {
	return q.write(s, targets, dirs, map[string]writer{
		"text": text,
		"json": func(w io.Writer, _ report.Options) error { return report.WriteAccessJSON(w, answer) },
	})
}

func newCan(s streams) *cobra.Command {
	var q inquiry
	var principal, action, resource string
	var context []string
	cmd := &cobra.Command{
		Use:   "can --principal ARN|NAME --action ACTION --resource ARN|NAME [DIR|FILE]",
		Short: "May this caller do this? With every statement that decides",
		Long: `can evaluates one request against all policies that apply: those of the caller and
its groups, its permissions boundary, the resource's own policy, and service and
resource control policies where they are given. What the request carries is given
with --context; what is not given is unknown, and the answer says what hinges on it.

Exit codes: 0 yes, or perhaps; 1 no; 2 wrong usage or an error; 3 perhaps, and
--strict was given; 4 nothing found to ask.`,
		Example: `  remit iam can --principal Orders --action dynamodb:PutItem --resource Table
  remit iam can --principal arn:aws:iam::111122223333:user/ana --action s3:GetObject \
      --resource arn:aws:s3:::invoices/1.pdf --context aws:SourceIp=203.0.113.7 account.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			for _, f := range []struct{ name, value string }{{"principal", principal}, {"action", action}, {"resource", resource}} {
				if f.value == "" {
					return usage("write --principal ARN --action s3:GetObject --resource ARN", "--%s is missing", f.name)
				}
			}
			c, err := parseContext(context)
			if err != nil {
				return err
			}
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
			a, err := m.Can(principal, action, resource, c)
			if err != nil {
				return asked(err)
			}
			err = q.tell(s, targets, m.dirs, a, func(w io.Writer, o report.Options) error { return report.WriteAccessCan(w, a, o) })
			switch {
			case err != nil:
				return err
			case a.Answer == report.AccessNo:
				return exit(exitGate)
			case q.strict && (a.Answer == report.AccessUnknown || len(a.Problems) > 0):
				return exit(exitIncomplete)
			}
			return nil
		},
	}
	q.flags(cmd, true)
	f := cmd.Flags()
	f.StringVar(&principal, "principal", "", "the caller: an `ARN`, the name of a role, user or function, an account id, a service, or *")
	f.StringVar(&action, "action", "", "the `action`, such as s3:GetObject")
	f.StringVar(&resource, "resource", "", "the `resource`: an ARN, or the name of one that is read")
	f.StringArrayVar(&context, "context", nil, "a condition key of the request, as `KEY=VALUE`; a key that is given several times has several values; KEY= is absent")
	return cmd
}

// parseContext reads condition keys with their values.
func parseContext(list []string) (iam.Context, error) {
	var c iam.Context
	values := map[string][]string{}
	var order []string
	for _, kv := range list {
		key, v, ok := strings.Cut(kv, "=")
		if !ok || !strings.Contains(key, ":") {
			return c, usage("write --context aws:SourceIp=203.0.113.7", "--context %q has no key with its service, or no value", kv)
		}
		low := strings.ToLower(key)
		if _, ok := values[low]; !ok {
			order = append(order, low)
		}
		if v != "" {
			values[low] = append(values[low], v)
		} else if values[low] == nil {
			values[low] = []string{}
		}
	}
	for _, key := range order {
		if len(values[key]) == 0 {
			c.Absent(key)
		} else {
			c.Set(key, values[key]...)
		}
	}
	return c, nil
}

package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/duty"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/scan"
)

func newExplain(s streams) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "explain RULE|TECHNIQUE|DUTY",
		Short: "Say what a rule, an attack technique or a duty means, and what to do",
		Example: `  remit explain CFG001
  remit explain lambda-update-code`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("run remit rules to see all rules", "remit explain takes one rule, technique or duty, not %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, t := range topics() {
				ids = append(ids, t.ID+"\t"+t.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := out.targets()
			if err != nil {
				return err
			}
			t, err := topic(args[0])
			if err != nil {
				return err
			}
			return out.write(s, targets, nil, map[string]writer{
				"text":     func(w io.Writer, o report.Options) error { return report.WriteTopic(w, t, o) },
				"json":     func(w io.Writer, _ report.Options) error { return report.WriteTopicJSON(w, t) },
				"markdown": func(w io.Writer, _ report.Options) error { return report.WriteTopicMarkdown(w, t) },
			})
		},
	}
	out.flags(cmd, "text", "json", "markdown")
	return cmd
}

func topic(id string) (report.Topic, error) {
	all := topics()
	if i := slices.IndexFunc(all, func(t report.Topic) bool { return strings.EqualFold(t.ID, id) }); i >= 0 {
		return all[i], nil
	}
	hint := "run remit rules to see all rules"
	for _, t := range all {
		if strings.Contains(strings.ToLower(t.ID+" "+t.Title), strings.ToLower(id)) {
			hint = "did you mean " + t.ID + " (" + t.Title + ")?"
			break
		}
	}
	return report.Topic{}, usage(hint, "there is no rule, technique or duty %q", id)
}

// topics is everything that can be explained: rules, techniques, duties.
func topics() []report.Topic {
	var all []report.Topic
	for _, r := range checks.Rules() {
		d := scan.Describe(r)
		all = append(all, d.Topic())
	}
	for _, t := range attack.Catalogue() {
		all = append(all, report.Topic{
			Kind: "technique", ID: t.ID, Title: t.Title, Doc: t.Doc,
			Facts: []report.Fact{{Name: "needs", Value: strings.Join(t.Needs, "; ")}, {Name: "gives", Value: t.Gives}},
			Refs:  report.Refs{AWS: t.Refs.AWS, CWE: t.Refs.CWE, ATTACK: t.Refs.ATTACK},
		})
	}
	for _, d := range duty.Catalogue() {
		all = append(all, report.Topic{
			Kind: "duty", ID: d.ID, Title: d.Title, Doc: d.Doc,
			Facts: []report.Fact{{Name: "about", Value: strings.Join(d.Types, ", ")}},
			Refs:  report.Refs{AWS: d.Refs.AWS, Controls: d.Refs.Controls()},
		})
	}
	return all
}

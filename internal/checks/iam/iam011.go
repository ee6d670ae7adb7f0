package iam

import (
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM011 = &rule.Rule{
	ID:       "IAM011",
	Area:     rule.IAM,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Policy names an action that does not exist",
	Doc: `IAM takes any name for an action and never matches one that does not exist. In an Allow the code lacks what its author
		meant to grant, and somebody may widen the policy until it works; in a Deny the guard is not there: medium. The catalogue
		of actions has a date, which the report prints: an action that is newer may be right. The same name in one application is
		one finding.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"},
		CWE:   []string{"CWE-1068"},
		OWASP: []string{"A6:2017"},
	},
	Types: append([]string{"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::KMS::Key", "AWS::SecretsManager::ResourcePolicy"}, identityTypes...),
	Check: func(p *rule.Pass) {
		first := map[string]*rule.Finding{}
		for r := range p.Resources() {
			for _, q := range rule.Policies(r) {
				for i := range q.Doc.Statements {
					s := &q.Doc.Statements[i]
					for _, item := range append(s.Action.Items[:len(s.Action.Items):len(s.Action.Items)], s.NotAction.Items...) {
						hint, wrong := unknownAction(item)
						if !wrong {
							continue
						}
						name := rule.Name(q.Holder(p.App))
						if f := first[item.String()]; f != nil {
							f.Step(item.Span, "%s names it too", name)
							continue
						}
						f := p.Report(r, item.Span, "a policy of %s names %s, which is no action%s", name, item, hint)
						if s.Is(policy.Deny) == value.Yes {
							f.As(rule.Medium)
						}
						first[item.String()] = f
					}
				}
			}
		}
	},
}

// unknownAction tells whether an action, or a pattern, matches nothing in the
// catalogue, with a hint at what may be meant.
func unknownAction(item policy.Item) (hint string, wrong bool) {
	text, known := item.Text.Known()
	service, name := policy.SplitAction(text)
	if !known || service == "" || strings.ContainsAny(service, "*?") {
		return "", false
	}
	s, ok := catalogue.ServiceOf(service)
	if !ok {
		return fmt.Sprintf(" of a service that IAM knows: there is no prefix %s", service), true
	}
	pattern := value.Lit(strings.ToLower(name))
	best, distance := "", 4
	for _, a := range s.Actions {
		lower := strings.ToLower(a.Name)
		if pattern.Glob(value.Lit(lower)) == value.Yes {
			return "", false
		}
		if d := edits(strings.ToLower(name), lower, distance); d < distance {
			best, distance = a.Name, d
		}
	}
	if best != "" {
		hint = fmt.Sprintf("; %s:%s may be meant", s.Prefix, best)
	}
	return hint, true
}

// edits is the number of letters to add, drop or change to make a of b, or
// limit where it is no less.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}

package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// retired are names that AWS's own policy templates and default policies hold
// and that no longer match anything: the batch forms of SQS need the singular.
var retired = []string{"sqs:sendmessagebatch", "sqs:deletemessagebatch", "sqs:changemessagevisibilitybatch", "sns:receive"}

// UnknownAction tells whether an action, or a pattern, matches nothing in the
// catalogue, with a hint at what may be meant.
func UnknownAction(item policy.Item) (hint string, wrong bool) {
	text, known := item.Text.Known()
	service, name := policy.SplitAction(text)
	if !known || service == "" || strings.ContainsAny(service, "*?") || slices.Contains(retired, strings.ToLower(text)) {
		return "", false
	}
	s, ok := catalogue.ServiceOf(service)
	if !ok {
		return fmt.Sprintf(" of a service that IAM knows: there is no prefix %s", service), true
	}
	pattern := value.Lit(strings.ToLower(name))
	best, distance := "", 3
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

package config

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG060 = &rule.Rule{
	ID:       "CFG060",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Nothing brings a table's data back",
	Doc: `DynamoDB keeps copies against failing hardware, not against a function that deletes or overwrites items: without
		point-in-time recovery or a backup plan, what an attacker or a bug destroys stays destroyed. Switch on
		PointInTimeRecoveryEnabled. Tables whose items expire by themselves, or whose name says that they hold sessions, locks,
		connections or a cache, are left out. The tables of one application are one finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html"},
		CWE:    []string{"CWE-693"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1485", "T1490"},
	},
	Types: []string{"AWS::DynamoDB::Table"},
	Check: func(p *rule.Pass) {
		for range p.App.OfType("AWS::Backup::BackupSelection") {
			return // a plan selects by tags or names that only the account knows
		}
		var lost []*app.Resource
		for r := range p.Resources() {
			if transient(r) {
				continue
			}
			enabled := r.Get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
			switch enabled.IsTrue() {
			case value.No:
				lost = append(lost, r)
			case value.Unknown:
				p.Undecided(r, enabled, "it cannot be decided whether deleted data of %s can be brought back", rule.Name(r))
			}
		}
		if len(lost) == 0 {
			return
		}
		f := p.Report(lost[0], lost[0].Span, "deleted data of %s %s cannot be brought back; switch on point-in-time recovery",
			plural(len(lost), "the table", "the tables"), rule.Names(lost))
		for _, r := range lost[1:] {
			f.Step(r.Span, "%s has no point-in-time recovery either", rule.Name(r))
		}
		for _, r := range lost {
			if retained(r) == value.No && r.Get("DeletionProtectionEnabled").IsTrue() == value.No {
				f.Step(r.Span, "a deployment may delete %s too: it has no deletion protection", rule.Name(r))
			}
		}
	},
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// transient tells whether a table's items are of the kind that may be lost.
func transient(r *app.Resource) bool {
	if r.Get("TimeToLiveSpecification", "Enabled").IsTrue() != value.No {
		return true
	}
	for _, name := range []string{r.LogicalID, r.Get("TableName").Str()} {
		for _, w := range nameWords(name) {
			switch strings.TrimSuffix(w, "s") {
			case "session", "lock", "connection", "cache", "idempotency", "token", "temp", "tmp", "test":
				return true
			}
		}
	}
	return false
}

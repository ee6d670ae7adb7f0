// Package checks owns the catalogue of all rules, which is generated from the
// packages below it: config and iam, one file for each rule. It imports rule
// and those packages; a rule's id never changes its meaning.
package checks

//go:generate go run ../rule/scaffold -catalogue .
//go:generate go run ./rulesdoc ../../docs/rules.md

// Package lang owns Terraform's language: it parses the modules below one root
// module and evaluates their blocks to instances whose arguments are values.
//
// It imports source, value, app, and the functions of the language. It knows
// nothing of AWS; what only a provider can tell comes through Provider. Two
// things never change: nothing is executed or fetched, and what cannot be
// known stays a text with holes, an unresolved value with its choices, or an
// instance that may exist, with a reason, never a guess.
package lang

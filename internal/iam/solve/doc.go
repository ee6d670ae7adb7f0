// Package solve owns exact questions about sets of requests: is everything that
// one side allows allowed by another, can a request be allowed at all, is it
// always, whom does a policy let in. Every no comes with a witness, one request
// that the evaluator (package iam) decides as claimed.
//
// It imports iam, iam/policy, iam/catalogue and value. An Access is immutable
// once compiled and safe for concurrent use; questions share nothing.
package solve

// Package iam owns the evaluation of IAM policies: one request against all the
// policies that apply to it, in three-valued logic, with the statements that
// decided and the condition keys on which the answer hinges.
//
// It imports source, value, iam/policy (the grammar) and iam/catalogue (what
// AWS publishes). Documents are compiled once (Compile) and evaluated many
// times (Decide, Evaluate); a compiled Policy is immutable and safe for
// concurrent use. What never changes: a part that is not resolved makes an
// answer Unknown, never Allowed and never Denied by accident.
//
// The order and the rules are those of AWS's documentation; each rule has a
// case in the tests that cites its page. Where remit differs from other
// evaluators, docs/iam-divergences.md says why.
//
// # Use
//
//	doc, problems := policy.Parse(v)            // or policy.ParseJSON(file, bytes)
//	problems = append(problems, doc.Check(policy.Identity)...)
//	p := iam.Compile(doc)
//	req := iam.Request{
//		Principal: iam.Role(roleARN),
//		Action:    "s3:GetObject",
//		Resource:  value.Concat(bucketARN, value.Lit("/"), value.Hole("key")),
//	}
//	res := iam.Evaluate(&req, &iam.Policies{Identity: []*iam.Policy{p}})
//	// res.Decision, res.Statements, res.Hinges
//
// Questions about sets of requests, and about organisations as a whole, are
// built on this package and stand beside it.
//
// Context keys that the request does not list are unknown, not absent: the
// zero Context stands for a request of which nothing more is known. Set Closed
// to say that what is not listed is absent, Chosen to ask what a caller can
// reach who writes what it likes into its request. Since says of a time that it
// is still to come.
package iam

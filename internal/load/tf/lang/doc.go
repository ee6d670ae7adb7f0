// Package lang owns Terraform's language: it parses the modules below one root
// module and evaluates their blocks to instances whose arguments are values.
//
// It imports source, value, app, and the functions of the language. It knows
// nothing of AWS; what only a provider can tell comes through Provider. Two
// things never change: nothing is executed or fetched, and what cannot be
// known stays a text with holes, an unresolved value with its choices, or an
// instance that may exist, with a reason, never a guess.
//
// hclsyntax parses; the evaluator is our own (eval.go and its neighbours), so
// that a value keeps the place where it is written and a string that is known
// in part keeps its known parts. Everything is evaluated when it is first
// asked for; what asks for itself is a cycle.
//
//   - A value that stands for an instance as a whole, as in "bucket =
//     aws_s3_bucket.b", is a reference without attribute: value.Ref with an
//     empty Attr. It is opened when an attribute of it is read.
//   - A list that may have other elements than it shows has one that stands for
//     any number of them (function.Open); an element, field or block that may
//     be missing is unresolved with an Absent choice.
//   - count and for_each that are not known make one instance that may exist
//     and stands for all, under the address a_b.c[count.index] or
//     a_b.c[each.key].
//   - A string whose text is a JSON object or list carries its document, whose
//     parts keep the places where they stand in the heredoc or template file.
//   - Paths are Terraform's own: path.module is relative to the folder of the
//     root module, path.root and path.cwd are ".".
//   - What a module of Options.Module declares stands at the call of the module.
package lang

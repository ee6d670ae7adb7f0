// Package solve owns exact questions about sets of requests: is everything that
// one side allows allowed by another (Within, Equal), can one of these requests
// be allowed, or all of them (Sometimes, Always), in which ways and under which
// conditions (Ways), what is granted and how much of it is not needed (Granted,
// Excess), whom does a policy let in from outside (Public). Every no comes with
// a witness: one request that the evaluator, package iam, decides as claimed.
//
// It imports iam, iam/policy, iam/catalogue and value. An Access is compiled
// once, immutable, and safe for concurrent use; questions share nothing. What
// never changes: what is open, not resolved or cut short is Unknown, never
// within and never safe.
//
//	a, b := solve.Identity(before), solve.Identity(after)
//	ans := solve.Within(b, a, solve.Options{})
//	if ans.Holds == value.No {
//		fmt.Println("new:", ans.Witness)
//	}
//
// # The procedure
//
// Whether a request is allowed is a Boolean combination of the statements that
// cover it (layer.go): some product of layers in each of which a statement
// allows, and no deny. A statement is a conjunction of literals, each over one
// variable of its own: the action, the resource, and for every condition key
// its presence and its values. "Allowed by a and not by b" is therefore
// searched like this:
//
//   - Callers that the policies cannot tell apart are one case each (caller.go),
//     and so are the values of policy variables (question.go): absent, empty,
//     each value that a condition names, and any other, which is a token.
//   - One Allow statement of each layer of a is taken (solve.go). Its literals
//     make a cube: a set of actions as bits over the catalogue (action.go), and
//     for each other variable a list of literals with a model of them.
//   - Every statement that must not cover is tried on the model (search.go).
//     One that covers it is taken apart: another action, another resource, or
//     one condition that fails, each a smaller cube, with what was tried before
//     asserted. Where none covers, the model is a request.
//   - A resource must be one that the action takes (offer.go): the ARN templates
//     of the catalogue are one more literal, unless the question is loose.
//   - The request is asked of the evaluator. Only what it confirms is a witness.
//
// A string variable is a conjunction of unions of globs and their complements
// (strings.go). Ends, samples and coverage decide most; what is left is a walk
// over sets of positions of all patterns at once, shortest first, in which sets
// that can accept nothing are dropped (automaton.go). Letters that no pattern
// asks for are one letter. ARNs in conditions are globs whose wildcards hold no
// colon in the first five parts; operators that ignore case have letters of both
// cases. Numbers, dates and addresses are decided at the corners of their bounds
// (domain.go). A key with several values is a conjunction of "some value is" and
// "every value is" (key.go): it is satisfiable if each of the first is together
// with all of the second.
//
// # What is open
//
// A question over policies that are not all known is searched twice. First
// strictly: what is open counts against a witness, so that one that is found is
// one for sure. Then generously: what is open counts for it, so that none means
// none. A request that only the second pass finds makes the answer Unknown and
// Approximate, and says what it might be. An open statement, element or list is
// free in the second pass; a hole or a variable in a string is a token, equal to
// itself and perhaps to anything else. Statements that stand on both sides hold
// on both or on neither, known or not.
//
// A key that nobody gave is not open in this sense. Where the caller chooses its
// context, as one from outside does, the first search counts such keys against a
// witness; the second lets them have any value. What only the second finds
// depends on them: the answer is Exact and neither yes nor no, and Depends names
// the conditions.
//
// # Where exactness ends
//
//   - Two different variables, or a variable and conditions on its key that do
//     not name single values, in one string: the answer is exact where a token's
//     being itself proves it, or a request shows the contrary; else Approximate.
//   - Two keys that are tied to each other by facts nobody wrote down here, such
//     as the account in aws:PrincipalArn and aws:PrincipalAccount, or the times
//     aws:CurrentTime and aws:EpochTime, are taken for independent. Tied are what
//     follows from the caller, and aws:SourceIp, which is absent through a VPC
//     endpoint.
//   - One key compared as a string and as a number, date or address: a value is
//     looked for among the corners of both; none is no proof.
//   - Letters beyond ASCII in operators that ignore case are open. The value of
//     a variable in the first five parts of an ARN is taken to hold no colon.
//   - Actions that the catalogue does not know are one for each service that a
//     policy names as a whole, one of all other services, and those that are
//     written out. A pattern such as "s3:Get*" is what the catalogue knows of it.
//   - sts:GetCallerIdentity, which AWS lets every caller do whatever policies
//     say, is no policy's doing: it is part of no question, so that Sometimes
//     says no of it alone. The evaluator allows it.
//   - ACLs, grants on keys and Lake Formation are not policies.
//   - A bound on steps or on states ends the search: Undecided.
//
// Where a side has no policy of the resource, the resource is taken to hand over
// to its account, as keys and roles do by default, and to be in the caller's
// account unless Options says whose it is. A resource policy alone is asked of
// callers whose own policies allow everything.
package solve

// Package organisation owns questions about many accounts at once: who reaches
// what, and who is or becomes administrator.
//
// It imports iam, iam/policy, iam/catalogue, iam/escalation, source and value.
// What never changes: every answer is the evaluator's (iam.Decide) about one
// principal and one resource, and holds for all that fall into the same class;
// unknown is never dropped; the order of what is put in says nothing.
//
// # How it is quick
//
// Documents are interned by their shape: what they say without the names in it
// (document.go). Principals fall into classes (class.go): documents of equal
// shapes with equal resource patterns, an equal boundary and control policies,
// and equal tags, names and accounts as far as a condition anywhere tells them
// apart (mention.go). Resources fall into classes by the patterns that match
// them, found in one trie over all patterns (trie.go), and by what their own
// policies say (subject.go). Only pairs are looked at that a pattern of an
// Allow statement or a resource's own policy brings together (relate.go,
// cross.go), so that the work follows the text of the policies and not the
// product of principals and resources. Classes that differ in patterns and names
// alone are of one stance (class.go): on all that these do not speak of they may
// do the same, which is found once for an account. What is decided is remembered
// under what matters of both sides for that kind of resource (view.go, judge.go):
// most accounts ask nothing that another did not. Answers are written out name
// by name only when they are read (query.go).
//
// Escalation is a search over classes of principals (escalate.go, host.go,
// ways.go) with the rows of iam/escalation, all of them (row.go). internal/attack
// proves single paths for one application with the same rows, its code, entries
// and evidence; here the question is which of a million principals become
// administrator, and policies and listed resources are all there is. That needs
// another search, not another table. Steps are kept by account (graph.go): a
// changed policy costs those of few accounts and a search.
//
// # What rows ask for besides permissions
//
// Who may do to a listed resource with a role (an instance, a build project, a
// notebook; Resource.Role) what a row over such hosts needs comes to act as the
// role. Where a row passes a role to something that exists, any listed resource
// of the type in the role's account will do. What the input does not tell makes a
// way possible, not certain: that an instance profile holds the role, or that
// there is a cluster, unless the identity may make one; that a user has a password
// or none; that there is an older version of a policy; that a container takes
// commands; that the network lets somebody in. Systems Manager manages an instance
// for sure where the instance's role lets its agent report. Two things are taken
// for the usual case: a user has room for another key, and a function takes code
// that nobody signed. What a group has is not told apart from what its members
// have, which is more: who may join one is possibly like the member that has the
// fewest policies.
//
// Accounts are read one ahead of the one at work, in a goroutine of its own and
// one after the other. How much memory the garbage collector may take beyond
// what is in use is the caller's to say: half of the peak is garbage where no
// limit (GOMEMLIMIT) is set.
//
// # Where it is approximate
//
//   - The caller is taken to write what it likes into its request, and to come
//     from anywhere: conditions on networks, times of MFA and the like make an
//     answer possible, not certain.
//   - What lies in a resource (the objects of a bucket) is reached where some
//     object is. Objects of names that a pattern suggests are tried, one for
//     each pattern, not all intersections of patterns. A pattern that only
//     matches a name which imitates another service's ARN is left out.
//   - Where a policy beside the principal's own (a control policy, a
//     resource's) tells callers apart by their user name, or by an ARN under an
//     operator other than the plain ones, the answer for a class is possible
//     only.
//   - The key that data is encrypted under is a resource like others: that its
//     use is allowed too is not asked for.
//   - A call that makes something new is allowed where one of its resource types
//     is, under some name.
//   - Which boundary a principal has is known by what it says, not by its name: a
//     condition that asks others to keep to one makes an answer possible.
//   - Which of several hosts of a role a step goes by is not kept.
//   - An administrator may do everything, and nothing by which it could give
//     itself more is taken away by name: an organisation that denies the making
//     of access keys has none, by this measure.
//   - Two ways that must meet (give a role every right, and act as it) are put
//     together where one step acts as the role, not a chain.
//   - Principals of other organisations, services and federation are not callers
//     here; iam.Public tells whom a policy lets in from outside.
package organisation

package solve

import (
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Certainty tells how far an answer goes.
type Certainty uint8

// The certainties. The zero value is Undecided: what nobody decided is never
// safe.
const (
	// Undecided: a cap was hit.
	Undecided Certainty = iota
	// Approximate: parts of the policies are open, and the answer hinges on them.
	Approximate
	// Exact: the answer is proved, by a witness or by exhaustion.
	Exact
)

func (c Certainty) String() string { return [...]string{"unknown", "approximate", "exact"}[c] }

// Options narrow the requests that a question is about, and bound the search.
// The zero value asks about every well-formed request of any caller.
type Options struct {
	// Principal is the caller. Nil: whoever may have the policies.
	Principal *iam.Principal
	// Actions are patterns ("s3:Get*"). None: every action, those included that
	// the catalogue does not know.
	Actions []string
	// Resources are patterns of ARNs. None: every resource.
	Resources []value.Text
	// Owner is the account of the resources. Empty: the caller's own; of a
	// resource policy without a known caller, an account that nobody is of.
	Owner value.Text
	// Context fixes keys: those that it lists, and, where it is closed, that
	// all others are absent.
	Context iam.Context
	// Loose also counts requests that AWS never makes: resources that the
	// action does not take, keys that the caller cannot have.
	Loose bool
	// Steps and States bound the search: branches, and states of automata. 0:
	// the defaults.
	Steps, States int
}

// An Answer is the answer to a question that a yes or no decides.
type Answer struct {
	Holds     value.Tri
	Certainty Certainty
	// Why says what keeps an answer from being exact.
	Why []string
	// Witness is a request that shows it, where a request can: a counterexample
	// of Within and Always, an example of Sometimes. Of an unknown answer it is
	// a request that may be one.
	Witness *Witness
	// Steps counts branches of the search.
	Steps int
}

// A Witness is one request, with the policies under which it is replayed.
type Witness struct {
	Request iam.Request
	// Keys are the condition keys that the request carries, sorted.
	Keys []KeyValue
	// A and B are the policies of both sides, with what the question assumed:
	// a resource without a policy hands over to its account. B is nil where
	// the question has one side.
	A, B *iam.Policies
	// ByA and ByB are what the evaluator says of the request.
	ByA, ByB iam.Result
}

// KeyValue is a condition key with its values.
type KeyValue struct {
	Key    string
	Values []value.Text
}

// Access is what policies allow, compiled for questions.
type Access struct {
	policies iam.Policies
}

// Compile prepares all the policies that apply to a caller, to a resource, or
// to both.
func Compile(p *iam.Policies) *Access { return &Access{policies: *p} }

// Identity prepares identity policies alone.
func Identity(docs ...*policy.Document) *Access {
	p := iam.Policies{}
	for _, d := range docs {
		p.Identity = append(p.Identity, iam.Compile(d))
	}
	return Compile(&p)
}

// Resource prepares a resource policy alone.
func Resource(doc *policy.Document) *Access {
	return Compile(&iam.Policies{Resource: iam.Compile(doc)})
}

// Within tells whether b allows everything that a allows. The witness of a no
// is allowed by a and not by b.
func Within(a, b *Access, o Options) Answer { return Answer{} }

// Equal tells whether each is within the other.
func Equal(a, b *Access, o Options) (ab, ba Answer) { return Within(a, b, o), Within(b, a, o) }

// Sometimes tells whether any of the requests is allowed. The witness of a yes
// is one.
func Sometimes(a *Access, o Options) Answer { return Answer{} }

// Always tells whether all of the requests are allowed. The witness of a no is
// one that is not.
func Always(a *Access, o Options) Answer { return Answer{} }

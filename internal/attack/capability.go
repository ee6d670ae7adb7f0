package attack

// Kind is what a capability lets its holder do.
type Kind string

// The kinds of capabilities. The comments say of what.
const (
	KindActor   Kind = "actor"   // be this actor
	KindSession Kind = "session" // hold a token of this user pool
	KindInvoke  Kind = "invoke"  // cause this function to run with fields of one's choice
	KindExec    Kind = "exec"    // run code in this function
	KindEnv     Kind = "env"     // read this function's environment
	KindCreds   Kind = "creds"   // act as this role or user
	KindRead    Kind = "read"    // read this resource's data
	KindWrite   Kind = "write"   // add or change this resource's data
	KindDelete  Kind = "delete"  // destroy this resource or its data
	KindManage  Kind = "manage"  // change this resource's configuration or policy
	KindCode    Kind = "code"    // replace the code of this function
	KindTags    Kind = "tags"    // meet a condition on the tags of this resource, by changing them
	KindAdmin   Kind = "admin"   // do anything in the account
	KindDeny    Kind = "deny"    // keep this resource from serving anybody
	KindSpend   Kind = "spend"   // run up the account's bill

	// Kinds that only join hops and are never shown.
	kindAt    Kind = "at"    // stand before this entry
	kindGrant Kind = "grant" // use this class of statements
)

// Account stands for the account as a whole in a capability and an asset.
const Account = "account"

// Internet stands for where the anonymous actor is.
const Internet = "internet"

// A Capability is a node of the graph.
type Capability struct {
	Kind Kind
	Of   string // resource id, actor, Account
	// Detail tells capabilities of one kind apart: the fields of the event
	// that are controlled, for invoke.
	Detail string
}

func (k Kind) hidden() bool { return k == kindAt || k == kindGrant }

// phrase is how reports name the kind.
func (k Kind) phrase() string {
	switch k {
	case KindActor:
		return "is"
	case KindSession:
		return "hold a user's token of"
	case KindInvoke:
		return "invoke"
	case KindExec:
		return "run code in"
	case KindEnv:
		return "read the environment of"
	case KindCreds:
		return "act as"
	case KindRead:
		return "read"
	case KindWrite:
		return "write"
	case KindDelete:
		return "delete"
	case KindManage:
		return "reconfigure"
	case KindCode:
		return "replace the code of"
	case KindTags:
		return "change the tags of"
	case KindAdmin:
		return "administer"
	case KindDeny:
		return "exhaust"
	case KindSpend:
		return "run up the bill of"
	}
	return string(k)
}

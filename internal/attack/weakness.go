package attack

// WeaknessKind is what is wrong, so that findings of rules on the same
// resource can be linked to a hop.
type WeaknessKind string

// The kinds of weaknesses. The resource that each is on stands beside it.
const (
	WeakRouteOpen       WeaknessKind = "route-open"        // API or function: a route without authorisation
	WeakURLOpen         WeaknessKind = "url-open"          // function URL without authentication
	WeakBalancerOpen    WeaknessKind = "listener-open"     // listener or rule of a load balancer that signs nobody in
	WeakGraphQLOpen     WeaknessKind = "graphql-open"      // GraphQL API that an API key opens
	WeakBucketPublic    WeaknessKind = "bucket-public"     // bucket: policy or ACL for everybody
	WeakPolicyPublic    WeaknessKind = "policy-public"     // queue, topic, bus, secret …: policy for everybody
	WeakFunctionPublic  WeaknessKind = "function-public"   // function: a permission for everybody
	WeakFunctionForeign WeaknessKind = "function-foreign"  // function: a permission for a foreign account as a whole
	WeakPermissionLoose WeaknessKind = "permission-loose"  // function: a service permission without a source
	WeakPolicyBroad     WeaknessKind = "policy-broad"      // role, user: more than is needed
	WeakPolicyEscalates WeaknessKind = "policy-escalates"  // role, user: a way to other permissions
	WeakTrustBroad      WeaknessKind = "trust-broad"       // role: anybody, or a whole foreign account, may assume it
	WeakTrustNoID       WeaknessKind = "trust-external-id" // role: a foreign account without an external id
	WeakTrustSubject    WeaknessKind = "trust-subject"     // role: a federated provider without a subject
	WeakGuestRole       WeaknessKind = "guest-role"        // identity pool: guests get a role
	WeakSignUpOpen      WeaknessKind = "signup-open"       // user pool: anybody may sign up (a choice)
	WeakNoThrottle      WeaknessKind = "no-throttle"       // stage or function: nothing limits requests
	WeakRecursion       WeaknessKind = "recursion"         // function: it writes what triggers it
	WeakNoDeadLetter    WeaknessKind = "no-dead-letter"    // queue: a message that fails is tried until it expires
	WeakNoProtection    WeaknessKind = "no-protection"     // table, bucket, pool: deleted with its stack
	WeakSecretInEnv     WeaknessKind = "secret-in-env"     // function: a secret in its environment
)

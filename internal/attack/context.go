package attack

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// callers are what is known of the requests that each sort of caller makes,
// whatever the request: it is encrypted, made by no service, not made yet, and
// carries what the caller likes where the caller has a say.
type callers struct{ code, people, user, federated iam.Context }

func newCallers() callers {
	_, date := catalogue.Version()
	day, err := time.Parse(time.DateOnly, date)
	var c iam.Context
	c.Chosen = true
	c.Set("aws:SecureTransport", "true")
	c.Set("aws:ViaAWSService", "false")
	for _, key := range []string{"aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"} {
		c.Absent(key)
	}
	c.Absent("aws:FederatedProvider")
	if err == nil { // no request that is to come is older than the tables
		c.Since("aws:CurrentTime", day, value.Yes)
		c.Since("aws:EpochTime", day, value.Yes)
		c.Since("aws:TokenIssueTime", day, value.Unknown) // a key has none, a session has
	}
	out := callers{user: c, people: c.Clone()}
	if err == nil {
		out.people.Since("aws:TokenIssueTime", day, value.Yes)
	}
	out.federated = out.people.Clone()
	out.federated.Unknown("aws:FederatedProvider")
	out.code = out.people.Clone()
	out.code.Absent("aws:MultiFactorAuthPresent")
	out.code.Absent("aws:MultiFactorAuthAge")
	return out
}

// of is what is known of the requests of an identity: users, and roles that
// people take on, may have signed in with MFA; code never has.
func (c *callers) of(id *identity) iam.Context {
	switch {
	case id.user:
		return c.user
	case len(id.providers) > 0:
		return c.federated
	case id.byPeople:
		return c.people
	}
	return c.code
}

// momentary tells whether only the moment of a call decides on a key, though
// something is known of it.
func momentary(key string) bool {
	switch strings.ToLower(key) {
	case "aws:requestedregion", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime":
		return true
	}
	return false
}

// context is what is known of one request of an identity's. What no policy
// asks for is left out.
func (f *facts) context(id *identity, q *query) iam.Context {
	out := f.callers.of(id)
	asked := f.askedOf(id, q.policy)
	if asked.nothing() && q.set == nil && !id.personal {
		return out
	}
	out = out.Clone()
	if asked.region {
		f.setRegion(&out, q)
	}
	if asked.boundary && strings.HasPrefix(q.action, "iam:") {
		setBoundary(&out, q)
	}
	for _, t := range asked.tags {
		f.setTag(&out, id, q, t)
	}
	if asked.provider && len(id.providers) == 1 {
		out.SetText("aws:FederatedProvider", id.providers[0])
	}
	if id.personal {
		for key, v := range f.tagsOf(id.Resource).values {
			if q.with == nil || q.with.of != id.Resource || !strings.EqualFold(q.with.key, key) {
				out.SetText("aws:PrincipalTag/"+key, v)
			}
		}
	}
	if asked.subject {
		setSubject(&out, id)
	}
	if asked.own && !asked.some {
		// The items that an attacker wants are somebody else's.
		out.SetText("dynamodb:LeadingKeys", value.Fresh("somebody else's items"))
		out.SetText("dynamodb:FirstPartitionKeyValues", value.Fresh("somebody else's items"))
	}
	if q.set != nil {
		q.set(&out)
	}
	return out
}

// poolSubject is the key of who a user or guest of an identity pool is.
const poolSubject = "cognito-identity.amazonaws.com:sub"

// setSubject sets who the caller is in an identity pool.
func setSubject(c *iam.Context, id *identity) {
	c.Absent(poolSubject)
	for _, p := range id.providers {
		if p.String() == "cognito-identity.amazonaws.com" {
			c.SetText(poolSubject, value.Fresh("the caller's own identity"))
		}
	}
}

// itemsOf tells whether a condition lets each caller have the items under its
// own key, or some items.
func itemsOf(c *policy.Condition) (own, some bool) {
	switch strings.ToLower(c.Key) {
	case "dynamodb:leadingkeys", "dynamodb:firstpartitionkeyvalues":
		some = slices.ContainsFunc(c.Values.Items, func(it policy.Item) bool { return !strings.Contains(it.String(), "${") })
		return !some, some
	}
	return false, false
}

// setRegion sets the region of a call: that of the resource that it is about,
// and one only for services that have no regions. Whoever makes something new
// chooses.
func (f *facts) setRegion(c *iam.Context, q *query) {
	service, _, _ := strings.Cut(q.action, ":")
	switch service {
	case "iam", "organizations", "cloudfront", "route53":
		c.Set("aws:RequestedRegion", "us-east-1")
		return
	}
	if q.on == nil {
		return
	}
	region := value.Hole("AWS::Region")
	if parts := q.arn.Split(':', 6); len(parts) == 6 && !parts[3].IsEmpty() {
		region = parts[3]
	}
	c.SetText("aws:RequestedRegion", region)
}

// setBoundary sets the boundary that the target of a call has, or that a new
// identity is given: none, for an attacker.
func setBoundary(c *iam.Context, q *query) {
	if strings.HasSuffix(q.action, "PermissionsBoundary") {
		return // the key is the boundary that is put
	}
	if q.on != nil {
		if v := q.on.Get("PermissionsBoundary"); v.Exists() != value.No {
			c.SetText("iam:PermissionsBoundary", inPartition(v.Text()))
			return
		}
	}
	c.Absent("iam:PermissionsBoundary")
}

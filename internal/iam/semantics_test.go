package iam

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/value"
)

// Pages of AWS's documentation that the cases cite.
const (
	guide     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	evalLogic = guide + "reference_policies_evaluation-logic.html"
	sameAcct  = guide + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
	crossAcct = guide + "reference_policies_evaluation-logic-cross-account.html"
	boundary  = guide + "access_policies_boundaries.html"
	sessions  = guide + "access_policies.html#policies_session"
	principal = guide + "reference_policies_elements_principal.html"
	notPrinc  = guide + "reference_policies_elements_notprincipal.html"
	notAction = guide + "reference_policies_elements_notaction.html"
	notRes    = guide + "reference_policies_elements_notresource.html"
	actionEl  = guide + "reference_policies_elements_action.html"
	resEl     = guide + "reference_policies_elements_resource.html"
	condOps   = guide + "reference_policies_elements_condition_operators.html"
	condEl    = guide + "reference_policies_elements_condition.html"
	condLogic = guide + "reference_policies_condition-logic-multiple-context-keys-or-values.html"
	setOps    = guide + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
	variables = guide + "reference_policies_variables.html"
	globalKey = guide + "reference_policies_condition-keys.html"
	version   = guide + "reference_policies_elements_version.html"
	deputy    = guide + "confused-deputy.html"
	managedPo = guide + "access_policies_managed-vs-inline.html"
	trustPage = guide + "id_roles_update-role-trust-policy.html"
	externalI = guide + "id_roles_common-scenarios_third-party.html"
	scps      = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
	scpEval   = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"
	rcps      = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"
	keyPolicy = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
	endpoints = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
	callerID  = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"
)

const (
	user    = "arn:aws:iam::111122223333:user/ann"
	role    = "arn:aws:iam::111122223333:role/app"
	session = "arn:aws:sts::111122223333:assumed-role/app/one"
	object  = "arn:aws:s3:::docs/a.txt"
	key     = "arn:aws:kms:eu-west-1:111122223333:key/k"
	allowS3 = `"Effect":"Allow","Action":"s3:*","Resource":"*"`
	denyS3  = `"Effect":"Deny","Action":"s3:*","Resource":"*"`
	onlyEC2 = `"Effect":"Allow","Action":"ec2:*","Resource":"*"`
)

// A semantic is one rule of IAM with the page that states it. Statements are
// the inside of one JSON object, or of several with "},{" between them.
type semantic struct {
	name, page string
	caller     string
	action     string // default s3:GetObject
	resource   string // default an object of account 111122223333
	owner      string
	context    string // "key=value|value key! key?": set, absent, unknown
	identity   string
	boundary   string
	session    string
	policy     string // of the resource
	scp        []string
	rcp        []string
	endpoint   string
	management bool
	version    string
	want       Decision
	hinges     string
}

func (c *semantic) compile(t *testing.T, statements string) *Policy {
	if statements == "" {
		return nil
	}
	v := c.version
	if v == "" {
		v = `"Version":"2012-10-17",`
	}
	return compileJSON(t, "{"+strings.TrimPrefix(v, "none")+`"Statement":[{`+statements+"}]}")
}

func (c *semantic) policies(t *testing.T) Policies {
	p := Policies{Resource: c.compile(t, c.policy), Boundary: c.compile(t, c.boundary), Management: c.management}
	add := func(list []*Policy, statements string) []*Policy {
		if q := c.compile(t, statements); q != nil {
			return append(list, q)
		}
		return list
	}
	p.Identity, p.Session, p.Endpoint = add(nil, c.identity), add(nil, c.session), add(nil, c.endpoint)
	for _, s := range c.scp {
		p.SCP = append(p.SCP, add(nil, s))
	}
	for _, s := range c.rcp {
		p.RCP = append(p.RCP, add(nil, s))
	}
	return p
}

func (c *semantic) request() Request {
	r := Request{Principal: ParsePrincipal(c.caller), Action: c.action, Resource: value.Lit(c.resource), Account: value.Lit(c.owner)}
	if c.action == "" {
		r.Action = "s3:GetObject"
	}
	if c.resource == "" {
		r.Resource = value.Lit(object)
	}
	if c.owner == "" {
		r.Account = value.Lit("111122223333")
	}
	r.Context.Closed = true
	for _, f := range strings.Fields(c.context) {
		k, v, set := strings.Cut(f, "=")
		switch {
		case set && v == "":
			r.Context.SetText(k)
		case set:
			r.Context.Set(k, strings.Split(v, "|")...)
		case strings.HasSuffix(f, "!"):
			r.Context.Absent(strings.TrimSuffix(f, "!"))
		default:
			r.Context.Unknown(strings.TrimSuffix(f, "?"))
		}
	}
	return r
}

func TestSemantics(t *testing.T) {
	for _, c := range slicesOf(accountCases, guardCases, matchCases, conditionCases, variableCases, contextCases) {
		if !strings.HasPrefix(c.page, "https://docs.aws.amazon.com/") {
			t.Errorf("%s: cites no page", c.name)
		}
		p, r := c.policies(t), c.request()
		res := Evaluate(&r, &p)
		if res.Decision != c.want {
			t.Errorf("%s: %s, want %s (%s)", c.name, res.Decision, c.want, c.page)
		}
		if got := strings.Join(res.Hinges, " "); got != c.hinges {
			t.Errorf("%s: hinges on %q, want %q", c.name, got, c.hinges)
		}
		if d := Decide(&r, &p); d != res.Decision {
			t.Errorf("%s: Decide says %s, Evaluate %s", c.name, d, res.Decision)
		}
		if res.Decision == Allowed && c.action != "sts:GetCallerIdentity" && !strings.HasSuffix(c.caller, ":root") && len(res.Statements) == 0 {
			t.Errorf("%s: allowed by no statement", c.name)
		}
	}
}

func slicesOf(lists ...[]semantic) []semantic {
	var out []semantic
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func to(principal, statement string) string { return `"Principal":` + principal + `,` + statement }

func aws(arn string) string { return `{"AWS":"` + arn + `"}` }

// 1 to 3: the order of policies, within one account and across two.
var accountCases = []semantic{
	{name: "nothing allows", page: evalLogic, caller: user, want: DeniedImplicit},
	{name: "identity allows", page: sameAcct, caller: user, identity: allowS3, want: Allowed},
	{name: "an explicit deny wins", page: evalLogic, caller: user, identity: allowS3 + `},{` + denyS3, want: DeniedExplicit},
	{name: "a deny in the resource policy wins", page: evalLogic, caller: user, identity: allowS3, policy: to(`"*"`, denyS3), want: DeniedExplicit},
	{name: "the resource policy alone, user", page: sameAcct, caller: user, policy: to(aws(user), allowS3), want: Allowed},
	{name: "the resource policy alone, role", page: sameAcct, caller: session, policy: to(aws(role), allowS3), want: Allowed},
	{name: "the resource policy trusts the account only", page: principal, caller: user, policy: to(aws("111122223333"), allowS3), want: DeniedImplicit},
	{name: "the account's root is the account", page: principal, caller: user, identity: allowS3, policy: to(aws("arn:aws:iam::111122223333:root"), allowS3), want: Allowed},
	{name: "boundary narrows", page: boundary, caller: user, identity: allowS3, boundary: onlyEC2, want: DeniedImplicit},
	{name: "boundary grants nothing", page: boundary, caller: user, boundary: allowS3, want: DeniedImplicit},
	{name: "boundary, resource policy to the user", page: sameAcct, caller: user, boundary: onlyEC2, policy: to(aws(user), allowS3), want: Allowed},
	{name: "boundary, resource policy to the role", page: sameAcct, caller: session, boundary: onlyEC2, policy: to(aws(role), allowS3), want: DeniedImplicit},
	{name: "boundary, resource policy to the session", page: sameAcct, caller: session, boundary: onlyEC2, policy: to(aws(session), allowS3), want: Allowed},
	{name: "boundary, resource policy to all", page: principal, caller: session, boundary: onlyEC2, policy: to(`"*"`, allowS3), want: Allowed},
	{name: "boundary's deny holds against the resource policy", page: sameAcct, caller: user, boundary: denyS3, policy: to(aws(user), allowS3), want: DeniedExplicit},
	{name: "session policy narrows", page: sessions, caller: session, identity: allowS3, session: onlyEC2, want: DeniedImplicit},
	{name: "session policy narrows what the role is given", page: sessions, caller: session, session: onlyEC2, policy: to(aws(role), allowS3), want: DeniedImplicit},
	{name: "session policy does not narrow what the session is given", page: sessions, caller: session, session: onlyEC2, policy: to(aws(session), allowS3), want: Allowed},
	{name: "the root user needs no policy", page: sameAcct, caller: "arn:aws:iam::111122223333:root", want: Allowed},
	{name: "the root user and a resource policy that denies", page: sameAcct, caller: "arn:aws:iam::111122223333:root", policy: to(`"*"`, denyS3), want: DeniedExplicit},
	{name: "another account: identity policy alone", page: crossAcct, caller: user, owner: "444455556666", identity: allowS3, want: DeniedImplicit},
	{name: "another account: resource policy alone", page: crossAcct, caller: user, owner: "444455556666", policy: to(aws(user), allowS3), want: DeniedImplicit},
	{name: "another account: both", page: crossAcct, caller: user, owner: "444455556666", identity: allowS3, policy: to(aws(user), allowS3), want: Allowed},
	{name: "another account: both, by account", page: crossAcct, caller: user, owner: "444455556666", identity: allowS3, policy: to(aws("111122223333"), allowS3), want: Allowed},
	{name: "another account: to all", page: crossAcct, caller: user, owner: "444455556666", policy: to(`"*"`, allowS3), want: DeniedImplicit},
	{name: "another account: within the boundary", page: crossAcct, caller: user, owner: "444455556666", identity: allowS3, boundary: onlyEC2, policy: to(aws(user), allowS3), want: DeniedImplicit},
	{name: "anonymous", page: principal, caller: "*", policy: to(`"*"`, allowS3), want: Allowed},
	{name: "anonymous and an account", page: principal, caller: "*", policy: to(aws("111122223333"), allowS3), want: DeniedImplicit},
	{name: "another user", page: principal, caller: user, policy: to(aws("arn:aws:iam::111122223333:user/bob"), allowS3), want: DeniedImplicit},
	{name: "a principal with a wildcard is refused", page: principal, caller: user, policy: to(aws("arn:aws:iam::111122223333:user/*"), allowS3), want: Unknown},
	{name: "a service with a wildcard is refused", page: principal, caller: "s3.amazonaws.com", policy: to(`{"Service":"*"}`, allowS3), want: Unknown},
	{name: "the unique id of some identity", page: guide + "reference_identifiers.html", caller: user, policy: to(aws("AIDAEXAMPLEEXAMPLE12"), allowS3), want: Unknown},
	{name: "a service", page: principal, caller: "s3.amazonaws.com", action: "sns:Publish", resource: "arn:aws:sns:eu-west-1:111122223333:t", policy: to(`{"Service":"s3.amazonaws.com"}`, `"Effect":"Allow","Action":"sns:Publish","Resource":"*"`), want: Allowed},
	{name: "another service", page: principal, caller: "ec2.amazonaws.com", action: "sns:Publish", resource: "arn:aws:sns:eu-west-1:111122223333:t", policy: to(`{"Service":"s3.amazonaws.com"}`, `"Effect":"Allow","Action":"sns:Publish","Resource":"*"`), want: DeniedImplicit},
	{name: "no principal matches nobody", page: principal, caller: user, policy: allowS3, want: DeniedImplicit},
	{name: "who am I", page: callerID, caller: user, action: "sts:GetCallerIdentity", resource: "*", identity: `"Effect":"Deny","Action":"*","Resource":"*"`, want: Allowed},
}

// 1, 4, 5: organisations, keys, roles, NotPrincipal, endpoints.
var guardCases = []semantic{
	{name: "scp must allow", page: scpEval, caller: user, identity: allowS3, scp: []string{onlyEC2}, want: DeniedImplicit},
	{name: "each level must allow", page: scpEval, caller: user, identity: allowS3, scp: []string{allowS3, onlyEC2}, want: DeniedImplicit},
	{name: "all levels allow", page: scpEval, caller: user, identity: allowS3, scp: []string{allowS3, allowS3}, want: Allowed},
	{name: "scp grants nothing", page: scps, caller: user, scp: []string{allowS3}, want: DeniedImplicit},
	{name: "scp denies the root user", page: scps, caller: "arn:aws:iam::111122223333:root", scp: []string{denyS3}, want: DeniedExplicit},
	{name: "scp spares the management account", page: scps, caller: user, identity: allowS3, scp: []string{denyS3}, management: true, want: Allowed},
	{name: "scp spares service-linked roles", page: scps, caller: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", identity: allowS3, scp: []string{denyS3}, want: Allowed},
	{name: "scp does not reach callers of other accounts", page: scps, caller: "*", policy: to(`"*"`, allowS3), scp: []string{denyS3}, want: Allowed},
	{name: "rcp denies", page: rcps, caller: user, identity: allowS3, rcp: []string{to(`"*"`, denyS3)}, want: DeniedExplicit},
	{name: "rcp denies anonymous callers", page: rcps, caller: "*", policy: to(`"*"`, allowS3), rcp: []string{to(`"*"`, denyS3)}, want: DeniedExplicit},
	{name: "rcp that says nothing lets pass", page: rcps, caller: user, identity: allowS3, rcp: []string{to(`"*"`, `"Effect":"Deny","Action":"sqs:*","Resource":"*"`)}, want: Allowed},
	{name: "rcp does not reach services that do not support it", page: rcps, caller: user, action: "ec2:RunInstances", resource: "*", identity: onlyEC2, rcp: []string{to(`"*"`, `"Effect":"Deny","Action":"*","Resource":"*"`)}, want: Allowed},
	{name: "rcp spares service-linked roles", page: rcps, caller: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", identity: allowS3, rcp: []string{to(`"*"`, denyS3)}, want: Allowed},
	{name: "rcp does not reach the retiring of grants", page: "https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html", caller: user, action: "kms:RetireGrant", resource: key, policy: to(aws(user), `"Effect":"Allow","Action":"kms:*","Resource":"*"`), rcp: []string{to(`"*"`, `"Effect":"Deny","Action":"kms:*","Resource":"*"`)}, want: Allowed},
	{name: "endpoint policy must allow", page: endpoints, caller: user, identity: allowS3, endpoint: to(`"*"`, onlyEC2), want: DeniedImplicit},
	{name: "endpoint policy allows", page: endpoints, caller: user, identity: allowS3, endpoint: to(`"*"`, allowS3), want: Allowed},

	{name: "key: identity policy alone", page: keyPolicy, caller: user, action: "kms:Decrypt", resource: key, identity: `"Effect":"Allow","Action":"kms:*","Resource":"*"`, want: DeniedImplicit},
	{name: "key: handed over to the account", page: keyPolicy, caller: user, action: "kms:Decrypt", resource: key, identity: `"Effect":"Allow","Action":"kms:*","Resource":"*"`, policy: to(aws("arn:aws:iam::111122223333:root"), `"Effect":"Allow","Action":"kms:*","Resource":"*"`), want: Allowed},
	{name: "key: handed over, no identity policy", page: keyPolicy, caller: user, action: "kms:Decrypt", resource: key, policy: to(aws("111122223333"), `"Effect":"Allow","Action":"kms:*","Resource":"*"`), want: DeniedImplicit},
	{name: "key: directly", page: keyPolicy, caller: user, action: "kms:Decrypt", resource: key, policy: to(aws(user), `"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"`), want: Allowed},
	{name: "key: actions without a key", page: keyPolicy, caller: user, action: "kms:ListKeys", resource: "*", identity: `"Effect":"Allow","Action":"kms:*","Resource":"*"`, want: Allowed},

	{name: "role: identity policy alone", page: trustPage, caller: user, action: "sts:AssumeRole", resource: role, identity: `"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"`, want: DeniedImplicit},
	{name: "role: trust to the account and identity policy", page: trustPage, caller: user, action: "sts:AssumeRole", resource: role, identity: `"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"`, policy: to(aws("111122223333"), `"Effect":"Allow","Action":"sts:AssumeRole"`), want: Allowed},
	{name: "role: trust to the account alone", page: trustPage, caller: user, action: "sts:AssumeRole", resource: role, policy: to(aws("111122223333"), `"Effect":"Allow","Action":"sts:AssumeRole"`), want: DeniedImplicit},
	{name: "role: trust to the user", page: trustPage, caller: user, action: "sts:AssumeRole", resource: role, policy: to(aws(user), `"Effect":"Allow","Action":"sts:AssumeRole"`), want: Allowed},
	{name: "role: service", page: trustPage, caller: "lambda.amazonaws.com", action: "sts:AssumeRole", resource: role, policy: to(`{"Service":"lambda.amazonaws.com"}`, `"Effect":"Allow","Action":"sts:AssumeRole"`), want: Allowed},
	{name: "role: identity provider", page: guide + "id_roles_create_for-idp_oidc.html", caller: "cognito-identity.amazonaws.com", action: "sts:AssumeRoleWithWebIdentity", resource: role, context: "cognito-identity.amazonaws.com:aud=eu-west-1:pool", policy: to(`{"Federated":"cognito-identity.amazonaws.com"}`, `"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-west-1:pool"}}`), want: Allowed},
	{name: "role: external id missing", page: externalI, caller: "arn:aws:iam::444455556666:user/eve", action: "sts:AssumeRole", resource: role, identity: `"Effect":"Allow","Action":"*","Resource":"*"`, policy: to(aws("444455556666"), `"Effect":"Allow","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e1"}}`), want: DeniedImplicit},
	{name: "role: external id not known", page: externalI, caller: "arn:aws:iam::444455556666:user/eve", action: "sts:AssumeRole", resource: role, context: "sts:ExternalId?", identity: `"Effect":"Allow","Action":"*","Resource":"*"`, policy: to(aws("444455556666"), `"Effect":"Allow","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e1"}}`), want: Unknown, hinges: "sts:ExternalId"},

	{name: "NotPrincipal denies the others", page: notPrinc, caller: user, identity: allowS3, policy: `"NotPrincipal":` + aws("arn:aws:iam::111122223333:user/bob") + "," + denyS3, want: DeniedExplicit},
	{name: "NotPrincipal spares those it names", page: notPrinc, caller: user, identity: allowS3, policy: `"NotPrincipal":` + aws(user) + "," + denyS3, want: Allowed},
	{name: "NotPrincipal never spares a caller with a boundary", page: notPrinc, caller: user, identity: allowS3, boundary: allowS3, policy: `"NotPrincipal":` + aws(user) + "," + denyS3, want: DeniedExplicit},
	{name: "NotPrincipal does not spare all of an account that stands beside one of its users", page: notPrinc, caller: user, identity: allowS3, policy: `"NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/bob","arn:aws:iam::111122223333:root"]},` + denyS3, want: DeniedExplicit},
	{name: "NotPrincipal spares a user beside its account", page: notPrinc, caller: user, identity: allowS3, policy: `"NotPrincipal":{"AWS":["` + user + `","arn:aws:iam::111122223333:root"]},` + denyS3, want: Allowed},
	{name: "NotPrincipal with an account alone", page: notPrinc, caller: user, identity: allowS3, policy: `"NotPrincipal":` + aws("arn:aws:iam::111122223333:root") + "," + denyS3, want: Unknown},
	{name: "NotPrincipal with Allow lets all others in", page: notPrinc, caller: "*", policy: `"NotPrincipal":` + aws(user) + "," + allowS3, want: Allowed},

	{name: "AWS's policies cannot be changed", page: managedPo, caller: user, action: "iam:CreatePolicyVersion", resource: "arn:aws:iam::aws:policy/ReadOnlyAccess", identity: `"Effect":"Allow","Action":"*","Resource":"*"`, want: DeniedImplicit},
}

// 6, 7, 10, 11: matching of actions and resources.
var matchCases = []semantic{
	{name: "actions ignore case", page: actionEl, caller: user, action: "S3:getobject", identity: `"Effect":"Allow","Action":"s3:GETobject","Resource":"*"`, want: Allowed},
	{name: "actions by pattern", page: actionEl, caller: user, identity: `"Effect":"Allow","Action":"s3:G?t*","Resource":"*"`, want: Allowed},
	{name: "another action", page: actionEl, caller: user, identity: `"Effect":"Allow","Action":["s3:Put*","s3:List*"],"Resource":"*"`, want: DeniedImplicit},
	{name: "NotAction is the complement of the union", page: notAction, caller: user, identity: `"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*"`, want: DeniedImplicit},
	{name: "NotAction allows the rest", page: notAction, caller: user, identity: `"Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*"`, want: Allowed},
	{name: "NotResource is the complement of the union", page: notRes, caller: user, identity: `"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::x/*","arn:aws:s3:::docs/*"]`, want: DeniedImplicit},
	{name: "NotResource denies the rest", page: notRes, caller: user, identity: allowS3 + `},{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::x/*","arn:aws:s3:::y/*"]`, want: DeniedExplicit},
	{name: "resource by pattern", page: resEl, caller: user, identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::d*/a.???"`, want: Allowed},
	{name: "resources keep their case", page: resEl, caller: user, identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::Docs/*"`, want: DeniedImplicit},
	{name: "a bucket is not its objects", page: resEl, caller: user, identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs"`, want: DeniedImplicit},
	{name: "no resource level: only all resources", page: guide + "reference_policies_actions-resources-contextkeys.html", caller: user, action: "s3:ListAllMyBuckets", resource: "*", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs"`, want: DeniedImplicit},
	{name: "no resource level: all resources", page: guide + "reference_policies_actions-resources-contextkeys.html", caller: user, action: "s3:ListAllMyBuckets", resource: "*", identity: allowS3, want: Allowed},
	{name: "a session is its role", page: principal, caller: session, policy: to(aws(role), allowS3), want: Allowed},
	{name: "another session", page: principal, caller: session, policy: to(aws("arn:aws:sts::111122223333:assumed-role/app/two"), allowS3), want: DeniedImplicit},
}

func when(condition string) string { return allowS3 + `,"Condition":` + condition }

// 8, 9, 10, 12: conditions.
var conditionCases = []semantic{
	{name: "missing key, positive", page: condEl, caller: user, identity: when(`{"StringEquals":{"a:k":"v"}}`), want: DeniedImplicit},
	{name: "missing key, negated", page: condOps, caller: user, identity: when(`{"StringNotEquals":{"a:k":"v"}}`), want: Allowed},
	{name: "missing key, if it exists", page: condOps, caller: user, identity: when(`{"StringEqualsIfExists":{"a:k":"v"}}`), want: Allowed},
	{name: "if it exists, and differs", page: condOps, caller: user, context: "a:k=w", identity: when(`{"StringEqualsIfExists":{"a:k":"v"}}`), want: DeniedImplicit},
	{name: "Null true wants absence", page: condOps, caller: user, identity: when(`{"Null":{"a:k":"true"}}`), want: Allowed},
	{name: "Null true and present", page: condOps, caller: user, context: "a:k=v", identity: when(`{"Null":{"a:k":"true"}}`), want: DeniedImplicit},
	{name: "Null false wants presence", page: condOps, caller: user, context: "a:k=v", identity: when(`{"Null":{"a:k":false}}`), want: Allowed},
	{name: "key names ignore case", page: condEl, caller: user, context: "A:K=v", identity: when(`{"StringEquals":{"a:k":"v"}}`), want: Allowed},
	{name: "values keep their case", page: condOps, caller: user, context: "a:k=V", identity: when(`{"StringEquals":{"a:k":"v"}}`), want: DeniedImplicit},
	{name: "values ignoring case", page: condOps, caller: user, context: "a:k=V", identity: when(`{"StringEqualsIgnoreCase":{"a:k":"v"}}`), want: Allowed},
	{name: "values are alternatives", page: condLogic, caller: user, context: "a:k=w", identity: when(`{"StringEquals":{"a:k":["v","w"]}}`), want: Allowed},
	{name: "keys all hold", page: condLogic, caller: user, context: "a:k=v a:l=x", identity: when(`{"StringEquals":{"a:k":"v","a:l":"w"}}`), want: DeniedImplicit},
	{name: "operators all hold", page: condLogic, caller: user, context: "a:k=v a:l=x", identity: when(`{"StringEquals":{"a:k":"v"},"StringLike":{"a:l":"y*"}}`), want: DeniedImplicit},
	{name: "negated values: none may match", page: condLogic, caller: user, context: "a:k=w", identity: when(`{"StringNotEquals":{"a:k":["v","w"]}}`), want: DeniedImplicit},
	{name: "StringEquals has no wildcards", page: condOps, caller: user, context: "a:k=vw", identity: when(`{"StringEquals":{"a:k":"v*"}}`), want: DeniedImplicit},
	{name: "StringLike spans colons", page: condOps, caller: user, context: "a:k=a:b:c", identity: when(`{"StringLike":{"a:k":"a*c"}}`), want: Allowed},
	{name: "StringNotLike", page: condOps, caller: user, context: "a:k=abc", identity: when(`{"StringNotLike":{"a:k":"a*"}}`), want: DeniedImplicit},
	{name: "ArnLike part by part", page: condOps, caller: user, context: "a:k=arn:aws:s3:eu-west-1:1:b", identity: when(`{"ArnLike":{"a:k":"arn:*:b"}}`), want: DeniedImplicit},
	{name: "ArnLike, parts with wildcards", page: condOps, caller: user, context: "a:k=arn:aws:sns:eu-west-1:1:t:x", identity: when(`{"ArnLike":{"a:k":"arn:aws:sns:*:*:t*"}}`), want: Allowed},
	{name: "ArnEquals is ArnLike", page: condOps, caller: user, context: "a:k=arn:aws:sns:eu-west-1:1:t", identity: when(`{"ArnEquals":{"a:k":"arn:aws:sns:*:*:*"}}`), want: Allowed},
	{name: "ArnNotEquals", page: condOps, caller: user, context: "a:k=arn:aws:sns:eu-west-1:1:t", identity: when(`{"ArnNotEquals":{"a:k":"arn:aws:sns:*:*:*"}}`), want: DeniedImplicit},
	{name: "numbers", page: condOps, caller: user, context: "a:k=10", identity: when(`{"NumericLessThanEquals":{"a:k":"10.0"}}`), want: Allowed},
	{name: "numbers, greater", page: condOps, caller: user, context: "a:k=10", identity: when(`{"NumericGreaterThan":{"a:k":"10"}}`), want: DeniedImplicit},
	{name: "numbers, unequal", page: condOps, caller: user, context: "a:k=11", identity: when(`{"NumericNotEquals":{"a:k":["10","12"]}}`), want: Allowed},
	{name: "what is no number", page: condOps, caller: user, context: "a:k=ten", identity: when(`{"NumericLessThan":{"a:k":"10"}}`), want: DeniedImplicit},
	{name: "dates", page: condOps, caller: user, context: "aws:CurrentTime=2026-01-02T00:00:00Z", identity: when(`{"DateLessThan":{"aws:CurrentTime":"2026-06-30T23:59:59Z"}}`), want: Allowed},
	{name: "dates since 1970", page: condOps, caller: user, context: "aws:EpochTime=1767312000", identity: when(`{"DateGreaterThan":{"aws:EpochTime":"2027-01-01"}}`), want: DeniedImplicit},
	{name: "booleans", page: condOps, caller: user, context: "aws:SecureTransport=true", identity: when(`{"Bool":{"aws:SecureTransport":"TRUE"}}`), want: Allowed},
	{name: "IPv4 block", page: condOps, caller: user, context: "aws:SourceIp=203.0.113.7", identity: when(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), want: Allowed},
	{name: "IPv6 block", page: condOps, caller: user, context: "aws:SourceIp=2001:db8::7", identity: when(`{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}}`), want: Allowed},
	{name: "IPv6 is outside an IPv4 block", page: condOps, caller: user, context: "aws:SourceIp=2001:db8::7", identity: when(`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), want: Allowed},
	{name: "outside the block", page: condOps, caller: user, context: "aws:SourceIp=203.0.114.7", identity: when(`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), want: Allowed},
	{name: "binary", page: condOps, caller: user, context: "a:k=QmluYXJ5", identity: when(`{"BinaryEquals":{"a:k":"QmluYXJ5"}}`), want: Allowed},
	{name: "ForAllValues, all match", page: setOps, caller: user, context: "aws:TagKeys=a|b", identity: when(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}}`), want: Allowed},
	{name: "ForAllValues, one does not", page: setOps, caller: user, context: "aws:TagKeys=a|z", identity: when(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}}`), want: DeniedImplicit},
	{name: "ForAllValues, missing key", page: setOps, caller: user, identity: when(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`), want: Allowed},
	{name: "ForAllValues, empty key", page: setOps, caller: user, context: "aws:TagKeys=", identity: when(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`), want: Allowed},
	{name: "ForAnyValue, one matches", page: setOps, caller: user, context: "aws:TagKeys=a|z", identity: when(`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}}`), want: Allowed},
	{name: "ForAnyValue, missing key", page: setOps, caller: user, identity: when(`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}}`), want: DeniedImplicit},
	{name: "ForAnyValue, if it exists, missing key", page: setOps, caller: user, identity: when(`{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":["a"]}}`), want: DeniedImplicit},
	{name: "ForAnyValue, negated", page: setOps, caller: user, context: "aws:TagKeys=a|z", identity: when(`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}`), want: Allowed},
	{name: "ForAllValues, negated", page: setOps, caller: user, context: "aws:TagKeys=a|z", identity: when(`{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a"]}}`), want: DeniedImplicit},
	{name: "unknown key", page: condEl, caller: user, context: "a:k?", identity: when(`{"StringEquals":{"a:k":"v"}}`), want: Unknown, hinges: "a:k"},
	{name: "unknown key in a deny", page: condEl, caller: user, context: "a:k?", identity: allowS3 + `},{` + denyS3 + `,"Condition":{"StringEquals":{"a:k":"v"}}`, want: Unknown, hinges: "a:k"},
	{name: "unknown key that does not matter", page: condOps, caller: user, context: "a:k?", identity: when(`{"StringLikeIfExists":{"a:k":"*"}}`), want: Allowed},
	{name: "unknown key beside an allow that needs none", page: condEl, caller: user, context: "a:k?", identity: allowS3 + `},{` + when(`{"StringEquals":{"a:k":"v"}}`), want: Allowed},
}

// 11: variables.
var variableCases = []semantic{
	{name: "variable in a resource", page: variables, caller: user, resource: "arn:aws:s3:::docs/ann/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username}/*"`, want: Allowed},
	{name: "variable, another user", page: variables, caller: user, resource: "arn:aws:s3:::docs/bob/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username}/*"`, want: DeniedImplicit},
	{name: "no variables before 2012", page: version, version: `"Version":"2008-10-17",`, caller: user, resource: "arn:aws:s3:::docs/ann/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username}/*"`, want: DeniedImplicit},
	{name: "no version is the old version", page: version, version: "none", caller: user, resource: "arn:aws:s3:::docs/ann/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username}/*"`, want: DeniedImplicit},
	{name: "a variable without value matches nothing", page: variables, caller: session, resource: "arn:aws:s3:::docs//x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username}/*"`, want: DeniedImplicit},
	{name: "a variable without value under NotResource decides nothing", page: variables, caller: session, identity: `"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::docs/${aws:username}/*"`, want: Unknown, hinges: "aws:username"},
	{name: "a variable without value in a negated condition decides nothing", page: variables, caller: session, context: "a:k=v", identity: when(`{"StringNotEquals":{"a:k":"${aws:username}"}}`), want: Unknown, hinges: "a:k aws:username"},
	{name: "an empty value is no value", page: variables, caller: user, context: "aws:PrincipalTag/team=", resource: "arn:aws:s3:::docs//x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:PrincipalTag/team}/*"`, want: DeniedImplicit},
	{name: "default value", page: variables, caller: session, resource: "arn:aws:s3:::docs/public/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:username, 'public'}/*"`, want: Allowed},
	{name: "what is filled in is literal", page: variables, caller: user, context: "aws:PrincipalTag/p=*", resource: "arn:aws:s3:::docs/secret", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:PrincipalTag/p}"`, want: DeniedImplicit},
	{name: "an escaped star is a star", page: variables, caller: user, resource: "arn:aws:s3:::docs/a*b", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/a${*}b"`, want: Allowed},
	{name: "an escaped star matches nothing else", page: variables, caller: user, resource: "arn:aws:s3:::docs/axb", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/a${*}b"`, want: DeniedImplicit},
	{name: "variable in a condition", page: variables, caller: user, context: "s3:prefix=ann/x", action: "s3:ListBucket", resource: "arn:aws:s3:::docs", identity: when(`{"StringLike":{"s3:prefix":"${aws:username}/*"}}`), want: Allowed},
	{name: "equal tags", page: variables, caller: user, context: "aws:PrincipalTag/team=a aws:ResourceTag/team=a", identity: when(`{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}`), want: Allowed},
	{name: "different tags", page: variables, caller: user, context: "aws:PrincipalTag/team=a aws:ResourceTag/team=b", identity: when(`{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}`), want: DeniedImplicit},
	{name: "unknown variable", page: variables, caller: user, context: "aws:PrincipalTag/team?", resource: "arn:aws:s3:::docs/a/x", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::docs/${aws:PrincipalTag/team}/*"`, want: Unknown, hinges: "aws:PrincipalTag/team"},
	{name: "variable in an ARN condition", page: variables, caller: user, context: "aws:SourceArn=arn:aws:sns:eu-west-1:1:ann", identity: when(`{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:${aws:username}"}}`), want: Allowed},
}

// 13, 15: what a well-formed request carries.
var contextCases = []semantic{
	{name: "the caller's ARN is the role's", page: globalKey, caller: session, identity: when(`{"ArnEquals":{"aws:PrincipalArn":"` + role + `"}}`), want: Allowed},
	{name: "the caller's account", page: globalKey, caller: user, identity: when(`{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`), want: Allowed},
	{name: "anonymous callers have no account", page: globalKey, caller: "*", policy: to(`"*"`, when(`{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`)), want: DeniedImplicit},
	{name: "anonymous callers have no organisation", page: globalKey, caller: "*", policy: to(`"*"`, when(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`)), want: Allowed},
	{name: "users carry no source", page: globalKey, caller: user, policy: to(`"*"`, when(`{"StringEquals":{"aws:SourceAccount":"111122223333"}}`)), want: DeniedImplicit},
	{name: "services carry their source", page: deputy, caller: "sns.amazonaws.com", context: "aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:t", action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:111122223333:q", policy: to(`{"Service":"sns.amazonaws.com"}`, `"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:t"}}`), want: Allowed},
	{name: "a service for somebody else", page: deputy, caller: "sns.amazonaws.com", context: "aws:SourceArn=arn:aws:sns:eu-west-1:444455556666:t", action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:111122223333:q", policy: to(`{"Service":"sns.amazonaws.com"}`, `"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:t"}}`), want: DeniedImplicit},
	{name: "services are services", page: globalKey, caller: "sns.amazonaws.com", policy: to(`"*"`, when(`{"Bool":{"aws:PrincipalIsAWSService":"true"}}`)), want: Allowed},
	{name: "users are no services", page: globalKey, caller: user, policy: to(`"*"`, when(`{"Bool":{"aws:PrincipalIsAWSService":"true"}}`)), want: DeniedImplicit},
	{name: "no public address through an endpoint", page: globalKey, caller: user, context: "aws:SourceVpce=vpce-1", identity: when(`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), want: Allowed},
	{name: "the resource's account", page: globalKey, caller: user, identity: when(`{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}`), want: Allowed},
}

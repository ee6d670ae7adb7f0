package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// PrincipalKind is the kind of the caller.
type PrincipalKind uint8

// The kinds of callers.
const (
	AnonymousKind PrincipalKind = iota
	RootKind                    // the root user of an account
	UserKind
	RoleKind    // some session of the role, its name not known
	SessionKind // one assumed-role session
	ServiceKind
	FederatedKind // a web or SAML identity that has not assumed a role yet
)

func (k PrincipalKind) String() string {
	return [...]string{"anonymous", "account root", "user", "role", "session", "service", "federated identity"}[k]
}

// A Principal is the caller of a request. Build it with the functions below.
type Principal struct {
	Kind PrincipalKind
	// ARN of the user, role, session or root.
	ARN value.Text
	// Role is the ARN of a session's role.
	Role value.Text
	// Account of the caller; empty for anonymous, service and federated ones.
	Account value.Text
	// Service is a service's name, "lambda.amazonaws.com".
	Service string
	// Provider of a federated identity: an OIDC host, or a provider's ARN.
	Provider value.Text
	// Name is the last part of a user's or session's ARN.
	Name value.Text

	bare bool // Role is made from the session's ARN and lacks the role's path
}

// Anonymous is a caller without credentials.
func Anonymous() Principal { return Principal{} }

// Root is the root user of an account.
func Root(account value.Text) Principal {
	return Principal{Kind: RootKind, Account: account, ARN: value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":root"))}
}

// User is an IAM user.
func User(arn value.Text) Principal {
	return Principal{Kind: UserKind, ARN: arn, Account: accountOf(arn), Name: lastPart(arn)}
}

// Role is some session of a role: what code that runs as the role is.
func Role(arn value.Text) Principal {
	return Principal{Kind: RoleKind, ARN: arn, Role: arn, Account: accountOf(arn), Name: lastPart(arn)}
}

// Session is the session of a role with the ARN arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME;
// role is the role's own ARN, empty where only the session's is known.
func Session(arn, role value.Text) Principal {
	p := Principal{Kind: SessionKind, ARN: arn, Role: role, Account: accountOf(arn), Name: lastPart(arn)}
	if role.IsEmpty() {
		p.Role, p.bare = roleOfSession(arn), true
	}
	return p
}

// Service is an AWS service, "lambda.amazonaws.com".
func Service(name string) Principal { return Principal{Kind: ServiceKind, Service: name} }

// Federated is an identity of an OIDC or SAML provider.
func Federated(provider value.Text) Principal {
	return Principal{Kind: FederatedKind, Provider: provider}
}

// ParsePrincipal reads a caller as policies write principals: an ARN, an
// account id, a service's host name, or "*" for an anonymous caller.
func ParsePrincipal(s string) Principal {
	t := value.Lit(s)
	switch {
	case s == "*" || s == "":
		return Anonymous()
	case isAccount(s):
		return Root(t)
	case strings.Contains(s, ":assumed-role/"):
		return Session(t, value.Text{})
	case strings.Contains(s, ":user/"):
		return User(t)
	case strings.Contains(s, ":role/"):
		return Role(t)
	case strings.HasSuffix(s, ":root"):
		return Principal{Kind: RootKind, ARN: t, Account: accountOf(t)}
	case strings.Contains(s, ":federated-user/"):
		return Principal{Kind: SessionKind, ARN: t, Account: accountOf(t), Name: lastPart(t)}
	case strings.Contains(s, ".amazonaws.com") && !strings.HasPrefix(s, "cognito-identity."):
		return Service(s)
	}
	return Federated(t)
}

// accountOf is the fifth part of an ARN; empty where there is none.
func accountOf(arn value.Text) value.Text {
	if arn.IsKnown() {
		s, _ := arn.Known()
		return value.Lit(accountPart(s))
	}
	if parts := arn.Split(':', 6); len(parts) == 6 {
		return parts[4]
	}
	return value.Hole("account of " + arn.String())
}

// accountHole returns the hole that is the whole account of an ARN, the usual
// case in a template, without taking the ARN apart.
func accountHole(arn value.Text) (*value.Part, bool) {
	parts, colons := arn.Parts(), 0
	for i := range parts {
		p := &parts[i]
		if p.Hole == "" {
			colons += strings.Count(p.Lit, ":")
			if colons > 4 {
				return nil, false
			}
			continue
		}
		if colons == 4 && i > 0 && i+1 < len(parts) && strings.HasSuffix(parts[i-1].Lit, ":") && strings.HasPrefix(parts[i+1].Lit, ":") {
			return p, true
		}
	}
	return nil, false
}

// accountPart is accountOf for a known ARN.
func accountPart(s string) string {
	for range 4 {
		_, rest, found := strings.Cut(s, ":")
		if !found {
			return ""
		}
		s = rest
	}
	account, _, found := strings.Cut(s, ":")
	if !found {
		return ""
	}
	return account
}

// lastPart is what follows the last slash of an ARN.
func lastPart(arn value.Text) value.Text {
	parts := arn.Split('/', -1)
	return parts[len(parts)-1]
}

// roleOfSession makes the role's ARN of a session's; the path of the role is
// not in it, so a role with a path is known by its own ARN only.
func roleOfSession(arn value.Text) value.Text {
	parts := arn.Split(':', 6)
	if len(parts) != 6 {
		return value.Text{}
	}
	names := parts[5].Split('/', 3)
	if known, ok := names[0].Known(); !ok || known != "assumed-role" || len(names) < 2 {
		return value.Text{}
	}
	return value.Concat(parts[0], value.Lit(":"), parts[1], value.Lit(":iam::"), parts[4], value.Lit(":role/"), names[1])
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// serviceLinked tells whether the caller is a service-linked role, which
// service control policies do not bind.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func (p *Principal) serviceLinked() bool {
	return (p.Kind == RoleKind || p.Kind == SessionKind) && strings.Contains(p.Role.String(), ":role/aws-service-role/")
}

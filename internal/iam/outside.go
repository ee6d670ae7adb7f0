package iam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// Outside is the context of a caller from outside: it chooses what it sends,
// not where it comes from. Public asks with it.
func Outside(p *Principal) Context {
	c := Context{Chosen: true}
	c.SetText("aws:SourceIp", value.Fresh("an address"))
	for _, key := range []string{"aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths",
		"s3:DataAccessPointArn", "s3:DataAccessPointAccount", "elasticfilesystem:AccessPointArn", "elasticfilesystem:AccessedViaMountTarget"} {
		c.Absent(key)
	}
	// Function URLs have an action of their own.
	c.Set("lambda:InvokedViaFunctionUrl", "false")
	// Who writes under a key must be allowed to use it, and who subscribes an
	// endpoint must be the one that gets its messages.
	c.SetText("s3:x-amz-server-side-encryption-aws-kms-key-id", value.Fresh("a stranger's key"))
	c.SetText("sns:Endpoint", value.Fresh("a stranger's endpoint"))
	c.SetText("lambda:EventSourceToken", value.Fresh("a stranger's token"))
	switch p.Kind {
	case ServiceKind:
		account := value.Fresh("a stranger's account")
		c.SetText("aws:SourceAccount", account)
		c.SetText("aws:SourceOwner", account)
		c.SetText("aws:SourceArn", strangersResource(p.Service, account))
		c.SetText("aws:SourceOrgID", strangersOrganisation())
		c.SetText("aws:SourceOrgPaths", strangersOrganisation())
	case AnonymousKind:
		// A URL that asks for signatures answers nobody without one.
		// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
		c.Set("lambda:FunctionUrlAuthType", "NONE")
	case FederatedKind:
		federatedKeys(&c, p)
	default:
		c.SetText("aws:userid", value.Fresh("a stranger's id"))
		c.SetText("kms:CallerAccount", p.Account)
		if p.Kind == RootKind && isFresh(p.Account) {
			c.SetText("aws:PrincipalOrgID", strangersOrganisation())
			c.SetText("aws:PrincipalOrgPaths", strangersOrganisation())
		}
	}
	return c
}

// OfStranger tells whether a hole stands for something of a stranger's: of
// whoever is none of those that the owner's policies name, whatever they turn
// out to name.
func OfStranger(hole string) bool { return strings.HasPrefix(hole, "a stranger's ") }

func ofStranger(t value.Text) bool {
	return slices.ContainsFunc(t.Parts(), func(p value.Part) bool { return p.Fresh && OfStranger(p.Hole) })
}

// strangersOrganisation is its id, or the path of an account in it.
func strangersOrganisation() value.Text {
	return value.Concat(value.Lit("o-"), value.Fresh("a stranger's organisation"))
}

// Network is the context of the same caller where it comes through a VPC of
// its own.
func (c Context) Network() Context {
	c.SetText("aws:SourceVpc", value.Concat(value.Lit("vpc-"), value.Fresh("a stranger's network")))
	c.SetText("aws:SourceVpce", value.Concat(value.Lit("vpce-"), value.Fresh("a stranger's endpoint")))
	c.Absent("aws:SourceIp")
	return c
}

// asksForNetwork tells whether the statement, or a Deny beside it, asks which
// VPC a request comes from.
func (x *outside) asksForNetwork() bool {
	for i := range x.policy.statements {
		for j := range x.policy.statements[i].src.Condition {
			switch strings.ToLower(x.policy.statements[i].src.Condition[j].Key) {
			case "aws:sourcevpc", "aws:sourcevpce":
				return true
			}
		}
	}
	return false
}

// Any names the parts of a stranger's resource that the stranger chooses.
const Any = "a stranger's choice"

// strangersResource is the ARN of a resource for which a service may call: a
// bucket, whose name nobody else can have, or something in a stranger's account
// under any name.
func strangersResource(service string, account value.Text) value.Text {
	prefix, _, _ := strings.Cut(service, ".")
	if prefix == "s3" {
		return value.Concat(value.Lit("arn:aws:s3:::"), value.Fresh("a stranger's bucket"))
	}
	name := value.Hole(Any)
	if catalogue.KnownService(prefix) {
		name = value.Lit(prefix)
	}
	return value.Concat(value.Lit("arn:aws:"), name, value.Lit(":"), value.Hole(Any), value.Lit(":"), account, value.Lit(":"), value.Hole(Any))
}

// federatedKeys are the keys of a token that a stranger got from a provider
// whose tokens anybody gets: the subject is theirs, the audience they choose,
// but for identity pools, whose audience is the pool.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func federatedKeys(c *Context, p *Principal) {
	host := p.Provider.String()
	if _, after, ok := strings.Cut(host, ":oidc-provider/"); ok {
		host = after
	}
	sub := value.Fresh("a stranger's subject")
	if strings.HasPrefix(host, "token.actions.githubusercontent.com") {
		sub = value.Concat(value.Lit("repo:"), sub)
	}
	c.SetText(host+":sub", sub)
	for _, claim := range []string{"repository", "repository_owner", "repository_id", "repository_owner_id", "organization_id", "oid", "email", "id", "user_id"} {
		c.SetText(host+":"+claim, value.Fresh("a stranger's "+claim))
	}
	if strings.HasPrefix(host, "cognito-identity.") {
		c.SetText(host+":aud", value.Fresh("a stranger's identity pool"))
	}
}

// sample makes requests of an action pattern: the action itself, or those that
// the catalogue knows it to match.
func (x *outside) sample(t value.Text) []string {
	s := t.String()
	if x.st.notAction {
		return []string{anyAction}
	}
	if !t.IsKnown() || !strings.ContainsAny(s, "*?") {
		return []string{s}
	}
	if s == "*" || s == "*:*" {
		return []string{anyAction}
	}
	if service, all := strings.CutSuffix(s, ":*"); all && !strings.ContainsAny(service, "*?") {
		return []string{service + ":" + anyName}
	}
	if out := catalogue.Expand(s); len(out) > 0 {
		return out
	}
	return []string{strings.NewReplacer("*", "Any", "?", "x").Replace(s)}
}

// resources makes a resource of each pattern of the statement, with a hole for
// each wildcard.
func (x *outside) resources() []value.Text {
	list := x.st.src.Resource.Items
	if x.st.notResource || len(list) == 0 {
		return []value.Text{value.Hole("a resource")}
	}
	var out []value.Text
	for _, it := range list {
		out = append(out, holed(longAPI(it.Text)))
		if len(out) == 16 {
			break // statements with more resources differ only in the names
		}
	}
	return out
}

func holed(t value.Text) value.Text {
	holes := 0
	return t.Expand(func(lit string) (out []value.Text) {
		for i, s := range strings.Split(strings.ReplaceAll(lit, "?", "x"), "*") {
			if i > 0 {
				holes++
				out = append(out, value.Fresh("anything "+strconv.Itoa(holes)))
			}
			out = append(out, value.Lit(s))
		}
		return out
	})
}

// serviceOfType is the service prefix of the actions on a CloudFormation type.
func serviceOfType(kind string) string {
	parts := strings.Split(kind, "::")
	if len(parts) < 2 {
		return ""
	}
	switch parts[1] {
	case "IAM":
		return "sts"
	case "ApiGateway", "ApiGatewayV2":
		return "execute-api"
	case "Elasticsearch", "OpenSearchService":
		return "es"
	}
	return strings.ToLower(parts[1])
}

// TakesAnonymous tells whether the service answers requests for the action
// without a signature. Of Lambda's only function URLs do.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func TakesAnonymous(action string) bool {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	switch service {
	case "s3", "sqs", "sns", "execute-api", "es":
		return true
	case "lambda":
		return name == "invokefunctionurl" || name == anyName
	}
	return false
}

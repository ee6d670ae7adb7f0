package account

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func problem(span source.Span, format string, args ...any) source.Problem {
	return source.Problem{Span: span, Message: fmt.Sprintf(format, args...)}
}

// A kind says how the entities of one list are called and what they hold.
type kind struct {
	typ, name, inline string
	property          string   // the name in CloudFormation
	read              []string // elements that are read, beside the common ones
}

var kinds = map[string]kind{
	userList:  {"AWS::IAM::User", "UserName", "UserPolicyList", "UserName", []string{"GroupList", "PermissionsBoundary"}},
	groupList: {"AWS::IAM::Group", "GroupName", "GroupPolicyList", "GroupName", nil},
	roleList:  {"AWS::IAM::Role", "RoleName", "RolePolicyList", "RoleName", []string{"AssumeRolePolicyDocument", "InstanceProfileList", "PermissionsBoundary"}},
}

// page reads one page.
func (r *reader) page(p *Page) {
	for _, f := range p.root.Fields {
		switch f.Key {
		case userList, groupList, roleList:
			k := kinds[f.Key]
			for _, n := range r.list(f.Value, f.Key) {
				r.identity(p.File, k, n)
			}
		case policyList:
			for _, n := range r.list(f.Value, f.Key) {
				r.managed(p.File, n)
			}
		case "IsTruncated", "Marker", "NextToken", "ResponseMetadata":
		default:
			r.once(p.File, f.Key, f.KeySpan, "%s is not read: it is no element of get-account-authorization-details", f.Key)
		}
	}
}

// list is the elements of a list that are maps.
func (r *reader) list(n *source.Node, name string) []*source.Node {
	if n == nil || n.Is(source.NullNode) {
		return nil
	}
	if !n.Is(source.ListNode) {
		r.problem(n.Span, "%s must be a list, this is a %s; it is not read", name, n.Kind)
		return nil
	}
	var out []*source.Node
	for _, it := range n.Items {
		if !it.Is(source.MapNode) {
			r.problem(it.Span, "an element of %s must be a map, this is a %s; it is not read", name, it.Kind)
			continue
		}
		out = append(out, it)
	}
	return out
}

// start begins an entity with what all have: name, path and ARN.
func (r *reader) start(file, typ, nameKey, property string, n *source.Node) (*entity, *account) {
	arn, name := str(n, "Arn"), str(n, nameKey)
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || parts[4] == "" || name == "" {
		r.problem(n.Span, "the %s has no %s or no Arn that can be read; it is left out", noun(typ), nameKey)
		return nil, nil
	}
	e := &entity{typ: typ, name: name, arn: arn, file: file, span: n.Get(nameKey).Span}
	e.put(property, value.NewText(value.Lit(name), e.span))
	if at := n.Get("Path"); at.Is(source.StringNode) {
		e.put("Path", value.FromNode(at))
	}
	return e, r.account(file, arn)
}

func noun(typ string) string {
	switch typ {
	case "AWS::IAM::ManagedPolicy":
		return "policy"
	case "AWS::IAM::InstanceProfile":
		return "instance profile"
	}
	return strings.ToLower(typ[strings.LastIndexByte(typ, ':')+1:])
}

func str(n *source.Node, key string) string {
	if v := n.Get(key); v.Is(source.StringNode) {
		return v.Text
	}
	return ""
}

func (e *entity) put(key string, v *value.Value) {
	e.fields = append(e.fields, value.Field{Key: key, KeySpan: v.Span(), Value: v})
}

// identity reads a user, group or role.
func (r *reader) identity(file string, k kind, n *source.Node) {
	e, a := r.start(file, k.typ, k.name, k.property, n)
	if e == nil {
		return
	}
	for _, f := range n.Fields {
		switch f.Key {
		case k.name, "Path", "Arn":
		case "UserId", "GroupId", "RoleId", "CreateDate", "RoleLastUsed", "PasswordLastUsed", "MaxSessionDuration", "Description", "AttachedManagedPolicies":
			// The last is read with the whole account at hand.
		case "Tags":
			e.put("Tags", value.FromNode(f.Value))
		case k.inline:
			e.put("Policies", r.inline(f.Value, k.inline))
		case "AssumeRolePolicyDocument":
			e.put(f.Key, text(f.Value))
		default:
			if !slices.Contains(k.read, f.Key) {
				r.once(file, k.typ+f.Key, f.KeySpan, "%s of a %s is not read", f.Key, noun(k.typ))
			}
		}
	}
	for _, p := range r.list(n.Get("InstanceProfileList"), "InstanceProfileList") {
		r.profile(file, p)
	}
	r.add(a, e)
	attached, boundary, groups := n.Get("AttachedManagedPolicies"), n.Get("PermissionsBoundary"), n.Get("GroupList")
	e.finish = func(e *entity) { // holds these parts of the page alone
		if list := r.attached(a, attached); list != nil {
			e.put("ManagedPolicyArns", list)
		}
		if arn := boundary.Get("PermissionsBoundaryArn"); arn != nil {
			e.put("PermissionsBoundary", a.policyARN(arn))
		} else if boundary != nil && !boundary.Is(source.NullNode) {
			e.put("PermissionsBoundary", value.NewUnresolved("the boundary has no PermissionsBoundaryArn", boundary.Span, nil))
		}
		if groups.Is(source.ListNode) {
			e.put("Groups", a.names(groups, "group"))
		}
	}
}

// inline reads the inline policies of an identity.
func (r *reader) inline(n *source.Node, name string) *value.Value {
	var out []*value.Value
	for _, p := range r.list(n, name) {
		fields := []value.Field{}
		put := func(key string, from *source.Node, v *value.Value) {
			if from != nil {
				fields = append(fields, value.Field{Key: key, KeySpan: p.Field(key).KeySpan, Value: v})
			}
		}
		put("PolicyName", p.Get("PolicyName"), value.FromNode(p.Get("PolicyName")))
		doc := p.Get("PolicyDocument")
		if doc == nil || doc.Is(source.NullNode) {
			r.problem(p.Span, "the inline policy %q has no document; what it allows is not known", str(p, "PolicyName"))
			fields = append(fields, value.Field{Key: "PolicyDocument", KeySpan: p.Span, Value: value.NewUnresolved("the document is missing", p.Span, nil)})
		} else {
			put("PolicyDocument", doc, text(doc))
		}
		out = append(out, value.NewMap(fields, p.Span))
	}
	return value.NewList(out, n.Span)
}

// text is a document as it is, or decoded where it is written as the API gives
// it, percent-encoded.
func text(n *source.Node) *value.Value {
	if !n.Is(source.StringNode) {
		return value.FromNode(n)
	}
	if decoded, err := url.PathUnescape(n.Text); err == nil {
		return value.NewText(value.Lit(decoded), n.Span)
	}
	return value.FromNode(n) // what is wrong with it, the grammar says
}

// managed reads a managed policy; AWS's own only give their documents.
func (r *reader) managed(file string, n *source.Node) {
	arn := str(n, "Arn")
	doc := r.version(n)
	if strings.Contains(arn, ":iam::aws:policy/") {
		r.awsOwned(file, arn, doc)
		return
	}
	e, a := r.start(file, "AWS::IAM::ManagedPolicy", "PolicyName", "ManagedPolicyName", n)
	if e == nil {
		return
	}
	for _, f := range n.Fields {
		switch f.Key {
		case "PolicyName", "Path", "Arn", "PolicyId", "DefaultVersionId", "AttachmentCount", "PermissionsBoundaryUsageCount",
			"IsAttachable", "CreateDate", "UpdateDate", "PolicyVersionList":
		case "Description":
			e.put("Description", value.FromNode(f.Value))
		case "Tags":
			e.put("Tags", value.FromNode(f.Value))
		default:
			r.once(file, "policy"+f.Key, f.KeySpan, "%s of a policy is not read", f.Key)
		}
	}
	e.put("PolicyDocument", doc)
	if others := r.otherVersions(n); others != nil {
		e.put(OtherVersions, others)
	}
	r.add(a, e)
	if a.policies[arn] == "" {
		a.policies[arn] = e.key()
	}
}

// awsOwned keeps the document of one of AWS's policies where it differs from
// the embedded one: the version of the account counts.
func (r *reader) awsOwned(file, arn string, doc *value.Value) {
	if known, ok := catalogue.Managed(arn); ok {
		if parsed, _ := policy.Parse(doc); parsed != nil && print(parsed) == print(known) {
			return
		}
	}
	r.awsDocuments(file)[arn] = doc
}

// print is a document's text, empty where it cannot be printed.
func print(d *policy.Document) string {
	text, err := d.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(text)
}

// version is the document of the default version, which may be the only one
// that is marked, or named by DefaultVersionId.
func (r *reader) version(n *source.Node) *value.Value {
	want := str(n, "DefaultVersionId")
	versions := r.list(n.Get("PolicyVersionList"), "PolicyVersionList")
	for _, v := range versions {
		marked := v.Get("IsDefaultVersion")
		if marked != nil && strings.EqualFold(marked.Text, "true") || want != "" && str(v, "VersionId") == want {
			if doc := v.Get("Document"); doc != nil && !doc.Is(source.NullNode) {
				return text(doc)
			}
		}
	}
	r.problem(n.Span, "the policy %s has no document of its default version; what it allows is not known", str(n, "PolicyName"))
	return value.NewUnresolved("the document of the default version is missing", n.Span, nil)
}

// OtherVersions is the property of a managed policy that has the documents of
// the versions which are not its default, and which CloudFormation does not know.
const OtherVersions = "OtherVersions"

// otherVersions are the versions of a policy that are not its default: an empty
// list where there are none.
func (r *reader) otherVersions(n *source.Node) *value.Value {
	list := n.Get("PolicyVersionList")
	if list == nil {
		return nil
	}
	want := str(n, "DefaultVersionId")
	var out []*value.Value
	for _, v := range r.list(list, "PolicyVersionList") {
		marked, doc := v.Get("IsDefaultVersion"), v.Get("Document")
		if marked != nil && strings.EqualFold(marked.Text, "true") || want != "" && str(v, "VersionId") == want {
			continue
		}
		if doc == nil || doc.Is(source.NullNode) {
			out = append(out, value.NewUnresolved("the version has no document", v.Span, nil))
			continue
		}
		out = append(out, text(doc))
	}
	return value.NewList(out, list.Span)
}

// profile reads an instance profile, which stands with each of its roles.
func (r *reader) profile(file string, n *source.Node) {
	e, a := r.start(file, "AWS::IAM::InstanceProfile", "InstanceProfileName", "InstanceProfileName", n)
	if e == nil || a.byKey[e.key()] != nil {
		return
	}
	var names []*source.Node
	for _, role := range r.list(n.Get("Roles"), "Roles") {
		if name := role.Get("RoleName"); name.Is(source.StringNode) {
			names = append(names, name)
		}
	}
	r.add(a, e)
	e.finish = func(e *entity) {
		e.put("Roles", a.names(source.NewList(e.span, names...), "role"))
	}
}

// names is a list of names that refer to entities of the account.
func (a *account) names(list *source.Node, kind string) *value.Value {
	var out []*value.Value
	for _, n := range list.Items {
		v := value.FromNode(n)
		if key := kind + "/" + n.Text; a.byKey[key] != nil {
			v = value.NewRef(value.Lit(n.Text), n.Span, value.Ref{Resource: a.resourceID(key), Attr: "Ref"})
		}
		out = append(out, v)
	}
	return value.NewList(out, list.Span)
}

// attached are the ARNs of the managed policies of an identity.
func (r *reader) attached(a *account, n *source.Node) *value.Value {
	if n == nil {
		return nil
	}
	var out []*value.Value
	for _, p := range r.list(n, "AttachedManagedPolicies") {
		arn := p.Get("PolicyArn")
		if !arn.Is(source.StringNode) {
			r.problem(p.Span, "an attached policy has no PolicyArn; what it allows is not known")
			out = append(out, value.NewUnresolved("the PolicyArn is missing", p.Span, nil))
			continue
		}
		out = append(out, a.policyARN(arn))
	}
	return value.NewList(out, n.Span)
}

// policyARN is the ARN of a managed policy, with its document where the account
// has one that nobody else knows.
func (a *account) policyARN(n *source.Node) *value.Value {
	if !n.Is(source.StringNode) {
		return value.FromNode(n)
	}
	if key := a.policies[n.Text]; key != "" {
		return value.NewRef(value.Lit(n.Text), n.Span, value.Ref{Resource: a.resourceID(key), Attr: "Ref"})
	}
	if doc := a.aws[n.Text]; doc != nil {
		return value.NewDocument(value.Lit(n.Text), doc, n.Span)
	}
	return value.FromNode(n)
}

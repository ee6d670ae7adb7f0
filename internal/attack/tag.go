package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// tags are the tags of a resource, by their keys in lower case.
type tags struct {
	values map[string]value.Text
	// open tells that there may be others: those of the stack, or of a value
	// that is not resolved.
	open bool
}

func (f *facts) tagsOf(r *app.Resource) *tags {
	if t := f.tags[r]; t != nil {
		return t
	}
	// The tags that a deployment gives its stack are those of all resources in
	// it; with Terraform, and in an account's details, they are written.
	t := &tags{values: map[string]value.Text{}, open: r.App.Format != "terraform" && r.App.Format != "account"}
	list := r.Get("Tags")
	t.open = t.open || list.Kind() == value.Unresolved
	for _, fd := range list.Fields() {
		t.values[strings.ToLower(fd.Key)] = fd.Value.Text()
	}
	for _, it := range list.Items() {
		key, ok := it.Get("Key").Text().Known()
		if !ok {
			t.open = true
			continue
		}
		t.values[strings.ToLower(key)] = it.Get("Value").Text()
	}
	f.tags[r] = t
	return t
}

// tagKey is the tag that a condition key is about, as it is written; empty for
// others.
func tagKey(key string) string {
	owner, tag, ok := strings.Cut(key, "/")
	if _, what, _ := strings.Cut(strings.ToLower(owner), ":"); ok && (what == "resourcetag" || what == "principaltag") {
		return tag
	}
	return ""
}

// A tagCondition is a condition of a statement on a tag.
type tagCondition struct {
	statement *policy.Statement
	key, tag  string // "aws:ResourceTag/team", "team"
	own       bool   // of the caller
	values    []value.Text
}

// asked is what the conditions of policies ask about.
type asked struct {
	region, boundary, provider, service bool
	// subject is who the caller is in an identity pool; own are the items under
	// its own keys, some those under keys that are written.
	subject, own, some bool
	tags               []tagCondition
}

func (a *asked) nothing() bool {
	return !a.region && !a.boundary && !a.provider && !a.service && !a.subject && !a.own && len(a.tags) == 0
}

func (a *asked) add(o *asked) {
	a.region, a.boundary, a.provider = a.region || o.region, a.boundary || o.boundary, a.provider || o.provider
	a.service, a.subject = a.service || o.service, a.subject || o.subject
	a.own, a.some = a.own || o.own, a.some || o.some
	a.tags = append(a.tags, o.tags...)
}

// askedOf is what an identity's policies ask about, and a resource's.
func (f *facts) askedOf(id *identity, rp *iam.Policy) *asked {
	if id.asked == nil {
		id.asked = &asked{}
		for _, p := range append(slices.Clone(id.iam.Policies), id.iam.Boundary) {
			id.asked.add(f.askedBy(p))
		}
	}
	if rp == nil || f.askedBy(rp).nothing() {
		return id.asked
	}
	both := &asked{}
	both.add(id.asked)
	both.add(f.askedBy(rp))
	return both
}

func (f *facts) askedBy(p *iam.Policy) *asked {
	if p == nil {
		return &asked{}
	}
	if a := f.asks[p]; a != nil {
		return a
	}
	out := &asked{}
	for i := range p.Document.Statements {
		s := &p.Document.Statements[i]
		out.subject = out.subject || names(s.Resource, poolSubject) || names(s.NotResource, poolSubject)
		for _, c := range s.Condition {
			own, some := itemsOf(&c)
			out.own, out.some = out.own || own, out.some || some
			out.subject = out.subject || names(c.Values, poolSubject)
			switch strings.ToLower(c.Key) {
			case "aws:requestedregion":
				out.region = true
			case "iam:permissionsboundary":
				out.boundary = true
			case "aws:federatedprovider":
				out.provider = true
			case "aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast":
				out.service = true
			}
			if tag := tagKey(c.Key); tag != "" {
				t := tagCondition{statement: s, key: c.Key, tag: tag, own: strings.Contains(strings.ToLower(c.Key), "principaltag/")}
				for _, it := range c.Values.Items {
					t.values = append(t.values, it.Text)
				}
				out.tags = append(out.tags, t)
			}
		}
	}
	f.asks[p] = out
	return out
}

// names tells whether a list has a variable with the key.
func names(l policy.List, key string) bool {
	return slices.ContainsFunc(l.Items, func(it policy.Item) bool { return strings.Contains(strings.ToLower(it.String()), key) })
}

// setTag sets the tag that a condition asks for: as it is written, or as the
// caller has changed it.
func (f *facts) setTag(c *iam.Context, id *identity, q *query, t tagCondition) {
	of := q.on
	if t.own {
		of = id.Resource
	}
	if of == nil {
		return
	}
	if w := q.with; w != nil && w.of == of && strings.EqualFold(w.key, t.tag) {
		if w.removed {
			c.Absent(t.key)
		} else {
			c.SetText(t.key, w.value)
		}
		return
	}
	written := f.tagsOf(of)
	if v, ok := written.values[strings.ToLower(t.tag)]; ok {
		c.SetText(t.key, v)
	} else if !written.open {
		c.Absent(t.key)
	}
}

// A retag is a change of a tag, after which a condition holds.
type retag struct {
	of      *app.Resource
	key     string
	value   value.Text
	removed bool
}

func (r *retag) capability() Capability {
	return Capability{Kind: KindTags, Of: r.of.ID, Detail: r.says()}
}

// says is what the resource is after the change, in a few words.
func (r *retag) says() string {
	if r.removed {
		return "is without the tag " + r.key
	}
	return "has " + r.tag()
}

func (r *retag) tag() string {
	if r.value.Equal(value.Fresh(another)) == value.Yes {
		return "another tag " + r.key
	}
	return "the tag " + r.key + "=" + r.value.String()
}

const another = "another value"

// retags are the changes of tags that could make an identity's action on a
// resource allowed, where a condition asks for them. The first is none.
func (f *facts) retags(id *identity, rp *iam.Policy, on *app.Resource, actions ...string) []*retag {
	out := []*retag{nil}
	add := func(r retag) {
		if !slices.ContainsFunc(out, func(o *retag) bool { return o != nil && o.of == r.of && o.says() == r.says() }) {
			out = append(out, &r)
		}
	}
	for _, t := range f.askedOf(id, rp).tags {
		if len(out) > maxRetags {
			break
		}
		of := on
		if t.own {
			of = id.Resource
		}
		if of == nil || tagActions(of.Type) == nil || !slices.ContainsFunc(actions, func(a string) bool { return covers(t.statement, a) }) {
			continue
		}
		for _, v := range t.values[:min(len(t.values), 4)] {
			if v, ok := f.resolved(v, id); ok {
				add(retag{of: of, key: t.tag, value: v})
			}
		}
		add(retag{of: of, key: t.tag, value: value.Fresh(another)})
		add(retag{of: of, key: t.tag, removed: true})
	}
	return out
}

// maxRetags bounds how many changes of tags are tried for one action: policies
// that go by more tags have more than one statement that none of them opens.
const maxRetags = 64

// resolved is a value that a condition compares with, and something in the
// place of its wildcards: the caller's name or tag for a variable that is the
// whole of it. Values with other variables are left out.
func (f *facts) resolved(v value.Text, id *identity) (value.Text, bool) {
	s := v.String()
	if !strings.Contains(s, "${aws:") {
		return filled(v), true
	}
	name, whole := strings.CutPrefix(strings.ToLower(s), "${aws:")
	name, closed := strings.CutSuffix(name, "}")
	if !whole || !closed {
		return value.Text{}, false
	}
	if tag, ok := strings.CutPrefix(name, "principaltag/"); ok {
		v, ok := f.tagsOf(id.Resource).values[tag]
		return v, ok
	}
	return id.iam.Principal.Name, name == "username" && id.user && !id.group
}

// covers tells whether a statement's actions may include one.
func covers(s *policy.Statement, action string) bool {
	return !s.Action.Present || slices.ContainsFunc(s.Action.Items, func(it policy.Item) bool {
		return it.Text.Map(strings.ToLower).Glob(value.Lit(strings.ToLower(action))) != value.No
	})
}

// tagActions are the actions that set and take away the tags of a type.
func tagActions(typ string) []string {
	switch typ {
	case "AWS::IAM::User":
		return []string{"iam:TagUser", "iam:UntagUser"}
	case "AWS::IAM::Role":
		return []string{"iam:TagRole", "iam:UntagRole"}
	case "AWS::S3::Bucket":
		return []string{"s3:PutBucketTagging", "s3:PutBucketTagging"}
	case "AWS::SQS::Queue":
		return []string{"sqs:TagQueue", "sqs:UntagQueue"}
	case "AWS::SSM::Parameter":
		return []string{"ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"}
	}
	parts := strings.Split(typ, "::")
	if len(parts) != 3 {
		return nil
	}
	service := strings.ToLower(parts[1])
	switch service {
	case "ec2":
		return []string{"ec2:CreateTags", "ec2:DeleteTags"}
	case "rds", "docdb":
		return []string{"rds:AddTagsToResource", "rds:RemoveTagsFromResource"}
	case "sagemaker":
		return []string{"sagemaker:AddTags", "sagemaker:DeleteTags"}
	case "stepfunctions":
		service = "states"
	case "bedrockagentcore":
		service = "bedrock-agentcore"
	}
	if _, ok := catalogue.ActionOf(service + ":TagResource"); !ok {
		return nil
	}
	return []string{service + ":TagResource", service + ":UntagResource"}
}

var changeTags = &Technique{
	ID: "change-tags", Title: "Change the tag that a condition asks for",
	Doc: "A policy that goes by tags is as strong as the right to change them: who may set or take away the tag of a resource, or of an identity, decides who " +
		"meets the condition. Deny changes of the tags that policies go by to all but the pipeline, with aws:TagKeys.",
	Needs: []string{"an identity's credentials", "to tag, or untag, what a policy's condition is about"}, Gives: "meet the condition",
	Refs: Refs{ATTACK: []string{"T1098", "T1578"}, CWE: []string{"CWE-807"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		may := map[string][][]*identity{} // by action, the classes that may do it on something
		for _, r := range b.retagged {
			action := tagActions(r.of.Type)[0]
			if r.removed {
				action = tagActions(r.of.Type)[1]
			}
			classes, ok := may[action]
			if !ok {
				classes = slices.DeleteFunc(slices.Clone(b.classes()), func(class []*identity) bool { return !b.reachOf(class[0]).may(action) })
				may[action] = classes
			}
			for _, class := range classes {
				b.changeTag(t, r, action, class)
			}
		}
	},
}

// changeTag adds that the identities of a class may make a change.
func (b *building) changeTag(t *Technique, r *retag, action string, class []*identity) {
	if !b.reachOf(class[0]).on(action, arnOf(r.of)) {
		return
	}
	ask := func(id *identity) answer {
		return b.may(id, query{action: action, arn: arnOf(r.of), on: r.of, policy: b.policyOf(r.of), set: func(c *iam.Context) {
			c.Absent("ec2:CreateAction") // it exists
			c.Set("aws:TagKeys", r.key)
			if !r.removed {
				c.SetText("aws:RequestTag/"+r.key, r.value)
			}
		}})
	}
	ans := ask(class[0])
	if ans.holds == value.No || len(ans.statements) == 0 {
		return
	}
	why := " may give " + r.of.Label() + " " + r.tag()
	if r.removed {
		why = " may take the tag " + r.key + " off " + r.of.Label()
	}
	for _, ans := range b.answers(class[0], ans, ask, action) {
		b.changeTagHops(t, r, action, class, ans, why)
	}
}

func (b *building) changeTagHops(t *Technique, r *retag, action string, class []*identity, ans answer, why string) {
	for _, id := range class {
		m := class[0].in(id, ans.statements[0])
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: r.capability(), why: id.owner() + why, evidence: []Evidence{b.statementEvidence(id, m, action)}}
		b.answered(&h, ans)
		if at := id.attachmentOf(m); at != nil {
			unsure(&h, at.sure, at.name+" is attached to "+id.Label())
			h.weak = append(h.weak, b.policyWeakness(id, at, m, action, !wideAny(m)))
		}
		conditional(&h, r.of, id.Resource)
		b.add(h)
	}
}

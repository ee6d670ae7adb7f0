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

// attachment reads one policy; key is equal for policies that say the same.
func (f *facts) attachment(a *app.Attached) (at attachment, key string, ok bool) {
	at = attachment{span: a.Span, sure: a.Sure}
	if a.In != nil && a.In.Type == "AWS::IAM::ManagedPolicy" {
		at.from = a.In
	}
	if a.Document.Exists() != value.No && a.Document != nil {
		doc := parse(a.Document)
		if doc == nil {
			return at, "", false
		}
		at.policy = f.compile(doc)
		at.name = a.Name.Str()
		if _, name, aws := strings.Cut(a.ARN.Str(), ":iam::aws:policy/"); aws {
			at.name, at.managed = name[strings.LastIndexByte(name, '/')+1:], true
		} else if at.name == "" {
			at.name = "inline policy"
		}
		return at, policyText(doc), at.policy != nil
	}
	arn := a.ARN.Str()
	doc, ok := catalogue.Managed(arn)
	if !ok {
		return at, "", false
	}
	at.policy, at.managed = f.compile(doc), true
	at.name = arn[strings.LastIndexByte(arn, '/')+1:]
	return at, at.name, true
}

// parse reads a document and takes the standard partition for one that the
// template leaves to the deployment, so that it agrees with what is written out.
func parse(v *value.Value) *policy.Document {
	doc, _ := policy.Parse(v)
	if doc == nil {
		return nil
	}
	items := func(l policy.List) {
		for i := range l.Items {
			l.Items[i].Text = inPartition(l.Items[i].Text)
		}
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		items(s.Resource)
		items(s.NotResource)
		for _, p := range []*policy.Principal{s.Principal, s.NotPrincipal} {
			if p != nil {
				for _, e := range p.Entries {
					items(e.Values)
				}
			}
		}
		for _, c := range s.Condition {
			items(c.Values)
		}
	}
	return doc
}

// inPartition writes "aws" in the place of AWS::Partition.
func inPartition(t value.Text) value.Text {
	var out []value.Text
	for _, p := range t.Parts() {
		switch {
		case p.Hole == "AWS::Partition":
			out = append(out, value.Lit("aws"))
		case p.Hole != "" && p.Fresh:
			out = append(out, value.Fresh(p.Hole))
		case p.Hole != "":
			out = append(out, value.Hole(p.Hole))
		default:
			out = append(out, value.Lit(p.Lit))
		}
	}
	return value.Concat(out...)
}

// arnInfo is a resource's ARN, and its service and resource part.
type arnInfo struct {
	arn           value.Text
	service, name string
}

func (f *facts) arn(r *app.Resource) *arnInfo {
	x, ok := f.arns[r]
	if !ok {
		x = &arnInfo{arn: arnOf(r)}
		x.service, x.name, _ = arnKey(x.arn)
		f.arns[r] = x
	}
	return x
}

// arnOf is the resource's ARN in the standard partition.
func arnOf(r *app.Resource) value.Text { return inPartition(r.ARN()) }

func (f *facts) compile(doc *policy.Document) *iam.Policy {
	if doc == nil {
		return nil
	}
	c, ok := f.compiled[doc]
	if !ok {
		c = iam.Compile(withoutRepeats(doc))
		f.compiled[doc] = c
	}
	return c
}

// withoutRepeats is a document with the first of its statements of which nothing
// is known: the others may be whatever that may be.
func withoutRepeats(doc *policy.Document) *policy.Document {
	seen := false
	rest := slices.DeleteFunc(slices.Clone(doc.Statements), func(s policy.Statement) bool {
		again := s.Open != nil && seen
		seen = seen || s.Open != nil
		return again
	})
	if len(rest) == len(doc.Statements) {
		return doc
	}
	out := *doc
	out.Statements = rest
	return &out
}

// policyText is what a document says, without where it says it.
func policyText(doc *policy.Document) string {
	var b strings.Builder
	b.WriteString(doc.Version.String())
	for i := range doc.Statements {
		b.WriteString(statementKey(&doc.Statements[i]))
	}
	return b.String()
}

// statementKey is equal for statements that say the same.
func statementKey(s *policy.Statement) string {
	var b strings.Builder
	list := func(name string, l policy.List) {
		if l.Present {
			b.WriteString(name)
			for _, i := range l.Items {
				b.WriteString(" " + i.String())
				if i.Maybe {
					b.WriteString("?")
				}
			}
			b.WriteByte(';')
		}
	}
	b.WriteString("|" + s.Effect.String())
	list("A", s.Action)
	list("NA", s.NotAction)
	list("R", s.Resource)
	list("NR", s.NotResource)
	for _, c := range s.Condition {
		b.WriteString("C " + c.Operator + " " + c.Key)
		list("", c.Values)
	}
	for _, open := range s.OpenCondition {
		b.WriteString("open " + open.Span().String())
	}
	if s.Maybe || s.Open != nil || s.Effect.Maybe {
		b.WriteString("maybe " + s.Span.String())
	}
	return b.String()
}

// tellsCallersApart tells whether the policy of a resource says something else
// to one identity than to another of the same account: by a principal, or a
// condition on who calls.
func tellsCallersApart(doc *policy.Document) bool {
	single := func(p *policy.Principal) bool {
		return p != nil && slices.ContainsFunc(p.Entries, func(e policy.Entry) bool {
			return e.Type == "AWS" && slices.ContainsFunc(e.Values.Items, func(it policy.Item) bool {
				s := it.String()
				return s != "*" && !strings.HasSuffix(s, ":root")
			})
		})
	}
	about := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "aws:principalarn") || strings.Contains(s, "aws:principaltag/") || strings.Contains(s, "aws:userid") || strings.Contains(s, "aws:username")
	}
	items := func(l policy.List) bool {
		return slices.ContainsFunc(l.Items, func(i policy.Item) bool { return about(i.String()) })
	}
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool {
		return single(s.Principal) || s.NotPrincipal != nil || items(s.Resource) || items(s.NotResource) ||
			slices.ContainsFunc(s.Condition, func(c policy.Condition) bool { return about(c.Key) || items(c.Values) })
	})
}

// speaksOfCaller tells whether a document says something that depends on who
// asks: by a policy variable or a condition on the caller.
func speaksOfCaller(doc *policy.Document) bool {
	about := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "aws:principal") || strings.Contains(s, "aws:userid") || strings.Contains(s, "aws:username")
	}
	items := func(l policy.List) bool {
		return slices.ContainsFunc(l.Items, func(i policy.Item) bool { return about(i.String()) })
	}
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool {
		return items(s.Resource) || items(s.NotResource) ||
			slices.ContainsFunc(s.Condition, func(c policy.Condition) bool { return about(c.Key) || items(c.Values) })
	})
}

package sam

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/source"
)

//go:embed policytemplates.json
var policyTemplatesJSON []byte

// templateData is parsed without spans: what is made of it takes the span of
// the entry that names the template.
func templateData(file string, data []byte) *node {
	n, _ := source.ParseJSON(file, data, source.Limits{Nodes: 1 << 20, Depth: 100})
	return n
}

var policyTemplates = sync.OnceValue(func() *node { return templateData("policytemplates.json", policyTemplatesJSON) })

// policyTemplate returns the template that a policy entry names, or nil.
func policyTemplate(policy *node) *node {
	if !isMap(policy) || len(policy.Fields) != 1 {
		return nil
	}
	return policyTemplates().Get(policy.Fields[0].Key)
}

// applyTemplate makes the policy document of an entry such as
// {"S3CrudPolicy": {"BucketName": ...}}; nil if it is not valid.
func (x *expansion) applyTemplate(p place, policy *node) *node {
	name, args := policy.Fields[0].Key, policy.Fields[0].Value
	t := policyTemplate(policy)
	p = p.at(name, policy)
	if !isMap(args) {
		x.refuse(p, "the policy template needs a map of its parameters; write {} if it has none")
		return nil
	}
	var missing []string
	for _, it := range t.Get("parameters").Items {
		if !args.Has(it.Text) {
			missing = append(missing, it.Text)
		}
	}
	if len(missing) > 0 {
		x.refuse(p, "the policy template lacks the parameters %s", strings.Join(missing, ", "))
		return nil
	}
	return obj(policy.Span, "Statement", fill(t.Get("statements"), t.Get("parameters"), args, policy.Span))
}

// fill copies template data, putting arguments for {"Ref": parameter}.
func fill(n, params, args *node, span source.Span) *node {
	out := *n
	out.Span = span
	switch n.Kind {
	case source.ListNode:
		out.Items = make([]*node, len(n.Items))
		for i, it := range n.Items {
			out.Items[i] = fill(it, params, args, span)
		}
	case source.MapNode:
		if name, arg := fn(n); name == "Ref" && slices.ContainsFunc(params.Items, func(p *node) bool { return p.Text == text(arg) }) {
			if v := args.Get(arg.Text); v != nil {
				return clone(v)
			}
		}
		out.Fields = make([]source.Field, len(n.Fields))
		for i, f := range n.Fields {
			out.Fields[i] = source.Field{Key: f.Key, KeySpan: span, Value: fill(f.Value, params, args, span)}
		}
	}
	return &out
}

package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const apiPolicy = "x-amazon-apigateway-policy"

// resourcePolicy adds to the API's resource policy what ResourcePolicy asks
// for on one path. The lists keep the specification's names.
func (ed *editor) resourcePolicy(p place, conf *node, path string, stage *node) {
	if !ed.x.grow(p, 2*size(conf)) {
		return
	}
	b := policyWriter{ed: ed, resources: ed.invokeARNs(path, stage), span: conf.Span}
	for _, l := range []struct{ name, effect string }{{"AwsAccountWhitelist", "Allow"}, {"AwsAccountBlacklist", "Deny"}} {
		if v := get(conf, l.name); truthy(v) {
			if !isMap(v) && !isList(v) {
				ed.x.refuse(p.at(l.name, v), "should be a list or a map")
				continue
			}
			b.span = v.Span
			b.add(true, b.statement(l.effect, obj(v.Span, "AWS", source.NewList(v.Span, asList(v)...)), nil))
		}
	}
	for _, l := range []struct{ name, test string }{{"IpRangeWhitelist", "NotIpAddress"}, {"IpRangeBlacklist", "IpAddress"}} {
		if v := get(conf, l.name); truthy(v) {
			b.span = v.Span
			b.pair(obj(v.Span, l.test, obj(v.Span, "aws:SourceIp", source.NewList(v.Span, addresses(v)...))))
		}
	}
	for _, side := range []struct{ name, test string }{{"Blacklist", "StringEquals"}, {"Whitelist", "StringNotEquals"}} {
		given := get(conf, "SourceVpc"+side.name)
		if given != nil && slices.ContainsFunc(asList(given), func(n *node) bool { return !isStr(n) }) {
			ed.x.refuse(p.at("SourceVpc"+side.name, given), "should be a list of strings; intrinsic functions go to IntrinsicVpc%s", side.name)
			continue
		}
		vpc, vpce := source.NewList(conf.Span), source.NewList(conf.Span)
		for _, n := range asList(given) {
			if strings.HasPrefix(n.Text, "vpce-") {
				push(vpce, n)
			}
			if strings.HasPrefix(n.Text, "vpc-") {
				push(vpc, n)
			}
		}
		push(vpc, asList(conf.Get("IntrinsicVpc"+side.name))...)
		push(vpce, asList(conf.Get("IntrinsicVpce"+side.name))...)
		test := source.NewMap(conf.Span)
		if len(vpc.Items) > 0 {
			set(test, "aws:SourceVpc", vpc)
		}
		if len(vpce.Items) > 0 {
			set(test, "aws:SourceVpce", vpce)
		}
		if len(test.Fields) > 0 {
			b.span = conf.Span
			b.pair(obj(conf.Span, side.test, test))
		}
	}
	child(ed.doc, apiPolicy, conf.Span)
}

// addresses are the blocks of a list; that of a parameter of list type comes as
// one string with commas.
func addresses(v *node) []*node {
	var out []*node
	for _, n := range asList(v) {
		if !isStr(n) {
			out = append(out, n)
			continue
		}
		for block := range strings.SplitSeq(n.Text, ",") {
			out = append(out, source.NewString(strings.TrimSpace(block), n.Span))
		}
	}
	return out
}

// invokeARNs are all methods of a path, as a policy's resources.
func (ed *editor) invokeARNs(path string, stage *node) *node {
	out := source.NewList(ed.doc.Span)
	short := restPathParam.ReplaceAllString(path, "*")
	for _, item := range ed.contents(ed.path(path)) {
		if !isMap(item) {
			continue
		}
		for _, f := range item.Fields {
			verb := strings.ToUpper(f.Key)
			if methodName(f.Key) == anyMethod {
				verb = "*"
			}
			push(out, sub(f.KeySpan, "execute-api:/${__Stage__}/"+verb+short, "__Stage__", orNull(stage, f.KeySpan)))
		}
	}
	return out
}

// policyWriter appends statements to the definition's resource policy.
type policyWriter struct {
	ed        *editor
	resources *node
	span      source.Span
}

func (b *policyWriter) statement(effect string, principal any, condition *node) *node {
	return obj(b.span, "Effect", effect, "Action", "execute-api:Invoke", "Resource", b.resources,
		"Principal", principal, "Condition", condition)
}

// pair allows everybody and denies those for whom the condition holds.
func (b *policyWriter) pair(condition *node) {
	b.add(false, b.statement("Allow", "*", nil), b.statement("Deny", "*", condition))
}

// add appends statements; a first single one is not put into a list, as the
// transform does. Statements that are there already are left out unless all
// are wanted.
func (b *policyWriter) add(single bool, statements ...*node) {
	policy := child(b.ed.doc, apiPolicy, b.span)
	if !isMap(policy) {
		b.ed.x.refuse(b.ed.at("", "", policy).at(apiPolicy, policy), "should be a map")
		return
	}
	set(policy, "Version", source.NewString("2012-10-17", b.span))
	old := get(policy, "Statement")
	if old == nil && single {
		set(policy, "Statement", statements[0])
		return
	}
	all := b.ed.statementList(policy, b.span)
	for _, s := range statements {
		if b.ed.newStatement(s) || single || old == nil {
			push(all, s)
		}
	}
}

// statementList is the policy's list of statements, made one if need be.
func (ed *editor) statementList(policy *node, span source.Span) *node {
	all := get(policy, "Statement")
	if !isList(all) {
		all = source.NewList(span, slices.Clone(asList(all))...)
		set(policy, "Statement", all)
	}
	if ed.statements == nil {
		ed.statements = map[string]bool{}
		for _, s := range all.Items {
			ed.statements[canonical(s)] = true
		}
	}
	return all
}

// newStatement reports whether the policy lacks a statement, and notes it.
func (ed *editor) newStatement(s *node) bool {
	key := canonical(s)
	known := ed.statements[key]
	ed.statements[key] = true
	return !known
}

// customStatements appends ResourcePolicy.CustomStatements.
func (ed *editor) customStatements(conf *node) {
	custom := get(conf, "CustomStatements")
	if !truthy(custom) {
		return
	}
	policy := child(ed.doc, apiPolicy, custom.Span)
	if !isMap(policy) {
		return
	}
	set(policy, "Version", source.NewString("2012-10-17", custom.Span))
	if get(policy, "Statement") == nil {
		set(policy, "Statement", clone(custom))
		return
	}
	all := ed.statementList(policy, custom.Span)
	for _, s := range asList(custom) {
		if ed.newStatement(s) {
			push(all, s)
		}
	}
}

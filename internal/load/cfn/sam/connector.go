package sam

import (
	_ "embed"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/source"
)

//go:embed connectors.json
var connectorsJSON []byte

// connectorData says, by source and destination type, what a connector
// grants, and how a resource's ARN, name and role are found by its type.
var connectorData = sync.OnceValue(func() *node { return templateData("connectors.json", connectorsJSON) })

// embeddedConnectors turns the Connectors attribute of resources into
// connectors of their own.
func (x *expansion) embeddedConnectors() {
	for _, e := range slices.Clone(x.declared) {
		f := e.node.Field("Connectors")
		if f == nil {
			continue
		}
		all := f.Value
		del(e.node, "Connectors")
		p := place{resource: e.id, span: e.key.KeySpan}.at("Connectors", all)
		if !x.wantMap(p, all) {
			continue
		}
		for _, c := range all.Fields {
			if made := x.embedded(e, p.at(c.Key, c.Value), c); made != nil {
				x.entries[made.id] = made
				x.declared = append(x.declared, made)
			}
		}
	}
}

func (x *expansion) embedded(e *entry, p place, c source.Field) *entry {
	if !x.wantMap(p, c.Value) {
		return nil
	}
	props := c.Value.Get("Properties")
	if !x.wantMap(p.at("Properties", props), props) {
		return nil
	}
	from := obj(c.KeySpan, "Id", e.id)
	if given := props.Get("SourceReference"); given != nil {
		if !x.wantMap(p.at("Properties", props).at("SourceReference", given), given) {
			return nil
		}
		if given.Has("Id") {
			x.refuse(p.at("Properties", props).at("SourceReference", given).at("Id", given.Get("Id")),
				"cannot be set, since the source of the connector %s is the resource itself", c.Key)
			return nil
		}
		from.Fields = append(from.Fields, given.Fields...)
	}
	props = props.With("Source", from).Without("SourceReference")
	id := e.id + c.Key
	if x.entries[id] != nil {
		x.refuse(p, "needs a new %s with the logical id %s, which the template uses for something else; rename one of them", typeConnector, id)
		return nil
	}
	n := c.Value.With("Type", source.NewString(typeConnector, c.KeySpan)).With("Properties", props)
	return &entry{id: id, key: source.Field{Key: id, KeySpan: c.KeySpan, Value: n}, node: n}
}

// connector expands AWS::Serverless::Connector.
func (x *expansion) connector(d *decl) {
	x.add(x.connect(d, connection{id: d.id, source: d.prop("Source"), destination: d.prop("Destination"), permissions: d.prop("Permissions"), declared: true})...)
}

// connection is one connector: declared, or asked for by a GraphQL API.
type connection struct {
	id                               string
	source, destination, permissions *node
	declared                         bool
}

// connect builds the policies of a connector.
func (x *expansion) connect(d *decl, c connection) []*resource {
	if !isMap(c.source) || c.destination == nil {
		return nil
	}
	if isList(c.destination) && len(c.destination.Items) == 0 {
		x.refuse(d.at("Destination"), "should name at least one resource")
		return nil
	}
	var out []*resource
	for i, dest := range asList(c.destination) {
		run := &connectorRun{x: x, d: d, c: c, suffix: ""}
		if isList(c.destination) {
			run.suffix = "Destination" + strconv.Itoa(i)
		}
		if !isMap(dest) {
			continue
		}
		run.from = run.end("Source", c.source, dest)
		run.to = run.end("Destination", dest, c.source)
		if run.from == nil || run.to == nil {
			continue
		}
		out = append(out, run.build()...)
	}
	if c.declared {
		x.replaceDependency(d.id, out)
	}
	return out
}

type connectorRun struct {
	x        *expansion
	d        *decl
	c        connection
	suffix   string
	from, to *connectorEnd
}

// build makes the policies for one pair of ends.
func (r *connectorRun) build() []*resource {
	x, d := r.x, r.d
	pair := connectorData().Get("pairs").Get(r.from.typ + " " + r.to.typ)
	if pair == nil {
		p := d.at("Destination")
		x.refuse(p, "there is no connector from %s to %s", r.from.typ, r.to.typ)
		return nil
	}
	names := r.permissions(pair)
	if names == nil {
		return nil
	}
	vars := map[string]*node{}
	for side, e := range map[string]*connectorEnd{"Source.": r.from, "Destination.": r.to} {
		for k, v := range e.values {
			vars[side+k] = v
		}
	}
	if missing := missingVars(pair.Get("access"), vars); missing != "" {
		side, _, _ := strings.Cut(missing, ".")
		x.refuse(d.at(side), "%s is not known", missing)
		return nil
	}
	access := template(pair.Get("access"), vars, spanOf(r.c.permissions, d.span))
	side, end := "Destination", r.to
	if isTrue(pair.Get("source")) {
		side, end = "Source", r.from
	}
	out := r.policies(pair, access, names, side, end)
	r.annotate(out)
	return out
}

// policies makes the resources of the pair's kind at the end that gets them.
func (r *connectorRun) policies(pair, access *node, names []string, side string, end *connectorEnd) []*resource {
	x, d := r.x, r.d
	var out []*resource
	switch text(pair.Get("kind")) {
	case "role":
		if end.role == nil {
			x.refuse(d.at(side), "the name of the role of the %s is not known", strings.ToLower(side))
			return nil
		}
		m := r.resource("Policy", "AWS::IAM::ManagedPolicy")
		m.set("PolicyDocument", r.document(access, names)).set("Roles", list(m.span, end.role))
		r.order(text(pair.Get("before")), m.id)
		out = append(out, m)
	case "queue":
		if end.values["QueueUrl"] == nil {
			x.refuse(d.at(side), "the URL of the queue of the %s is not known", strings.ToLower(side))
			return nil
		}
		m := r.resource("QueuePolicy", "AWS::SQS::QueuePolicy")
		out = append(out, m.set("PolicyDocument", r.document(access, names)).set("Queues", list(m.span, end.values["QueueUrl"])))
	case "topic":
		if end.values["Arn"] == nil {
			x.refuse(d.at(side), "the ARN of the topic of the %s is not known", strings.ToLower(side))
			return nil
		}
		m := r.resource("TopicPolicy", "AWS::SNS::TopicPolicy")
		out = append(out, m.set("PolicyDocument", r.document(access, names)).set("Topics", list(m.span, end.values["Arn"])))
	case "lambda":
		if end.values["Arn"] == nil {
			x.refuse(d.at(side), "the ARN of the function of the %s is not known", strings.ToLower(side))
			return nil
		}
		for _, f := range access.Fields {
			if slices.Contains(names, f.Key) {
				m := r.resource(f.Key+"LambdaPermission", "AWS::Lambda::Permission")
				m.set("FunctionName", end.values["Arn"])
				for _, k := range []string{"Action", "Principal", "SourceArn", "SourceAccount"} {
					m.set(k, get(f.Value, k))
				}
				out = append(out, m)
			}
		}
	}
	return out
}

// resource starts a generated policy.
func (r *connectorRun) resource(name, typ string) *resource {
	d := r.d
	m := d.make(r.c.id+name+r.suffix, typ, spanOf(r.c.permissions, d.span))
	m.attrs = nil
	if r.c.declared {
		m.attrs = d.attrs(kept)
		m.dependsOn = d.node.Get("DependsOn")
	}
	return m
}

// permissions checks Permissions against what the pair offers.
func (r *connectorRun) permissions(pair *node) []string {
	x, d := r.x, r.d
	p := d.at("Permissions")
	offered := keys(pair.Get("access"))
	var names []string
	for _, it := range asList(r.c.permissions) {
		if !slices.Contains(offered, text(it)) {
			x.refuse(p, "from %s to %s there is only %s", r.from.typ, r.to.typ, strings.Join(offered, ", "))
			return nil
		}
		names = append(names, it.Text)
	}
	if len(names) == 0 {
		if r.c.permissions != nil {
			x.refuse(p, "should not be empty; there is %s", strings.Join(offered, ", "))
		}
		return nil
	}
	sort.Strings(names)
	names = slices.Compact(names)
	valid := pair.Get("valid")
	var combos []string
	for _, combo := range asList(valid) {
		var want []string
		for _, it := range combo.Items {
			want = append(want, it.Text)
		}
		sort.Strings(want)
		if slices.Equal(want, names) {
			return names
		}
		combos = append(combos, strings.Join(want, " with "))
	}
	if valid != nil {
		x.refuse(p, "from %s to %s these belong together: %s", r.from.typ, r.to.typ, strings.Join(combos, ", or "))
		return nil
	}
	return names
}

func (r *connectorRun) document(access *node, names []string) *node {
	st := source.NewList(access.Span)
	for _, f := range access.Fields {
		if slices.Contains(names, f.Key) {
			push(st, asList(f.Value.Get("Statement"))...)
		}
	}
	return obj(access.Span, "Version", "2012-10-17", "Statement", st)
}

// annotate notes in Metadata what the connector connects.
func (r *connectorRun) annotate(list []*resource) {
	original := func(e *connectorEnd) string {
		if d := r.x.entries[e.id]; d != nil && d.typ() != "" {
			return d.typ()
		}
		return e.typ
	}
	for _, m := range list {
		meta := clone(m.attr("Metadata"))
		if !isMap(meta) {
			meta = source.NewMap(m.span)
		}
		set(meta, "aws:sam:connectors", obj(m.span, r.c.id, obj(m.span,
			"Source", obj(m.span, "Type", original(r.from)), "Destination", obj(m.span, "Type", original(r.to)))))
		m.setAttr("Metadata", meta)
	}
}

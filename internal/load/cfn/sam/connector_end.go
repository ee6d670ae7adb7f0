package sam

import (
	"github.com/remit-security/remit/internal/source"
)

// connectorEnd is the source or destination of a connector.
type connectorEnd struct {
	id     string // logical id, "" if it is given by its properties
	typ    string
	values map[string]*node // Arn, ResourceId, Name, Qualifier, QueueUrl
	role   *node            // name of its role
}

var plainTypes = map[string]string{
	typeFunction:     "AWS::Lambda::Function",
	typeStateMachine: "AWS::StepFunctions::StateMachine",
	typeAPI:          "AWS::ApiGateway::RestApi",
	typeHTTPAPI:      "AWS::ApiGatewayV2::Api",
	typeTable:        "AWS::DynamoDB::Table",
}

// end reads one end of the connector.
func (r *connectorRun) end(side string, given, other *node) *connectorEnd {
	x, p := r.x, r.d.at(side)
	p.span = spanOf(given, p.span)
	rest := 0
	for _, f := range given.Fields {
		if f.Key != "Id" && f.Key != "Qualifier" {
			rest++
		}
	}
	if given.Has("Id") == (rest > 0) {
		x.refuse(p, "needs either Id, with Qualifier if need be, or other properties such as Type and Arn")
		return nil
	}
	if id := given.Get("Id"); given.Has("Id") && truthy(id) {
		return r.declared(p, id, given, other)
	}
	typ := given.Get("Type")
	if text(typ) == "" {
		x.refuse(p.at("Type", typ), "is missing or no string")
		if given.Has("Id") {
			x.refuse(p.at("Id", given.Get("Id")), "is missing or no string")
		}
		return nil
	}
	e := &connectorEnd{typ: typ.Text, values: map[string]*node{}, role: get(given, "RoleName")}
	if plain := plainTypes[typ.Text]; plain != "" {
		e.typ = plain
	}
	for _, k := range []string{"Arn", "QueueUrl", "ResourceId", "Name", "Qualifier"} {
		e.values[k] = get(given, k)
	}
	return e
}

// declared reads an end that is a resource of the template.
func (r *connectorRun) declared(p place, id, given, other *node) *connectorEnd {
	x := r.x
	if !isStr(id) {
		x.refuse(p.at("Id", id), "is missing or no string")
		return nil
	}
	typ, props := x.lookup(id.Text)
	if props == nil {
		x.refuse(p.at("Id", id), "names %s, but the template has no such resource", id.Text)
		return nil
	}
	if typ == "" {
		x.refuse(p.at("Id", id), "names %s, whose Type is missing or no string", id.Text)
		return nil
	}
	e := &connectorEnd{id: id.Text, typ: typ, values: map[string]*node{}}
	data := connectorData().Get("resources").Get(typ)
	for from, to := range map[string]string{"Arn": "Arn", "Url": "QueueUrl", "Id": "ResourceId", "Name": "Name", "Qualifier": "Qualifier"} {
		if v := data.Path("Outputs", from); v != nil {
			e.values[to] = template(v, map[string]*node{"logicalId": id}, id.Span)
		}
	}
	if given.Has("Qualifier") {
		e.values["Qualifier"] = get(given, "Qualifier")
	}
	var role *node
	switch in := data.Path("Inputs", "Role"); {
	case isStr(in):
		role = props.Get(in.Text)
	case text(in.Get("Function")) == "GetEventsRuleRole":
		for _, t := range asList(props.Get("Targets")) {
			arn := t.Get("Arn")
			if to := target(arn); to != "" && to == text(other.Get("Id")) || truthy(other.Get("Arn")) && equal(arn, other.Get("Arn")) {
				role = t.Get("RoleArn")
				break
			}
		}
	}
	if name := target(role); name != "" {
		e.role = ref(role.Span, name)
	}
	return e
}

// lookup finds a resource of the template or of what is generated so far.
func (x *expansion) lookup(id string) (typ string, props *node) {
	if r := x.made[id]; r != nil {
		return r.typ, r.props
	}
	e := x.entries[id]
	if e == nil || e.node == nil {
		return "", nil
	}
	props = e.node.Get("Properties")
	if !isMap(props) {
		props = source.NewMap(e.key.KeySpan)
	}
	return e.typ(), props
}

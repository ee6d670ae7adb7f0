package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/lint"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// methods is what an action of execute-api works on: API Gateway gives the
// methods of an API ARNs of their own, ID/STAGE/METHOD/PATH. It finds the API
// that they are of, by its own ARN or by theirs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
func (m *Model) methods(t target, action string) target {
	if !strings.HasPrefix(strings.ToLower(action), "execute-api:") {
		return t
	}
	parts := t.text.Split(':', 6)
	if len(parts) != 6 {
		return t
	}
	arn := func(rest value.Text) value.Text {
		return value.Concat(parts[0], value.Lit(":"), parts[1], value.Lit(":execute-api:"), parts[3], value.Lit(":"), t.owner, value.Lit(":"), rest)
	}
	switch service, _ := parts[2].Known(); service {
	case "apigateway":
		path := parts[5].Split('/', 4)
		if len(path) < 3 {
			return t
		}
		if kind, _ := path[1].Known(); kind != "restapis" && kind != "apis" {
			return t
		}
		rest := value.Lit("*")
		if len(path) > 3 {
			rest = path[3]
		}
		for _, a := range m.Project.Apps {
			for x := range a.APIs() {
				if covers(x.Resource, t.text) {
					t.api = x
				}
			}
		}
		t.text = arn(value.Concat(path[2], value.Lit("/"), rest))
	case "execute-api":
		m.apiOf(&t, parts)
	}
	return t
}

// apiOf finds the API whose methods the ARN names: the one with the id, or the
// only one, whose id only a deployment knows.
func (m *Model) apiOf(t *target, parts []value.Text) {
	path := parts[5].Split('/', 2)
	var unnamed []app.API
	for _, a := range m.Project.Apps {
		for x := range a.APIs() {
			id := apiID(x)
			switch {
			case id.Equal(path[0]) == value.Yes:
				t.api = x
			case !id.IsKnown():
				unnamed = append(unnamed, x)
			}
		}
	}
	switch {
	case t.api.Resource != nil:
	case len(unnamed) == 1:
		t.api = unnamed[0]
		rest := value.Text{}
		if len(path) > 1 {
			rest = value.Concat(value.Lit("/"), path[1])
		}
		// Policies of the sources name it by the id that they do not know.
		arn := func(region, account value.Text) value.Text {
			return value.Concat(parts[0], value.Lit(":"), parts[1], value.Lit(":execute-api:"), region, value.Lit(":"), account, value.Lit(":"), apiID(t.api), rest)
		}
		t.aliases = []value.Text{arn(parts[3], parts[4])}
		if own := t.api.ARN().Split(':', 6); len(own) == 6 {
			owner := ownerOf(t.api.Resource)
			if owner.IsEmpty() {
				owner = value.Hole("AWS::AccountId")
			}
			t.aliases = append(t.aliases, arn(own[3], owner))
		}
		t.notes = append(t.notes, "the API "+path[0].String()+" is taken to be "+t.api.Label()+", whose id only a deployment knows")
	case len(unnamed) > 1:
		var names []string
		for _, x := range unnamed {
			names = append(names, x.Label())
		}
		slices.Sort(names)
		t.notes = append(t.notes, fmt.Sprintf("whether the API %s is one of %s only a deployment knows: ask about it by its name, as %s/prod/GET/path", path[0], strings.Join(names, ", "), names[0]))
		return
	default:
		return
	}
	t.known, t.owner = true, parts[4]
	if t.owner.IsEmpty() {
		t.owner = ownerOf(t.api.Resource)
	}
	for _, g := range m.Guarded {
		if g.Resource == t.api.Resource {
			t.guarded = g
		}
	}
}

// apiID is the id of an API, as its ARN has it.
func apiID(x app.API) value.Text {
	parts := x.ARN().Split('/', 4)
	if len(parts) < 3 {
		return value.Hole("id of " + x.ID)
	}
	return parts[2]
}

// routes are the API's routes that the target may be, as it names methods and
// paths.
func (t *target) routes() []app.Route {
	if t.api.Resource == nil {
		return nil
	}
	parts := t.text.Split(':', 6)
	if len(parts) != 6 {
		return nil
	}
	path := parts[5].Split('/', 3) // id, stage, the rest
	asked := "*"
	if len(path) == 3 {
		asked = path[2].String()
	}
	return slices.DeleteFunc(slices.Clone(t.api.Routes()), func(r app.Route) bool { return !lint.Overlap(routeGlob(&r), asked) })
}

// routeGlob is a route as ARNs of methods name it: GET/orders/*.
func routeGlob(r *app.Route) string {
	path := r.Path.String()
	if path == "$default" && r.Method == "" || !r.Path.IsKnown() {
		return "*"
	}
	var out strings.Builder
	switch {
	case r.API.Type == "AWS::ApiGatewayV2::Api" && app.AsAPI(r.API).Kind() == app.WebSocket:
		return path
	case r.Method == "" || r.Method == "ANY":
		out.WriteString("*")
	default:
		out.WriteString(r.Method)
	}
	for i, part := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if i > 0 || !strings.HasSuffix(out.String(), "/") {
			out.WriteByte('/')
		}
		if strings.HasPrefix(part, "{") {
			part = "*"
		}
		out.WriteString(part)
	}
	return out.String()
}

// An admission is how the routes of a target admit callers.
type admission struct {
	iam    bool // IAM decides about some of them, or it is not known what does
	grants []report.AccessGrant
	notes  []string
}

// admission tells who is let in whatever permissions say: by routes that ask for
// nothing, and by authorisers.
func (m *Model) admission(t *target) admission {
	routes := t.routes()
	out := admission{iam: len(routes) == 0}
	if t.api.Resource != nil && len(routes) == 0 {
		out.notes = append(out.notes, "no route of "+t.api.Label()+" that was read is "+t.text.String()+": what follows is by policies alone")
	}
	for i := range routes {
		r := &routes[i]
		g := report.AccessGrant{Answer: report.AccessYes, Certainty: exact, Actions: []string{"execute-api:Invoke"}, Resources: []string{t.api.Label() + " " + r.Label()},
			Conditions: []string{}, Chosen: []string{}, Why: []string{}, Statements: []report.AccessStatement{}}
		switch r.Auth.Kind {
		case app.AuthIAM:
			out.iam = true
			continue
		case app.AuthUnknown:
			out.iam = true
			g.Principal, g.Kind, g.Answer, g.Certainty = "anyone", "anonymous", report.AccessUnknown, "approximate"
			g.Why = append(g.Why, "how "+r.Label()+" authorises is not known")
		case app.AuthNone, app.AuthAPIKey:
			g.Principal, g.Kind = "anyone", "anonymous"
			if r.Auth.APIKey != value.No {
				g.Conditions = append(g.Conditions, "the request has an API key of the API")
			}
			m.byPolicy(t, &g)
		default:
			name := r.Auth.Name
			if z := r.Auth.Authorizer; z != nil {
				name = z.Label()
			}
			g.Principal, g.Kind = "whoever the "+r.Auth.Kind.String()+" authoriser "+name+" lets in", "authoriser"
			g.Conditions = append(g.Conditions, "the authoriser "+name+" lets the caller in")
			m.byPolicy(t, &g)
		}
		if t.api.Private() != value.No {
			g.Conditions = append(g.Conditions, "the request comes through a VPC endpoint of the API's")
		}
		if g.Answer == report.AccessYes && len(g.Conditions) > 0 {
			g.Answer = report.AccessConditional
		}
		if r.Sure == value.Unknown && g.Answer != report.AccessNo {
			g.Answer, g.Certainty = report.AccessUnknown, "approximate"
			g.Why = append(g.Why, "whether the route is there is not known")
		}
		if g.Answer != report.AccessNo {
			out.grants = append(out.grants, g)
		}
	}
	if !out.iam {
		out.notes = append(out.notes, "IAM decides about no route that is asked about: permissions to invoke the API let nobody in")
	}
	return out
}

// byPolicy asks the API's policy about a caller without a signature.
func (m *Model) byPolicy(t *target, g *report.AccessGrant) {
	if t.guarded == nil {
		return
	}
	q := question{policies: &iam.Policies{Resource: t.guarded.Policy}, principal: iam.Anonymous(), action: "execute-api:Invoke", resource: t.text, owner: t.owner}
	f := q.ask()
	g.Answer, g.Certainty, g.Why = f.answer, f.certainty, list(f.why)
	if f.answer == report.AccessConditional {
		g.Answer = report.AccessYes
	}
	g.Conditions = append(g.Conditions, f.conditions...)
	g.Chosen = list(f.chosen)
	g.Statements = m.statements(f.matches, policy.Allow)
}

func isInvoke(action string) bool { return strings.EqualFold(action, "execute-api:Invoke") }

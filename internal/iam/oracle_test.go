package iam

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A simulatorCase is one case of iam-simulate's core engine, as its repository
// keeps them. Only the format is known here; the cases stay where they are.
type simulatorCase struct {
	Name    string `json:"name"`
	File    string `json:"-"`
	Request struct {
		Principal json.RawMessage `json:"principal"`
		Action    string          `json:"action"`
		Resource  struct {
			Resource  string `json:"resource"`
			AccountID string `json:"accountId"`
		} `json:"resource"`
		Context            map[string]any `json:"context"`
		WildcardOnlyAction bool           `json:"wildcardOnlyAction,omitempty"`
	} `json:"request"`
	IdentityPolicies        []json.RawMessage `json:"identityPolicies"`
	ResourcePolicy          json.RawMessage   `json:"resourcePolicy,omitempty"`
	PermissionBoundaries    []json.RawMessage `json:"permissionBoundaries,omitempty"`
	SessionPolicy           json.RawMessage   `json:"sessionPolicy,omitempty"`
	EndpointPolicies        []json.RawMessage `json:"endpointPolicies,omitempty"`
	ServiceControlPolicies  []policyLevel     `json:"serviceControlPolicies,omitempty"`
	ResourceControlPolicies []policyLevel     `json:"resourceControlPolicies,omitempty"`
	Simulation              struct {
		Mode                           string          `json:"mode,omitempty"`
		DiscoveryContextKeyConstraints []keyConstraint `json:"discoveryContextKeyConstraints,omitempty"`
	} `json:"simulation"`
	Expected struct {
		Response string `json:"response"`
	} `json:"expected"`
}

type policyLevel struct {
	Policies []json.RawMessage `json:"policies"`
}

func (c *simulatorCase) discovery() bool { return c.Simulation.Mode == "Discovery" }

func readCases(t *testing.T, dir string) []simulatorCase {
	t.Helper()
	var out []simulatorCase
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var cases []simulatorCase
		if err := json.Unmarshal(data, &cases); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		rel, _ := filepath.Rel(dir, path)
		for i := range cases {
			cases[i].File = filepath.ToSlash(rel)
		}
		out = append(out, cases...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *simulatorCase) principal(t *testing.T) Principal {
	var s string
	if json.Unmarshal(c.Request.Principal, &s) == nil {
		return ParsePrincipal(s)
	}
	return Anonymous()
}

func (c *simulatorCase) evaluate(t *testing.T) Result {
	r, p := c.compile(t)
	return Evaluate(r, p)
}

// compile makes the request and the policies of a case.
func (c *simulatorCase) compile(t *testing.T) (*Request, *Policies) {
	one := func(raw json.RawMessage) *Policy {
		if len(raw) == 0 || string(raw) == "null" {
			return nil
		}
		doc, _ := policy.ParseJSON(c.File, raw)
		return Compile(doc)
	}
	all := func(raws []json.RawMessage) (out []*Policy) {
		for _, r := range raws {
			out = append(out, one(r))
		}
		return out
	}
	p := Policies{Identity: all(c.IdentityPolicies), Resource: one(c.ResourcePolicy), Endpoint: all(c.EndpointPolicies)}
	if b := all(c.PermissionBoundaries); len(b) > 0 {
		p.Boundary = b[0]
	}
	if s := one(c.SessionPolicy); s != nil {
		p.Session = []*Policy{s}
	}
	for _, l := range c.ServiceControlPolicies {
		p.SCP = append(p.SCP, all(l.Policies))
	}
	for _, l := range c.ResourceControlPolicies {
		p.RCP = append(p.RCP, all(l.Policies))
	}
	r := Request{Principal: c.principal(t), Action: c.Request.Action, Resource: c.resource(), Account: value.Lit(c.Request.Resource.AccountID)}
	c.context(&r, &p)
	return &r, &p
}

// resource turns the wildcards of a request's resource, which stand for any one
// of a set, into holes.
func (c *simulatorCase) resource() value.Text {
	s := c.Request.Resource.Resource
	if s == "*" && c.Request.WildcardOnlyAction || !strings.Contains(s, "*") {
		return value.Lit(s)
	}
	var out []value.Text
	for i, part := range strings.Split(s, "*") {
		if i > 0 {
			out = append(out, value.Hole(fmt.Sprint("wildcard ", i)))
		}
		out = append(out, value.Lit(part))
	}
	return value.Concat(out...)
}

// context fills the request context. In discovery mode what the case gives is
// a placeholder, but for the keys that it constrains, and so is the name of a
// session.
func (c *simulatorCase) context(r *Request, p *Policies) {
	r.Context.Closed = true
	if c.discovery() {
		if r.Principal.Kind == SessionKind {
			r.Principal = Role(roleOfSession(r.Principal.ARN))
		}
		r.Context.Closed = false
		for _, key := range c.conditionKeys(p) {
			r.Context.Unknown(key)
		}
	}
	for key, v := range c.Request.Context {
		con, constrained := c.constraint(key)
		if c.discovery() && !constrained {
			continue
		}
		if constrained && !con.ValueIsKnown {
			r.Context.SetText(key, value.Hole(key))
			continue
		}
		var list []string
		if many, ok := v.([]any); ok {
			for _, x := range many {
				list = append(list, fmt.Sprint(x))
			}
		} else {
			list = []string{fmt.Sprint(v)}
		}
		r.Context.Set(key, list...)
	}
	for _, key := range c.conditionKeys(p) {
		if con, ok := c.constraint(key); ok && con.PresenceIsKnown && !c.given(key) {
			r.Context.Absent(key)
		}
	}
}

func (c *simulatorCase) given(key string) bool {
	for k := range c.Request.Context {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

type keyConstraint struct {
	KeyName         string `json:"keyName"`
	PresenceIsKnown bool   `json:"presenceIsKnown"`
	ValueIsKnown    bool   `json:"valueIsKnown"`
}

func (c *simulatorCase) constraint(key string) (keyConstraint, bool) {
	for _, con := range c.Simulation.DiscoveryContextKeyConstraints {
		name := con.KeyName
		if len(name) > 2 && name[0] == '/' {
			if re, err := regexp.Compile("(?i)^(" + strings.Trim(name, "/") + ")$"); err == nil && re.MatchString(key) {
				return con, true
			}
		}
		if strings.EqualFold(name, key) {
			return con, true
		}
	}
	return keyConstraint{}, false
}

// conditionKeys are all keys of the policies' conditions.
func (c *simulatorCase) conditionKeys(p *Policies) []string {
	var out []string
	all := append(slices.Clone(p.Identity), p.Session...)
	all = append(append(all, p.Endpoint...), p.Resource, p.Boundary)
	for _, l := range append(slices.Clone(p.SCP), p.RCP...) {
		all = append(all, l...)
	}
	for _, pol := range all {
		if pol == nil {
			continue
		}
		for i := range pol.statements {
			for _, con := range pol.statements[i].conditions {
				out = append(out, con.name)
			}
		}
	}
	return out
}

// agrees compares a decision with the simulator's word. In its discovery mode
// the simulator lets conditions on keys that it was not given pass, and says
// which: our unknown.
func (c *simulatorCase) agrees(d Decision) bool {
	switch c.Expected.Response {
	case "Allowed":
		return d == Allowed || d == Unknown && (c.discovery() || !c.resource().IsKnown())
	case "ExplicitlyDenied":
		return d == DeniedExplicit
	case "ImplicitlyDenied":
		return d == DeniedImplicit
	}
	return false
}

// divergences are the cases on which remit follows AWS's documentation against
// the simulator; docs/iam-divergences.md gives the page for each.
var divergences = map[string]bool{
	"sessionPolicies.json | Implicit deny in session policy denies even if session ARN in resource policy": true,
}

const recordedCases = 431 // of iam-simulate 0.1.172

func TestSimulatorCases(t *testing.T) {
	dir := os.Getenv("REMIT_IAM_CASES")
	if dir == "" {
		t.Skip("set REMIT_IAM_CASES to src/core_engine/coreEngineTests of a checkout of cloud-copilot/iam-simulate to run its cases")
	}
	cases := readCases(t, dir)
	agree := 0
	for i := range cases {
		c := &cases[i]
		name := c.File + " | " + c.Name
		res := c.evaluate(t)
		switch ok := c.agrees(res.Decision); {
		case ok && divergences[name]:
			t.Errorf("%s: agrees now; take it off the list", name)
		case ok:
			agree++
		case !divergences[name]:
			t.Errorf("%s: %s, not %s %v", name, res.Decision, c.Expected.Response, res.Hinges)
		}
	}
	t.Logf("%d cases, %d agree, %d written divergences", len(cases), agree, len(divergences))
	if len(cases) < recordedCases {
		t.Errorf("only %d cases were read, %d are recorded", len(cases), recordedCases)
	}
	compare(t, cases)
}

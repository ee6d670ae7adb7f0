package iam

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The simulator is an external oracle under the AGPL: it is installed at test
// time into the user's cache, asked as a separate program, and never part of
// remit.
const (
	simulatorPackage = "@cloud-copilot/iam-simulate"
	simulatorVersion = "0.1.173"

	// simulatorPatience bounds the installation and each run.
	simulatorPatience = 15 * time.Second
)

// simulator installs the pinned package once; the test is skipped where that
// is impossible.
func simulator(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the comparison with %s needs %s", simulatorPackage, tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no cache folder for %s: %v", simulatorPackage, err)
	}
	dir := filepath.Join(cache, "remit", "iam-simulate-"+simulatorVersion)
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Skipf("cannot make %s: %v", dir, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), simulatorPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", simulatorPackage+"@"+simulatorVersion)
	cmd.WaitDelay = time.Second // npm's own children may outlive it
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s cannot be installed: %v\n%s", simulatorPackage, err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "installed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An answer is the simulator's, and how many nanoseconds it took.
type answer struct {
	Result string `json:"result"`
	Took   int64  `json:"took"`
}

// ask returns the simulator's answers.
func ask(t *testing.T, cases []simulatorCase) []answer {
	t.Helper()
	dir := simulator(t)
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), simulatorPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("testdata", "simulator.cjs"), dir)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("simulator: %v", err)
	}
	var answers []answer
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(cases) {
		t.Fatalf("simulator: %d answers for %d cases: %v", len(answers), len(cases), err)
	}
	return answers
}

// compare asks the simulator itself; an answer differs where remit's does not
// agree and the case is no written divergence.
func compare(t *testing.T, cases []simulatorCase) {
	t.Helper()
	answers := ask(t, cases)
	agree, diverge, errors, shown := 0, 0, 0, 0
	var here, there []int64
	for i := range cases {
		c := &cases[i]
		c.Expected.Response = answers[i].Result
		if strings.HasPrefix(answers[i].Result, "error") {
			errors++
			continue
		}
		res := c.evaluate(t)
		here, there = append(here, c.took(t)), append(there, answers[i].Took)
		if c.agrees(res.Decision) {
			agree++
			continue
		}
		if divergences[c.File+" | "+c.Name] || c.diverges(res.Decision) {
			diverge++
			continue
		}
		if shown++; shown <= 10 {
			text, _ := json.Marshal(c)
			t.Errorf("%s: %s, the simulator says %s\n%s", c.Name, res.Decision, answers[i].Result, text)
		}
	}
	t.Logf("live: %d requests, %d agree, %d are written divergences, %d the simulator refuses", len(cases), agree, diverge, errors)
	if len(here) > 0 {
		slices.Sort(here)
		slices.Sort(there)
		t.Logf("one decision on compiled policies, median: %d ns here, %d ns there; 99 of 100 within %d ns and %d ns", here[len(here)/2], there[len(there)/2], here[len(here)*99/100], there[len(there)*99/100])
	}
	if shown > 0 {
		t.Errorf("%d of %d differ", shown, len(cases))
	}
}

// took is how many nanoseconds one decision takes: a hundredth of a hundred, since
// a clock has no finer steps.
func (c *simulatorCase) took(t *testing.T) int64 {
	r, p := c.compile(t)
	start := time.Now()
	for range 100 {
		Decide(r, p)
	}
	return time.Since(start).Nanoseconds() / 100
}

// diverges tells the written divergences apart in generated cases; each is
// described in docs/iam-divergences.md.
func (c *simulatorCase) diverges(d Decision) bool {
	given := c.Request.Context
	denied := d == DeniedImplicit && c.Expected.Response == "ExplicitlyDenied"
	switch {
	case d == Unknown || denied:
		// A variable without a value leaves open what its statement covers.
		team, _ := given["aws:PrincipalTag/team"].(string)
		return c.mentions("${aws:username}") && given["aws:username"] == nil || c.mentions("${aws:PrincipalTag/team}") && team == ""
	case d == Allowed && c.Expected.Response == "ImplicitlyDenied" && len(c.SessionPolicy) > 0 && len(c.ResourcePolicy) > 0:
		// A resource policy that names the session, or everybody, grants beyond
		// the session policy.
		return c.mentions(":assumed-role/") || c.mentions(`"*"`)
	}
	// An IPv6 address is outside any IPv4 block, and the other way round.
	ip, _ := given["aws:SourceIp"].(string)
	return c.mentions("NotIpAddress") && (strings.Contains(ip, ":") && c.mentions("203.0.113.") || strings.Contains(ip, ".") && c.mentions("2001:db8::/32"))
}

// mentions tells whether any of the policies holds the text.
func (c *simulatorCase) mentions(text string) bool {
	all, err := json.Marshal(c)
	quoted, _ := json.Marshal(text)
	return err == nil && (bytes.Contains(all, []byte(text)) || bytes.Contains(all, quoted[1:len(quoted)-1]))
}

// TestSimulatorGenerated draws requests at the corners that our own policies
// mention and compares with the simulator.
func TestSimulatorGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("asks an external program; run without -short")
	}
	g := generator{r: rand.New(rand.NewPCG(5, 6))}
	cases := make([]simulatorCase, 4000)
	for i := range cases {
		cases[i] = g.next(i)
	}
	compare(t, cases)
}

type generator struct{ r *rand.Rand }

func pick[T any](g *generator, list ...T) T { return list[g.r.IntN(len(list))] }

// The words of the generated policies and requests: each request uses what some
// policy mentions, or its neighbour.
var (
	genActions   = []string{"s3:GetObject", "s3:PutObject", "S3:getobject", "sqs:SendMessage"}
	genPatterns  = []string{"*", "s3:*", "s3:Get*", "s3:?etObject", "s3:GetObject", "sqs:*", "S3:GET*"}
	genObjects   = []string{"arn:aws:s3:::docs/a.txt", "arn:aws:s3:::docs/ann/b", "arn:aws:s3:::other/a.txt"}
	genResources = []string{"*", "arn:aws:s3:::*", "arn:aws:s3:::docs/*", "arn:aws:s3:::docs/a.txt", "arn:aws:s3:::docs/${aws:username}/*", "arn:aws:s3:::docs/${aws:PrincipalTag/team, 'ann'}/?", "arn:*:s3:::docs/*"}
	genCallers   = []string{user, "arn:aws:iam::111122223333:user/bob", session, "arn:aws:sts::111122223333:assumed-role/app/two"}
	genEntries   = []string{`"*"`, aws("*"), aws(user), aws(role), aws(session), aws("111122223333"), aws("arn:aws:iam::111122223333:root"), aws("444455556666"), `{"Service":"s3.amazonaws.com"}`}
	genKeys      = []string{"aws:PrincipalTag/team", "aws:SourceVpce", "s3:prefix"}
	genValues    = []string{"ann", "Ann", "a*", "?nn", "vpce-1", "", "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'x'}*"}
	genGiven     = []string{"ann", "Ann", "a*", "?nn", "vpce-1", "", "xyz"}
	genOperators = []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringEqualsIfExists", "StringNotLikeIfExists"}
)

func (g *generator) condition() string {
	var out string
	switch g.r.IntN(10) {
	case 8:
		out = fmt.Sprintf(`{"Bool":{"aws:SecureTransport":%q}}`, pick(g, "true", "false"))
	case 9:
		out = fmt.Sprintf(`{%q:{"aws:CurrentTime":%q}}`, pick(g, "DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals"), pick(g, "2026-01-01T00:00:00Z", "2026-06-30T12:00:00Z"))
	case 0:
		out = fmt.Sprintf(`{"Null":{%q:%q}}`, pick(g, genKeys...), pick(g, "true", "false"))
	case 1:
		out = fmt.Sprintf(`{%q:{"s3:max-keys":%q}}`, pick(g, "NumericLessThan", "NumericEquals", "NumericGreaterThanEquals", "NumericNotEquals"), pick(g, "5", "10", "10.0"))
	case 2:
		out = fmt.Sprintf(`{%q:{"aws:SourceIp":%q}}`, pick(g, "IpAddress", "NotIpAddress"), pick(g, "203.0.113.0/24", "203.0.113.7", "2001:db8::/32"))
	case 3:
		out = fmt.Sprintf(`{%q:{"aws:TagKeys":[%q,%q]}}`, pick(g, "ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringNotEquals", "ForAnyValue:StringEqualsIfExists", "ForAllValues:StringEqualsIgnoreCase"), pick(g, genValues...), pick(g, genValues...))
	case 4:
		out = fmt.Sprintf(`{%q:{"aws:PrincipalArn":%q}}`, pick(g, "ArnLike", "ArnEquals", "ArnNotLike"), pick(g, user, role, "arn:aws:iam::*:user/*", "arn:aws:iam::111122223333:role/a??"))
	default:
		out = fmt.Sprintf(`{%q:{%q:[%q,%q]}}`, pick(g, genOperators...), pick(g, genKeys...), pick(g, genValues...), pick(g, genValues...))
	}
	return out
}

func (g *generator) statement(who string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"Effect":%q,%q:[%q,%q],%q:[%q,%q]`, pick(g, "Allow", "Allow", "Allow", "Deny"),
		pick(g, "Action", "Action", "Action", "NotAction"), pick(g, genPatterns...), pick(g, genPatterns...),
		pick(g, "Resource", "Resource", "Resource", "NotResource"), pick(g, genResources...), pick(g, genResources...))
	if who != "" {
		fmt.Fprintf(&b, `,%q:%s`, who, pick(g, genEntries...))
	}
	if g.r.IntN(3) == 0 {
		b.WriteString(`,"Condition":` + g.condition())
	}
	b.WriteString("}")
	return b.String()
}

func (g *generator) policy(who string) json.RawMessage {
	list := make([]string, 1+g.r.IntN(2))
	for i := range list {
		list[i] = g.statement(who)
	}
	return json.RawMessage(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)
}

func (g *generator) next(i int) simulatorCase {
	c := simulatorCase{Name: fmt.Sprint("generated ", i)}
	caller := pick(g, genCallers...)
	c.Request.Principal, _ = json.Marshal(caller)
	c.Request.Action = pick(g, genActions...)
	c.Request.Resource.Resource, c.Request.Resource.AccountID = pick(g, genObjects...), pick(g, "111122223333", "111122223333", "444455556666")
	c.Request.Context = g.context(caller)
	c.IdentityPolicies = []json.RawMessage{g.policy("")}
	if g.r.IntN(2) == 0 {
		c.ResourcePolicy = g.policy("Principal")
	}
	if g.r.IntN(4) == 0 {
		c.PermissionBoundaries = []json.RawMessage{g.policy("")}
	}
	if g.r.IntN(6) == 0 && strings.Contains(caller, "assumed-role") {
		c.SessionPolicy = g.policy("")
	}
	if g.r.IntN(5) == 0 {
		c.ServiceControlPolicies = []policyLevel{{Policies: []json.RawMessage{g.policy("")}}}
	}
	return c
}

// context fills what AWS would: the caller's own keys, and some of the others.
func (g *generator) context(caller string) map[string]any {
	p := ParsePrincipal(caller)
	out := map[string]any{"aws:PrincipalArn": caller, "aws:PrincipalAccount": "111122223333"}
	if p.Kind == SessionKind {
		out["aws:PrincipalArn"] = role
	} else {
		out["aws:username"] = p.Name.String()
	}
	for _, k := range genKeys {
		if g.r.IntN(2) == 0 {
			out[k] = pick(g, genGiven...)
		}
	}
	if g.r.IntN(2) == 0 {
		out["aws:TagKeys"] = []any{pick(g, genGiven...), pick(g, genGiven...)}
	}
	if g.r.IntN(2) == 0 {
		out["aws:SecureTransport"] = pick(g, "true", "false")
		out["aws:CurrentTime"] = pick(g, "2026-01-01T00:00:00Z", "2025-06-30T12:00:00Z", "2027-06-30T12:00:00Z")
	}
	if g.r.IntN(2) == 0 {
		out["s3:max-keys"] = pick(g, "5", "10", "11")
	}
	if _, vpc := out["aws:SourceVpce"]; !vpc && g.r.IntN(2) == 0 {
		out["aws:SourceIp"] = pick(g, "203.0.113.7", "198.51.100.1", "2001:db8::1")
	}
	return out
}

package attack_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// render shows a result for people who work on techniques.
func render(res attack.Result) string {
	var b strings.Builder
	for _, g := range res.Groups {
		fmt.Fprintf(&b, "group %s: %d capabilities, %d hops, %d weaknesses\n", strings.Join(g.Apps, " "), g.Size.Capabilities, g.Size.Hops, g.Size.Weaknesses)
		for _, q := range g.Paths {
			fmt.Fprintf(&b, "\n%s %s %s x%d difficulty %d\n  %s\n  impact: %s\n  assets: %s\n", q.Severity, q.Certainty, q.ID, q.Count, q.Difficulty, q.Title, q.Impact, strings.Join(q.Assets, " "))
			if len(q.Others) > 0 {
				fmt.Fprintf(&b, "  others: %s\n", strings.Join(q.Others, " "))
			}
			for _, h := range q.Hops {
				fmt.Fprintf(&b, "   - %s [%s %s -> %s %s] %s (%s)\n", h.Technique, h.From.Kind, h.From.Of, h.To.Kind, h.To.Of, h.Why, h.Certainty)
				for _, e := range h.Evidence {
					fmt.Fprintf(&b, "       %s %s\n", e.Span, e.Message)
				}
			}
			for _, x := range q.Further {
				fmt.Fprintf(&b, "  further: %s (%s)\n", x.Title, x.Impact)
			}
			fmt.Fprintf(&b, "  weak: %s\n", strings.Join(q.Weaknesses, " "))
			if len(q.Assumptions) > 0 {
				fmt.Fprintf(&b, "  assumes: %s\n", strings.Join(q.Assumptions, "; "))
			}
		}
		fixes := map[string]string{}
		for _, w := range g.Weaknesses {
			fixes[w.ID] = w.Fix
		}
		for name, c := range map[string]attack.Cut{"cut": g.Cut} {
			fmt.Fprintf(&b, "\n%s: cost %d, least %v\n", name, c.Cost, c.ProvedLeast)
			for _, w := range c.Weaknesses {
				fmt.Fprintf(&b, "  %s (%s)\n", fixes[w], w)
			}
		}
	}
	return b.String()
}

func openRoot(t testing.TB, dir string) *source.Root {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func loadDir(t testing.TB, dir string) *app.Project {
	t.Helper()
	p := load.Project(openRoot(t, dir), load.Options{})
	for _, x := range p.Problems {
		t.Log(x)
	}
	return p
}

// TestCorpusPatterns analyses a large collection of applications: nothing may
// panic, and well-made samples must stay quiet.
func TestCorpusPatterns(t *testing.T) {
	dir := os.Getenv("REMIT_PATTERNS")
	if dir == "" {
		t.Skip("set REMIT_PATTERNS to a checkout of aws-samples/serverless-patterns")
	}
	p := load.Project(openRoot(t, dir), load.Options{})
	start := time.Now()
	res := attack.Analyze(p, attack.Options{})
	spent := time.Since(start)
	bySeverity, byTechnique, apps := map[string]int{}, map[string]int{}, map[int]int{}
	for _, g := range res.Groups {
		if g.Failure != "" {
			t.Errorf("%s: %s", g.Apps[0], g.Failure)
		}
		apps[min(len(g.Paths), 6)]++
		for _, q := range g.Paths {
			bySeverity[string(q.Severity)+" "+string(q.Certainty)]++
			if q.Severity.Rank() <= attack.High.Rank() {
				t.Logf("%s: %s %s %s", g.Apps[0], q.Severity, q.Title, q.Assumptions)
			}
			byTechnique[string(q.Actor)+" "+q.Hops[0].Technique+" "+string(q.Severity)]++
		}
		if len(g.Paths) > 12 {
			t.Logf("%s: %d paths", g.Apps[0], len(g.Paths))
		}
	}
	t.Logf("%d applications, %d groups in %v; paths: %v; groups by paths: %v", len(p.Apps), len(res.Groups), spent, bySeverity, apps)
	for _, k := range slices.Sorted(maps.Keys(byTechnique)) {
		t.Logf("%4d %s", byTechnique[k], k)
	}
}

func TestCorpusShow(t *testing.T) {
	dir := os.Getenv("REMIT_SHOW")
	if dir == "" {
		t.Skip("set REMIT_SHOW to a folder to see its paths")
	}
	t.Log("\n" + render(attack.Analyze(loadDir(t, dir), attack.Options{})))
}

// TestCorpusCloudgoat asks for the walkthroughs of the scenarios: a path that
// passes their stations in order.
func TestCorpusCloudgoat(t *testing.T) {
	dir := os.Getenv("REMIT_CLOUDGOAT")
	if dir == "" {
		t.Skip("set REMIT_CLOUDGOAT to a checkout of RhinoSecurityLabs/cloudgoat")
	}
	for _, c := range []struct {
		scenario string
		stations []string
		by       []string // techniques among the hops, in order
	}{
		{"lambda_privesc", []string{"aws_iam_user.chris", "aws_iam_role.lambdaManager_role", "aws_iam_role.debug_role", "account"}, []string{"assume-role", "lambda-create-function", "administrator"}},
		{"vulnerable_lambda", []string{"aws_iam_user.bilbo", "aws_iam_role.cg-lambda-invoker", "aws_lambda_function.policy_applier_lambda1", "aws_iam_role.policy_applier_lambda1", "account"},
			[]string{"assume-role", "use-permission", "role-credentials", "iam-other-user-policy"}},
		{"iam_privesc_by_attachment", []string{"aws_iam_user.kerrigan", "aws_iam_role.ec2_mighty_role", "account"}, []string{"ec2-run-instances"}},
		{"iam_privesc_by_rollback", []string{"aws_iam_user.raynor", "account"}, []string{"iam-set-default-policy-version"}},
		{"iam_privesc_by_key_rotation", []string{"aws_iam_user.manager", "aws_iam_user.admin", "aws_iam_role.secretsmanager_role", "aws_secretsmanager_secret.primary_secret"},
			[]string{"change-tags", "iam-replace-access-key", "assume-role", "use-permission"}},
		{"ec2_ssrf", []string{"aws_lambda_function.lambda_function", "aws_iam_user.wrex", "aws_iam_role.ec2_role", "aws_s3_bucket.secret_bucket"}, []string{"read-settings", "leaked-key", "ec2-change-user-data"}},
		{"beanstalk_secrets", []string{"aws_iam_user.admin_user", "account"}, []string{"read-settings", "leaked-key", "iam-create-access-key"}},
		{"data_secrets", []string{"aws_instance.ec2_instance"}, []string{"read-settings"}},
		{"iam_privesc_by_ec2", []string{"aws_iam_user.dev_user", "aws_iam_role.ec2_management_role", "aws_iam_role.ec2_role", "account"}, []string{"change-tags", "assume-role", "ec2-change-user-data"}},
	} {
		res := attack.Analyze(loadDir(t, dir+"/cloudgoat/scenarios/aws/"+c.scenario), attack.Options{})
		found := false
		for _, g := range res.Groups {
			for _, q := range g.Paths {
				var stations, by []string
				for _, h := range q.Hops {
					stations, by = append(stations, h.To.Of[strings.LastIndexByte(h.To.Of, '/')+1:]), append(by, h.Technique)
				}
				found = found || inOrder(c.stations, stations) && inOrder(c.by, by)
			}
		}
		if !found {
			t.Errorf("%s: no path over %s\n%s", c.scenario, strings.Join(c.stations, ", "), render(res))
		}
	}
}

// inOrder tells whether the words stand in the list in their order.
func inOrder(words, list []string) bool {
	for _, w := range list {
		if len(words) > 0 && w == words[0] {
			words = words[1:]
		}
	}
	return len(words) == 0
}

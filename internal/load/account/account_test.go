package account

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
)

// project loads documents by the names of their files.
func project(t testing.TB, files map[string]string) *app.Project {
	t.Helper()
	b := app.NewBuilder()
	var pages []*Page
	for name, text := range files {
		more, problems := Parse(name, []byte(text), source.DefaultLimits)
		b.Problems(problems)
		pages = append(pages, more...)
	}
	stacks, problems := Stacks(pages)
	b.Problems(problems)
	for _, s := range stacks {
		b.App(s.App, s.Resources)
	}
	return b.Freeze()
}

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func problems(p *app.Project) string {
	var out []string
	for _, x := range p.Problems {
		out = append(out, x.String())
	}
	return strings.Join(out, "\n")
}

// TestPages joins two pages to one account, with all that its identities hold.
func TestPages(t *testing.T) {
	p := project(t, map[string]string{"a/page1.json": read(t, "page1.json"), "a/page2.json": read(t, "page2.json")})
	if got := problems(p); got != "" {
		t.Errorf("problems: %s", got)
	}
	if len(p.Apps) != 1 || p.Apps[0].ID != "a/page1.json" || p.Apps[0].Name != "111122223333" {
		t.Fatalf("applications %+v", p.Apps)
	}
	role := p.Resource("a/page1.json/role/orders")
	if got := role.ARN().String(); got != "arn:aws:iam::111122223333:role/service/orders" {
		t.Errorf("ARN %s", got)
	}
	if doc, bad := policy.Parse(app.AsRole(role).Trust()); doc == nil || len(bad) > 0 || doc.Statements[0].Principal.Entries[0].Type != "Service" {
		t.Errorf("the trust policy, which is encoded, is not read: %v", bad)
	}
	if b, ok := app.AsRole(role).BoundaryPolicy(); !ok || b.Document == nil {
		t.Errorf("the boundary is not found: %+v", b)
	}
	attached := app.AsRole(role).Policies()
	if len(attached) != 1 || attached[0].Document == nil {
		t.Fatalf("policies %+v; AWS's policy must be the version of the account", attached)
	}
	user := app.AsUser(p.Resource("a/page1.json/user/ana"))
	if g := user.Groups(); len(g) != 1 || len(g[0].Policies()) != 1 || g[0].Policies()[0].Document == nil || len(user.Policies()) != 1 {
		t.Errorf("groups of the user: %+v", g)
	}
	if r := p.Resource("a/page1.json/instanceprofile/orders"); r == nil || len(r.Get("Roles").Items()) != 1 {
		t.Errorf("instance profile %+v", r)
	}
}

func role(account, name, more string) string {
	return fmt.Sprintf(`{"RoleName": %q, "Path": "/", "Arn": "arn:aws:iam::%s:role/%s", "AssumeRolePolicyDocument": {"Statement": []}%s}`, name, account, name, more)
}

func page(roles ...string) string {
	return `{"RoleDetailList": [` + strings.Join(roles, ",") + `]}`
}

func TestAccounts(t *testing.T) {
	tests := []struct {
		name    string
		files   map[string]string
		want    string // ids of resources
		problem string
	}{
		{"two accounts in one file", map[string]string{"x.json": page(role("111122223333", "a", ""), role("444455556666", "a", ""))},
			"x.json/111122223333/role/a x.json/444455556666/role/a", ""},
		{"two accounts in two files", map[string]string{"x.json": page(role("111122223333", "a", "")), "y.json": page(role("444455556666", "a", ""))},
			"x.json/role/a y.json/role/a", ""},
		{"two days of one account", map[string]string{"x.json": page(role("111122223333", "a", "")), "y.json": page(role("111122223333", "a", ""))},
			"x.json/role/a", "stands in x.json too"},
		{"two folders", map[string]string{"x/a.json": page(role("111122223333", "a", "")), "y/a.json": page(role("111122223333", "a", ""))},
			"x/a.json/role/a y/a.json/role/a", ""},
		{"a list of pages", map[string]string{"x.json": "[" + page(role("111122223333", "a", "")) + "," + page(role("111122223333", "b", "")) + "]"},
			"x.json/role/a x.json/role/b", ""},
		{"YAML", map[string]string{"x.yaml": "RoleDetailList:\n- RoleName: a\n  Arn: arn:aws-cn:iam::111122223333:role/a\n"}, "x.yaml/role/a", ""},
		{"something else", map[string]string{"x.json": `{"Resources": {"RoleDetailList": []}}`}, "", ""},
		{"no ARN", map[string]string{"x.json": page(role("111122223333", "a", ""), `{"RoleName": "b"}`)}, "x.json/role/a", "it is left out"},
		{"an element that is new", map[string]string{"x.json": page(role("111122223333", "a", `, "Rank": 3`), role("111122223333", "b", `, "Rank": 3`))},
			"x.json/role/a x.json/role/b", "Rank of a role is not read"},
		{"a policy without a document", map[string]string{"x.json": page(role("111122223333", "a", `, "RolePolicyList": [{"PolicyName": "p"}]`))},
			"x.json/role/a", "what it allows is not known"},
		{"no last page", map[string]string{"x.json": `{"IsTruncated": true, "RoleDetailList": [` + role("111122223333", "a", "") + `]}`},
			"x.json/role/a", "the output goes on after this page"},
		{"broken", map[string]string{"x.json": `{"RoleDetailList": [`}, "", "x.json"},
		{"lists of other things", map[string]string{"x.json": `{"RoleDetailList": [3, {"RoleName": {}}], "UserDetailList": {"a": 1}, "Policies": 4}`}, "", "it is not read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, tt.files)
			var ids []string
			for _, a := range p.Apps {
				for _, r := range a.Resources() {
					ids = append(ids, r.ID)
				}
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("resources %q, want %q", got, tt.want)
			}
			if got := problems(p); (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
			if strings.Count(problems(p), "Rank") > 1 {
				t.Errorf("what is not read is told more than once: %s", problems(p))
			}
		})
	}
}

// TestAWSOwned takes the embedded document where it is the account's too.
func TestAWSOwned(t *testing.T) {
	const arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
	attach := `, "AttachedManagedPolicies": [{"PolicyName": "x", "PolicyArn": "` + arn + `"}]`
	for _, doc := range []string{`{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}`, ""} {
		text := page(role("111122223333", "a", attach))
		if doc != "" {
			policies := `"Policies": [{"PolicyName": "x", "Arn": "` + arn + `", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": "` + url.PathEscape(doc) + `"}]}]`
			text = text[:len(text)-1] + "," + policies + "}"
		}
		p := project(t, map[string]string{"x.json": text})
		list := app.AsRole(p.Resource("x.json/role/a")).Policies()
		if len(list) != 1 || (list[0].Document != nil) != (doc != "") || list[0].ARN.Str() != arn {
			t.Errorf("with %q the policies are %+v", doc, list)
		}
		if len(p.Apps[0].Resources()) != 1 {
			t.Errorf("AWS's own policy became a resource of the account")
		}
	}
}

func FuzzPages(f *testing.F) {
	f.Add([]byte(read(f, "page1.json")))
	f.Add([]byte(read(f, "page2.json")))
	f.Add([]byte("RoleDetailList:\n- RoleName: a\n  Arn: arn:aws:iam::1:role/a\n  AssumeRolePolicyDocument: '%7B%22'\n"))
	f.Add([]byte(`[{"UserDetailList": [{"UserName": "a", "Arn": "arn:aws:iam::1:user/a", "GroupList": [1, null, {}], "PermissionsBoundary": 3}]}]`))
	limits := source.DefaultLimits
	limits.Nodes, limits.Depth = 20_000, 60
	f.Fuzz(func(t *testing.T, data []byte) {
		b := app.NewBuilder()
		pages, problems := Parse("a.json", data, limits)
		b.Problems(problems)
		stacks, problems := Stacks(pages)
		b.Problems(problems)
		for _, s := range stacks {
			b.App(s.App, s.Resources)
		}
		p := b.Freeze()
		for _, x := range p.Problems {
			if x.Span.File == "" || x.Span.Line < 1 || x.Message == "" {
				t.Fatalf("the problem %+v is nowhere", x)
			}
		}
		for _, a := range p.Apps {
			for r := range a.Roles() {
				r.Policies()
				r.BoundaryPolicy()
			}
			for u := range a.IAMUsers() {
				u.Groups()
			}
		}
	})
}

// TestOtherVersions keeps what a policy said and may say again.
func TestOtherVersions(t *testing.T) {
	policy := func(versions string) string {
		return `{"UserDetailList": [], "Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v2", "PolicyVersionList": [` + versions + `]}]}`
	}
	version := func(id, action string) string {
		return `{"VersionId": "` + id + `", "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}]}}`
	}
	for name, c := range map[string]struct {
		versions string
		want     []string
	}{
		"two": {version("v2", "s3:GetObject") + "," + version("v1", "s3:*"), []string{"s3:*"}},
		"one": {version("v2", "s3:GetObject"), nil},
	} {
		r := project(t, map[string]string{"account.json": policy(c.versions)}).Resource("account.json/managedpolicy/p")
		var got []string
		for _, v := range r.Get(OtherVersions).Items() {
			got = append(got, v.Get("Statement").Items()[0].Get("Action").Str())
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("of %s the other versions allow %v, want %v", name, got, c.want)
		}
	}
}

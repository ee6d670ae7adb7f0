package solve

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

const appPolicy = `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::docs/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
	{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/orders"},
	{"Effect":"Deny","Action":"dynamodb:DeleteTable","Resource":"*"},
	{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::docs/secret/*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}}`

func TestSometimesAlways(t *testing.T) {
	a := Identity(doc(t, appPolicy))
	at := func(action, resource string) Options {
		return Options{Actions: []string{action}, Resources: []value.Text{value.Lit(resource)}}
	}
	secure := at("s3:GetObject", "arn:aws:s3:::docs/a")
	secure.Context.Set("aws:SecureTransport", "true")
	for _, c := range []struct {
		name              string
		o                 Options
		sometimes, always value.Tri
	}{
		{"with a condition", at("s3:GetObject", "arn:aws:s3:::docs/a"), value.Yes, value.No},
		{"with its key given", secure, value.Yes, value.Yes},
		{"elsewhere", at("s3:GetObject", "arn:aws:s3:::other/*"), value.No, value.No},
		{"all of it", at("dynamodb:*", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"), value.Yes, value.No},
		{"one of it", at("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"), value.Yes, value.Yes},
		{"denied", at("dynamodb:DeleteTable", "*"), value.No, value.No},
		{"in part denied", at("s3:GetObject", "arn:aws:s3:::docs/secret/*"), value.Yes, value.No},
	} {
		s, w := Sometimes(a, c.o), Always(a, c.o)
		replay(t, w)
		if s.Holds != c.sometimes || w.Holds != c.always || s.Certainty != Exact || w.Certainty != Exact {
			t.Errorf("%s: sometimes %s (%s), always %s (%s); %s; %s", c.name, s.Holds, s.Certainty, w.Holds, w.Certainty, s.Witness, w.Witness)
		}
		if s.Holds == value.Yes && s.Witness.ByA().Decision != iam.Allowed {
			t.Errorf("%s: %s is not allowed", c.name, s.Witness)
		}
	}
	// Values of variables with which a resource is one of those asked about.
	home := Identity(doc(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalTag/bucket}/${aws:PrincipalTag/team}/*","Condition":{"StringNotEquals":{"aws:PrincipalTag/bucket":""}}}`))
	if ans := Sometimes(home, at("s3:GetObject", "arn:aws:s3:::secrets/*")); ans.Holds != value.Yes || !strings.HasPrefix(ans.Witness.Request.Resource.String(), "arn:aws:s3:::secrets/") {
		t.Errorf("a bucket by tag: %s, %s", ans.Holds, ans.Witness)
	}
	// A hole in the resource asked for.
	bucket := value.Concat(value.Lit("arn:aws:s3:::"), value.Hole("bucket"), value.Lit("/k"))
	if ans := Sometimes(a, Options{Actions: []string{"s3:GetObject"}, Resources: []value.Text{bucket}}); ans.Holds != value.Unknown {
		t.Errorf("an unknown bucket: %s", ans.Holds)
	}
	if ab, ba := Equal(a, Identity(doc(t, appPolicy+`,{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`)), Options{}); ab.Holds != value.Yes || ba.Holds != value.No {
		t.Errorf("equal: %s, %s", ab.Holds, ba.Holds)
	}
}

func TestWays(t *testing.T) {
	a := Identity(doc(t, appPolicy))
	ways, complete := Ways(a, Options{Actions: []string{"s3:GetObject"}, Resources: []value.Text{value.Lit("arn:aws:s3:::docs/secret/x")}})
	if !complete || len(ways) != 1 {
		t.Fatalf("%d ways, complete %t", len(ways), complete)
	}
	w := ways[0]
	if len(w.Keys) != 2 || w.Keys[0].Key != "aws:PrincipalTag/team" || !w.Keys[0].Deny || w.Keys[1].Key != "aws:SecureTransport" || !w.Keys[1].Caller || w.Certainty != Exact || len(w.Denies) != 1 {
		t.Errorf("%+v", w)
	}
	ways, _ = Ways(a, Options{Actions: []string{"dynamodb:GetItem"}})
	if len(ways) != 1 || len(ways[0].Keys) != 0 || len(ways[0].Denies) != 0 {
		t.Errorf("%+v", ways)
	}
	var o Options
	o.Actions = []string{"s3:GetObject"}
	o.Context.Set("aws:SecureTransport", "true")
	ways, _ = Ways(a, o)
	if len(ways) != 1 || len(ways[0].Keys) != 1 {
		t.Errorf("with the key given: %+v", ways)
	}
}

func TestGrantedAndExcess(t *testing.T) {
	a := Identity(doc(t, appPolicy+`,{"Effect":"Allow","Action":["s3:Get*","s3:ListBucket"],"Resource":"*"},{"Effect":"Allow","Action":"dynamodb:DeleteTable","Resource":"*"}`))
	grants := Granted(a, Options{})
	if len(grants) != 3 {
		t.Fatalf("%d grants: %+v", len(grants), grants)
	}
	if slices.Contains(grants[1].Actions, "dynamodb:*") || !grants[1].New {
		t.Errorf("a denied action is granted: %q", grants[1].Actions)
	}
	if got := grants[2].Actions; !slices.Equal(got, []string{"s3:Get*", "s3:ListBucket"}) || len(grants[2].Denies) != 1 {
		t.Errorf("%q, %d denies", got, len(grants[2].Denies))
	}
	needed := Identity(doc(t, `{"Effect":"Allow","Action":["s3:GetObject","dynamodb:GetItem"],"Resource":["arn:aws:s3:::docs/a*","arn:aws:dynamodb:*:*:table/orders"]}`))
	excess := Excess(a, needed, Options{})
	if len(excess) != 3 {
		t.Fatalf("%+v", excess)
	}
	if x := excess[0]; !slices.Equal(x.Unused, []string{"s3:PutObject"}) || !slices.Equal(x.Wide, []string{"s3:GetObject"}) || x.Witness == nil {
		t.Errorf("%+v", x)
	}
	if x := excess[1]; len(x.Wide) != 0 || slices.Contains(x.Unused, "dynamodb:GetItem") {
		t.Errorf("%+v", x)
	}
}

func TestGlobs(t *testing.T) {
	all := expand([]string{"sqs:*"})
	if got := Globs(all); !slices.Equal(got, []string{"sqs:*"}) {
		t.Errorf("%q", got)
	}
	got := Globs(append(expand([]string{"s3:GetObject*"}), "s3:Unheard", "sqs:SendMessage"))
	if !slices.Equal(expand(got), append(expand([]string{"s3:GetObject*"}), "sqs:SendMessage")) || !slices.Contains(got, "s3:Unheard") {
		t.Errorf("%q", got)
	}
}

func TestPublic(t *testing.T) {
	owner := value.Lit("111122223333")
	for _, c := range []struct {
		name, policy string
		want         []iam.Who
	}{
		{"everybody", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`, []iam.Who{iam.Anyone, iam.AnyAccount, iam.AnyService}},
		{"from one network", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`, nil},
		{"from a wide network", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`, []iam.Who{iam.Anyone, iam.AnyAccount, iam.AnyService}},
		{"with a referer", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}}`, []iam.Who{iam.Anyone, iam.AnyAccount, iam.AnyService}},
		{"with two referers at once", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:Referer":"a"}}},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:Referer":"a*"}}}`, nil},
		{"of the organisation", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`, nil},
		{"its own account", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`, nil},
		{"a partner", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`, []iam.Who{iam.ForeignAccount, iam.ForeignAccount, iam.ForeignAccount}},
		{"a confused deputy", `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}`, []iam.Who{iam.AnyService}},
		{"a deputy for one topic", `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:t"}}}`, nil},
	} {
		a := Resource(doc(t, c.policy))
		var got []iam.Who
		for _, e := range Public(a, owner) {
			got = append(got, e.Who)
			if e.Holds == value.Yes && e.Witness.ByA().Decision != iam.Allowed {
				t.Errorf("%s: %s is not allowed", c.name, e.Witness)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	partner := Resource(doc(t, `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`))
	if list := Public(partner, owner, "444455556666"); len(list) != 0 {
		t.Errorf("a trusted account is outside: %v", list)
	}
}

// What depends on keys that nobody gave is no unknown: it is told with the
// conditions, and shown by a request that meets them.
func TestDepends(t *testing.T) {
	owner := value.Lit("111122223333")
	allow := func(condition string) string {
		return `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{` + condition + `}}`
	}
	deny := func(condition string) string {
		return `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{` + condition + `}}`
	}
	tag := `"StringEquals":{"s3:ExistingObjectTag/public":"yes"}`
	for _, c := range []struct {
		name, policy string
		want         string // the class "any AWS account"
	}{
		{"a tag of the object", allow(tag), "s3:ExistingObjectTag/public StringEquals"},
		{"and a header", allow(tag + `,"StringLike":{"aws:Referer":"x*"}`), "s3:ExistingObjectTag/public StringEquals"},
		{"a deny by a tag", allow(`"StringLike":{"aws:Referer":"x*"}`) + deny(`"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}`), "not s3:ExistingObjectTag/secret StringEquals"},
		{"excluded by a deny", allow(tag) + deny(`"StringLike":{"s3:ExistingObjectTag/public":"y*"}`), "no"},
		{"a tag like the caller's", allow(`"StringEquals":{"s3:ExistingObjectTag/team":"${aws:PrincipalTag/team}"}`), "s3:ExistingObjectTag/team StringEquals"},
		{"a tag in the resource", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${s3:ExistingObjectTag/at}/*"}`, "s3:existingobjecttag/at "},
		{"the bucket of the caller's account", allow(`"StringEquals":{"s3:ResourceAccount":"${aws:PrincipalAccount}"}`), "no"},
		{"one organisation", allow(`"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}`), "no"},
		{"the same the other way round", allow(`"StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}`), "no"},
		{"its own organisation", allow(`"StringEquals":{"aws:ResourceOrgID":"o-1"}`), "aws:ResourceOrgID StringEquals"},
		{"without one", allow(`"StringNotEquals":{"s3:ExistingObjectTag/public":"no"}`), "s3:ExistingObjectTag/public StringNotEquals"},
	} {
		got := "no"
		for _, e := range Public(Resource(doc(t, c.policy)), owner) {
			if e.Who != iam.AnyAccount {
				continue
			}
			if e.Holds != value.Unknown || e.Certainty != Exact || e.Witness.ByA().Decision != iam.Allowed {
				t.Errorf("%s: %s %s %q %s", c.name, e.Holds, e.Certainty, e.Why, e.Witness)
			}
			var list []string
			for _, h := range e.Depends {
				s := h.Key + " " + h.Operator
				if h.Deny {
					s = "not " + s
				}
				list = append(list, s)
			}
			got = strings.Join(list, ", ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// What is not resolved stays unknown, whatever the keys are.
	d := doc(t, allow(tag))
	d.Statements[0].Maybe = true
	for _, e := range Public(Resource(d), owner) {
		if e.Holds != value.Unknown || e.Certainty != Approximate || len(e.Depends) > 0 {
			t.Errorf("a statement that is perhaps there: %s %s %v", e.Holds, e.Certainty, e.Depends)
		}
	}
	// Whatever the organisation is that a policy names, a stranger is not of it.
	d = doc(t, allow(`"StringEquals":{"aws:PrincipalOrgID":"x"}`))
	d.Statements[0].Condition[0].Values.Items[0].Text = value.Hole("Organisation")
	if list := Public(Resource(d), owner); len(list) != 0 {
		t.Errorf("an organisation that is not known: %v", list)
	}
	// A stranger calls its rule what the policy asks for.
	d = doc(t, `{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/nightly"}}}`)
	if list := Public(Resource(d), owner); len(list) != 1 || list[0].Holds != value.Yes {
		t.Errorf("anybody's rule: %v", list)
	}
}

// A caller and a resource with holes, as templates have them.
func TestHoles(t *testing.T) {
	d := doc(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"x"},{"Effect":"Allow","Action":"sqs:*","Resource":"*"},
		{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`)
	bucket := value.Concat(value.Lit("arn:aws:s3:::"), value.Hole("bucket"), value.Lit("/*"))
	d.Statements[0].Resource.Items[0].Text = bucket
	a := Identity(d)
	who := iam.Role(value.Concat(value.Lit("arn:aws:iam::"), value.Hole("AWS::AccountId"), value.Lit(":role/app")))
	queue := value.Concat(value.Lit("arn:aws:sqs:"), value.Hole("AWS::Region"), value.Lit(":"), value.Hole("AWS::AccountId"), value.Lit(":q"))
	for _, c := range []struct {
		name              string
		action            string
		resource          value.Text
		sometimes, always value.Tri
	}{
		{"the bucket itself", "s3:GetObject", bucket, value.Yes, value.Yes},
		{"perhaps the bucket", "s3:GetObject", value.Lit("arn:aws:s3:::docs/*"), value.Unknown, value.Unknown},
		{"any bucket", "s3:GetObject", value.Lit("*"), value.Yes, value.No},
		{"any queue", "sqs:SendMessage", queue, value.Yes, value.Yes},
		{"perhaps the account", "dynamodb:GetItem", value.Lit("*"), value.Unknown, value.Unknown},
		{"another action", "s3:PutObject", bucket, value.No, value.No},
	} {
		o := Options{Principal: &who, Actions: []string{c.action}, Resources: []value.Text{c.resource}}
		s, w := Sometimes(a, o), Always(a, o)
		if s.Holds != c.sometimes || w.Holds != c.always {
			t.Errorf("%s: sometimes %s, always %s; %s; %s", c.name, s.Holds, w.Holds, s.Witness, w.Witness)
		}
	}
}

// A region that is not known may be the one that a policy names, also where the
// resource asked for is a pattern. It is one part of an ARN.
func TestHolesInPatterns(t *testing.T) {
	api := value.Fresh("Api.Id")
	d := doc(t, `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"x"}`)
	d.Statements[0].Resource.Items[0].Text = value.Concat(value.Lit("arn:aws:execute-api:eu-west-1:111122223333:"), api, value.Lit("/prod/GET/*"))
	who := iam.Role(value.Lit("arn:aws:iam::111122223333:role/app"))
	for _, c := range []struct {
		region value.Text
		rest   string
		want   value.Tri
	}{
		{value.Lit("eu-west-1"), "/*", value.Yes}, {value.Hole("AWS::Region"), "/*", value.Unknown}, {value.Hole("AWS::Region"), "/prod/GET/x", value.Unknown},
		{value.Hole("AWS::Region"), "/prod/POST/*", value.No}, {value.Hole("Region"), "/*", value.Unknown}, {value.Lit("eu-west-2"), "/*", value.No},
	} {
		r := value.Concat(value.Lit("arn:aws:execute-api:"), c.region, value.Lit(":111122223333:"), api, value.Lit(c.rest))
		if ans := Sometimes(Identity(d), Options{Principal: &who, Actions: []string{"execute-api:Invoke"}, Resources: []value.Text{r}}); ans.Holds != c.want {
			t.Errorf("%s: %s %s %q, want %s; %s", r, ans.Holds, ans.Certainty, ans.Why, c.want, ans.Witness)
		}
	}
}

// What service-linked roles may do is the service's: no policy allows it to be
// changed, and both the evaluator and the procedure know.
func TestLinkedRoles(t *testing.T) {
	a := Identity(doc(t, `{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:role/aws-service-role/x.amazonaws.com/X"}`))
	for action, want := range map[string]value.Tri{"iam:AttachRolePolicy": value.No, "iam:UpdateAssumeRolePolicy": value.No, "iam:CreateServiceLinkedRole": value.Yes, "iam:GetRole": value.Yes} {
		if ans := Sometimes(a, Options{Actions: []string{action}}); ans.Holds != want || ans.Certainty != Exact {
			t.Errorf("%s: %s %s %q", action, ans.Holds, ans.Certainty, ans.Why)
		}
	}
}

// An Access serves many questions at once.
func TestConcurrent(t *testing.T) {
	a := Identity(doc(t, appPolicy+`,{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/*"}`))
	b := Identity(doc(t, `{"Effect":"Allow","Action":["s3:*","dynamodb:*"],"Resource":"*"}`))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if ab, ba := Equal(a, b, Options{}); ab.Holds != value.Yes || ba.Holds != value.No {
					t.Errorf("%s, %s", ab.Holds, ba.Holds)
				}
			}
		})
	}
	wg.Wait()
}

// Whom a policy names by a text that is known in part is a caller too.
func TestNamedInPart(t *testing.T) {
	account := value.Hole("AWS::AccountId")
	arn := func(parts ...value.Text) value.Text {
		return value.Concat(append([]value.Text{value.Lit("arn:aws:iam::")}, parts...)...)
	}
	for _, c := range []struct {
		principal value.Text
		want      value.Tri
	}{
		{arn(value.Lit("111122223333:role/"), value.Fresh("made by AWS")), value.Yes},
		{arn(value.Lit("111122223333:role/app-"), value.Hole("Stage")), value.Yes},
		{arn(account, value.Lit(":user/ada")), value.Yes},
		{arn(account, value.Lit(":root")), value.Yes},
		{account, value.Yes},
		{value.Hole("Anybody"), value.Unknown},
	} {
		var at source.Span
		text := func(s string) *value.Value { return value.NewText(value.Lit(s), at) }
		field := func(key string, v *value.Value) value.Field { return value.Field{Key: key, Value: v} }
		doc, problems := policy.Parse(value.NewMap([]value.Field{field("Version", text("2012-10-17")), field("Statement", value.NewMap([]value.Field{
			field("Effect", text("Allow")), field("Action", text("s3:GetObject")), field("Resource", text("arn:aws:s3:::b/*")),
			field("Principal", value.NewMap([]value.Field{field("AWS", value.NewText(c.principal, at))}, at)),
		}, at))}, at))
		if a := Sometimes(Resource(doc), Options{}); a.Holds != c.want || len(problems) > 0 {
			t.Errorf("%s: %s %s %v, want %s; problems %v", c.principal, a.Holds, a.Certainty, a.Witness, c.want, problems)
		}
	}
}

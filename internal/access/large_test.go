package access

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/report"
)

func repeat(n int, format string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return strings.Join(list, ",")
}

// Policies made to hurt are answered soon by every question, and what is not
// asked about is said and is not safe.
func TestLarge(t *testing.T) {
	needs, _ := ParseNeeds("needs.txt", []byte("s3:GetObject arn:aws:s3:::a/*\n"))
	old := read(t, map[string]string{"p.json": doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`)})
	for _, c := range []struct{ name, statements string }{
		{"actions and resources", `{"Effect":"Allow","Action":[` + repeat(20_000, `"svc#:A#"`) + `],"Resource":[` + repeat(20_000, `"arn:aws:s3:::b#/*"`) + `]}`},
		{"resources", `{"Effect":"Allow","Action":"s3:GetObject","Resource":[` + repeat(10_000, `"arn:aws:s3:::b#/*"`) + `]}`},
		{"variables", `{"Effect":"Allow","Action":"s3:GetObject","Resource":[` + repeat(100, `"arn:aws:s3:::${aws:PrincipalTag/t#}/${aws:PrincipalTag/u#}/*"`) + `]},
			{"Effect":"Deny","Action":"s3:GetObject","Resource":[` + repeat(30, `"arn:aws:s3:::*${aws:PrincipalTag/t#}*x"`) + `]}`},
		{"not understood", repeat(1_000, `{"Effct":"Allow#"}`)},
		{"denies", `{"Effect":"Allow","Action":"*","Resource":"*"},` + repeat(500, `{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::b#/*","Condition":{"StringLike":{"aws:PrincipalTag/t":"#*"}}}`)},
		{"principals", `{"Effect":"Allow","Principal":{"AWS":[` + repeat(5_000, `"arn:aws:iam::222233334444:role/r#"`) + `]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`},
		{"accounts", repeat(2_000, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222233334444:role/r#"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/#","Condition":{"StringLike":{"aws:PrincipalTag/t":"#*"}}}`)},
		{"keys", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{` + repeat(20_000, `"aws:PrincipalTag/k#":"v"`) + `}}}`},
		{"tags", repeat(15, `{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["*#*a*","b#*"]}}}`)},
	} {
		start := time.Now()
		m := read(t, map[string]string{"p.json": doc(c.statements)})
		what, err := m.WhatCan("p.json")
		if err == nil && len(what.Grants) == 0 {
			t.Errorf("%s: may do nothing", c.name)
		}
		who, err := m.WhoCan("s3:Get*", "arn:aws:s3:::a/*")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if len(who.Grants) > 0 && who.Grants[len(who.Grants)-1].Certainty == "unknown" && who.Grants[len(who.Grants)-1].Answer != report.AccessUnknown {
			t.Errorf("%s: %+v", c.name, who.Grants[len(who.Grants)-1])
		}
		if _, err := m.Can("arn:aws:iam::111122223333:role/x", "s3:GetObject", "arn:aws:s3:::a/b", iam.Context{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := m.Needed("", needs); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		m.Public()
		m.Check()
		if d := Compare("diff", m, old, "new", "old", true); d.Changes[0].Grows.Answer == report.AccessNo {
			t.Errorf("%s: grows %s", c.name, d.Changes[0].Grows.Answer)
		}
		t.Logf("%s: %s", c.name, time.Since(start))
	}
}

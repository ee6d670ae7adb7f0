package iam

import (
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/value"
)

// Of a request that is still to come it is known that it comes after today.
func TestTimesToCome(t *testing.T) {
	today := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		condition string
		there     value.Tri
		want      Decision
	}{
		{`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Yes, Allowed},
		{`"DateGreaterThanEquals":{"aws:CurrentTime":"2026-02-28"}`, value.Yes, Allowed},
		{`"DateGreaterThan":{"aws:CurrentTime":"2026-03-01"}`, value.Yes, Unknown},
		{`"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Yes, DeniedImplicit},
		{`"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`, value.Yes, Unknown},
		{`"DateEquals":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Yes, DeniedImplicit},
		{`"DateEquals":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`, value.Yes, Unknown},
		{`"DateNotEquals":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Yes, Allowed},
		{`"NumericLessThan":{"aws:CurrentTime":"1577836800"}`, value.Yes, DeniedImplicit},
		{`"NumericGreaterThan":{"aws:CurrentTime":"1577836800"}`, value.Yes, Allowed},
		{`"StringLike":{"aws:CurrentTime":"2026*"}`, value.Yes, Unknown},
		{`"DateLessThan":{"aws:CurrentTime":"soon"}`, value.Yes, DeniedImplicit},
		{`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Unknown, Unknown},
		{`"DateGreaterThanIfExists":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Unknown, Allowed},
		{`"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.Unknown, DeniedImplicit},
		{`"Null":{"aws:CurrentTime":"false"}`, value.Yes, Allowed},
		{`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, value.No, DeniedImplicit},
	} {
		p := compileJSON(t, `{"Version":"2012-10-17","Statement":[{`+allowS3+`,"Condition":{`+c.condition+`}}]}`)
		r := Request{Principal: User(value.Lit(user)), Action: "s3:GetObject", Resource: value.Lit(object)}
		r.Context.Since("aws:CurrentTime", today, c.there)
		if got := Evaluate(&r, &Policies{Identity: []*Policy{p}}).Decision; got != c.want {
			t.Errorf("%s with %v: %v, want %v", strings.TrimSpace(c.condition), c.there, got, c.want)
		}
		if known := r.Knows("AWS:currenttime"); known != (c.there != value.Unknown) {
			t.Errorf("known is %v with %v", known, c.there)
		}
	}
}

func TestCloneIsACopy(t *testing.T) {
	var c Context
	c.Set("aws:SourceIp", "192.0.2.1")
	d := c.Clone()
	d.Set("aws:SourceIp", "192.0.2.2")
	d.Set("aws:RequestedRegion", "eu-west-1")
	if len(c.keys) != 1 || c.keys[0].values[0].String() != "192.0.2.1" {
		t.Errorf("the context has changed with its copy: %v", c.keys)
	}
}

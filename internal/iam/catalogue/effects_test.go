package catalogue

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/value"
)

// Each action exists, and takes resources, or has no resource level where the
// form says so.
func TestEffects(t *testing.T) {
	if !slices.IsSortedFunc(effects, func(a, b DataAction) int { return strings.Compare(a.Type, b.Type) }) {
		t.Error("the table is not sorted by type")
	}
	for _, d := range effects {
		for _, name := range d.Actions {
			a, ok := ActionOf(name)
			switch {
			case !ok:
				t.Errorf("%s: the catalogue does not know %s", d.Type, name)
			case a.String() != name:
				t.Errorf("%s: %s is spelled %s", d.Type, name, a)
			case a.ResourceLevel() == (d.Form == AnyForm):
				t.Errorf("%s: %s: resource level %v, form %s", d.Type, name, a.ResourceLevel(), d.Form)
			}
		}
	}
	if got := Effects("AWS::S3::Bucket"); len(got) < 8 || got[0].Type != "AWS::S3::Bucket" {
		t.Errorf("buckets: %v", got)
	}
	if got := Effects("AWS::None::Such"); got != nil {
		t.Errorf("unknown type: %v", got)
	}
	if len(EffectTypes()) < 20 {
		t.Errorf("types: %v", EffectTypes())
	}
}

func TestForm(t *testing.T) {
	bucket := value.Lit("arn:aws:s3:::b")
	if got := Own.ARN(bucket).String(); got != "arn:aws:s3:::b" {
		t.Error(got)
	}
	object := Inside.ARN(bucket)
	for pattern, want := range map[string]value.Tri{
		"arn:aws:s3:::b/*":      value.Yes,
		"arn:aws:s3:::*":        value.Yes,
		"arn:aws:s3:::b":        value.No,
		"arn:aws:s3:::b/docs/*": value.Unknown,
	} {
		if got := value.Lit(pattern).Glob(object); got != want {
			t.Errorf("%s: %s", pattern, got)
		}
	}
	if got := AnyForm.ARN(bucket).String(); got != "*" {
		t.Error(got)
	}
}

func TestExpand(t *testing.T) {
	got := Expand("sqs:*Message")
	if want := []string{"sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if all := Expand("*"); len(all) < 21_000 {
		t.Errorf("%d actions", len(all))
	}
	if none := Expand("nosuch:*"); none != nil {
		t.Errorf("%v", none)
	}
}

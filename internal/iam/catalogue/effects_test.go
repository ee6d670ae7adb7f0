package catalogue

import (
	"slices"
	"strings"
	"testing"
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
	if got := Effects("AWS::S3::Bucket"); len(got) != 4 || got[0].Type != "AWS::S3::Bucket" {
		t.Errorf("buckets: %v", got)
	}
	if got := Effects("AWS::None::Such"); got != nil {
		t.Errorf("unknown type: %v", got)
	}
	if len(EffectTypes()) != 18 {
		t.Errorf("types: %v", EffectTypes())
	}
}

func TestUnsigned(t *testing.T) {
	for action, want := range map[string]bool{"s3:GetObject": true, "sqs:SendMessage": true, "dynamodb:GetItem": false, "secretsmanager:GetSecretValue": false} {
		if Unsigned(action) != want {
			t.Errorf("%s: %v", action, !want)
		}
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

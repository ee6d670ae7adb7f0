package iam

import (
	"testing"

	"github.com/remit-security/remit/internal/value"
)

// Whatever policies allow, what only AWS changes stays as it is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func TestWhatOnlyAWSChanges(t *testing.T) {
	caller := Identity{Principal: User(value.Lit("arn:aws:iam::111122223333:user/me")), Policies: []*Policy{allowAll()}}
	for _, c := range []struct {
		action, resource string
		want             Decision
	}{
		{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/orders", Allowed},
		{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", DeniedImplicit},
		{"iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", DeniedImplicit},
		{"iam:UpdateRoleDescription", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", Allowed},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", Allowed},
		{"iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123", DeniedImplicit},
	} {
		if got := caller.Decide(c.action, value.Lit(c.resource), nil); got != c.want {
			t.Errorf("%s on %s is %s, want %s", c.action, c.resource, got, c.want)
		}
	}
}

package aws

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

var iamShapes = map[string]shape{
	"aws_iam_role": roleShape,
}

// roleShape drops empty inline_policy blocks, which say that the role has no
// inline policies of its own.
func roleShape(s *shaping) {
	list := s.props.Get("Policies")
	if list.Kind() != value.List {
		return
	}
	items := slices.DeleteFunc(slices.Clone(list.Items()), func(v *value.Value) bool {
		return v.Kind() == value.Map && v.Len() == 0 && v.Why() == ""
	})
	if len(items) == 0 {
		s.props = without(s.props, "Policies")
		return
	}
	s.props = put(s.props, path{{key: "Policies"}}, field{list.Span(), value.NewList(items, list.Span())}, list.Span())
}

// attachOnce leaves out what is attached to an identity a second time: a policy
// may stand in the role, in an attachment, and in a list that is exclusive.
func attachOnce(r *app.Resource) {
	for _, key := range []string{"ManagedPolicyArns", "Groups"} {
		list := r.Props.Get(key)
		if list.Kind() != value.List {
			continue
		}
		seen := map[string]bool{}
		items := slices.DeleteFunc(slices.Clone(list.Items()), func(v *value.Value) bool {
			if v.Kind() != value.String {
				return false
			}
			text := v.Text().String()
			again := seen[text]
			seen[text] = true
			return again
		})
		if len(items) < list.Len() {
			r.Props = put(r.Props, path{{key: key}}, field{list.Span(), value.NewList(items, list.Span())}, list.Span())
		}
	}
}

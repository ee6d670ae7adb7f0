package aws

import "github.com/remit-security/remit/internal/value"

var cognitoShapes = map[string]shape{
	"aws_cognito_user_pool":                      softwareTokens,
	"aws_cognito_identity_pool_roles_attachment": roleMappings,
}

// softwareTokens adds a second factor to the list of those in use.
func softwareTokens(s *shaping) {
	on := one(s.in.Attrs.Get("software_token_mfa_configuration")).Get("enabled")
	if on.IsTrue() == value.Yes {
		s.put([]string{"EnabledMfas"}, on.Span(), value.NewList([]*value.Value{value.NewText(value.Lit("SOFTWARE_TOKEN_MFA"), on.Span())}, on.Span()))
	}
}

// roleMappings makes a map by identity provider, as CloudFormation has it, of
// repeated blocks.
func roleMappings(s *shaping) {
	arg := s.arg("role_mapping")
	if arg.value.Exists() == value.No {
		return
	}
	s.put([]string{"RoleMappings"}, arg.span, each(arg.value, func(v *value.Value) *value.Value {
		var out block
		for _, m := range v.Items() {
			provider := m.Get("identity_provider")
			var b block
			b.put("IdentityProvider", provider)
			b.put("Type", m.Get("type"))
			b.put("AmbiguousRoleResolution", m.Get("ambiguous_role_resolution"))
			if rules := m.Get("mapping_rule"); rules.Exists() != value.No {
				var config block
				config.put("Rules", elements(rules, mappingRule))
				b.put("RulesConfiguration", config.at(rules.Span()))
			}
			out.put(provider.Str(), b.at(m.Span()))
		}
		return out.at(v.Span())
	}))
}

func mappingRule(r *value.Value) *value.Value {
	var b block
	b.put("Claim", r.Get("claim"))
	b.put("MatchType", r.Get("match_type"))
	b.put("RoleARN", r.Get("role_arn"))
	b.put("Value", r.Get("value"))
	return b.at(r.Span())
}

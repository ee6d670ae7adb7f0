package app

import (
	"iter"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A UserPool is an AWS::Cognito::UserPool.
type UserPool struct{ *Resource }

// AsUserPool views r as a user pool.
func AsUserPool(r *Resource) UserPool { return UserPool{of(r, userPoolTypes...)} }

// UserPools iterates the application's user pools.
func (a *App) UserPools() iter.Seq[UserPool] { return views(a, AsUserPool, userPoolTypes...) }

// AdminCreateOnly is AllowAdminCreateUserOnly, false by default: everybody may
// sign up.
func (u UserPool) AdminCreateOnly() *value.Value {
	return u.orBool(false, "AdminCreateUserConfig", "AllowAdminCreateUserOnly")
}

// SelfSignUp tells whether everybody may sign up.
func (u UserPool) SelfSignUp() value.Tri { return u.AdminCreateOnly().IsTrue().Not() }

// MFA is OFF (the default), OPTIONAL or ON.
func (u UserPool) MFA() *value.Value { return u.orText("OFF", "MfaConfiguration") }

// Password is the password policy; PasswordSetting has the defaults.
func (u UserPool) Password() *value.Value { return u.Get("Policies", "PasswordPolicy") }

// MinimumLength is the least length of a password, 8 by default.
func (u UserPool) MinimumLength() *value.Value {
	return u.orNumber(8, "Policies", "PasswordPolicy", "MinimumLength")
}

// PasswordSetting is RequireLowercase, RequireUppercase, RequireNumbers or
// RequireSymbols. A pool without a password policy requires all four; in a
// policy that is there, what is left out is off.
func (u UserPool) PasswordSetting(name string) *value.Value {
	if u.Resource == nil {
		return nil
	}
	return byBranch(u.Password(), func(p *value.Value) *value.Value {
		none := p.Exists() == value.No
		span := p.Span()
		if none {
			span = u.Span
		}
		if v := p.Get(name); v.Exists() != value.No {
			return v
		}
		return value.NewBool(none, span).AsDefault(span)
	})
}

// AdvancedSecurity is OFF (the default), AUDIT or ENFORCED.
func (u UserPool) AdvancedSecurity() *value.Value {
	return u.orText("OFF", "UserPoolAddOns", "AdvancedSecurityMode")
}

// Clients are the pool's clients.
func (u UserPool) Clients() []UserPoolClient {
	var out []UserPoolClient
	for _, c := range u.children("AWS::Cognito::UserPoolClient") {
		out = append(out, UserPoolClient{c.Resource})
	}
	return out
}

// A Trigger is a function that a user pool calls.
type Trigger struct {
	Name     string // PreSignUp, PostConfirmation …
	Function *value.Value
	Span     source.Span
}

// Triggers are the pool's Lambda triggers.
func (u UserPool) Triggers() []Trigger {
	var out []Trigger
	collect(u.Get("LambdaConfig"), func(config *value.Value) {
		for _, f := range config.Fields() {
			if f.Key == "KMSKeyID" || f.Value.Exists() == value.No {
				continue
			}
			v := f.Value
			if v.Kind() == value.Map {
				v = v.Get("LambdaArn")
			}
			out = append(out, Trigger{f.Key, v, f.KeySpan})
		}
	})
	return out
}

// A UserPoolClient is an AWS::Cognito::UserPoolClient.
type UserPoolClient struct{ *Resource }

// AsUserPoolClient views r as a client.
func AsUserPoolClient(r *Resource) UserPoolClient {
	return UserPoolClient{of(r, "AWS::Cognito::UserPoolClient")}
}

// Flows are the ExplicitAuthFlows.
func (c UserPoolClient) Flows() *value.Value { return c.Get("ExplicitAuthFlows") }

// Secret is GenerateSecret, false by default.
func (c UserPoolClient) Secret() *value.Value { return c.orBool(false, "GenerateSecret") }

// PreventUserExistenceErrors is ENABLED or LEGACY; for clients made with
// CloudFormation LEGACY is the default.
func (c UserPoolClient) PreventUserExistenceErrors() *value.Value {
	return c.orText("LEGACY", "PreventUserExistenceErrors")
}

// OAuthFlows are the AllowedOAuthFlows.
func (c UserPoolClient) OAuthFlows() *value.Value { return c.Get("AllowedOAuthFlows") }

// WriteAttributes are the attributes that users may write themselves; absent
// for all standard ones.
func (c UserPoolClient) WriteAttributes() *value.Value { return c.Get("WriteAttributes") }

// An IdentityPool is an AWS::Cognito::IdentityPool.
type IdentityPool struct{ *Resource }

// AsIdentityPool views r as an identity pool.
func AsIdentityPool(r *Resource) IdentityPool {
	return IdentityPool{of(r, "AWS::Cognito::IdentityPool")}
}

// IdentityPools iterates the application's identity pools.
func (a *App) IdentityPools() iter.Seq[IdentityPool] {
	return views(a, AsIdentityPool, "AWS::Cognito::IdentityPool")
}

// Unauthenticated is AllowUnauthenticatedIdentities: whether everybody gets
// credentials. The property is required.
func (i IdentityPool) Unauthenticated() *value.Value { return i.Get("AllowUnauthenticatedIdentities") }

// ClassicFlow is AllowClassicFlow, false by default.
func (i IdentityPool) ClassicFlow() *value.Value { return i.orBool(false, "AllowClassicFlow") }

// UserPools are the user pools of the project that the identity pool trusts.
func (i IdentityPool) UserPools() []*Resource {
	if i.Resource == nil {
		return nil
	}
	var out []*Resource
	for _, p := range i.Get("CognitoIdentityProviders").Items() {
		if r, _ := i.App.Lookup(p.Get("ProviderName"), userPoolTypes...); r != nil {
			out = append(out, r)
		} else if r := i.App.firstRef([]*value.Value{p.Get("ProviderName")}, userPoolTypes); r != nil {
			out = append(out, r)
		}
	}
	return out
}

// A PoolRole is a role that an identity pool gives out.
type PoolRole struct {
	// For is "authenticated", "unauthenticated" or "rule".
	For   string
	Value *value.Value
	Role  Role // empty where it is not one of the project
	// Rule is the element of RoleMappings' rules; nil for the defaults.
	Rule *value.Value
	In   *Resource
	Span source.Span
	Sure value.Tri
}

// Roles are the roles that the pool's attachments give out.
func (i IdentityPool) Roles() []PoolRole {
	var out []PoolRole
	for _, c := range i.children("AWS::Cognito::IdentityPoolRoleAttachment") {
		add := func(kind string, v, rule *value.Value, span source.Span) {
			role, _ := c.App.RoleNamed(v)
			out = append(out, PoolRole{kind, v, role, rule, c.Resource, span, c.Sure.And(c.Exists)})
		}
		for _, f := range c.Get("Roles").Fields() {
			if f.Value.Exists() != value.No {
				add(f.Key, f.Value, nil, f.Value.Span())
			}
		}
		for _, m := range c.Get("RoleMappings").Fields() {
			for _, rule := range m.Value.Get("RulesConfiguration", "Rules").Items() {
				add("rule", rule.Get("RoleARN"), rule, rule.Span())
			}
		}
	}
	return out
}

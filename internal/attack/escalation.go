package attack

import "github.com/remit-security/remit/internal/value"

// A row is one known way from permissions to another identity, as a
// technique's table has it.
type row struct {
	id, title, doc string
	pathfinding    []string
	attack         []string
	// needs are the actions that must all be allowed; each on what its target
	// says.
	needs []need
	// wants are what must be there besides.
	wants []prerequisite
	// existing is the type of what needs on onHost work on: any one will do.
	existing string
	// victim asks what the victim must be like: No rules it out, and what comes
	// with Yes is taken for granted.
	victim func(*building, *identity) (value.Tri, string)
	// gives is what follows.
	gives gain
	cost  int
	// asVictim asks that the victim can be acted as, by whatever way.
	asVictim bool
	// unbinds tells that the row takes the boundary away.
	unbinds bool
	// newborn tells that the rights go to a new identity, that nothing denies or
	// bounds.
	newborn bool
}

// A need is an action on one kind of target: one of several where "|" stands
// between them, and with the services that a role is passed to after a space.
type need struct {
	action string
	on     target
}

// A prerequisite is something that must exist: a resource of a type, or what is
// there tells for the victim, or what actions make; else what says what is taken
// for granted, with %s for the victim.
type prerequisite struct {
	typ   string
	there func(*building, *identity) bool
	make  []string
	what  string
}

// target is what an action of a row works on.
type target uint8

const (
	onAnything target = iota // the action has no resource level, or makes a new resource
	onSelf                   // the identity that acts
	onRole                   // a role of the application, the victim
	onUser                   // a user of the application, the victim
	onGroup                  // a group that the user who acts is not in, the victim
	onOwnGroup               // a group that the user who acts is in
	onPolicy                 // a managed policy that the identity which acts has
	onPolicyOf               // a managed policy that the victim has
	onHost                   // what exists: what runs code as the victim, or what a row names
)

// gain is what a row leads to.
type gain uint8

const (
	gainAdmin    gain = iota // the identity, or one it controls, gets every right
	gainVictim               // act as the victim
	gainPassRole             // act as a role that the service trusts
)

// rows are the escalations that need nothing but permissions. The ids are
// those of the public catalogue pathfinding.cloud; another of its rows is
// another line here.
func rows() []*Technique {
	var out []*Technique
	for _, r := range tables() {
		out = append(out, r.technique())
	}
	return out
}

// tables are the rows of all tables.
func tables() []row {
	return append(append(selfRows(), accessRows()...), passRoleRows()...)
}

// selfRows give an identity, or a new one, every right.
func selfRows() []row {
	return []row{
		{id: "iam-create-policy-version", title: "Rewrite a managed policy", pathfinding: []string{"iam-001"}, attack: []string{"T1098.003"},
			doc: "iam:CreatePolicyVersion replaces what a customer managed policy says, by everything.", needs: []need{{"iam:CreatePolicyVersion", onPolicy}}, gives: gainAdmin, cost: 1},
		{id: "iam-set-default-policy-version", title: "Bring back an old version of a policy", attack: []string{"T1098.003"},
			doc: "iam:SetDefaultPolicyVersion restores a version of a managed policy that allowed more.", needs: []need{{"iam:SetDefaultPolicyVersion", onPolicy}}, wants: []prerequisite{{what: "an older version of the policy allows more"}}, gives: gainAdmin, cost: 6},
		{id: "iam-put-role-policy", title: "Write a policy into one's own role", pathfinding: []string{"iam-005"}, attack: []string{"T1098.003"},
			doc: "iam:PutRolePolicy on the role that acts gives it every right.", needs: []need{{"iam:PutRolePolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-attach-role-policy", title: "Attach AdministratorAccess to one's own role", pathfinding: []string{"iam-009"}, attack: []string{"T1098.003"},
			doc: "iam:AttachRolePolicy on the role that acts gives it every right. A condition on iam:PolicyARN or a permissions boundary stops it.", needs: []need{{"iam:AttachRolePolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-put-user-policy", title: "Write a policy for a user", pathfinding: []string{"iam-007"}, attack: []string{"T1098.003"},
			doc: "iam:PutUserPolicy on the user that acts gives it every right.", needs: []need{{"iam:PutUserPolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-attach-user-policy", title: "Attach AdministratorAccess to a user", pathfinding: []string{"iam-008"}, attack: []string{"T1098.003"},
			doc: "iam:AttachUserPolicy on the user that acts gives it every right.", needs: []need{{"iam:AttachUserPolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-attach-group-policy", title: "Attach AdministratorAccess to one's own group", pathfinding: []string{"iam-010"}, attack: []string{"T1098.003"},
			doc: "iam:AttachGroupPolicy on a group that the user who acts is in gives that user every right.", needs: []need{{"iam:AttachGroupPolicy", onOwnGroup}}, gives: gainAdmin, cost: 1},
		{id: "iam-put-group-policy", title: "Write a policy for one's own group", pathfinding: []string{"iam-011"}, attack: []string{"T1098.003"},
			doc: "iam:PutGroupPolicy on a group that the user who acts is in gives that user every right.", needs: []need{{"iam:PutGroupPolicy", onOwnGroup}}, gives: gainAdmin, cost: 1},
		{id: "iam-create-user", title: "Make a new administrator", attack: []string{"T1136.003"},
			doc:   "iam:CreateUser, iam:AttachUserPolicy and iam:CreateAccessKey make a new user with every right and a key for it.",
			needs: []need{{"iam:CreateUser", onAnything}, {"iam:AttachUserPolicy|iam:PutUserPolicy", onAnything}, {"iam:CreateAccessKey|iam:CreateLoginProfile", onAnything}}, gives: gainAdmin, cost: 2, newborn: true},
		{id: "iam-create-role", title: "Make a new role with every right", attack: []string{"T1136.003", "T1098.003"},
			doc:   "iam:CreateRole with a trust in oneself, and iam:AttachRolePolicy or iam:PutRolePolicy, make a new administrator to act as.",
			needs: []need{{"iam:CreateRole", onAnything}, {"iam:AttachRolePolicy|iam:PutRolePolicy", onAnything}}, gives: gainAdmin, cost: 2, newborn: true},
		{id: "iam-delete-boundary", title: "Take a permissions boundary away", attack: []string{"T1562"},
			doc: "iam:DeleteRolePermissionsBoundary takes away, and iam:PutRolePermissionsBoundary widens, what keeps a role's policies in check; the same goes for users.", needs: []need{
				{"iam:DeleteRolePermissionsBoundary|iam:PutRolePermissionsBoundary|iam:DeleteUserPermissionsBoundary|iam:PutUserPermissionsBoundary", onSelf},
				{"iam:PutRolePolicy|iam:AttachRolePolicy|iam:PutUserPolicy|iam:AttachUserPolicy", onSelf}}, gives: gainAdmin, cost: 2, unbinds: true},
	}
}

// accessRows give the rights of another identity, or more to one that is then
// acted as.
func accessRows() []row {
	return []row{
		{id: "iam-user-policy-and-key", title: "Give a user every right, and take a key for it", pathfinding: []string{"iam-015", "iam-018"}, attack: []string{"T1098.003", "T1098.001"},
			doc: "iam:AttachUserPolicy or iam:PutUserPolicy, and iam:CreateAccessKey, make an administrator of any user.", needs: []need{{"iam:AttachUserPolicy|iam:PutUserPolicy", onUser}, {"iam:CreateAccessKey", onUser}}, victim: roomForKey, gives: gainAdmin, cost: 2},
		{id: "iam-role-policy-and-trust", title: "Give a role every right, and trust oneself", pathfinding: []string{"iam-019", "iam-021"}, attack: []string{"T1098.003"},
			doc: "iam:AttachRolePolicy or iam:PutRolePolicy, and iam:UpdateAssumeRolePolicy, make an administrator of any role.", needs: []need{{"iam:AttachRolePolicy|iam:PutRolePolicy", onRole}, {"iam:UpdateAssumeRolePolicy", onRole}}, gives: gainAdmin, cost: 2},
		{id: "iam-add-user-to-group", title: "Join a group", pathfinding: []string{"iam-013"}, attack: []string{"T1098"},
			doc: "iam:AddUserToGroup puts the user that acts into a group with more rights, of administrators if there is one.", needs: []need{{"iam:AddUserToGroup", onGroup}}, gives: gainVictim, cost: 1},
		{id: "iam-create-access-key", title: "Make a key for another user", pathfinding: []string{"iam-002"}, attack: []string{"T1098.001"},
			doc: "iam:CreateAccessKey on a user gives a long-lived key of that user.", needs: []need{{"iam:CreateAccessKey", onUser}}, victim: roomForKey, gives: gainVictim, cost: 1},
		{id: "iam-replace-access-key", title: "Replace a key of another user", pathfinding: []string{"iam-003"}, attack: []string{"T1098.001"},
			doc: "A user has two keys at most: where it has them, iam:DeleteAccessKey makes room for the one that iam:CreateAccessKey makes.", needs: []need{{"iam:CreateAccessKey", onUser}, {"iam:DeleteAccessKey", onUser}}, victim: twoKeys, gives: gainVictim, cost: 1},
		{id: "iam-login-profile", title: "Set a password for another user", pathfinding: []string{"iam-004"}, attack: []string{"T1098.001"},
			doc: "iam:CreateLoginProfile gives a user of the attacker's choice a password for the console.", needs: []need{{"iam:CreateLoginProfile", onUser}}, victim: withoutPassword, gives: gainVictim, cost: 1},
		{id: "iam-update-login-profile", title: "Change the password of another user", pathfinding: []string{"iam-006"}, attack: []string{"T1098.001"},
			doc: "iam:UpdateLoginProfile changes a user's password for the console.", needs: []need{{"iam:UpdateLoginProfile", onUser}}, victim: withPassword, gives: gainVictim, cost: 1},
		{id: "iam-update-trust", title: "Change whom a role trusts", pathfinding: []string{"iam-012"}, attack: []string{"T1098"},
			doc: "iam:UpdateAssumeRolePolicy makes a role trust the identity that acts, which then takes it on.", needs: []need{{"iam:UpdateAssumeRolePolicy", onRole}}, gives: gainVictim, cost: 1},
		{id: "iam-other-role-policy", title: "Give another role every right, and act as it", pathfinding: []string{"iam-014", "iam-017"}, attack: []string{"T1098.003"},
			doc:   "iam:AttachRolePolicy or iam:PutRolePolicy on another role gives every right to whoever can act as that role: by taking it on, or by running code in a function that has it.",
			needs: []need{{"iam:AttachRolePolicy|iam:PutRolePolicy", onRole}}, gives: gainAdmin, cost: 2, asVictim: true},
		{id: "iam-other-user-policy", title: "Give another user every right, and act as it", attack: []string{"T1098.003"},
			doc:   "iam:AttachUserPolicy or iam:PutUserPolicy on a user gives every right to whoever holds that user's credentials.",
			needs: []need{{"iam:AttachUserPolicy|iam:PutUserPolicy", onUser}}, gives: gainAdmin, cost: 2, asVictim: true},
		{id: "iam-other-policy-version", title: "Rewrite a managed policy of another role, and act as it", pathfinding: []string{"iam-016", "iam-020"}, attack: []string{"T1098.003"},
			doc:   "iam:CreatePolicyVersion on a policy of another role gives every right to whoever can act as that role: by taking it on, or by changing whom it trusts.",
			needs: []need{{"iam:CreatePolicyVersion", onPolicyOf}}, gives: gainAdmin, cost: 2, asVictim: true},
	}
}

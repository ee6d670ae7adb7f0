package escalation

// accessRows give the rights of another identity, or more to one that is then
// acted as.
func accessRows() []Row {
	return []Row{
		{ID: "iam-user-policy-and-key", Title: "Give a user every right, and take a key for it", Pathfinding: []string{"iam-015", "iam-018"}, ATTACK: []string{"T1098.003", "T1098.001"},
			Doc: "iam:AttachUserPolicy or iam:PutUserPolicy, and iam:CreateAccessKey, make an administrator of any user.", Needs: []Need{on(User, "iam:AttachUserPolicy", "iam:PutUserPolicy"), on(User, "iam:CreateAccessKey")}, Is: RoomForKey, Gain: Administer, Cost: 2},
		{ID: "iam-role-policy-and-trust", Title: "Give a role every right, and trust oneself", Pathfinding: []string{"iam-019", "iam-021"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:AttachRolePolicy or iam:PutRolePolicy, and iam:UpdateAssumeRolePolicy, make an administrator of any role.", Needs: []Need{on(Role, "iam:AttachRolePolicy", "iam:PutRolePolicy"), on(Role, "iam:UpdateAssumeRolePolicy")}, Gain: Administer, Cost: 2},
		{ID: "iam-add-user-to-group", Title: "Join a group", Pathfinding: []string{"iam-013"}, ATTACK: []string{"T1098"},
			Doc: "iam:AddUserToGroup puts the user that acts into a group with more rights, of administrators if there is one.", Needs: []Need{on(Group, "iam:AddUserToGroup")}, Gain: Victim, Cost: 1},
		{ID: "iam-create-access-key", Title: "Make a key for another user", Pathfinding: []string{"iam-002"}, ATTACK: []string{"T1098.001"},
			Doc: "iam:CreateAccessKey on a user gives a long-lived key of that user.", Needs: []Need{on(User, "iam:CreateAccessKey")}, Is: RoomForKey, Gain: Victim, Cost: 1},
		{ID: "iam-replace-access-key", Title: "Replace a key of another user", Pathfinding: []string{"iam-003"}, ATTACK: []string{"T1098.001"},
			Doc: "A user has two keys at most: where it has them, iam:DeleteAccessKey makes room for the one that iam:CreateAccessKey makes.", Needs: []Need{on(User, "iam:CreateAccessKey"), on(User, "iam:DeleteAccessKey")}, Is: TwoKeys, Gain: Victim, Cost: 1},
		{ID: "iam-login-profile", Title: "Set a password for another user", Pathfinding: []string{"iam-004"}, ATTACK: []string{"T1098.001"},
			Doc: "iam:CreateLoginProfile gives a user of the attacker's choice a password for the console.", Needs: []Need{on(User, "iam:CreateLoginProfile")}, Is: NoPassword, Gain: Victim, Cost: 1},
		{ID: "iam-update-login-profile", Title: "Change the password of another user", Pathfinding: []string{"iam-006"}, ATTACK: []string{"T1098.001"},
			Doc: "iam:UpdateLoginProfile changes a user's password for the console.", Needs: []Need{on(User, "iam:UpdateLoginProfile")}, Is: Password, Gain: Victim, Cost: 1},
		{ID: "iam-update-trust", Title: "Change whom a role trusts", Pathfinding: []string{"iam-012"}, ATTACK: []string{"T1098"},
			Doc: "iam:UpdateAssumeRolePolicy makes a role trust the identity that acts, which then takes it on.", Needs: []Need{on(Role, "iam:UpdateAssumeRolePolicy")}, Gain: Victim, Cost: 1},
		{ID: "iam-other-role-policy", Title: "Give another role every right, and act as it", Pathfinding: []string{"iam-014", "iam-017"}, ATTACK: []string{"T1098.003"},
			Doc:   "iam:AttachRolePolicy or iam:PutRolePolicy on another role gives every right to whoever can act as that role: by taking it on, or by running code in a function that has it.",
			Needs: []Need{on(Role, "iam:AttachRolePolicy", "iam:PutRolePolicy")}, Gain: Administer, Cost: 2, AsVictim: true},
		{ID: "iam-other-user-policy", Title: "Give another user every right, and act as it", ATTACK: []string{"T1098.003"},
			Doc:   "iam:AttachUserPolicy or iam:PutUserPolicy on a user gives every right to whoever holds that user's credentials.",
			Needs: []Need{on(User, "iam:AttachUserPolicy", "iam:PutUserPolicy")}, Gain: Administer, Cost: 2, AsVictim: true},
		{ID: "iam-other-policy-version", Title: "Rewrite a managed policy of another role, and act as it", Pathfinding: []string{"iam-016", "iam-020"}, ATTACK: []string{"T1098.003"},
			Doc:   "iam:CreatePolicyVersion on a policy of another role gives every right to whoever can act as that role: by taking it on, or by changing whom it trusts.",
			Needs: []Need{on(PolicyOf, "iam:CreatePolicyVersion")}, Gain: Administer, Cost: 2, AsVictim: true},
	}
}

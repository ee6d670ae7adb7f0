package escalation

// selfRows give an identity, or a new one, every right.
func selfRows() []Row {
	return []Row{
		{ID: "iam-create-policy-version", Title: "Rewrite a managed policy", Pathfinding: []string{"iam-001"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:CreatePolicyVersion replaces what a customer managed policy says, by everything.", Needs: []Need{on(Policy, "iam:CreatePolicyVersion")}, Gain: Administer, Cost: 1},
		{ID: "iam-set-default-policy-version", Title: "Bring back an old version of a policy", ATTACK: []string{"T1098.003"},
			Doc: "iam:SetDefaultPolicyVersion restores a version of a managed policy that allowed more.", Needs: []Need{on(Policy, "iam:SetDefaultPolicyVersion")}, Wants: []Want{{What: "an older version of the policy allows more"}}, Gain: Administer, Cost: 6},
		{ID: "iam-put-role-policy", Title: "Write a policy into one's own role", Pathfinding: []string{"iam-005"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:PutRolePolicy on the role that acts gives it every right.", Needs: []Need{on(Self, "iam:PutRolePolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-attach-role-policy", Title: "Attach AdministratorAccess to one's own role", Pathfinding: []string{"iam-009"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:AttachRolePolicy on the role that acts gives it every right. A condition on iam:PolicyARN or a permissions boundary stops it.", Needs: []Need{on(Self, "iam:AttachRolePolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-put-user-policy", Title: "Write a policy for a user", Pathfinding: []string{"iam-007"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:PutUserPolicy on the user that acts gives it every right.", Needs: []Need{on(Self, "iam:PutUserPolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-attach-user-policy", Title: "Attach AdministratorAccess to a user", Pathfinding: []string{"iam-008"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:AttachUserPolicy on the user that acts gives it every right.", Needs: []Need{on(Self, "iam:AttachUserPolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-attach-group-policy", Title: "Attach AdministratorAccess to one's own group", Pathfinding: []string{"iam-010"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:AttachGroupPolicy on a group that the user who acts is in gives that user every right.", Needs: []Need{on(OwnGroup, "iam:AttachGroupPolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-put-group-policy", Title: "Write a policy for one's own group", Pathfinding: []string{"iam-011"}, ATTACK: []string{"T1098.003"},
			Doc: "iam:PutGroupPolicy on a group that the user who acts is in gives that user every right.", Needs: []Need{on(OwnGroup, "iam:PutGroupPolicy")}, Gain: Administer, Cost: 1},
		{ID: "iam-create-user", Title: "Make a new administrator", ATTACK: []string{"T1136.003"},
			Doc:   "iam:CreateUser, iam:AttachUserPolicy and iam:CreateAccessKey make a new user with every right and a key for it.",
			Needs: []Need{on(Anything, "iam:CreateUser"), on(Anything, "iam:AttachUserPolicy", "iam:PutUserPolicy"), on(Anything, "iam:CreateAccessKey", "iam:CreateLoginProfile")}, Gain: NewAdministrator, Cost: 2},
		{ID: "iam-create-role", Title: "Make a new role with every right", ATTACK: []string{"T1136.003", "T1098.003"},
			Doc:   "iam:CreateRole with a trust in oneself, and iam:AttachRolePolicy or iam:PutRolePolicy, make a new administrator to act as.",
			Needs: []Need{on(Anything, "iam:CreateRole"), on(Anything, "iam:AttachRolePolicy", "iam:PutRolePolicy")}, Gain: NewAdministrator, Cost: 2},
		{ID: "iam-delete-boundary", Title: "Take a permissions boundary away", ATTACK: []string{"T1562"},
			Doc: "iam:DeleteRolePermissionsBoundary takes away, and iam:PutRolePermissionsBoundary widens, what keeps a role's policies in check; the same goes for users.", Needs: []Need{
				on(Self, "iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
				on(Self, "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy")}, Gain: Administer, Cost: 2, Unbinds: true},
	}
}

package report

import "github.com/remit-security/remit/internal/source"

func at(file string, line int) source.Span {
	return source.Span{File: file, Line: line, Column: 7, EndLine: line, EndColumn: 30}
}

// fixture is one small report in which every part of the schema is used.
func fixture() *Report {
	const tpl = "template.yaml"
	order, table, secret := tpl+"/OrderFunction", tpl+"/OrdersTable", tpl+"/PaymentKey"
	open := Finding{
		ID: "CFG001-1f2e3d4c5b6a", Rule: "CFG001", Area: AreaConfiguration, Severity: High, Title: "Route without an authoriser",
		Message: "POST /orders of Api has no authoriser; set Auth.DefaultAuthorizer or name one on the route", Resource: tpl + "/Api",
		Span: at(tpl, 82), Trace: []Step{{Span: at(tpl, 21), Message: "the authoriser Customers is declared and no route uses it"}},
	}
	wide := Finding{
		ID: "IAM003-0a0b0c0d0e0f", Rule: "IAM003", Area: AreaIAM, Severity: Critical, Title: "Every table of the account",
		Message: "the role of OrderFunction may change every table of the account; name the table", Resource: order, Span: at(tpl, 71),
	}
	r := &Report{
		Tool:         Tool{Version: "0.1.0"},
		Data:         Data{IAMCatalogue: "2026-11-01", ManagedPolicies: "2026-11-01"},
		Applications: []Application{{ID: tpl, Name: "orders", Format: "sam", Root: tpl, Files: []string{tpl}}},
		Resources: []Resource{
			{ID: table, Type: "AWS::DynamoDB::Table", Span: at(tpl, 44)},
			{ID: order, Type: "AWS::Lambda::Function", Span: at(tpl, 58)},
			{ID: secret, Type: "AWS::SecretsManager::Secret", Span: at(tpl, 50)},
		},
		Findings: []Finding{wide, open},
		Coverage: Coverage{
			Files: 1, Resources: 3,
			Problems: []source.Problem{{Span: at(tpl, 97), Message: "the include s3://shared/roles.yaml is not read: it is outside the scanned folder; add it as a local file"}},
			Undecided: []Undecided{{Rule: "CFG012", Resource: table, Span: at(tpl, 46), Severity: Medium,
				Why: "it cannot be decided whether OrdersTable can be recovered: the parameter Recovery has no default"}},
		},
		Rules: []Rule{
			{ID: "CFG001", Area: AreaConfiguration, Severity: High, Title: open.Title, Since: "0.1.0", Types: []string{"AWS::ApiGateway::Method"},
				Doc: "Anyone on the internet can call a route that has no authoriser.\n\nName an authoriser on the route, or set a default one for the API.",
				Refs: Refs{AWS: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html"},
					CWE: []string{"CWE-306"}, OWASP: []string{"A2:2017"}, ATTACK: []string{"T1190"}}},
			{ID: "IAM003", Area: AreaIAM, Severity: Critical, Title: wide.Title, Since: "0.1.0", Types: []string{"AWS::IAM::Role"},
				Doc: "A role that may change every table loses them all at once.", Refs: Refs{CWE: []string{"CWE-250"}}},
			{ID: "CFG012", Area: AreaConfiguration, Severity: Medium, Title: "Table without recovery", Since: "0.1.0", Types: []string{"AWS::DynamoDB::Table"},
				Doc: "Without point-in-time recovery what is deleted is gone."},
		},
		Permissions: []Permission{{Identity: order, Granted: []string{"dynamodb:*"}, Needed: []string{"dynamodb:PutItem"}, Excess: []string{"dynamodb:DeleteTable"}, Certainty: Approximate}},
	}
	for i, name := range []string{"CartFunction", "MailFunction", "ReportFunction", "StockFunction", "TaxFunction"} {
		r.Findings = append(r.Findings, Finding{
			Rule: "CFG044", Area: AreaConfiguration, Severity: Low, Title: "No failure destination",
			Message: name + " has no dead-letter queue; set DeadLetterQueue", Resource: tpl + "/" + name, Span: at(tpl, 120+10*i), Certainty: Approximate,
		})
	}
	r.Findings = append(r.Findings, Finding{
		Rule: "CFG012", Area: AreaConfiguration, Severity: Medium, Title: "Table without recovery", Resource: table, Span: at(tpl, 44),
		Message: "OrdersTable cannot be recovered; enable point-in-time recovery",
		Status:  Ignored, Reason: "rebuilt every night", Until: "2027-03-01", IgnoredAt: &source.Span{File: tpl, Line: 43, Column: 3, EndLine: 43, EndColumn: 60},
	})
	r.Paths = fixturePaths(tpl, order, table, secret, open.ID, wide.ID)
	r.Fixes = []Fix{
		{ID: "fix-authorise", Title: "require the authoriser Customers on POST /orders", Span: at(tpl, 82), Why: "nobody calls the route without a token",
			Closes: []string{"path-a", "path-b", "path-c", open.ID}, Edits: []Edit{{Span: at(tpl, 82), New: "Auth: {Authorizer: Customers}\n"}}},
		{ID: "fix-narrow", Title: "let OrderFunction use only OrdersTable", Span: at(tpl, 71), Closes: []string{"path-d", wide.ID}},
	}
	r.Cut = Cut{Fixes: []string{"fix-narrow", "fix-authorise"}, ProvedLeast: true, Bound: 2, Cost: 2, Paths: 4}
	r.Duties = []Duty{
		{Resource: order, Duty: "lambda-runtime-patches", Title: "apply runtime patches", Holder: AWS, State: Provided, Why: "the runtime update mode is Auto"},
		{Resource: order, Duty: "lambda-role", Title: "give the role only what the code needs", Holder: Customer, State: Unmet,
			Why: "the role may change every table of the account", Evidence: []Step{{Span: at(tpl, 71), Message: "TableName: '*'"}}},
		{Resource: order, Duty: "lambda-code", Title: "write and review the code", Holder: Customer, State: Manual, Why: "the sources of the function show no review"},
		{Resource: table, Duty: "dynamodb-recovery", Title: "recover from deletion", Holder: Customer, State: Undetermined, Why: "the parameter Recovery has no default", Evidence: []Step{{Span: at(tpl, 46), Message: "PointInTimeRecoveryEnabled: !Ref Recovery"}}},
		{Resource: table, Duty: "dynamodb-encryption", Title: "encrypt at rest", Holder: AWS, State: Provided, Why: "every table is encrypted"},
		{Resource: secret, Duty: "secret-rotation", Title: "rotate the secret", Holder: Customer, State: Met, Why: "a rotation schedule is set", Evidence: []Step{{Span: at(tpl, 53), Message: "RotationRules"}}},
	}
	r.Normalize()
	return r
}

func fixturePaths(tpl, order, table, secret, open, wide string) []Path {
	enter := Hop{
		Technique: "api-open-route", From: Capability{"request", "internet"}, To: Capability{"invoke", order},
		Why:      "POST /orders of Api has no authoriser, so anyone can run OrderFunction with a body of their choice",
		Evidence: []Step{{Span: at(tpl, 82), Message: "the event PlaceOrder of OrderFunction, without Auth"}, {Span: at(tpl, 18), Message: "Api sets no DefaultAuthorizer"}},
		Findings: []string{open},
	}
	code := Hop{
		Technique: "code-injection", From: Capability{"invoke", order}, To: Capability{"exec", order}, Certainty: Approximate,
		Why:        "if the code of OrderFunction can be made to run its input, the attacker runs code in it",
		Assumption: "the code of OrderFunction can be made to run the attacker's input", Evidence: []Step{{Span: at(tpl, 62), Message: "CodeUri: src/orders/"}},
	}
	role := Hop{
		Technique: "lambda-role-credentials", From: Capability{"exec", order}, To: Capability{"creds", order},
		Why: "code in OrderFunction holds the credentials of its role", Evidence: []Step{{Span: at(tpl, 58), Message: "OrderFunction"}},
	}
	drop := Hop{
		Technique: "dynamodb-delete", From: Capability{"creds", order}, To: Capability{"delete", table},
		Why: "the role allows dynamodb:DeleteItem on every table", Evidence: []Step{{Span: at(tpl, 71), Message: "DynamoDBCrudPolicy with TableName '*'"}}, Findings: []string{wide},
	}
	return []Path{
		{ID: "path-a", Actor: "anonymous", ActorName: "anyone on the internet", Asset: "account", AssetName: "the bill", Impact: "spend",
			Title: "anyone on the internet can run up the bill of OrderFunction", Severity: High, Difficulty: 2, Hops: []Hop{enter}, Fixes: []string{"fix-authorise"}},
		{ID: "path-b", Actor: "anonymous", ActorName: "anyone on the internet", Asset: table, AssetName: "OrdersTable", Impact: "delete", Count: 40,
			Title: "anyone on the internet can delete OrdersTable", Severity: Critical, Difficulty: 12, Hops: []Hop{enter, code, role, drop}, Fixes: []string{"fix-authorise", "fix-narrow"}},
		{ID: "path-c", Actor: "anonymous", ActorName: "anyone on the internet", Asset: secret, AssetName: "PaymentKey", Impact: "read", Certainty: Unknown,
			Title: "anyone on the internet can read PaymentKey", Severity: Critical, Difficulty: 14, Hops: []Hop{enter, code, role}},
		{ID: "path-d", Actor: "insider", ActorName: "an insider with OrderFunction's role", Asset: table, AssetName: "OrdersTable", Impact: "delete",
			Title: "an insider with OrderFunction's role can delete OrdersTable", Severity: Critical, Difficulty: 6, Hops: []Hop{role, drop}},
	}
}

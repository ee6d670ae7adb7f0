package attack

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

func analyzed(t testing.TB, template string) Group {
	t.Helper()
	return group(t, template).analyze(Options{})
}

func find(g Group, parts ...string) *Path {
	for i := range g.Paths {
		q := &g.Paths[i]
		if !slices.ContainsFunc(parts, func(s string) bool { return !strings.Contains(q.Title, s) }) {
			return q
		}
	}
	return nil
}

func titles(g Group) string {
	var b strings.Builder
	for _, q := range g.Paths {
		fmt.Fprintf(&b, "%s %s x%d %s (%s)\n", q.Severity, q.Certainty, q.Count, q.Title, q.Impact)
	}
	return b.String()
}

func TestWhatWorksAsDesignedIsNoPath(t *testing.T) {
	clean := map[string]string{
		"authenticated route, closed sign-up, narrow role":          resources(closedPool, userAPI, table, functionYAML(userEvent+allowing("'dynamodb:GetItem'", "!GetAtt T.Arn"))),
		"authenticated route, open sign-up, narrow role":            resources(pool, userAPI, table, functionYAML(userEvent+allowing("'dynamodb:GetItem'", "!GetAtt T.Arn"))),
		"scheduled function with a narrow role":                     resources(table, functionYAML("Events:\n  S:\n    Type: Schedule\n    Properties: {Schedule: rate(1 day)}\n"+allowing("'dynamodb:PutItem'", "!GetAtt T.Arn"))),
		"a policy that names the table and its indexes":             resources(table, functionYAML("Policies:\n  - DynamoDBCrudPolicy: {TableName: !Ref T}\n")),
		"a wildcard policy, the function configured with the table": resources(table, functionYAML("Environment: {Variables: {T: !Ref T}}\n"+allowing("'dynamodb:GetItem'", "'*'"))),
		"a queue's execution policy":                                resources("\n  Q:\n    Type: AWS::SQS::Queue\n\n  Other:\n    Type: AWS::SQS::Queue\n", functionYAML("Events:\n  Q:\n    Type: SQS\n    Properties: {Queue: !GetAtt Q.Arn}\n")),
	}
	for name, template := range clean {
		t.Run(name, func(t *testing.T) {
			if g := analyzed(t, template); len(g.Paths) > 0 {
				t.Errorf("paths where all is by design:\n%s", titles(g))
			}
		})
	}
}

func TestAnOpenRouteAloneIsALesserPath(t *testing.T) {
	narrow := analyzed(t, resources(table, functionYAML(routeEvent+"ReservedConcurrentExecutions: 3\n"+allowing("'dynamodb:GetItem'", "!GetAtt T.Arn"))))
	broad := analyzed(t, resources(table, functionYAML(routeEvent+"ReservedConcurrentExecutions: 3\nPolicies: [AmazonDynamoDBFullAccess]\n")))
	n, b := find(narrow, "GET /x -> F -> T"), find(broad, "GET /x -> F -> T")
	if n == nil || b == nil {
		t.Fatalf("paths missing:\n%s---\n%s", titles(narrow), titles(broad))
	}
	if n.Certainty != Approximate || len(n.Assumptions) != 1 || !strings.Contains(n.Assumptions[0], "the code of F can be made to run") {
		t.Errorf("the narrow path is %s under %v", n.Certainty, n.Assumptions)
	}
	if n.Severity.Rank() <= b.Severity.Rank() {
		t.Errorf("the path through a narrow role is %s, the one through a broad role %s", n.Severity, b.Severity)
	}
	if got := strings.Join(n.Weaknesses, " "); got != "route-open:template.yaml/ServerlessRestApi#GET /x" {
		t.Errorf("the narrow path rests on %s", got)
	}
	if len(b.Weaknesses) != 2 {
		t.Errorf("the broad path rests on %v", b.Weaknesses)
	}
}

func TestAFlawThatNobodyHasSeenIsNoPathByItself(t *testing.T) {
	g := analyzed(t, resources(functionYAML(routeEvent+"ReservedConcurrentExecutions: 3\n")))
	if len(g.Paths) > 0 || len(g.Cut.Weaknesses) > 0 {
		t.Errorf("an open route to a function that holds nothing is told:\n%s", titles(g))
	}
}

func TestUnresolvedValuesMakePathsPossible(t *testing.T) {
	open := func(block string) string {
		return "Parameters:\n  Guard: {Type: String}\nResources:\n" + bucket("      PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: "+block+", RestrictPublicBuckets: "+block+"}\n", "") + publicPolicy("'*'")
	}
	g := analyzed(t, open("!Ref Guard"))
	q := find(g, "B")
	if q == nil || q.Certainty != Unknown || len(q.Assumptions) == 0 {
		t.Fatalf("want a possible path:\n%s", titles(g))
	}
	if len(g.Cut.Weaknesses) != 0 {
		t.Errorf("a possible path is in the cut: %v", g.Cut)
	}
	sure := analyzed(t, open("false"))
	if q := find(sure, "B"); q == nil || q.Certainty != Exact {
		t.Fatalf("want a proved path:\n%s", titles(sure))
	}
	both := analyzed(t, open("!Ref Guard")+strings.TrimPrefix(resources(strings.Replace(table, "    DeletionPolicy: Retain\n", "", 1)), sam+"Resources:"))
	possible := false
	for _, q := range both.Paths {
		if q.Certainty == Unknown {
			possible = true
		} else if possible {
			t.Errorf("a possible path stands before a proved one:\n%s", titles(both))
		}
	}
}

func TestConditionsOnRequests(t *testing.T) {
	policy := func(condition string) string {
		return resources(bucket(openBlock, ""), strings.TrimRight(publicPolicy("'*'"), "\n")+"\n            Condition: "+condition+"\n")
	}
	for _, c := range []struct {
		condition string
		want      Certainty
	}{
		{"{StringLike: {'aws:Referer': 'https://example.org/*'}}", Exact}, // the attacker writes the header
		{"{Bool: {'aws:SecureTransport': 'true'}}", Exact},
		{"{IpAddress: {'aws:SourceIp': '198.51.100.0/24'}}", ""},
		{"{IpAddress: {'aws:SourceIp': '0.0.0.0/0'}}", Exact},
		{"{StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}}", ""},
		{"{StringEquals: {'aws:SourceVpce': vpce-1a2b3c4d}}", ""},
		{"{StringEquals: {'aws:PrincipalAccount': !Ref AWS::AccountId}}", ""},
	} {
		q := find(analyzed(t, policy(c.condition)), "B")
		switch {
		case q == nil && c.want != "":
			t.Errorf("%s: no path, want %s", c.condition, c.want)
		case q != nil && q.Certainty != c.want:
			t.Errorf("%s: %s path, want %q", c.condition, q.Certainty, c.want)
		}
	}
}

func TestEvidenceOfManagedPolicies(t *testing.T) {
	g := analyzed(t, resources(table, functionYAML(routeEvent+"Policies:\n  - AmazonDynamoDBFullAccess\n")))
	q := find(g, "T")
	if q == nil {
		t.Fatal(titles(g))
	}
	last := q.Hops[len(q.Hops)-1]
	if len(last.Evidence) != 1 || !strings.Contains(last.Evidence[0].Message, "AmazonDynamoDBFullAccess on F allows dynamodb:GetItem") {
		t.Errorf("evidence %v", last.Evidence)
	}
	for _, h := range q.Hops {
		if len(h.Evidence) == 0 || h.Why == "" {
			t.Errorf("hop %s has no evidence or no reason", h.Technique)
		}
		for _, e := range h.Evidence {
			if e.Span.File != "template.yaml" || e.Span.Line == 0 {
				t.Errorf("hop %s shows %v", h.Technique, e.Span)
			}
		}
	}
}

func TestEqualWaysAreToldOnce(t *testing.T) {
	var parts []string
	for i := range 12 {
		parts = append(parts, fmt.Sprintf("\n  F%d:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Handler: f.handler\n      InlineCode: \"def handler(e, c): pass\"\n      Policies: [AmazonDynamoDBFullAccess]\n      Events: {Get: {Type: Api, Properties: {Path: /x%d, Method: get}}}\n", i, i))
	}
	g := analyzed(t, resources(append(parts, table)...))
	q := find(g, "anonymous", "T")
	if q == nil || q.Count != 12 || len(q.Others) != 11 || len(g.Paths) > 4 {
		t.Fatalf("want one path that stands for 12, of at most 4:\n%s", titles(g))
	}
	flood := find(g, "the bill")
	if flood == nil || flood.Count != 12 || flood.Certainty != Exact {
		t.Errorf("want one exhaustion that stands for 12:\n%s", titles(g))
	}
}

func TestCutClosesPathsOnTheSecondScan(t *testing.T) {
	open := resources(pool, table, functionYAML(routeEvent+"ReservedConcurrentExecutions: 3\nPolicies: [AmazonDynamoDBFullAccess]\n"))
	g := analyzed(t, open)
	// The route needs an authoriser, but anybody may sign up: the policy must
	// be narrowed too, or sign-up closed.
	if !slices.ContainsFunc(g.Worst.Weaknesses, func(id string) bool { return strings.HasPrefix(id, "policy-broad:") }) || !g.Worst.ProvedLeast {
		t.Fatalf("cut %v of:\n%s", g.Worst, titles(g))
	}
	mended := resources(pool, userAPI, table, functionYAML(userEvent+"ReservedConcurrentExecutions: 3\n"+allowing("'dynamodb:GetItem'", "!GetAtt T.Arn")))
	if after := analyzed(t, mended); len(after.Paths) > 0 {
		t.Errorf("after the fixes:\n%s", titles(after))
	}
}

func TestKeysMustBeUsable(t *testing.T) {
	data := "\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]\n" +
		bucket(closeBlock, "      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt K.Arn}}]}\n")
	reads := func(g Group) bool {
		return slices.ContainsFunc(g.Paths, func(q Path) bool { return strings.Contains(q.Impact, "read") })
	}
	without := analyzed(t, resources(data, functionYAML(routeEvent+allowing("'s3:GetObject'", "'*'"))))
	if reads(without) {
		t.Errorf("the bucket is read without its key:\n%s", titles(without))
	}
	with := analyzed(t, resources(data, functionYAML(routeEvent+allowing("'s3:GetObject', 'kms:Decrypt'", "'*'"))))
	if !reads(with) {
		t.Errorf("the bucket is not read with its key:\n%s", titles(with))
	}
}

func TestCodeSigningMustBeEnforced(t *testing.T) {
	victim := func(policy string) string {
		return "\n  Sign:\n    Type: AWS::Lambda::CodeSigningConfig\n    Properties:\n      AllowedPublishers: {SigningProfileVersionArns: ['arn:aws:signer:eu-west-1:111122223333:/signing-profiles/p/abc']}\n" + policy +
			"\n  G:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.13, Handler: g.handler, InlineCode: \"def handler(e, c): pass\", CodeSigningConfigArn: !Ref Sign}\n"
	}
	f := functionYAML(allowing("'lambda:UpdateFunctionCode'", "!GetAtt G.Arn"))
	if _, ok := applied(group(t, resources(victim(""), f)))["lambda-update-code"]; !ok {
		t.Error("signing that only warns stops the replacement of code")
	}
	enforced := "      CodeSigningPolicies: {UntrustedArtifactOnDeployment: Enforce}\n"
	if _, ok := applied(group(t, resources(victim(enforced), f)))["lambda-update-code"]; ok {
		t.Error("enforced signing does not stop the replacement of code")
	}
}

func TestResultIsTheSameEveryTime(t *testing.T) {
	for _, dir := range []string{"../../examples/orders", "../../examples/orders-fixed"} {
		var first []byte
		for range 5 {
			root, err := source.Open(dir, source.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			out, err := json.Marshal(Analyze(load.Project(root, load.Options{}), Options{}))
			root.Close()
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = out
			} else if string(first) != string(out) {
				t.Fatalf("%s: two analyses differ", dir)
			}
		}
	}
}

func TestOrdersAreMended(t *testing.T) {
	root, err := source.Open("../../examples/orders-fixed", source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, g := range Analyze(load.Project(root, load.Options{}), Options{}).Groups {
		if len(g.Paths) > 0 {
			t.Errorf("paths are left:\n%s", titles(g))
		}
	}
}

// TestCorpusDVSA checks what is expected of OWASP's vulnerable application.
func TestCorpusDVSA(t *testing.T) {
	dir := os.Getenv("REMIT_DVSA")
	if dir == "" {
		t.Skip("set REMIT_DVSA to a checkout of OWASP/DVSA")
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	res := Analyze(load.Project(root, load.Options{}), Options{})
	if len(res.Groups) != 1 {
		t.Fatalf("%d groups", len(res.Groups))
	}
	g := res.Groups[0]
	for _, want := range []struct {
		parts     []string
		certainty Certainty
		worst     Severity
		count     int
		lines     []int
	}{
		{[]string{"S3FeedbackBucket -> FeedbackUploadFunction -> ", "every table"}, Approximate, Critical, 1, []int{516, 486, 884, 866, 880}},
		{[]string{"POST /admin -> AdminShellFunction -> ", "every table"}, Approximate, Critical, 1, []int{239, 1085, 1107}},
		{[]string{"POST /order -> OrderManagerFunction -> Admin", "every table"}, Approximate, High, 1, []int{191, 600, 616}},
		{[]string{"POST /total"}, Approximate, Low, 1, nil},
		{[]string{"anonymous internet -> S3FeedbackBucket"}, Exact, High, 2, []int{516, 486}},
		{[]string{"anonymous", "the bill"}, Exact, Low, 4, nil},
		{[]string{"malicious library"}, Approximate, Medium, 13, nil},
	} {
		ok := false
		for i := range g.Paths {
			q := &g.Paths[i]
			if q.Certainty != want.certainty || slices.ContainsFunc(want.parts, func(s string) bool { return !strings.Contains(q.Title, s) }) {
				continue
			}
			var lines []int
			for _, h := range q.Hops {
				for _, e := range h.Evidence {
					lines = append(lines, e.Span.Line)
				}
			}
			missing := slices.ContainsFunc(want.lines, func(n int) bool { return !slices.Contains(lines, n) })
			ok = ok || q.Severity == want.worst && q.Count == want.count && !missing
		}
		if !ok {
			t.Errorf("missing: %+v", want)
		}
	}
	if len(g.Paths) > 12 {
		t.Errorf("%d paths are too many for a busy reader", len(g.Paths))
	}
	if t.Failed() {
		t.Log("\n" + titles(g))
	}
	t.Logf("%d paths; all closed by %d fixes (proved least %v), the worst by %d (%v)", len(g.Paths), len(g.Cut.Weaknesses), g.Cut.ProvedLeast, len(g.Worst.Weaknesses), g.Worst.Weaknesses)
}

// generated makes an application of n services, each with a route, a queue, a
// table and three functions; every eighth service has roles that are too broad.
func generated(n int) string {
	var b strings.Builder
	b.WriteString(sam + "Resources:\n" + strings.ReplaceAll(pool, "Pool", "Pool") + userAPI)
	for i := range n {
		policy := fmt.Sprintf("Policies: [{DynamoDBCrudPolicy: {TableName: !Ref T%d}}, {SQSSendMessagePolicy: {QueueName: !GetAtt Q%d.QueueName}}]", i, i)
		if i%8 == 0 {
			policy = "Policies: [AmazonDynamoDBFullAccess, AWSLambda_FullAccess]"
		}
		fmt.Fprintf(&b, `
  T%[1]d:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: k, AttributeType: S}], KeySchema: [{AttributeName: k, KeyType: HASH}]}
  Q%[1]d:
    Type: AWS::SQS::Queue
  A%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.handler
      InlineCode: "def handler(e, c): pass"
      Environment: {Variables: {TABLE: !Ref T%[1]d}}
      %[2]s
      Events: {Get: {Type: Api, Properties: {Path: /a%[1]d, Method: get, RestApiId: !Ref Api}}}
  W%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: w.handler
      InlineCode: "def handler(e, c): pass"
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref T%[1]d}}]
      Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Q%[1]d.Arn}}}
  C%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: c.handler
      InlineCode: "def handler(e, c): pass"
      Policies: [{DynamoDBReadPolicy: {TableName: !Ref T%[1]d}}]
      Events: {S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
`, i, policy)
	}
	return b.String()
}

// generatedWide makes one service of n functions, each with a role of its own
// that may do too much on every table and function.
func generatedWide(n int) string {
	var b strings.Builder
	b.WriteString(sam + "Resources:\n" + pool + userAPI)
	for i := range n {
		event := fmt.Sprintf("Type: Api, Properties: {Path: /a%d, Method: get, RestApiId: !Ref Api}", i)
		if i%16 == 0 {
			event = fmt.Sprintf("Type: Api, Properties: {Path: /a%d, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: NONE}}", i)
		}
		fmt.Fprintf(&b, `
  T%[1]d:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: k, AttributeType: S}], KeySchema: [{AttributeName: k, KeyType: HASH}]}
  F%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.handler
      InlineCode: "def handler(e, c): pass"
      Environment: {Variables: {TABLE: !Ref T%[1]d}}
      Policies: [{Version: '2012-10-17', Statement: [{Effect: Allow, Action: ['dynamodb:*', 'lambda:InvokeFunction'], Resource: '*'}]}]
      Events: {Get: {%[2]s}}
`, i, event)
	}
	return b.String()
}

// generatedPassing makes one service of n functions, all of them open, whose
// roles differ and each may make functions with any other's role.
func generatedPassing(n int) string {
	var b strings.Builder
	b.WriteString(sam + "Resources:\n")
	for i := range n {
		fmt.Fprintf(&b, `
  T%[1]d:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: k, AttributeType: S}], KeySchema: [{AttributeName: k, KeyType: HASH}]}
  F%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.handler
      InlineCode: "def handler(e, c): pass"
      Policies:
        - Version: '2012-10-17'
          Statement:
            - {Effect: Allow, Action: ['dynamodb:*', 'lambda:InvokeFunction', 'iam:PassRole', 'lambda:CreateFunction'], Resource: '*'}
            - {Effect: Allow, Action: 'dynamodb:GetItem', Resource: !GetAtt T%[1]d.Arn}
      Events: {Get: {Type: Api, Properties: {Path: /a%[1]d, Method: get}}}
`, i)
	}
	return b.String()
}

func generatedProject(b *testing.B, template string) *app.Project {
	b.Helper()
	dir := b.TempDir()
	if err := os.WriteFile(dir+"/template.yaml", []byte(template), 0o600); err != nil {
		b.Fatal(err)
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { root.Close() })
	return load.Project(root, load.Options{})
}

// BenchmarkAnalyze: independent services growing in number, and one service
// whose functions all may use everything; cost must grow in step.
func BenchmarkAnalyze(b *testing.B) {
	for _, shape := range []struct {
		name     string
		template func(int) string
		one      int // of 48 functions
	}{{"services", generated, 16}, {"wide", generatedWide, 48}, {"passing", generatedPassing, 48}} {
		for _, x := range []int{1, 4, 16} {
			p := generatedProject(b, shape.template(shape.one*x))
			b.Run(fmt.Sprintf("%s/x%d", shape.name, x), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					Analyze(p, Options{})
				}
			})
		}
	}
}

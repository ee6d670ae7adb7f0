package attack

import (
	"slices"
	"strings"
	"testing"
)

// What the sources leave open is said, and never shown as proved.
func TestWhatIsNotKnownIsSaid(t *testing.T) {
	foreign := bucket(closeBlock, "      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:aws:kms:eu-west-1:111122223333:key/1111-2222'}}]}\n")
	own := bucket(closeBlock, "      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: alias/aws/s3}}]}\n")
	vendor := role("{AWS: '111122223333'}", "", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n")
	for _, c := range []struct {
		name, template string
		last           string // the technique of the hop
		certainty      Certainty
		assume         string
	}{
		{"a key of somebody else", resources(foreign, functionYAML(routeEvent+allowing("'s3:GetObject'", "'*'"))), "use-permission", Approximate, "the key of B may be used too"},
		{"a key of AWS's own", resources(own, functionYAML(routeEvent+allowing("'s3:GetObject'", "'*'"))), "use-permission", Exact, ""},
		{"an account by its number", resources(vendor), "vendor-trust", Approximate, "is not the application's own"},
		{"a boundary from elsewhere", resources(table, functionYAML(routeEvent+"PermissionsBoundary: !ImportValue limits\n"+allowing("'dynamodb:*'", "'*'"))), "use-permission", Unknown, "the permissions boundary of FRole allows it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := group(t, c.template)
			found := false
			for _, h := range b.hops {
				if h.by.ID == c.last && !h.to.Kind.hidden() {
					found = true
					if h.certainty != c.certainty || !strings.Contains(h.assume, c.assume) {
						t.Errorf("%s is %s under %q", h.why, h.certainty, h.assume)
					}
				}
			}
			if !found {
				t.Errorf("no %s", c.last)
			}
		})
	}
}

// A function URL that nobody was permitted to call refuses everybody.
func TestAnURLNeedsAPermission(t *testing.T) {
	url := "\n  U:\n    Type: AWS::Lambda::Url\n    Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}\n"
	permission := "\n  UP:\n    Type: AWS::Lambda::Permission\n    Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: NONE}\n"
	for template, want := range map[string]bool{url: false, url + permission: true} {
		_, got := applied(group(t, resources(functionYAML(""), template)))["open-function-url"]
		if got != want {
			t.Errorf("open is %v with%s", got, template)
		}
	}
}

func TestFiltersAreShown(t *testing.T) {
	b := group(t, resources("\n  Q:\n    Type: AWS::SQS::Queue\n", functionYAML("Events:\n  Q:\n    Type: SQS\n    Properties:\n      Queue: !GetAtt Q.Arn\n      FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"kind\": [\"order\"]}}'}]}\n")))
	for _, h := range b.hops {
		if h.by == eventChain && !slices.ContainsFunc(h.evidence, func(e Evidence) bool { return strings.Contains(e.Message, "the filter looks at") }) {
			t.Errorf("%s does not show the filter: %v", h.why, h.evidence)
		}
	}
}

// Identities that differ in a denial are not taken for each other, however
// alike what they are allowed is.
func TestDenialsTellIdentitiesApart(t *testing.T) {
	two := func(extra string) string {
		return resources(table, functionYAML(routeEvent+"Policies:\n  - Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]\n"),
			"\n  G:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Handler: g.handler\n      InlineCode: \"def handler(e, c): pass\"\n"+
				"      Policies:\n        - Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}"+extra+"]\n      Events: {Get: {Type: Api, Properties: {Path: /g, Method: get}}}\n")
	}
	reads := func(template, role string) bool {
		b := group(t, template)
		s := map[Capability]bool{{Kind: KindCreds, Of: "template.yaml/" + role}: true}
		for grown := true; grown; {
			grown = false
			for _, h := range b.hops {
				if !s[h.to] && !slices.ContainsFunc(h.from, func(c Capability) bool { return !s[c] }) {
					s[h.to], grown = true, true
				}
			}
		}
		return s[Capability{Kind: KindRead, Of: "template.yaml/T"}]
	}
	for extra, want := range map[string]bool{"": true, ", {Effect: Deny, Action: 'dynamodb:*', Resource: '*'}": false} {
		if !reads(two(extra), "FRole") || reads(two(extra), "GRole") != want {
			t.Errorf("with %q: F %v, G %v", extra, reads(two(extra), "FRole"), reads(two(extra), "GRole"))
		}
	}
}

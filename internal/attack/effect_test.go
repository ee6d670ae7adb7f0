package attack

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
)

// Each row of the catalogue means something, is about something that people
// have a word for, and is found by the actions that it names.
func TestEveryEffectHasAMeaning(t *testing.T) {
	for _, typ := range catalogue.EffectTypes() {
		if _, ok := assetTypes(typ); !ok {
			t.Errorf("%s is no asset", typ)
		}
		effects := effectsOn(typ)
		for i, row := range catalogue.Effects(typ) {
			e := effects[i]
			if e.kind == "" || (e.key == "") != (row.Key == 0) || !slices.Equal(e.actions, row.Actions) || len(row.Actions) == 0 {
				t.Errorf("%s: row %d is %+v", typ, i, e)
			}
		}
	}
}

func TestWhatStatementsGive(t *testing.T) {
	key := "\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]\n"
	sealed := key + bucket(closeBlock, "      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt K.Arn}}]}\n")
	plain := bucket(closeBlock, "")
	for _, c := range []struct {
		name, data, actions, on string
		kind                    Kind
		of                      string
		want                    bool
	}{
		{"the table", table, "'dynamodb:Query'", "!GetAtt T.Arn", KindRead, "T", true},
		{"its indexes", table, "'dynamodb:Query'", "!Sub '${T.Arn}/index/*'", KindRead, "T", true},
		{"one index", table, "'dynamodb:Query'", "!Sub '${T.Arn}/index/byDate'", KindRead, "T", true},
		{"its stream is no index", table, "'dynamodb:*'", "!Sub '${T.Arn}/stream/*'", KindRead, "T", false},
		{"an index takes no items", table, "'dynamodb:*'", "!Sub '${T.Arn}/index/*'", KindWrite, "T", false},
		{"objects", plain, "'s3:PutObject'", "!Sub '${B.Arn}/*'", KindWrite, "B", true},
		{"the bucket is no object", plain, "'s3:PutObject'", "!GetAtt B.Arn", KindWrite, "B", false},
		{"writing takes a data key", sealed, "'s3:PutObject', 'kms:GenerateDataKey'", "'*'", KindWrite, "B", true},
		{"objects, by the bucket's policy", plain, "'s3:PutBucketPolicy'", "!GetAtt B.Arn", KindRead, "B", true},
		{"a bucket's policy does not decrypt", sealed, "'s3:PutBucketPolicy'", "'*'", KindRead, "B", false},
		{"a key's policy does", sealed, "'s3:PutBucketPolicy', 'kms:PutKeyPolicy'", "'*'", KindRead, "B", true},
		{"a grant does", sealed, "'s3:GetObject', 'kms:CreateGrant'", "'*'", KindRead, "B", true},
		{"the list of grants does not", sealed, "'s3:GetObject', 'kms:ListGrants'", "'*'", KindRead, "B", false},
		{"the table, by its policy", table, "'dynamodb:PutResourcePolicy'", "!GetAtt T.Arn", KindWrite, "T", true},
		{"a policy that is read", table, "'dynamodb:GetResourcePolicy'", "!GetAtt T.Arn", KindWrite, "T", false},
		{"decryption writes nothing", sealed, "'s3:PutObject', 'kms:Decrypt'", "'*'", KindWrite, "B", false},
		{"a data key reads nothing", sealed, "'s3:GetObject', 'kms:GenerateDataKey'", "'*'", KindRead, "B", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := group(t, resources(c.data, functionYAML(routeEvent+allowing(c.actions, c.on))))
			got := reachedBy(b, Anonymous)[Capability{Kind: c.kind, Of: "template.yaml/" + c.of}]
			if got != c.want {
				var all []string
				for x := range reachedBy(b, Anonymous) {
					all = append(all, string(x.Kind)+" "+x.Of)
				}
				slices.Sort(all)
				t.Errorf("%s %s: %v; reached are %s", c.kind, c.of, got, strings.Join(all, ", "))
			}
		})
	}
}

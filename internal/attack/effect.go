package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/iam/catalogue"
)

// An effect is what being allowed an action on a resource of some type gives:
// a row of the catalogue, as a capability.
type effect struct {
	kind Kind
	// actions give it, each by itself.
	actions []string
	// object is what the actions' ARNs have after the resource's own.
	object catalogue.Form
	// key is the capability over the resource's own key that is needed too;
	// empty for none.
	key Kind
	// rewrites tells that the actions change the resource's policy or grants, by
	// which the caller then gets the effect.
	rewrites bool
}

// effectsOn are the effects of actions on a resource type.
func effectsOn(typ string) []effect {
	rows := catalogue.Effects(typ)
	if rows == nil {
		return nil
	}
	out := make([]effect, len(rows))
	for i, r := range rows {
		out[i] = effect{kind: meaning(r.Effect), actions: r.Actions, object: r.Form, key: meaning(r.Key)}
	}
	return append(out, rewritten(typ, out)...)
}

// rewritten are the effects that whoever may change a resource's policy, or give
// grants on it, gives itself.
func rewritten(typ string, effects []effect) []effect {
	var actions []string
	form := catalogue.Own
	switch typ {
	case "AWS::S3::Bucket":
		actions = []string{"s3:PutBucketPolicy"}
	case "AWS::SecretsManager::Secret":
		actions = []string{"secretsmanager:PutResourcePolicy"}
	case "AWS::KMS::Key":
		actions = []string{"kms:PutKeyPolicy", "kms:CreateGrant"}
	case "AWS::SQS::Queue":
		actions = []string{"sqs:SetQueueAttributes", "sqs:AddPermission"}
	case "AWS::SNS::Topic":
		actions = []string{"sns:SetTopicAttributes", "sns:AddPermission"}
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		actions = []string{"dynamodb:PutResourcePolicy"}
	case "AWS::Kinesis::Stream":
		actions = []string{"kinesis:PutResourcePolicy"}
	case "AWS::ECR::Repository":
		actions = []string{"ecr:SetRepositoryPolicy"}
	case "AWS::Events::EventBus":
		actions, form = []string{"events:PutPermission"}, catalogue.AnyForm
	default:
		return nil
	}
	var out []effect
	for _, e := range effects {
		if (e.kind == KindRead || e.kind == KindWrite) && !slices.ContainsFunc(out, func(o effect) bool { return o.kind == e.kind }) {
			out = append(out, effect{kind: e.kind, actions: actions, object: form, key: e.key, rewrites: true})
		}
	}
	return out
}

// meaning is the capability that an effect gives.
func meaning(e catalogue.Effect) Kind {
	switch e {
	case catalogue.ReadData:
		return KindRead
	case catalogue.ReadSettings:
		return KindEnv
	case catalogue.WriteData:
		return KindWrite
	case catalogue.DeleteData:
		return KindDelete
	case catalogue.Invoke:
		return KindInvoke
	case catalogue.ChangeCode:
		return KindCode
	case catalogue.ChangeSettings, catalogue.ChangeAccess:
		return KindManage
	}
	return ""
}

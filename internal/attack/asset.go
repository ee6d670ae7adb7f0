package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// An assetType is how worthy resources of one type are, and what people call
// them.
type assetType struct {
	weight      int // of what it holds: 0 to 5
	one, plural string
}

// assetTypes lists what an attacker wants. Types that are not in it are no
// assets.
func assetTypes(typ string) (assetType, bool) {
	switch typ {
	case "AWS::SecretsManager::Secret":
		return assetType{5, "secret", "secrets"}, true
	case "AWS::KMS::Key":
		return assetType{4, "key", "keys"}, true
	case "AWS::SSM::Parameter":
		return assetType{3, "parameter", "parameters"}, true
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Timestream::Table":
		return assetType{4, "table", "tables"}, true
	case "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster",
		"AWS::Redshift::Cluster", "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain":
		return assetType{4, "database", "databases"}, true
	case "AWS::Cognito::UserPool":
		return assetType{4, "user pool", "user pools"}, true
	case "AWS::S3::Bucket":
		return assetType{3, "bucket", "buckets"}, true
	case "AWS::EFS::FileSystem":
		return assetType{3, "file system", "file systems"}, true
	case "AWS::ECR::Repository":
		return assetType{3, "repository", "repositories"}, true
	case "AWS::SQS::Queue":
		return assetType{2, "queue", "queues"}, true
	case "AWS::SNS::Topic":
		return assetType{2, "topic", "topics"}, true
	case "AWS::Events::EventBus":
		return assetType{2, "event bus", "event buses"}, true
	case "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream":
		return assetType{2, "stream", "streams"}, true
	case "AWS::StepFunctions::StateMachine":
		return assetType{2, "state machine", "state machines"}, true
	case "AWS::Logs::LogGroup":
		return assetType{1, "log group", "log groups"}, true
	case "AWS::Lambda::Function":
		return assetType{3, "function", "functions"}, true
	case "AWS::EC2::Instance":
		return assetType{1, "instance", "instances"}, true
	case "AWS::EC2::LaunchTemplate":
		return assetType{1, "launch template", "launch templates"}, true
	case "AWS::CodeBuild::Project":
		return assetType{1, "build project", "build projects"}, true
	case "AWS::ECS::TaskDefinition":
		return assetType{1, "task definition", "task definitions"}, true
	case "AWS::AppSync::GraphQLApi":
		return assetType{3, "GraphQL API", "GraphQL APIs"}, true
	case "AWS::IAM::Role":
		return assetType{3, "role", "roles"}, true
	case "AWS::IAM::User":
		return assetType{3, "user", "users"}, true
	}
	return assetType{}, false
}

// Words in a name that say that the data matters more, or less, than its type
// does.
func preciousWords() []string {
	return []string{"password", "passwd", "credential", "secret", "payment", "card", "billing", "bank", "invoice", "order",
		"receipt", "customer", "user", "account", "profile", "email", "admin", "patient", "health", "medical", "personal",
		"token", "session", "salary", "employee", "ledger", "transaction", "identity", "private", "master"}
}

func cheapWords() []string {
	return []string{"website", "static", "public", "asset", "frontend", "cache", "artifact", "deploy", "temp", "tmp", "sample", "demo", "accesslog", "logs"}
}

// worth is the weight of a capability as something an attacker wants; ok is
// false where nobody wants it for itself.
func (f *facts) worth(c Capability) (weight int, ok bool) {
	switch c.Kind {
	case KindAdmin:
		return 6, true
	case KindSpend, KindDeny:
		return 1, true // the account's own limits hold, and the harm passes
	case KindExec:
		return 1, true
	case KindEnv:
		return 4, f.hasSecrets(c.Of)
	case KindRead, KindWrite, KindDelete, KindManage, KindCode:
	default:
		return 0, false
	}
	r := f.project.Resource(c.Of)
	if r == nil || r.Type == "AWS::Lambda::Function" && c.Kind != KindCode {
		return 0, false // what else is done to a function leads to its code, or is told as exhaustion
	}
	if r.Type == "AWS::KMS::Key" && c.Kind == KindWrite {
		return 0, false // to encrypt is not to have
	}
	w, ok := f.weightOf(r)
	if !ok {
		return 0, false
	}
	switch c.Kind {
	case KindWrite:
		switch r.Type { // to send is not to have what others sent
		case "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Events::EventBus", "AWS::Kinesis::Stream",
			"AWS::StepFunctions::StateMachine", "AWS::Logs::LogGroup":
			w = 1
		}
	case KindRead:
		if hasWord(r, []string{"website", "static", "public", "frontend"}) {
			w = min(w, 1) // meant to be read
		}
	}
	return w, true
}

// weightOf is the weight of a resource: its type's, moved by its name, set by
// its tags and by the configuration.
func (f *facts) weightOf(r *app.Resource) (int, bool) {
	t, ok := assetTypes(r.Type)
	if !ok {
		return 0, false
	}
	w := t.weight
	switch {
	case r.Type == "AWS::SSM::Parameter" && r.Get("Type").Is("SecureString") == value.Yes:
		w++
	case r.Type == "AWS::Lambda::Function", r.Type == "AWS::Cognito::UserPool":
	case hasWord(r, cheapWords()):
		w--
	case hasWord(r, preciousWords()):
		w++
	}
	if tag, ok := classTag(r); ok {
		w = tag
	}
	for _, a := range f.options.Assets {
		pattern := value.Lit(a.Match)
		for _, s := range []string{r.ID, r.LogicalID, r.Type} {
			if pattern.Glob(value.Lit(s)) == value.Yes {
				w = a.Weight
				break
			}
		}
	}
	return min(max(w, 0), 5), true
}

func hasWord(r *app.Resource, words []string) bool {
	name := strings.ToLower(r.LogicalID)
	for _, p := range r.Name.Parts() {
		name += " " + strings.ToLower(p.Lit)
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// classTag reads a tag that classifies the data, as AWS's tagging guide and
// most companies name it.
func classTag(r *app.Resource) (int, bool) {
	weight, found := 0, false
	each := func(key, val string) {
		key = strings.ToLower(strings.NewReplacer("-", "", "_", "", ":", "", " ", "").Replace(key))
		if !strings.Contains(key, "classification") && !strings.Contains(key, "confidential") && !strings.Contains(key, "sensitiv") {
			return
		}
		switch strings.ToLower(val) {
		case "restricted", "secret", "confidential", "pii", "phi", "pci", "high", "highlyconfidential", "sensitive":
			weight, found = 5, true
		case "internal", "medium", "private":
			weight, found = 3, true
		case "public", "low", "none":
			weight, found = 1, true
		}
	}
	tags := r.Get("Tags")
	for _, t := range tags.Items() {
		if k, ok := t.Get("Key").Known(); ok {
			if v, ok := t.Get("Value").Known(); ok {
				each(k, v)
			}
		}
	}
	for _, t := range tags.Fields() {
		if v, ok := t.Value.Known(); ok {
			each(t.Key, v)
		}
	}
	return weight, found
}

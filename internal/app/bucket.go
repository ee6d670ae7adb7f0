package app

import (
	"iter"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Bucket is an AWS::S3::Bucket.
type Bucket struct{ *Resource }

// AsBucket views r as a bucket.
func AsBucket(r *Resource) Bucket { return Bucket{of(r, bucketTypes...)} }

// Buckets iterates the application's buckets.
func (a *App) Buckets() iter.Seq[Bucket] { return views(a, AsBucket, bucketTypes...) }

// A PublicAccessBlock holds the four settings of S3 Block Public Access.
type PublicAccessBlock struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets *value.Value
}

// All tells whether all four settings are on.
func (b PublicAccessBlock) All() value.Tri {
	return b.BlockPublicAcls.IsTrue().And(b.IgnorePublicAcls.IsTrue()).
		And(b.BlockPublicPolicy.IsTrue()).And(b.RestrictPublicBuckets.IsTrue())
}

// PublicAccess are the bucket's Block Public Access settings. A bucket that
// says nothing has all four, as every bucket made since April 2023; of one
// that says something, what it leaves out is off.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
func (b Bucket) PublicAccess() PublicAccessBlock {
	if b.Resource == nil {
		return PublicAccessBlock{}
	}
	const key = "PublicAccessBlockConfiguration"
	get := func(setting string) *value.Value {
		return byBranch(b.Get(key), func(block *value.Value) *value.Value {
			on := block.Exists() == value.No
			span := block.Span()
			if on {
				span = b.Span
			}
			v := block.Get(setting)
			if v.Exists() == value.No {
				return value.NewBool(on, span).AsDefault(span)
			}
			return v
		})
	}
	return PublicAccessBlock{get("BlockPublicAcls"), get("IgnorePublicAcls"), get("BlockPublicPolicy"), get("RestrictPublicBuckets")}
}

// byBranch maps a value, or each branch of an unresolved condition.
func byBranch(v *value.Value, f func(*value.Value) *value.Value) *value.Value {
	if v.Kind() != value.Unresolved || len(v.Choices()) == 0 {
		return f(v)
	}
	branches := make([]*value.Value, len(v.Choices()))
	for i, c := range v.Choices() {
		branches[i] = byBranch(c, f)
	}
	return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), branches...)
}

// ACL is the canned ACL, Private by default.
func (b Bucket) ACL() *value.Value { return b.orText("Private", "AccessControl") }

// Ownership is BucketOwnerEnforced (the default since April 2023),
// BucketOwnerPreferred or ObjectWriter.
func (b Bucket) Ownership() *value.Value {
	if b.Resource == nil {
		return nil
	}
	v := firstRule(b.Get("OwnershipControls", "Rules"), "ObjectOwnership")
	if v.Kind() == value.Absent {
		v = value.NewAbsent(b.Span)
	}
	return v.Or(value.NewText(value.Lit("BucketOwnerEnforced"), b.Span))
}

// firstRule is what the keys lead to in the first element of a list that has
// it; of an unresolved condition, that of each branch.
func firstRule(rules *value.Value, keys ...string) *value.Value {
	return byBranch(rules, func(rules *value.Value) *value.Value {
		if rules.Kind() == value.Unresolved {
			return rules
		}
		for _, r := range rules.Items() {
			if v := r.Get(keys...); v.Exists() != value.No {
				return v
			}
		}
		return value.NewAbsent(rules.Span())
	})
}

// Policies are the bucket policies attached to the bucket.
func (b Bucket) Policies() []Attached {
	if b.Resource == nil {
		return nil
	}
	return b.App.PolicyDocumentsOn(b.Resource)
}

// Website is the static website's configuration.
func (b Bucket) Website() *value.Value { return b.Get("WebsiteConfiguration") }

// CORS are the CORS rules.
func (b Bucket) CORS() []*value.Value { return b.Get("CorsConfiguration", "CorsRules").Items() }

// Versioning is Enabled or Suspended; absent where it was never switched on.
func (b Bucket) Versioning() *value.Value { return b.Get("VersioningConfiguration", "Status") }

// Logging is where access logs go.
func (b Bucket) Logging() *value.Value { return b.Get("LoggingConfiguration") }

// Encryption is the algorithm of the default encryption: AES256 unless set,
// aws:kms or aws:kms:dsse.
func (b Bucket) Encryption() *value.Value { return b.encryption("SSEAlgorithm", "AES256") }

// Key is the KMS key of the default encryption; absent for S3's own keys.
func (b Bucket) Key() *value.Value { return b.encryption("KMSMasterKeyID", "") }

func (b Bucket) encryption(key, dflt string) *value.Value {
	if b.Resource == nil {
		return nil
	}
	v := firstRule(b.Get("BucketEncryption", "ServerSideEncryptionConfiguration"), "ServerSideEncryptionByDefault", key)
	if v.Kind() == value.Absent {
		v = value.NewAbsent(b.Span)
	}
	if dflt == "" {
		return v
	}
	return v.Or(value.NewText(value.Lit(dflt), b.Span))
}

// A Notification is one destination of a bucket's events.
type Notification struct {
	// Destination is the ARN of a function, queue or topic; nil for
	// EventBridge.
	Destination *value.Value
	// Event is the event's name, "s3:ObjectCreated:*"; nil for EventBridge,
	// which gets all.
	Event *value.Value
	// Filter is the filter on keys.
	Filter *value.Value
	Span   source.Span
	Sure   value.Tri
}

// Notifications are where the bucket sends its events.
func (b Bucket) Notifications() []Notification {
	config := b.Get("NotificationConfiguration")
	var out []Notification
	for _, kind := range [...][2]string{
		{"LambdaConfigurations", "Function"}, {"QueueConfigurations", "Queue"}, {"TopicConfigurations", "Topic"},
	} {
		for _, n := range items(config.Get(kind[0])) {
			out = append(out, Notification{n.Get(kind[1]), n.Get("Event"), n.Get("Filter"), n.Span(), n.sure})
		}
	}
	collect(config, func(c *value.Value) {
		bridge := c.Get("EventBridgeConfiguration")
		if bridge.Exists() == value.No {
			return
		}
		// An empty configuration switches it on, as AWS's default for
		// EventBridgeEnabled is true.
		if on := bridge.Get("EventBridgeEnabled"); on.IsFalse() != value.Yes {
			out = append(out, Notification{Span: bridge.Span(), Sure: on.IsFalse().Not()})
		}
	})
	return out
}

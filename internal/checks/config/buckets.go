package config

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// blockKeys are the four settings of Block Public Access.
var blockKeys = []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}

// blocks tells whether a setting of Block Public Access is on. Since April
// 2023 a new bucket has all four on where the template says nothing; where it
// names some, the others are off.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
func blocks(bucket *app.Resource, key string) value.Tri {
	config := bucket.Get("PublicAccessBlockConfiguration")
	if config.Exists() == value.No {
		return value.Yes
	}
	return config.Get(key).IsTrue()
}

// bucketStatements are the statements of the bucket's policies.
func bucketStatements(a *app.App, bucket *app.Resource) []*policy.Statement {
	var out []*policy.Statement
	for r := range a.OfType("AWS::S3::BucketPolicy") {
		if !namesBucket(a, r.Get("Bucket"), bucket) {
			continue
		}
		for _, q := range rule.Policies(r) {
			for i := range q.Doc.Statements {
				out = append(out, &q.Doc.Statements[i])
			}
		}
	}
	return out
}

// namesBucket tells whether the value is a reference to the bucket or its name.
func namesBucket(a *app.App, v *value.Value, bucket *app.Resource) bool {
	if r := a.Target(v); r != nil {
		return r == bucket
	}
	return !v.Text().IsEmpty() && v.Text().Equal(bucket.Name) == value.Yes
}

// A publicity is how a bucket is open to everybody.
type publicity struct {
	write, read []*policy.Statement
	maybe       []*policy.Statement // open, or not: a value decides
	acl         *value.Value        // a public ACL that takes effect
	writeACL    bool
	off         []setting // of Block Public Access, where it is switched off in part or whole
}

// A setting is one key of a configuration.
type setting struct {
	key   string
	value *value.Value
}

var (
	objectWrites = []string{"s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketPolicy", "s3:PutBucketAcl"}
	objectReads  = []string{"s3:GetObject", "s3:ListBucket", "s3:GetObjectVersion"}
	publicACLs   = []string{"PublicRead", "PublicReadWrite", "AuthenticatedRead"}
)

// publicityOf looks at Block Public Access, policies and ACL together: what is
// blocked does not count.
func publicityOf(a *app.App, bucket *app.Resource) publicity {
	var out publicity
	grants := func(s *policy.Statement, list []string) bool {
		return slices.ContainsFunc(list, func(action string) bool { return rule.Grants(s, action) == value.Yes })
	}
	policyBlocked := blocks(bucket, "RestrictPublicBuckets").Or(blocks(bucket, "BlockPublicPolicy"))
	for _, s := range bucketStatements(a, bucket) {
		open := rule.OpenToAnyone(s).And(policyBlocked.Not())
		switch {
		case open == value.No:
		case open == value.Unknown:
			out.maybe = append(out.maybe, s)
		case grants(s, objectWrites):
			out.write = append(out.write, s)
		case grants(s, objectReads):
			out.read = append(out.read, s)
		}
	}
	acl := bucket.Get("AccessControl")
	aclBlocked := blocks(bucket, "IgnorePublicAcls").Or(blocks(bucket, "BlockPublicAcls")).Or(aclsDisabled(bucket))
	if acl.OneOf(publicACLs...).And(aclBlocked.Not()) == value.Yes {
		out.acl, out.writeACL = acl, acl.Is("PublicReadWrite") == value.Yes
	}
	if bucket.Get("PublicAccessBlockConfiguration").Exists() == value.Yes {
		for _, key := range blockKeys {
			if blocks(bucket, key) == value.No {
				out.off = append(out.off, setting{key, bucket.Get("PublicAccessBlockConfiguration", key)})
			}
		}
	}
	return out
}

// aclsDisabled tells whether the bucket's owner owns all objects, which is the
// default and switches ACLs off.
func aclsDisabled(bucket *app.Resource) value.Tri {
	rules := bucket.Get("OwnershipControls", "Rules").Items()
	if len(rules) == 0 {
		return bucket.Get("OwnershipControls").Exists().Not()
	}
	out := value.Yes
	for _, r := range rules {
		out = out.And(r.Get("ObjectOwnership").Is("BucketOwnerEnforced"))
	}
	return out
}

func (p publicity) writable() bool { return len(p.write) > 0 || p.writeACL }
func (p publicity) readable() bool { return len(p.read) > 0 || p.acl != nil }

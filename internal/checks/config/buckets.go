package config

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// A bucketStatement is a statement of a bucket's policy, with whether it lets
// everybody in.
type bucketStatement struct {
	*policy.Statement
	open value.Tri
}

// bucketStatements are the statements of the bucket's policies.
func bucketStatements(bucket *app.Resource) []bucketStatement {
	var out []bucketStatement
	for _, attached := range app.AsBucket(bucket).Policies() {
		doc, _ := policy.Parse(attached.Document)
		if doc == nil {
			continue
		}
		open := rule.Open(doc, bucket.Type)
		for i := range doc.Statements {
			s := &doc.Statements[i]
			out = append(out, bucketStatement{s, open[s]})
		}
	}
	return out
}

// A publicity is how a bucket is open to everybody.
type publicity struct {
	write, read []*policy.Statement
	maybe       []*policy.Statement // open, or not: a value decides
	acl         *value.Value        // a public ACL that takes effect
	maybeACL    *value.Value        // one that may be public and take effect
	writeACL    bool
	off         []setting // of Block Public Access, that are off
	unknown     []setting // that are off or not: a value decides
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
func publicityOf(bucket *app.Resource) publicity {
	var out publicity
	b := app.AsBucket(bucket)
	block := b.PublicAccess()
	grants := func(s *policy.Statement, list []string) bool {
		return slices.ContainsFunc(list, func(action string) bool { return rule.Grants(s, action) == value.Yes })
	}
	policyBlocked := block.RestrictPublicBuckets.IsTrue().Or(block.BlockPublicPolicy.IsTrue())
	for _, s := range bucketStatements(bucket) {
		open := s.open.And(policyBlocked.Not())
		switch {
		case open == value.No:
		case open == value.Unknown:
			out.maybe = append(out.maybe, s.Statement)
		case grants(s.Statement, objectWrites):
			out.write = append(out.write, s.Statement)
		case grants(s.Statement, objectReads):
			out.read = append(out.read, s.Statement)
		}
	}
	acl := b.ACL()
	aclBlocked := block.IgnorePublicAcls.IsTrue().Or(block.BlockPublicAcls.IsTrue()).Or(b.Ownership().Is("BucketOwnerEnforced"))
	switch acl.OneOf(publicACLs...).And(aclBlocked.Not()) {
	case value.Yes:
		out.acl, out.writeACL = acl, acl.Is("PublicReadWrite") == value.Yes
	case value.Unknown:
		out.maybeACL = acl
	}
	for _, o := range []setting{
		{"BlockPublicAcls", block.BlockPublicAcls}, {"IgnorePublicAcls", block.IgnorePublicAcls},
		{"BlockPublicPolicy", block.BlockPublicPolicy}, {"RestrictPublicBuckets", block.RestrictPublicBuckets},
	} {
		switch o.value.IsTrue() {
		case value.No:
			out.off = append(out.off, o)
		case value.Unknown:
			out.unknown = append(out.unknown, o)
		}
	}
	return out
}

func (p publicity) writable() bool { return len(p.write) > 0 || p.writeACL }
func (p publicity) readable() bool { return len(p.read) > 0 || p.acl != nil }

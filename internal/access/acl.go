package access

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// A canned ACL gives everybody, or every account, rights on a bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
var canned = []struct {
	name    string
	who     iam.Who
	actions []string
}{
	{"PublicRead", iam.Anyone, []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}},
	{"PublicReadWrite", iam.Anyone, []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:PutObject"}},
	{"AuthenticatedRead", iam.AnyAccount, []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}},
}

// acls are whom the canned ACLs of buckets let in, where ACLs count: not where
// objects are the owner's alone, nor where public ones are blocked.
func (m *Model) acls() []report.AccessExposure {
	var out []report.AccessExposure
	for _, a := range m.Project.Apps {
		for b := range a.Buckets() {
			acl, block := b.ACL(), b.PublicAccess()
			off := block.IgnorePublicAcls.IsTrue().Or(block.BlockPublicAcls.IsTrue()).Or(b.Ownership().Is("BucketOwnerEnforced"))
			for _, c := range canned {
				there := acl.Is(c.name).And(off.Not())
				if there.And(b.Exists) == value.No {
					continue
				}
				x := report.AccessExposure{Resource: arnOrID(b.Resource), Type: b.Type, Who: c.who.String(), Actions: c.actions, Answer: holds(there.And(b.Exists)), Certainty: exact,
					Conditions: []string{}, Hinges: []string{}, Open: []string{}, Why: []string{}, Chosen: []string{}}
				if x.Answer == report.AccessUnknown {
					x.Certainty, x.Open = "approximate", []string{openACL(&b, acl.Is(c.name), off)}
				}
				x.Statement = report.AccessStatement{Policy: "the ACL of " + b.Label(), Kind: "ACL", Name: "AccessControl", Effect: "Allow", Says: c.name, Conditions: []string{},
					Span: acl.Span(), Holds: x.Answer, Hinges: []string{}, Open: []string{}}
				out = append(out, x)
			}
		}
	}
	return out
}

func openACL(b *app.Bucket, is, off value.Tri) string {
	switch {
	case is == value.Unknown:
		return "AccessControl"
	case off == value.Unknown:
		return "PublicAccessBlockConfiguration or OwnershipControls"
	}
	return "whether " + b.Label() + " is there"
}


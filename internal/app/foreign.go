package app

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// wholeAccount is how a permission names all identities of an account.
var wholeAccount = regexp.MustCompile(`^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$`)

// ForAccount tells whether the permission lets every identity of an account
// that is written out invoke the function: no organisation and no source ties
// it. It is the one judgement of it: findings and paths agree.
func (p Permission) ForAccount() (account string, is value.Tri) {
	text, known := p.Principal().Known()
	m := wholeAccount.FindStringSubmatch(text)
	if !known || m == nil || p.URLAuthType().Exists() == value.Yes || !p.invokes() {
		return "", value.No
	}
	if own, ok := p.App.Place.Account.Known(); ok && own == m[1] {
		return "", value.No
	}
	return m[1], written(p.OrgID()).Or(written(p.SourceArn())).Not()
}

// ForBucketOfElsewhere tells whether the permission lets S3 call for a bucket
// of elsewhere by its name alone: the ARN names no account, and a name that is
// given up is anybody's to take. A bucket of the application goes with it.
func (p Permission) ForBucketOfElsewhere() (bucket string, is value.Tri) {
	arn, known := p.SourceArn().Known()
	name, isBucket := strings.CutPrefix(arn, "arn:aws:s3:::")
	if p.Principal().Is("s3.amazonaws.com") != value.Yes || !known || !isBucket || strings.ContainsAny(name, "*?") || !p.invokes() {
		return "", value.No
	}
	if r, _ := p.App.Lookup(p.SourceArn(), bucketTypes...); r != nil || len(p.SourceArn().Refs()) > 0 {
		return "", value.No
	}
	return name, written(p.SourceAccount()).Or(written(p.OrgID())).Not()
}

package duty

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

const (
	bucket = "AWS::S3::Bucket"
	s3Docs = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
)

func bucketDuties() []Duty {
	return []Duty{
		byAWS("s3-durability", "Store objects over several Availability Zones", "S3 stores every object over three Availability Zones at least", s3Docs+"DataDurability.html", "SC-36", bucket),
		{
			ID: "s3-encryption", Title: "Encrypt objects at rest", Types: []string{bucket},
			Doc:    "S3 encrypts every object with keys of its own. A KMS key moves the question of who may decrypt to the customer's key policy.",
			Refs:   Refs{AWS: []string{s3Docs + "default-encryption-faq.html"}, OWASP: "A3:2017", NIST: "SC-28, SC-12"},
			States: []State{Provided, Met, Unknown}, Compute: bucketEncryption,
		},
		{
			ID: "s3-public-access", Title: "Keep the bucket from the public", Types: []string{bucket},
			Doc: `Since April 2023 AWS blocks public access to every new bucket. Switching a setting of Block Public Access off moves the
				duty to the customer, for every policy and ACL that the bucket will ever get.`,
			Refs:   Refs{AWS: []string{s3Docs + "access-control-block-public-access.html"}, Lens: "SEC 2", FSBP: "S3.2, S3.3, S3.8", OWASP: "A5:2017", CIS: "2.1.4", NIST: "AC-3, AC-4"},
			States: decided(Provided), Compute: bucketPublic,
		},
		{
			ID: "s3-callers", Title: "Let only known accounts in", Types: []string{bucket},
			Doc:    "A bucket policy that names another account, or everybody, shares the bucket.",
			Refs:   Refs{AWS: []string{s3Docs + "bucket-policies.html"}, FSBP: "S3.6", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the bucket")
			},
		},
		{
			ID: "s3-tls-only", Title: "Refuse requests without TLS", Types: []string{bucket},
			Doc:    "S3 still answers plain HTTP. A statement that denies requests whose aws:SecureTransport is false ends that.",
			Refs:   Refs{AWS: []string{s3Docs + "security-best-practices.html"}, FSBP: "S3.5", OWASP: "A3:2017", CIS: "2.1.1", NIST: "SC-8"},
			States: decided(),
			Compute: func(v *View) Answer {
				return tlsOnly(v.Resource, "the bucket")
			},
		},
		{
			ID: "s3-versioning", Title: "Keep what is overwritten or deleted", Types: []string{bucket},
			Doc:    "Without versioning, what is overwritten or deleted is gone.",
			Refs:   Refs{AWS: []string{s3Docs + "Versioning.html"}, Hub: "S3.14", NIST: "CP-9, SI-13(5)"},
			States: decided(),
			Compute: func(v *View) Answer {
				s := app.AsBucket(v.Resource).Versioning()
				return decide(s.Is("Enabled"), "VersioningConfiguration.Status", s, "versioning is on", "versioning is off")
			},
		},
		{
			ID: "s3-access-logs", Title: "Log who read and wrote what", Types: []string{bucket},
			Doc:    "Server access logs, or CloudTrail data events of the account, say who read and wrote objects.",
			Refs:   Refs{AWS: []string{s3Docs + "ServerLogs.html"}, FSBP: "S3.9", OWASP: "A10:2017", NIST: "AU-2, AU-12"},
			States: decided(NA), Compute: bucketLogs,
		},
		{
			ID: "s3-acls", Title: "Decide access by policies alone", Types: []string{bucket},
			Doc:    "Since April 2023 the owner of a new bucket owns all objects and ACLs are off. Another setting for ownership brings them back, and with them grants that no policy shows.",
			Refs:   Refs{AWS: []string{s3Docs + "about-object-ownership.html"}, FSBP: "S3.12", NIST: "AC-3"},
			States: decided(Provided), Compute: bucketACLs,
		},
	}
}

func bucketEncryption(v *View) Answer {
	key := app.AsBucket(v.Resource).Key()
	algorithm := app.AsBucket(v.Resource).Encryption()
	kms := algorithm.OneOf("aws:kms", "aws:kms:dsse")
	switch {
	case kms == value.Unknown:
		return unknown("it is not known how objects are encrypted", algorithm, prop("SSEAlgorithm", algorithm))
	case kms == value.No:
		return provided("S3 encrypts every object with keys of its own", prop("SSEAlgorithm", algorithm))
	case set(key) == value.No:
		return provided("S3 encrypts every object with AWS's KMS key for S3", prop("SSEAlgorithm", algorithm))
	}
	return met("a key of the customer encrypts objects; its policy is the customer's too", prop("SSEAlgorithm", algorithm)).by(Shared)
}

func bucketLogs(v *View) Answer {
	for _, u := range v.App.Users(v.Resource) {
		if u.By != v.Resource && names(u.By.Get("LoggingConfiguration"), v.Resource) {
			return notApplicable("the bucket keeps the access logs of " + u.By.Label())
		}
	}
	l := app.AsBucket(v.Resource).Logging()
	return decide(set(l), "LoggingConfiguration", l, "accesses are logged", "accesses are not logged, unless CloudTrail of the account records data events")
}

func bucketPublic(v *View) Answer {
	block := app.AsBucket(v.Resource).PublicAccess()
	var off, maybe []Place
	for _, s := range []struct {
		name  string
		value *value.Value
	}{
		{"BlockPublicAcls", block.BlockPublicAcls}, {"IgnorePublicAcls", block.IgnorePublicAcls},
		{"BlockPublicPolicy", block.BlockPublicPolicy}, {"RestrictPublicBuckets", block.RestrictPublicBuckets},
	} {
		switch s.value.IsTrue() {
		case value.No:
			off = append(off, prop(s.name, s.value))
		case value.Unknown:
			maybe = append(maybe, prop(s.name, s.value))
		}
	}
	config := v.Get("PublicAccessBlockConfiguration")
	switch {
	case len(off) > 0:
		return unmet("Block Public Access is switched off in part or whole: nothing but the bucket's policies and ACLs keeps the public out", off...)
	case len(maybe) > 0:
		return unknown("it cannot be decided whether Block Public Access is on", config, maybe...)
	case config.Exists() == value.No:
		return provided("AWS blocks public access to new buckets; nothing in the sources switches it off")
	}
	return met("Block Public Access is on", Place{config.Span(), "PublicAccessBlockConfiguration"})
}

func bucketACLs(v *View) Answer {
	o := app.AsBucket(v.Resource).Ownership()
	if o.IsDefault() && o.Is("BucketOwnerEnforced") == value.Yes {
		return provided("ACLs are off, as for every new bucket", prop("ObjectOwnership", o))
	}
	return decide(o.Is("BucketOwnerEnforced"), "ObjectOwnership", o, "ACLs are off", "ACLs are on, and grant what no policy shows")
}

// tlsOnly tells whether a policy of the resource denies requests without TLS.
func tlsOnly(r *app.Resource, what string) Answer {
	out := value.No
	var where Place
	for _, d := range r.App.PolicyDocumentsOn(r) {
		doc, _ := policy.Parse(d.Document)
		if doc == nil {
			out, where = out.Or(value.Unknown), at(d.Span, "a policy that cannot be read")
			continue
		}
		for i := range doc.Statements {
			s := &doc.Statements[i]
			if t := deniesPlain(s).And(d.Sure); t != value.No && out != value.Yes {
				out, where = out.Or(t), at(s.Span, "%s", s.Name())
			}
		}
	}
	switch out {
	case value.Yes:
		return met("requests without TLS are denied", where)
	case value.No:
		return unmet("no policy of "+what+" denies requests without TLS", here(r))
	}
	return unknown("it cannot be decided whether requests without TLS are denied", nil, where)
}

// deniesPlain tells whether the statement denies everybody who comes without
// TLS: Bool aws:SecureTransport false.
func deniesPlain(s *policy.Statement) value.Tri {
	if s.Open != nil {
		return value.Unknown
	}
	for _, c := range s.Condition {
		if !strings.EqualFold(c.Key, "aws:SecureTransport") {
			continue
		}
		op, ok := policy.ParseOperator(c.Operator)
		if !ok || op.Kind != policy.Bool {
			continue
		}
		out := value.No
		for _, i := range c.Values.Items {
			out = out.Or(i.Text.EqualFold(value.Lit("false")))
		}
		if s.Maybe && out == value.Yes {
			out = value.Unknown
		}
		return out.And(s.Is(policy.Deny))
	}
	return value.No
}

package duty

import "github.com/remit-security/remit/internal/value"

const logDocs = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/"

func logGroupDuties() []Duty {
	const logGroup = "AWS::Logs::LogGroup"
	return []Duty{
		byAWS("logs-storage", "Store logs durably", "CloudWatch Logs keeps log data in durable storage", logDocs+"WhatIsCloudWatchLogs.html", "AU-9", logGroup),
		{
			ID: "logs-encryption", Title: "Encrypt logs at rest", Types: []string{logGroup},
			Doc:    "CloudWatch Logs encrypts every group. A key of the customer's moves the question of who may decrypt to its policy.",
			Refs:   Refs{AWS: []string{logDocs + "encrypt-log-data-kms.html"}, OWASP: "A3:2017", NIST: "SC-28, AU-9"},
			States: []State{Provided, Met, Unknown},
			Compute: func(v *View) Answer {
				k := v.Get("KmsKeyId")
				switch set(k) {
				case value.No:
					return provided("CloudWatch Logs encrypts every group with keys of its own")
				case value.Unknown:
					return unknown("it is not known which key encrypts the logs", k, prop("KmsKeyId", k))
				}
				return met("a key of the customer encrypts the logs; its policy is the customer's too", Place{k.Span(), "KmsKeyId"}).by(Shared)
			},
		},
		{
			ID: "logs-retention", Title: "Keep logs for a stated time", Types: []string{logGroup},
			Doc:    "A group without a retention keeps everything for ever, personal data included.",
			Refs:   Refs{AWS: []string{logDocs + "Working-with-log-groups-and-streams.html"}, OWASP: "A10:2017", NIST: "AU-11"},
			States: decided(),
			Compute: func(v *View) Answer {
				d := v.Get("RetentionInDays")
				return decide(set(d), "RetentionInDays", d, "logs are kept for a stated time", "logs are kept for ever")
			},
		},
		attested("logs-content", "Keep secrets and personal data out of logs", "only the code that writes them can show it",
			"Whoever may read the logs reads what code writes there. A data protection policy masks what it recognises.",
			Refs{AWS: []string{logDocs + "mask-sensitive-log-data.html"}, OWASP: "A3:2017", NIST: "AU-3(3), SI-12"}, logGroup),
	}
}

const frontDocs = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"

func distributionDuties() []Duty {
	const distribution = "AWS::CloudFront::Distribution"
	return []Duty{
		byAWS("cloudfront-edge", "Run the edge and absorb floods on the network", "CloudFront runs the edge and AWS Shield Standard protects it", frontDocs+"infrastructure-security.html "+shield, "SC-5", distribution),
		{
			ID: "cloudfront-viewers", Title: "Take requests only over TLS", Types: []string{distribution},
			Doc:    "allow-all answers plain HTTP; redirect-to-https and https-only do not.",
			Refs:   Refs{AWS: []string{frontDocs + "using-https-viewers-to-cloudfront.html"}, FSBP: "CloudFront.3", OWASP: "A3:2017", NIST: "SC-8"},
			States: decided(), Compute: viewers,
		},
		{
			ID: "cloudfront-tls", Title: "Take only current versions of TLS", Types: []string{distribution},
			Doc:    "CloudFront chooses the versions for its own domain. With a certificate of the customer's the choice is the customer's.",
			Refs:   Refs{AWS: []string{frontDocs + "secure-connections-supported-viewer-protocols-ciphers.html"}, OWASP: "A3:2017", NIST: "SC-8, SC-13"},
			States: decided(Provided), Compute: viewerTLS,
		},
		{
			ID: "cloudfront-web-acl", Title: "Filter requests with a web ACL", Types: []string{distribution},
			Doc:    "A web ACL at the edge takes known attacks and floods of single callers before they reach the origin.",
			Refs:   Refs{AWS: []string{frontDocs + "distribution-web-awswaf.html"}, FSBP: "CloudFront.6", OWASP: "A1:2017", NIST: "AC-4(21), SC-5"},
			States: decided(),
			Compute: func(v *View) Answer {
				w := v.Get("DistributionConfig", "WebACLId")
				return decide(set(w), "WebACLId", w, "a web ACL filters requests", "no web ACL is before the distribution")
			},
		},
		{
			ID: "cloudfront-origins", Title: "Let only the distribution reach its buckets", Types: []string{distribution},
			Doc:    "Without an origin access control, or the older identity, a bucket must be public for CloudFront to read it.",
			Refs:   Refs{AWS: []string{frontDocs + "private-content-restricting-access-to-s3.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-4"},
			States: decided(NA), Compute: originAccess,
		},
		{
			ID: "cloudfront-logs", Title: "Log who asked for what", Types: []string{distribution},
			Doc:    "Access logs are off unless the distribution names where they go.",
			Refs:   Refs{AWS: []string{frontDocs + "AccessLogs.html"}, FSBP: "CloudFront.5", OWASP: "A10:2017", NIST: "AU-2, AU-12"},
			States: decided(),
			Compute: func(v *View) Answer {
				l := v.Get("DistributionConfig", "Logging")
				return decide(set(l), "Logging", l, "accesses are logged", "accesses are not logged")
			},
		},
	}
}

func viewers(v *View) Answer {
	config := v.Get("DistributionConfig")
	if config.Kind() == value.Unresolved {
		return unknown("the configuration is not known", config, prop("DistributionConfig", config))
	}
	behaviours := append([]*value.Value{config.Get("DefaultCacheBehavior")}, config.Get("CacheBehaviors").Items()...)
	out := value.Yes
	which := behaviours[0]
	for _, b := range behaviours {
		p := b.Get("ViewerProtocolPolicy")
		t := p.OneOf("redirect-to-https", "https-only")
		if t != value.Yes && out == value.Yes || which == behaviours[0] {
			which = p
		}
		out = out.And(t)
	}
	return decide(out, "ViewerProtocolPolicy", which, "every behaviour takes only TLS", "a behaviour answers plain HTTP")
}

func viewerTLS(v *View) Answer {
	c := v.Get("DistributionConfig", "ViewerCertificate")
	own := set(c.Get("AcmCertificateArn")).Or(set(c.Get("IamCertificateId")))
	switch own {
	case value.No:
		return provided("CloudFront chooses the versions of TLS for its own domain")
	case value.Unknown:
		return unknown("it is not known whose certificate is used", c, prop("ViewerCertificate", c))
	}
	m := c.Get("MinimumProtocolVersion")
	return decide(m.OneOf("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"), "MinimumProtocolVersion", m,
		"viewers need TLS 1.2 or newer", "viewers may use versions of TLS that are broken").by(Shared)
}

func originAccess(v *View) Answer {
	out := value.Yes
	var open []Place
	buckets := 0
	for _, o := range v.Get("DistributionConfig", "Origins").Items() {
		s3 := o.Get("S3OriginConfig")
		if set(s3) == value.No && s3.Exists() == value.No {
			continue
		}
		buckets++
		t := set(o.Get("OriginAccessControlId"))
		if id := s3.Get("OriginAccessIdentity"); id.Is("") == value.No {
			t = t.Or(set(id))
		}
		out = out.And(t)
		if t != value.Yes {
			open = append(open, Place{o.Span(), "an origin without access control"})
		}
	}
	switch {
	case buckets == 0:
		return notApplicable("no origin is a bucket")
	case out == value.Yes:
		return met("only the distribution needs to reach its buckets")
	case out == value.No:
		return unmet("a bucket must be public for the distribution to read it", open...)
	}
	return unknown("it cannot be decided how the distribution reads its buckets", nil, open...)
}

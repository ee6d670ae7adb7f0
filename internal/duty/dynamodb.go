package duty

import "github.com/remit-security/remit/internal/value"

const (
	table       = "AWS::DynamoDB::Table"
	globalTable = "AWS::DynamoDB::GlobalTable"
	tableDocs   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
)

func tableDuties() []Duty {
	return []Duty{
		byAWS("dynamodb-durability", "Replicate items over several Availability Zones", "DynamoDB replicates tables over the Availability Zones of a Region", tableDocs+"disaster-recovery-resiliency.html", "SC-36", table, globalTable),
		byAWS("dynamodb-transport", "Encrypt requests on the way", "DynamoDB takes only TLS", tableDocs+"inter-network-traffic-privacy.html", "SC-8", table, globalTable),
		{
			ID: "dynamodb-encryption", Title: "Encrypt items at rest", Types: []string{table, globalTable},
			Doc:    "DynamoDB encrypts every table with a key that it owns. A key of the customer's can be audited and withdrawn, and its policy is the customer's.",
			Refs:   Refs{AWS: []string{tableDocs + "EncryptionAtRest.html"}, OWASP: "A3:2017", NIST: "SC-28, SC-12"},
			States: []State{Provided, Met, Unknown}, Compute: tableEncryption,
		},
		{
			ID: "dynamodb-recovery", Title: "Be able to go back in time", Types: []string{table, globalTable},
			Doc:    "Replication copies a deletion too. Point-in-time recovery brings back any second of the last 35 days.",
			Refs:   Refs{AWS: []string{tableDocs + "Point-in-time-recovery.html"}, FSBP: "DynamoDB.2", NIST: "CP-9, CP-10"},
			States: decided(), Compute: tableRecovery,
		},
		{
			ID: "dynamodb-deletion", Title: "Protect the table from deletion", Types: []string{table, globalTable},
			Doc:    "Deletion protection makes deleting a table two steps, and a stack that is deleted by mistake leaves the table.",
			Refs:   Refs{AWS: []string{tableDocs + "WorkingWithTables.Basics.html"}, FSBP: "DynamoDB.6", NIST: "CM-3"},
			States: decided(), Compute: tableDeletion,
		},
		{
			ID: "dynamodb-callers", Title: "Let only known accounts in", Types: []string{table, globalTable},
			Doc:    "A table's resource policy can let other accounts in; AWS refuses one for everybody unless its conditions narrow it.",
			Refs:   Refs{AWS: []string{tableDocs + "access-control-resource-based.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the table")
			},
		},
		attested("dynamodb-items", "Let each caller reach only their own items", "which items a caller may have is decided in the code, or by conditions on keys",
			"IAM can limit an identity to items whose key is its own (dynamodb:LeadingKeys). Where functions serve many users with one role, their code decides.",
			Refs{AWS: []string{tableDocs + "specifying-conditions.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-6"}, table, globalTable),
	}
}

func tableEncryption(v *View) Answer {
	key := v.Get("SSESpecification", "KMSMasterKeyId")
	on := v.Get("SSESpecification", "SSEEnabled")
	if v.Type == globalTable {
		for _, r := range v.Get("Replicas").Items() {
			key = r.Get("SSESpecification", "KMSMasterKeyId")
			break
		}
	}
	switch {
	case set(key) == value.Unknown:
		return unknown("it is not known which key encrypts the table", key, prop("SSESpecification.KMSMasterKeyId", key))
	case set(key) == value.Yes:
		return met("a key of the customer encrypts the table; its policy is the customer's too", Place{key.Span(), "SSESpecification.KMSMasterKeyId"}).by(Shared)
	case on.IsTrue() == value.Yes:
		return provided("AWS's KMS key for DynamoDB encrypts the table", prop("SSESpecification.SSEEnabled", on))
	}
	return provided("DynamoDB encrypts the table with a key that it owns")
}

// replicas asks every replica of a global table, or the table itself.
func replicas(v *View, keys ...string) (value.Tri, *value.Value) {
	if v.Type != globalTable {
		x := v.Get(keys...)
		return x.IsTrue(), x
	}
	list := v.Get("Replicas")
	if list.Kind() != value.List {
		return value.Unknown, list
	}
	out, which := value.Yes, list
	for _, r := range list.Items() {
		x := r.Get(keys...)
		if t := x.IsTrue(); t != value.Yes || which == list {
			out, which = out.And(t), x
		}
	}
	return out, which
}

func tableRecovery(v *View) Answer {
	t, x := replicas(v, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
	return decide(t, "PointInTimeRecoveryEnabled", x, "point-in-time recovery is on", "point-in-time recovery is off: what is deleted is gone")
}

func tableDeletion(v *View) Answer {
	t, x := replicas(v, "DeletionProtectionEnabled")
	return decide(t, "DeletionProtectionEnabled", x, "deletion protection is on", "deletion protection is off")
}

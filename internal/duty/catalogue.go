package duty

import (
	"slices"
	"strings"
)

// Catalogue returns every duty, service by service.
func Catalogue() []Duty {
	return slices.Concat(
		functionDuties(), accessDuties(), layerDuties(), mappingDuties(),
		identityDuties(),
		apiDuties(), authorizerDuties(), domainDuties(),
		bucketDuties(),
		tableDuties(),
		queueDuties(), topicDuties(), busDuties(), scheduleDuties(), streamDuties(),
		stateMachineDuties(),
		userPoolDuties(), identityPoolDuties(),
		graphqlDuties(),
		secretDuties(), keyDuties(),
		logGroupDuties(),
		distributionDuties(),
	)
}

// shield is where AWS says whom Shield Standard protects: all customers.
const shield = "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-standard-summary.html"

// byAWS is a duty that AWS holds whatever is configured. why says what AWS
// does; pages, with spaces between, are where AWS says so.
func byAWS(id, title, why, pages, nist string, types ...string) Duty {
	return Duty{
		ID: id, Title: title, Types: types,
		Doc:    "AWS holds this duty, and nothing can be configured about it: " + why + ".",
		Refs:   Refs{AWS: strings.Fields(pages), NIST: nist},
		States: []State{Provided},
		Compute: func(*View) Answer {
			return Answer{Holder: AWS, State: Provided, Why: why}
		},
	}
}

// attested is a duty of the customer that no source can show.
func attested(id, title, why, doc string, refs Refs, types ...string) Duty {
	return Duty{
		ID: id, Title: title, Types: types, Doc: doc, Refs: refs, States: []State{Manual},
		Compute: func(*View) Answer {
			return Answer{Holder: Customer, State: Manual, Why: why}
		},
	}
}

// The states of most duties that are computed.
func decided(more ...State) []State { return append([]State{Met, Unmet, Unknown}, more...) }

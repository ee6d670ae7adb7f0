package duty

import "slices"

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

// byAWS is a duty that AWS holds whatever is configured. why says what AWS
// does; the page is where AWS says so.
func byAWS(id, title, why, page, nist string, types ...string) Duty {
	return Duty{
		ID: id, Title: title, Types: types,
		Doc:    "AWS holds this duty, and nothing can be configured about it: " + why + ".",
		Refs:   Refs{AWS: []string{page}, NIST: nist},
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

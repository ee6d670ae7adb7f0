package value

// Tri is a truth value with a third state for what the sources do not tell.
// The zero value is Unknown: what nobody decided is never a pass.
type Tri uint8

// The three truth values.
const (
	Unknown Tri = iota
	No
	Yes
)

func (t Tri) String() string { return [...]string{"unknown", "no", "yes"}[t] }

// Of turns a bool into a Tri.
func Of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Not is Kleene's negation.
func (t Tri) Not() Tri {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

// And is Kleene's conjunction: No wins over Unknown.
func (t Tri) And(o Tri) Tri {
	switch {
	case t == No || o == No:
		return No
	case t == Yes && o == Yes:
		return Yes
	}
	return Unknown
}

// Or is Kleene's disjunction: Yes wins over Unknown.
func (t Tri) Or(o Tri) Tri { return t.Not().And(o.Not()).Not() }

// Agree folds answers about alternatives of which one is real: Yes or No only
// where all agree. Of no answers it makes Unknown.
func Agree(answers ...Tri) Tri {
	if len(answers) == 0 {
		return Unknown
	}
	for _, a := range answers[1:] {
		if a != answers[0] {
			return Unknown
		}
	}
	return answers[0]
}

package policy

import "strings"

// An Operator is a condition operator taken apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type Operator struct {
	Kind     OperatorKind
	Negated  bool // StringNotEquals, NotIpAddress …
	IfExists bool
	Set      SetOperator
}

// OperatorKind is what an operator compares.
type OperatorKind uint8

// The comparisons. Negation is apart.
const (
	StringEquals OperatorKind = iota + 1
	StringEqualsIgnoreCase
	StringLike
	NumericEquals
	NumericLessThan
	NumericLessThanEquals
	NumericGreaterThan
	NumericGreaterThanEquals
	DateEquals
	DateLessThan
	DateLessThanEquals
	DateGreaterThan
	DateGreaterThanEquals
	Bool
	BinaryEquals
	IPAddress
	ArnLike // ArnEquals is the same
	Null
)

// SetOperator is the qualifier for keys with several values.
type SetOperator uint8

// The qualifiers.
const (
	NoSet SetOperator = iota
	ForAnyValue
	ForAllValues
)

// operators maps the lower-case name to the comparison: AWS ignores the case
// of operators.
func operator(name string) (OperatorKind, bool, bool) {
	switch name {
	case "stringequals":
		return StringEquals, false, true
	case "stringnotequals":
		return StringEquals, true, true
	case "stringequalsignorecase":
		return StringEqualsIgnoreCase, false, true
	case "stringnotequalsignorecase":
		return StringEqualsIgnoreCase, true, true
	case "stringlike":
		return StringLike, false, true
	case "stringnotlike":
		return StringLike, true, true
	case "numericequals":
		return NumericEquals, false, true
	case "numericnotequals":
		return NumericEquals, true, true
	case "numericlessthan":
		return NumericLessThan, false, true
	case "numericlessthanequals":
		return NumericLessThanEquals, false, true
	case "numericgreaterthan":
		return NumericGreaterThan, false, true
	case "numericgreaterthanequals":
		return NumericGreaterThanEquals, false, true
	case "dateequals":
		return DateEquals, false, true
	case "datenotequals":
		return DateEquals, true, true
	case "datelessthan":
		return DateLessThan, false, true
	case "datelessthanequals":
		return DateLessThanEquals, false, true
	case "dategreaterthan":
		return DateGreaterThan, false, true
	case "dategreaterthanequals":
		return DateGreaterThanEquals, false, true
	case "bool":
		return Bool, false, true
	case "binaryequals":
		return BinaryEquals, false, true
	case "ipaddress":
		return IPAddress, false, true
	case "notipaddress":
		return IPAddress, true, true
	case "arnequals", "arnlike":
		return ArnLike, false, true
	case "arnnotequals", "arnnotlike":
		return ArnLike, true, true
	case "null":
		return Null, false, true
	}
	return 0, false, false
}

// ParseOperator takes an operator's name apart; ok is false for a name that
// AWS does not know. IfExists has no effect after a set operator and cannot
// follow Null.
func ParseOperator(name string) (op Operator, ok bool) {
	name = strings.ToLower(name)
	if rest, found := strings.CutPrefix(name, "foranyvalue:"); found {
		op.Set, name = ForAnyValue, rest
	} else if rest, found := strings.CutPrefix(name, "forallvalues:"); found {
		op.Set, name = ForAllValues, rest
	}
	name, op.IfExists = strings.CutSuffix(name, "ifexists")
	op.Kind, op.Negated, ok = operator(name)
	if op.Kind == Null && op.IfExists {
		ok = false
	}
	return op, ok
}

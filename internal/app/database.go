package app

import (
	"iter"

	"github.com/remit-security/remit/internal/value"
)

// A Table is an AWS::DynamoDB::Table or an AWS::DynamoDB::GlobalTable.
type Table struct{ *Resource }

// AsTable views r as a table.
func AsTable(r *Resource) Table { return Table{of(r, tableTypes...)} }

// Tables iterates the application's tables, global ones included.
func (a *App) Tables() iter.Seq[Table] { return views(a, AsTable, tableTypes...) }

// Global reports whether the table is a global one.
func (t Table) Global() bool { return t.Resource != nil && t.Type == "AWS::DynamoDB::GlobalTable" }

// Replicas are the replicas of a global table.
func (t Table) Replicas() []*value.Value { return t.Get("Replicas").Items() }

// Policies are the table's resource policies.
func (t Table) Policies() []Attached { return t.policies() }

// Stream is the StreamSpecification; absent without a stream.
func (t Table) Stream() *value.Value { return t.Get("StreamSpecification") }

// CustomerKey tells whether the table is encrypted with a key of the account:
// SSEEnabled, false by default, where DynamoDB uses a key of its own.
func (t Table) CustomerKey() *value.Value { return t.orBool(false, "SSESpecification", "SSEEnabled") }

// Recovery is whether point-in-time recovery is on, false by default. Of a
// global table it is the setting of a replica without it, if there is one.
func (t Table) Recovery() *value.Value {
	const spec, key = "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"
	if !t.Global() {
		return t.orBool(false, spec, key)
	}
	var out *value.Value
	for _, r := range t.Replicas() {
		v := r.Get(spec, key).Or(value.NewBool(false, r.Span()))
		if out == nil || v.IsTrue() != value.Yes {
			out = v
		}
	}
	return out
}

// DeletionProtection is false by default.
func (t Table) DeletionProtection() *value.Value {
	if !t.Global() {
		return t.orBool(false, "DeletionProtectionEnabled")
	}
	var out *value.Value
	for _, r := range t.Replicas() {
		v := r.Get("DeletionProtectionEnabled").Or(value.NewBool(false, r.Span()))
		if out == nil || v.IsTrue() != value.Yes {
			out = v
		}
	}
	return out
}

package lang_test

import (
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// fake knows of every attribute what is written, and computes ARNs and ids.
type fake struct{}

func (fake) Attribute(in *lang.Instance, name string, at source.Span) *value.Value {
	ref := value.Ref{Resource: in.ID, Attr: name}
	if v := in.Attrs.Get(name); v.Kind() == value.String {
		return value.NewRef(v.Text(), at, ref)
	} else if v.Kind() != value.Absent {
		return v
	}
	if name == "arn" {
		return value.NewRef(value.Concat(value.Lit("arn:aws:"+in.Type+":::"), value.Hole(in.Address+".id")), at, ref)
	}
	return value.NewRef(value.Hole(in.Address+"."+name), at, ref)
}

// Data computes policy documents from their statements.
func (f fake) Data(in *lang.Instance, name string, at source.Span) *value.Value {
	if in.Type == "aws_iam_policy_document" && name == "json" {
		ref := value.Ref{Resource: in.ID, Attr: name}
		return value.NewDocument(value.Hole(in.Address+".json"), value.NewMap(in.Attrs.Fields(), in.Span), at, ref)
	}
	return f.Attribute(in, name, at)
}

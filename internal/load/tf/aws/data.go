package aws

import (
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A reading tells an attribute of a data source; nil where it does not.
type reading func(p provider, in *lang.Instance, name string, at source.Span) *value.Value

// readings are the data sources that need more than a table.
var readings = map[string]reading{
	"aws_iam_policy_document":           policyDocument,
	"aws_iam_policy":                    iamPolicy,
	"aws_iam_session_context":           sessionContext,
	"aws_arn":                           parsedARN,
	"aws_service_principal":             servicePrincipal,
	"aws_region":                        regionNamed,
	"aws_secretsmanager_secret_version": hidden("secret_string", "secret_binary"),
	"aws_elb_service_account":           balancerAccount,
	"external":                          hidden("result"), // its program is not run
	"http":                              hidden("body", "response_body", "response_body_base64", "response_headers"),
	"template_file":                     templateFile,
}

// Data is an attribute of a data source.
func (p provider) Data(in *lang.Instance, name string, at source.Span) *value.Value {
	if f := readings[in.Type]; f != nil {
		if v := f(p, in, name, at); v != nil {
			return v
		}
	}
	if v := in.Attrs.Get(name); v.Exists() != value.No {
		return v.At(at)
	}
	t := p.tables.of(in.Type, true)
	switch {
	case t == nil:
		return unknown(in, name, at)
	case name == t.name && name != "":
		return value.NewText(p.nameOf(in), at)
	case t.attrs[name] != "":
		return p.computed(in, t, t.attrs[name], name, at)
	case name == "id" && t.cfn != "":
		return p.computed(in, t, "Ref", name, at)
	case name == "arn" && t.cfn != "":
		return p.computed(in, t, "Arn", name, at)
	}
	return unknown(in, name, at)
}

// hidden are attributes that hold what nobody but the deployment knows.
func hidden(names ...string) reading {
	return func(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
		for _, n := range names {
			if n == name {
				return value.NewUnresolved(in.Address+"."+name, at, nil)
			}
		}
		return nil
	}
}

// iamPolicy is a managed policy by name or ARN: AWS's own where it has one of
// the name, else one of the account.
func iamPolicy(p provider, in *lang.Instance, name string, at source.Span) *value.Value {
	if name != "arn" && name != "id" || in.Attrs.Get("arn").Exists() != value.No {
		if name == "id" {
			return in.Attrs.Get("arn").At(at)
		}
		return nil
	}
	v := in.Attrs.Get("name")
	if v.Exists() == value.No {
		return nil
	}
	place := in.Place
	head := []value.Text{value.Lit("arn:"), orHole(place.Partition, "AWS::Partition"), value.Lit(":iam::")}
	if known, ok := v.Known(); ok {
		if arn, ok := catalogue.ManagedByName(known); ok {
			_, rest, _ := strings.Cut(arn, ":iam::")
			return value.NewText(value.Concat(append(head, value.Lit(rest))...), at)
		}
	}
	dir := value.Lit("/")
	if d := in.Attrs.Get("path_prefix"); d.Exists() != value.No {
		dir = d.Text()
	}
	tail := []value.Text{orHole(place.Account, "AWS::AccountId"), value.Lit(":policy"), dir, v.Text()}
	return value.NewText(value.Concat(append(head, tail...)...), at, v.Refs()...)
}

// sessionContext finds the role of an assumed role's ARN; every other ARN is
// its own issuer.
func sessionContext(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	arn := in.Attrs.Get("arn")
	if name != "issuer_arn" {
		return nil
	}
	parts := arn.Text().Split(':', 6)
	if len(parts) < 6 || parts[2].Equal(value.Lit("sts")) != value.No || parts[5].HasPrefix("assumed-role/") != value.No {
		return nil
	}
	return arn.At(at)
}

// parsedARN is a part of an ARN.
func parsedARN(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	index := map[string]int{"partition": 1, "service": 2, "region": 3, "account": 4, "resource": 5}
	i, ok := index[name]
	arn := in.Attrs.Get("arn")
	parts := arn.Text().Split(':', 6)
	if !ok || len(parts) < 6 {
		return nil
	}
	return value.NewText(parts[i], at, arn.Refs()...)
}

// servicePrincipal is the principal of a service.
func servicePrincipal(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	service := in.Attrs.Get("service_name")
	if service.Exists() == value.No {
		return nil
	}
	switch name {
	case "name", "id":
		return value.NewText(value.Concat(service.Text(), value.Lit(".amazonaws.com")), at, service.Refs()...)
	case "suffix":
		return value.NewText(value.Lit("amazonaws.com"), at)
	}
	return nil
}

// regionNamed is the region that is asked for by name, or the provider's.
func regionNamed(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	if name != "name" && name != "id" && name != "region" {
		return nil
	}
	for _, arg := range []string{"name", "region"} {
		if v := in.Attrs.Get(arg); v.Exists() != value.No {
			return v.At(at)
		}
	}
	return value.NewText(orHole(in.Place.Region, "AWS::Region"), at)
}

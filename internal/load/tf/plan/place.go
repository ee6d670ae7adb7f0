package plan

import (
	"cmp"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// placeOf is where an instance's provider configuration points. Since version
// 6 of the AWS provider each resource may say its own region.
func (r *reader) placeOf(in *instance) app.Place {
	p := r.place(in.provider)
	if region := text(in.values.Get("region")); region != "" && strings.HasPrefix(in.Type, "aws_") && !in.Data && !sensitive(in.secret, "region") {
		p.Region = value.Lit(region)
	}
	return p
}

// place is where the provider configuration with a key points. What the plan's
// data sources say of the caller counts where the configuration is silent.
func (r *reader) place(key string) app.Place {
	if key == "" {
		key = "aws"
	}
	if p, ok := r.places[key]; ok {
		return p
	}
	config := r.providerConfig(key)
	exprs, root := config.Get("expressions"), text(config.Get("module_address")) == ""
	region := r.constant(exprs.Get("region"), root)
	var account, partition string
	role := r.constant(item(exprs.Get("assume_role"), 0).Get("role_arn"), root)
	if parts := strings.Split(role, ":"); len(parts) == 6 && parts[0] == "arn" {
		partition, account = parts[1], parts[4]
	}
	if ids := items(exprs.Path("allowed_account_ids", "constant_value")); account == "" && len(ids) == 1 {
		account = text(ids[0])
	}
	for _, in := range r.all {
		if !in.Data || in.provider != key || in.values == nil {
			continue
		}
		switch in.Type {
		case "aws_caller_identity":
			account = cmp.Or(account, text(in.values.Get("account_id")))
		case "aws_region":
			region = cmp.Or(region, text(in.values.Get("region")), text(in.values.Get("name")))
		case "aws_partition":
			partition = cmp.Or(partition, text(in.values.Get("partition")))
		}
	}
	p := app.Place{
		Region:    value.Lit(cmp.Or(region, r.o.Region)),
		Account:   value.Lit(cmp.Or(account, r.o.Account)),
		Partition: value.Lit(cmp.Or(partition, r.o.Partition)),
	}
	r.places[key] = p
	return p
}

// providerConfig finds a provider configuration; a module that has none of its
// own uses that of the root.
func (r *reader) providerConfig(key string) *source.Node {
	all := r.doc.Path("configuration", "provider_config")
	if n := all.Get(key); n != nil && n.Has("expressions") {
		return n
	}
	if i := strings.LastIndexByte(key, ':'); i >= 0 {
		return all.Get(key[i+1:])
	}
	return all.Get(key)
}

// constant is the string that an expression is, whether it is written there or
// is the value of a variable of the root module.
func (r *reader) constant(e *source.Node, root bool) string {
	if s := text(e.Get("constant_value")); s != "" {
		return s
	}
	refs := longest(e)
	if len(refs) != 1 || !root {
		return ""
	}
	t, ok := parseTarget(refs[0])
	if !ok || t.kind != "var" || t.deep || isTrue(r.root.node.Path("variables", t.name, "sensitive")) {
		return ""
	}
	return text(r.doc.Path("variables", t.name, "value"))
}

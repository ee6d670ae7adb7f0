package aws

import (
	"strings"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// templateFile is the old way of templatefile(): ${name} in a text stands for
// the variable. What is more than names stays unresolved.
func templateFile(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	if name != "rendered" {
		return nil
	}
	template, vars := in.Attrs.Get("template"), in.Attrs.Get("vars")
	unresolved := value.NewUnresolved(in.Address+"."+name, at, nil)
	if template.Kind() != value.String {
		return unresolved
	}
	var out []value.Text
	var refs []value.Ref
	for _, p := range template.Text().Parts() {
		if p.Hole != "" {
			return unresolved
		}
		rest := p.Lit
		if strings.Contains(rest, "%{") || strings.Contains(rest, "$${") {
			return unresolved
		}
		for {
			before, after, ok := strings.Cut(rest, "${")
			out = append(out, value.Lit(before))
			if !ok {
				break
			}
			key, tail, _ := strings.Cut(after, "}")
			v := vars.Get(strings.TrimSpace(key))
			if v.Kind() == value.Absent {
				return unresolved
			}
			out, refs, rest = append(out, v.Text()), append(refs, v.Refs()...), tail
		}
	}
	return value.NewText(value.Concat(out...), at, refs...)
}

// balancerAccounts are the accounts in which load balancers write logs, of the
// regions that are older than August 2022.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
var balancerAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-southeast-3": "589379963580", "ap-south-1": "718504428378",
	"ap-northeast-3": "383597477331", "ap-northeast-2": "600734575887", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
	"ap-northeast-1": "582318560864", "ca-central-1": "985666609251", "eu-central-1": "054676820928", "eu-west-1": "156460612806",
	"eu-west-2": "652711504416", "eu-south-1": "635631232127", "eu-west-3": "009996457667", "eu-north-1": "897822967062",
	"me-south-1": "076674570225", "sa-east-1": "507241528517",
}

func balancerAccount(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	region, _ := in.Place.Region.Known()
	if v, ok := in.Attrs.Get("region").Known(); ok && v != "" {
		region = v
	}
	account, ok := balancerAccounts[region]
	if !ok {
		return nil
	}
	switch name {
	case "id":
		return value.NewText(value.Lit(account), at)
	case "arn":
		partition := orHole(in.Place.Partition, "AWS::Partition")
		return value.NewText(value.Concat(value.Lit("arn:"), partition, value.Lit(":iam::"+account+":root")), at)
	}
	return nil
}

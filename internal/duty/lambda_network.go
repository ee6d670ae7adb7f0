package duty

import (
	"fmt"
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

func functionNetwork(v *View) Answer {
	vpc := app.AsFunction(v.Resource).VPC()
	switch set(vpc) {
	case value.No:
		return notApplicable("the function runs in AWS's network, where nothing limits what it reaches")
	case value.Unknown:
		return unknown("it cannot be decided whether the function runs in a VPC", vpc, prop("VpcConfig", vpc))
	}
	subnets := vpc.Get("SubnetIds")
	if subnets.Kind() != value.List {
		return unknown("it is not known which subnets the function runs in", subnets, prop("VpcConfig.SubnetIds", subnets))
	}
	if subnets.Len() < 2 {
		return unmet("the function runs in one subnet, and so in one Availability Zone", Place{subnets.Span(), "VpcConfig.SubnetIds"})
	}
	switch n, zones := subnets.Len(), zonesOf(v.App, subnets); {
	case len(zones) > 1:
		return met(fmt.Sprintf("the function runs in %d subnets of different Availability Zones; their routes and security groups are the customer's", n), zones...)
	default:
		return manual(fmt.Sprintf("the function runs in %d subnets whose zones the sources do not tell apart: attest that they are in two at least", n), Place{subnets.Span(), "VpcConfig.SubnetIds"})
	}
}

// zonesOf shows one subnet for each Availability Zone that is surely another
// than those before it.
func zonesOf(a *app.App, subnets *value.Value) []Place {
	var out []Place
	var known []value.Text
	for _, s := range subnets.Items() {
		r, sure := a.Lookup(s, "AWS::EC2::Subnet")
		if r == nil || sure != value.Yes {
			continue
		}
		zone := r.Get("AvailabilityZone")
		if set(zone) != value.Yes || slices.ContainsFunc(known, func(t value.Text) bool { return zone.Text().Equal(t) != value.No }) {
			continue
		}
		known = append(known, zone.Text())
		out = append(out, at(zone.Span(), "%s is in %s", r.Label(), zone.Str()))
	}
	return out
}

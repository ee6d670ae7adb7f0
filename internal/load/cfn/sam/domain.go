package sam

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// customDomain builds what the Domain of a REST API asks for.
func (a *restRun) customDomain() {
	d, x := a.d, a.x
	conf := d.prop("Domain")
	if conf == nil || !x.wantMap(d.at("Domain"), conf) {
		return
	}
	dm := &domain{x: x, d: d, conf: conf, p: d.at("Domain"), span: conf.Span}
	name, cert := get(conf, "DomainName"), get(conf, "CertificateArn")
	if !x.wantGiven(dm.p.at("DomainName", name), name) {
		return
	}
	x.wantGiven(dm.p.at("CertificateArn", cert), cert)
	dm.name = name
	endpoint := get(conf, "EndpointConfiguration")
	if endpoint == nil {
		endpoint = source.NewString("REGIONAL", conf.Span)
	} else if !slices.Contains([]string{"EDGE", "REGIONAL", "PRIVATE"}, text(endpoint)) {
		x.refuse(dm.p.at("EndpointConfiguration", endpoint), "should be EDGE, REGIONAL or PRIVATE")
	}
	dm.endpoint = text(endpoint)
	types := obj(conf.Span, "Types", list(conf.Span, endpoint))
	if ip := get(conf, "IpAddressType"); truthy(ip) {
		set(types, "IpAddressType", ip)
	}
	private := dm.endpoint == "PRIVATE"
	kind := "AWS::ApiGateway::DomainName"
	dm.id = "ApiGatewayDomainName" + idHash(name)
	if private {
		kind += "V2"
		dm.id = "ApiGatewayDomainNameV2" + idHash(name)
	}
	r := d.make(dm.id, kind, conf.Span)
	r.set("DomainName", name).set("EndpointConfiguration", types)
	if dm.endpoint == "REGIONAL" {
		r.set("RegionalCertificateArn", cert)
	} else {
		r.set("CertificateArn", cert)
	}
	optional := []string{"SecurityPolicy", "EndpointAccessMode"}
	if private {
		optional = append(optional, "Policy")
	} else {
		optional = append(optional, "OwnershipVerificationCertificateArn")
		r.set("MutualTlsAuthentication", dm.mutualTLS())
	}
	for _, k := range optional {
		if v := get(conf, k); truthy(v) {
			r.set(k, v)
		}
	}
	a.list = append(a.list, r)
	a.list = append(a.list, dm.restMappings(private)...)
	if private {
		x.part(d.id, "DomainNameV2", r.id)
		a.list = append(a.list, dm.access())
	} else {
		x.part(d.id, "DomainName", r.id)
	}
	a.list = append(a.list, dm.records())
}

// domain is a custom domain name of an API.
type domain struct {
	x        *expansion
	d        *decl
	conf     *node
	p        place
	span     source.Span
	id       string // logical id of the domain name
	name     *node
	endpoint string
}

// mutualTLS reads MutualTlsAuthentication.
func (dm *domain) mutualTLS() *node {
	conf := get(dm.conf, "MutualTlsAuthentication")
	if !truthy(conf) {
		return nil
	}
	p := dm.p.at("MutualTlsAuthentication", conf)
	if !dm.x.wantMap(p, conf) {
		return nil
	}
	out := obj(conf.Span)
	for _, f := range conf.Fields {
		switch {
		case f.Key != "TruststoreUri" && f.Key != "TruststoreVersion":
			dm.x.refuse(p.at(f.Key, f.Value), "there is no such property of MutualTlsAuthentication; it has TruststoreUri and TruststoreVersion")
		case truthy(f.Value):
			set(out, f.Key, f.Value)
		}
	}
	return out
}

// basePaths are the values of BasePath, nil if there are none.
func (dm *domain) basePaths() []*node {
	v := get(dm.conf, "BasePath")
	if !truthy(v) || !isStr(v) && !isList(v) {
		return nil
	}
	var out []*node
	for i, it := range asList(v) {
		p := dm.p.at("BasePath", v)
		if isList(v) {
			p = p.at("["+strconv.Itoa(i)+"]", it)
		}
		if dm.x.wantString(p, it) {
			out = append(out, it)
		}
	}
	return out
}

func onlyAlnum(s string) string {
	return strings.Map(func(r rune) rune {
		if alnum(string(r)) {
			return r
		}
		return -1
	}, s)
}

// restMappings maps base paths of the domain to the API's stage.
func (dm *domain) restMappings(private bool) []*resource {
	d := dm.d
	build := func(id string, span source.Span) *resource {
		kind, to := "AWS::ApiGateway::BasePathMapping", "DomainName"
		if private {
			kind, to = "AWS::ApiGateway::BasePathMappingV2", "DomainNameArn"
		}
		return d.make(id, kind, span).set(to, ref(span, dm.id)).set("RestApiId", ref(span, d.id)).
			set("Stage", ref(span, d.id+".Stage"))
	}
	paths := dm.basePaths()
	if paths == nil {
		return []*resource{build(d.id+"BasePathMapping", dm.span)}
	}
	normalize := dm.conf.Get("NormalizeBasePath")
	var out []*resource
	for _, path := range paths {
		short := onlyAlnum(path.Text)
		r := build(d.id+short+"BasePathMapping", path.Span)
		if normalize != nil && !truthy(normalize) {
			short = path.Text
		}
		out = append(out, r.set("BasePath", source.NewString(short, path.Span)))
	}
	return out
}

// access lets a VPC endpoint use a private domain name.
func (dm *domain) access() *resource {
	conf := get(dm.conf, "AccessAssociation")
	if conf == nil || !dm.x.wantMap(dm.p.at("AccessAssociation", conf), conf) {
		return nil
	}
	endpoint := get(conf, "VpcEndpointId")
	id := "DomainNameAccessAssociation" + idHash(list(conf.Span, orNull(endpoint, conf.Span), dm.id))
	return dm.d.make(id, "AWS::ApiGateway::DomainNameAccessAssociation", conf.Span).
		set("DomainNameArn", ref(conf.Span, dm.id)).set("AccessAssociationSourceType", "VPCE").
		set("AccessAssociationSource", endpoint)
}

// records builds the DNS records in Route 53: a record set group that the
// APIs of one hosted zone share, unless the API wants its own.
func (dm *domain) records() *resource {
	x := dm.x
	conf := get(dm.conf, "Route53")
	if conf == nil || !x.wantMap(dm.p.at("Route53", conf), conf) {
		return nil
	}
	p := dm.p.at("Route53", conf)
	zone := get(conf, "HostedZoneId")
	byName := get(conf, "HostedZoneName")
	if zone == nil && byName == nil {
		x.refuse(p, "needs HostedZoneId or HostedZoneName")
		return nil
	}
	key := zone
	if !truthy(key) {
		key = byName
	}
	separate := get(conf, "SeparateRecordSetGroup")
	rest := dm.d.typ == typeAPI
	own := rest && truthy(separate)
	if own {
		x.wantBool(p.at("SeparateRecordSetGroup", separate), separate)
	}
	id := "RecordSetGroup" + idHash(key)
	if own {
		id = "RecordSetGroup" + idHash(list(conf.Span, key, orNull(dm.name, conf.Span)))
	}
	// WebSocket APIs do not share: of several in one zone the last one wins.
	own = own || dm.d.typ == typeWebSocket
	group := x.groups[id]
	if group == nil || own {
		group = dm.d.make(id, "AWS::Route53::RecordSetGroup", conf.Span)
		group.set("HostedZoneId", zone)
		if rest || zone == nil {
			group.set("HostedZoneName", byName)
		}
		group.set("RecordSets", source.NewList(conf.Span))
		if !own {
			x.groups[id] = group
		}
	}
	sets := group.prop("RecordSets")
	push(sets, dm.record(conf, "A"))
	if isTrue(get(conf, "IpV6")) {
		push(sets, dm.record(conf, "AAAA"))
	}
	return group
}

func (dm *domain) record(conf *node, typ string) *node {
	target := obj(conf.Span, "EvaluateTargetHealth", get(conf, "EvaluateTargetHealth"))
	switch dm.endpoint {
	case "REGIONAL":
		set(target, "HostedZoneId", getAtt(conf.Span, dm.id, "RegionalHostedZoneId"))
		set(target, "DNSName", getAtt(conf.Span, dm.id, "RegionalDomainName"))
	case "EDGE":
		name := get(conf, "DistributionDomainName")
		if name == nil {
			name = getAtt(conf.Span, dm.id, "DistributionDomainName")
		}
		set(target, "HostedZoneId", value(conf.Span, "Z2FDTNDATAQYW2")) // of all CloudFront distributions
		set(target, "DNSName", name)
	default:
		set(target, "HostedZoneId", orNull(get(conf, "VpcEndpointHostedZoneId"), conf.Span))
		set(target, "DNSName", orNull(get(conf, "VpcEndpointDomainName"), conf.Span))
	}
	return obj(conf.Span, "Name", dm.name, "Type", typ, "AliasTarget", target,
		"Region", get(conf, "Region"), "SetIdentifier", get(conf, "SetIdentifier"))
}

var (
	badBasePath  = regexp.MustCompile(`[^0-9a-zA-Z/\-_]+`)
	basePathJoin = strings.NewReplacer("-", "", "_", "", "/", "")
)

// domainV2 builds what the Domain of an HTTP or WebSocket API asks for.
func (x *expansion) domainV2(d *decl, tag string) []*resource {
	conf := d.prop("Domain")
	if conf == nil || !x.wantMap(d.at("Domain"), conf) {
		return nil
	}
	dm := &domain{x: x, d: d, conf: conf, p: d.at("Domain"), span: conf.Span, endpoint: "REGIONAL"}
	name, cert := get(conf, "DomainName"), get(conf, "CertificateArn")
	if !x.wantGiven(dm.p.at("DomainName", name), name) || !x.wantGiven(dm.p.at("CertificateArn", cert), cert) {
		return nil
	}
	dm.name, dm.id = name, "ApiGatewayDomainNameV2"+idHash(name)
	if e := get(conf, "EndpointConfiguration"); e != nil && text(e) != "REGIONAL" {
		x.refuse(dm.p.at("EndpointConfiguration", e), "should be REGIONAL")
	}
	setting := obj(conf.Span, "CertificateArn", cert, "EndpointType", "REGIONAL")
	for _, k := range []string{"OwnershipVerificationCertificateArn", "SecurityPolicy"} {
		if v := get(conf, k); truthy(v) {
			set(setting, k, v)
		}
	}
	r := d.make(dm.id, "AWS::ApiGatewayV2::DomainName", conf.Span)
	r.set("DomainName", name).set("DomainNameConfigurations", list(conf.Span, setting)).
		set("Tags", obj(conf.Span, tag, "SAM")).set("MutualTlsAuthentication", dm.mutualTLS())
	x.part(d.id, "DomainName", r.id)
	out := []*resource{r}
	build := func(id string, span source.Span) *resource {
		return d.make(id, "AWS::ApiGatewayV2::ApiMapping", span).set("DomainName", ref(span, dm.id)).
			set("ApiId", ref(span, d.id)).set("Stage", ref(span, d.id+".Stage"))
	}
	paths := dm.basePaths()
	if paths == nil {
		out = append(out, build(d.id+"ApiMapping", conf.Span))
	}
	for _, path := range paths {
		if badBasePath.MatchString(path.Text) {
			x.refuse(dm.p.at("BasePath", path), "may have letters, digits, / - and _ only")
			continue
		}
		m := build(d.id+basePathJoin.Replace(path.Text)+"ApiMapping", path.Span)
		out = append(out, m.set("ApiMappingKey", source.NewString(strings.Trim(path.Text, "/"), path.Span)))
	}
	return append(out, dm.records())
}

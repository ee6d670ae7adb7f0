package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG095 = &rule.Rule{
	ID:       "CFG095",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Database has an address on the internet",
	Doc: `PubliclyAccessible gives a database instance, cluster or warehouse a public address: one rule of a security group and one
		guessed or leaked password are then all that protects the data. Functions reach a database inside the VPC, or through the
		RDS Data API or a proxy. Set PubliclyAccessible to false.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"},
		CWE:    []string{"CWE-668", "CWE-284"},
		OWASP:  []string{"A6:2017", "A5:2017"},
		ATTACK: []string{"T1190", "T1133"},
	},
	Types: []string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Workgroup", "AWS::DMS::ReplicationInstance", "AWS::AmazonMQ::Broker"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			public := r.Get("PubliclyAccessible")
			p.Decide(public.IsTrue(), r, public, "%s has an address on the internet; set PubliclyAccessible to false", rule.Name(r))
		}
	},
}

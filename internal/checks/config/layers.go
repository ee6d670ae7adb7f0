package config

import "slices"

// A layerVendor publishes layers under its own name and tells the accounts
// that they come from.
type layerVendor struct {
	name     string
	accounts []string
}

// layerVendors are those whose accounts their owners document, or whose layers
// public projects load under the vendor's name. Read in November 2026.
var layerVendors = []layerVendor{
	{"Powertools for AWS Lambda", []string{"017000801446", "094274105915"}},
	{"CloudWatch Lambda Insights", []string{"580247275435"}},
	{"AWS Distro for OpenTelemetry", []string{"901920570463", "615299751070"}},
	{"OpenTelemetry", []string{"184161586896"}},
	{"AWS SDK for pandas", []string{"336392948345"}},
	{"AWS Lambda Web Adapter", []string{"753240598075"}},
	{"Datadog", []string{"464622532012"}},
	{"New Relic", []string{"451483290750"}},
	{"Dynatrace", []string{"725887861453"}},
	{"Sentry", []string{"943013980633"}},
	// An account for each Region:
	// https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
	{"AWS Parameters and Secrets Lambda Extension", []string{
		"015030872274", "041683371183", "044395824272", "070087711984", "090732460067", "127562683043", "129776340158", "133256977650",
		"133490724326", "148806536434", "176022468876", "177933569100", "187925254637", "200266452380", "241533131596", "243964427225",
		"287114880934", "287310001119", "317013901791", "325218067255", "345057560386", "381492012281", "427196147048", "490737872127",
		"524103009944", "576959938190", "590474943231", "665172237481", "738900069198", "768336418462", "772501565639", "780235371811",
		"832021897121", "858974508948", "890742577149", "933737806257", "941377119484", "995508174458", "997803712105",
	}},
	// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions-versions.html
	{"AWS AppConfig", []string{
		"000010852771", "027255383542", "039592058896", "066940009817", "080788657173", "203683718741", "282860088358", "307021474294",
		"359756378197", "381491832265", "418787028745", "421114256042", "426221636601", "434848589818", "436199621743", "489524808438",
		"493207061005", "554480029851", "574348263942", "586093569114", "615057806174", "615084187847", "630222743974", "631746059939",
		"646970417810", "706869817123", "728743619870", "730335625313", "758369105281", "826293736237", "851725616657", "891376990304",
		"895787185223", "946561847325", "946746059096", "958113053741", "980059726660",
	}},
}

// knownVendor tells whether the layers of an account are a vendor's.
func knownVendor(account string) bool {
	return slices.ContainsFunc(layerVendors, func(v layerVendor) bool { return slices.Contains(v.accounts, account) })
}

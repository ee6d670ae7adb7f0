package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// What rows ask of their victims. What the sources do not tell is taken for
// granted where it is the usual case, and said.

// victimIs are the conditions of the table on victims, victimHas those on what
// is there for them.
var (
	victimIs = map[escalation.Condition]func(*building, *identity) (value.Tri, string){
		escalation.RoomForKey: roomForKey, escalation.TwoKeys: twoKeys, escalation.Password: withPassword, escalation.NoPassword: withoutPassword,
		escalation.ReadsSource: readsEventSource,
	}
	victimHas = map[escalation.Condition]func(*building, *identity) bool{escalation.Profiled: hasProfile}
)

// roomForKey tells whether a user may have another key: two are the most.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func roomForKey(_ *building, v *identity) (value.Tri, string) {
	return value.Of(len(app.AsUser(v.Resource).AccessKeys()) < 2), ""
}

func twoKeys(_ *building, v *identity) (value.Tri, string) {
	return value.Of(len(app.AsUser(v.Resource).AccessKeys()) >= 2), ""
}

// withPassword tells whether a user signs in to the console.
func withPassword(_ *building, v *identity) (value.Tri, string) {
	if v.Get("LoginProfile").Exists() == value.Yes {
		return value.Yes, ""
	}
	return value.Yes, v.Label() + " has a password for the console"
}

func withoutPassword(_ *building, v *identity) (value.Tri, string) {
	if v.App.Format == "account" { // the details do not tell
		return value.Yes, v.Label() + " has no password for the console"
	}
	switch without := v.Get("LoginProfile").Exists().Not(); without {
	case value.Unknown:
		return without, v.Label() + " has no password for the console"
	default:
		return without, ""
	}
}

// hasProfile tells whether an instance profile holds a role.
func hasProfile(b *building, v *identity) bool {
	if b.profiled == nil {
		b.profiled = map[string]bool{}
		for _, p := range b.ofType("AWS::IAM::InstanceProfile") {
			for _, it := range p.Get("Roles").Items() {
				if role, _ := p.App.Lookup(it, "AWS::IAM::Role"); role != nil {
					b.profiled[role.ID] = true
				}
			}
		}
	}
	return b.profiled[v.ID]
}

// readsEventSource tells whether a role may read what can run a function.
func readsEventSource(b *building, v *identity) (value.Tri, string) {
	reach := b.reachOf(v)
	out := value.No
	for _, s := range [][2]string{{"sqs:ReceiveMessage", "AWS::SQS::Queue"}, {"kinesis:GetRecords", "AWS::Kinesis::Stream"}, {"dynamodb:GetRecords", "AWS::DynamoDB::Table"}} {
		if !reach.may(s[0]) {
			continue
		}
		out = value.Yes
		if slices.ContainsFunc(b.ofType(s[1]), func(r *app.Resource) bool { return reach.on(s[0], arnOf(r)) }) {
			return value.Yes, ""
		}
	}
	return out, "there is a queue or stream that " + v.Label() + " may read"
}

package attack

import "github.com/remit-security/remit/internal/iam/catalogue"

// An effect is what being allowed an action on a resource of some type gives:
// a row of the catalogue, as a capability.
type effect struct {
	kind Kind
	// actions give it, each by itself.
	actions []string
	// object is what the actions' ARNs have after the resource's own.
	object catalogue.Form
	// key is the capability over the resource's own key that is needed too;
	// empty for none.
	key Kind
}

// effectsOn are the effects of actions on a resource type.
func effectsOn(typ string) []effect {
	rows := catalogue.Effects(typ)
	if rows == nil {
		return nil
	}
	out := make([]effect, len(rows))
	for i, r := range rows {
		out[i] = effect{kind: meaning(r.Effect), actions: r.Actions, object: r.Form, key: meaning(r.Key)}
	}
	return out
}

// meaning is the capability that an effect gives.
func meaning(e catalogue.Effect) Kind {
	switch e {
	case catalogue.ReadData:
		return KindRead
	case catalogue.ReadSettings:
		return KindEnv
	case catalogue.WriteData:
		return KindWrite
	case catalogue.DeleteData:
		return KindDelete
	case catalogue.Invoke:
		return KindInvoke
	case catalogue.ChangeCode:
		return KindCode
	case catalogue.ChangeSettings, catalogue.ChangeAccess:
		return KindManage
	}
	return ""
}

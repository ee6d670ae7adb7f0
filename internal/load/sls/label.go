package sls

import "strings"

// What people call generated resources. The framework rewrites the names of a
// service to make logical ids of them ("send-mail" becomes
// "SendDashmailLambdaFunction"); messages say what people wrote.

// beside are the words that the framework puts behind the name of a function,
// layer or state machine for what belongs to it alone.
var beside = [...]string{
	"Alb", "DurableLambda", "Event", "Iam", "Iot", "Lambda", "Log", "ProvConc", "Schedule", "SnapStart", "SnsSubscription", "StepFunctions",
}

// label notes what people call the resources that belong to one part of the
// service: the part's key for what it is itself, and for what is made beside it
// the key, a slash and the rest of the logical id.
func (s *service) label() {
	for _, m := range s.machines {
		s.call(m.id, m.key)
		s.call(m.id+"Role", m.key+"/Role")
	}
	for _, id := range s.order {
		from := s.out.From[id]
		for _, section := range []string{"functions.", "layers.", "stepFunctions.stateMachines."} {
			if key, ok := strings.CutPrefix(from, section); ok {
				s.labelPart(key, id)
			}
		}
	}
}

func (s *service) labelPart(key, id string) {
	rest, ok := strings.CutPrefix(id, normal(key))
	if !ok {
		return
	}
	switch rest {
	case "LambdaFunction", "LambdaLayer":
		s.call(id, key)
		return
	}
	for _, word := range beside {
		if strings.HasPrefix(rest, word) {
			s.call(id, key+"/"+rest)
		}
	}
}

// call notes what people call a resource, unless something said so before.
func (s *service) call(id, label string) {
	if label != id && s.out.Labels[id] == "" {
		s.out.Labels[id] = label
	}
}

// unlabel takes away the labels that are logical ids of other resources.
func (s *service) unlabel() {
	ids := map[string]bool{}
	for _, f := range s.out.Doc.Get("Resources").Fields {
		ids[f.Key] = true
	}
	for id, label := range s.out.Labels {
		if ids[label] {
			delete(s.out.Labels, id)
		}
	}
}

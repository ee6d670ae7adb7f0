package catalogue

import (
	"slices"
	"strconv"
	"strings"
)

// read decodes one service; gen/actions.go describes the lines.
func (e *entry) read() *Service {
	head := strings.Split(e.head, "\t")
	s := &Service{Prefix: head[0], byName: map[string]*Action{}}
	if len(head) > 2 {
		s.Name, s.RCP = head[1], head[2] == "R"
	}
	for line := range strings.Lines(e.body) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for len(f) < 6 {
			f = append(f, "")
		}
		switch f[0] {
		case "K":
			s.Keys = append(s.Keys, ConditionKey{Key: f[1], Type: f[2]})
		case "R":
			s.Resources = append(s.Resources, &ResourceType{Key: f[1], ARN: f[2], Keys: s.keys(f[3])})
		case "A":
			s.Actions = append(s.Actions, s.action(f))
		}
	}
	slices.SortFunc(s.Actions, func(a, b *Action) int { return strings.Compare(a.Name, b.Name) })
	for _, a := range s.Actions {
		s.byName[a.lower] = a
	}
	return s
}

func (s *Service) action(f []string) *Action {
	a := &Action{Service: s.Prefix, Name: f[1], lower: strings.ToLower(f[1]), Level: level(f[2]), Keys: s.keys(f[3]), Dependent: names(f[4])}
	if f[5] == "" {
		return a
	}
	for _, r := range strings.Split(f[5], ";") {
		number, rest, _ := strings.Cut(r, ":")
		keys, dependent, _ := strings.Cut(rest, ":")
		number, required := strings.CutSuffix(number, "!")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= len(s.Resources) {
			continue
		}
		a.Resources = append(a.Resources, ActionResource{Type: s.Resources[n], Required: required, Keys: s.keys(keys), Dependent: names(dependent)})
	}
	return a
}

func level(letters string) Level {
	var l Level
	for _, c := range letters {
		l |= 1 << strings.IndexRune("RLWPT", c)
	}
	return l
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (s *Service) keys(list string) []string {
	var out []string
	for _, n := range names(list) {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(s.Keys) {
			out = append(out, s.Keys[i].Key)
		}
	}
	return out
}

package duty

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// Facts are what several rows of one matrix need, each worked out once: a role
// that a thousand functions share is read once and not a thousand times. Rows
// are computed one after the other, so nothing is locked.
type facts struct {
	functions map[*app.Resource][]*app.Resource
	grants    map[*app.Resource]privileges
	rotations map[*app.App][]*app.Resource
}

func newFacts() *facts {
	return &facts{map[*app.Resource][]*app.Resource{}, map[*app.Resource]privileges{}, map[*app.App][]*app.Resource{}}
}

func remember[K comparable, V any](m map[K]V, key K, work func() V) V {
	v, ok := m[key]
	if !ok {
		v = work()
		m[key] = v
	}
	return v
}

// functionsOf are the functions that run as the role.
func (f *facts) functionsOf(role *app.Resource) []*app.Resource {
	return remember(f.functions, role, func() []*app.Resource { return rule.FunctionsOf(role.App, role) })
}

// privilegesOf are what the role may do too widely.
func (f *facts) privilegesOf(role *app.Resource) privileges {
	return remember(f.grants, role, func() privileges { return privilegesOf(app.AsRole(role).Policies()) })
}

// openRotations are the rotation schedules whose secret is not known.
func (f *facts) openRotations(a *app.App) []*app.Resource {
	return remember(f.rotations, a, func() []*app.Resource {
		var out []*app.Resource
		for r := range a.OfType("AWS::SecretsManager::RotationSchedule") {
			if s := r.Get("SecretId"); !s.IsResolved() && len(s.Refs()) == 0 && s.Kind() != value.Absent {
				out = append(out, r)
			}
		}
		return out
	})
}

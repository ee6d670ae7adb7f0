package attack

// score is 0 to 120: the asset's weight, less what stands in the way. The
// thresholds of severityOf and the figures here are one scale.
func (p *pathfinder) score(q *Path, weight int) int {
	s := 20 * weight * reach(q.Actor) / 100
	s -= min(q.Difficulty, 45)
	if p.onlyOpen(q) {
		s /= 2
	}
	if q.Certainty == Unknown {
		s = s * 7 / 10
	}
	return max(s, 0)
}

// reach is how near the actor is, in percent.
func reach(a Actor) int {
	switch a {
	case Anonymous:
		return 100
	case AnyAWS:
		return 95
	case SignedUp:
		return 85
	case Vendor:
		return 75
	case Library:
		return 50 // no library is known to be malicious
	case Insider:
		return 50
	}
	return 30 // a slip has to happen first, and backups may be there
}

func severityOf(score int) Severity {
	switch {
	case score >= 80:
		return Critical
	case score >= 50:
		return High
	case score >= 25:
		return Medium
	}
	return Low
}

// onlyOpen tells whether all that is wrong is that the way in is open, and
// what lies behind it is what the route or function is there to serve: many a
// public route is meant to be one.
func (p *pathfinder) onlyOpen(q *Path) bool {
	served := q.Hops[len(q.Hops)-1].Technique == openIntegration.ID
	for i := range q.Hops {
		served = served || q.Hops[i].Technique == codeInjection.ID
	}
	if !served {
		return false
	}
	for _, id := range q.Weaknesses {
		switch w := p.faults[p.byID[id]]; w.Kind {
		case WeakRouteOpen, WeakURLOpen, WeakBalancerOpen, WeakGraphQLOpen, WeakSignUpOpen, WeakFunctionPublic, WeakFunctionForeign, WeakPermissionLoose:
		default:
			return false
		}
	}
	return true
}

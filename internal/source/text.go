package source

import (
	"bytes"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// A text is a document's bytes with the offsets of its lines.
type text struct {
	file  string
	data  []byte
	lines []int
}

func newText(file string, data []byte) text {
	lines := make([]int, 1, bytes.Count(data, []byte("\n"))+1)
	for i, c := range data {
		if c == '\n' {
			lines = append(lines, i+1)
		}
	}
	return text{file: file, data: data, lines: lines}
}

// span is the span between two offsets.
func (t text) span(start, end int) Span {
	s := Span{File: t.file}
	s.Line, s.Column = t.position(start)
	s.EndLine, s.EndColumn = t.position(end)
	return s
}

func (t text) position(offset int) (line, column int) {
	i := sort.SearchInts(t.lines, offset+1) - 1
	return i + 1, offset - t.lines[i] + 1
}

// decodeText gives a document as UTF-8: the mark at its start is cut off,
// UTF-16 is decoded, and bytes that are no UTF-8 become question marks with a
// problem at the first, so that the rest can be read and offsets stay.
func decodeText(file string, data []byte) ([]byte, []Problem) {
	if data = Plain(data); utf8.Valid(data) {
		return data, nil
	}
	clean := bytes.Clone(data)
	first := -1
	for i := 0; i < len(clean); {
		r, size := utf8.DecodeRune(clean[i:])
		if r == utf8.RuneError && size == 1 {
			if first < 0 {
				first = i
			}
			clean[i] = '?'
		}
		i += size
	}
	t := newText(file, clean)
	return clean, []Problem{{t.span(first, first), "the text is not UTF-8 here; save the file as UTF-8"}}
}

// Plain gives the bytes of a document as UTF-8 as far as its mark tells the
// encoding, for looking at a document before it is parsed.
func Plain(data []byte) []byte {
	if len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff) {
		return decodeUTF16(data)
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

func decodeUTF16(data []byte) []byte {
	little := data[0] == 0xff
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		a, b := uint16(data[i]), uint16(data[i+1])
		if little {
			a, b = b, a
		}
		units = append(units, a<<8|b)
	}
	return []byte(string(utf16.Decode(units)))
}

package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// start is the offset at which a node stands, its tag or anchor included. The
// library counts columns in characters, spans count bytes.
func (b *yamlBuilder) start(y *yaml.Node) int {
	data := b.text.data
	line := max(y.Line, 1)
	if line > len(b.starts) {
		return len(data)
	}
	i, column := b.starts[line-1], max(y.Column, 1)-1
	if column >= markEvery {
		marks := b.lineMarks(line)
		k := min(column/markEvery, len(marks)-1)
		i, column = marks[k], column-k*markEvery
	}
	for range column {
		if i >= len(data) {
			break
		}
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(data[i:])
		i += size
	}
	return i
}

// markEvery is how many characters lie between two marks of a long line, which
// keep a document in one line from being counted from its start at every node.
const markEvery = 256

// lineMarks are the offsets of every markEvery-th character of a line.
func (b *yamlBuilder) lineMarks(line int) []int {
	if marks := b.marks[line]; marks != nil {
		return marks
	}
	data := b.text.data
	if line < len(b.starts) {
		data = data[:b.starts[line]]
	}
	var marks []int
	for i, n := b.starts[line-1], 0; i < len(data); n++ {
		if n%markEvery == 0 {
			marks = append(marks, i)
		}
		_, size := utf8.DecodeRune(data[i:])
		i += size
	}
	if marks == nil {
		marks = []int{b.starts[line-1]}
	}
	if b.marks == nil {
		b.marks = map[int][]int{}
	}
	b.marks[line] = marks
	return marks
}

// collectionEnd is the offset after a list or map: after its last element, or
// after the bracket that closes it.
func (b *yamlBuilder) collectionEnd(y *yaml.Node, start, last int) int {
	if y.Style&yaml.FlowStyle == 0 {
		return last
	}
	data := b.text.data
	i := last
	if len(y.Content) == 0 {
		if i = skipProperties(data, start); i < len(data) {
			i++ // the opening bracket
		}
	}
	for i < len(data) {
		switch data[i] {
		case ']', '}':
			return i + 1
		case ' ', '\t', '\r', '\n', ',', ':': // {a} and {a:} end without a value
			i++
		case '#':
			i = lineEnd(data, i)
		default:
			return last
		}
	}
	return last
}

// skipProperties passes a node's tag and anchor and the space behind them.
func skipProperties(data []byte, i int) int {
	for i < len(data) && (data[i] == '!' || data[i] == '&') {
		i = skipSpace(data, wordEnd(data, i))
	}
	return i
}

func wordEnd(data []byte, i int) int {
	for i < len(data) && data[i] != ' ' && data[i] != '\t' && data[i] != '\n' && data[i] != '\r' {
		i++
	}
	return i
}

// skipSpace passes white space, line breaks and comments.
func skipSpace(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\n', '\r':
			i++
		case '#':
			i = lineEnd(data, i)
		default:
			return i
		}
	}
	return i
}

// scalarEnd finds where a scalar ends; the library tells only its start.
func scalarEnd(data []byte, start int, y *yaml.Node) int {
	quoted := y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	block := y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if y.Value == "" && !quoted && !block { // nothing but perhaps a tag
		if start < len(data) && (data[start] == '!' || data[start] == '&') {
			return wordEnd(data, start)
		}
		return start
	}
	start = skipProperties(data, start)
	switch {
	case start >= len(data):
		return len(data)
	case quoted && (data[start] == '"' || data[start] == '\''):
		return quotedEnd(data, start)
	case block:
		return blockEnd(data, start, y.Value)
	}
	return plainEnd(data, start, y.Value)
}

// plainEnd finds the end of a plain scalar, which may go over several lines:
// line breaks and indentation in the text are one space or break in the value.
func plainEnd(data []byte, start int, text string) int {
	if bytes.HasPrefix(data[start:], []byte(text)) {
		return start + len(text)
	}
	space := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
	i, j := start, 0
	for j < len(text) {
		switch {
		case i >= len(data):
			return len(data)
		case space(text[j]) && space(data[i]):
			for j < len(text) && space(text[j]) {
				j++
			}
			for i < len(data) && space(data[i]) {
				i++
			}
		case text[j] == data[i]:
			i++
			j++
		default:
			return lineEnd(data, start)
		}
	}
	return i
}

func quotedEnd(data []byte, start int) int {
	q := data[start]
	for i := start + 1; i < len(data); i++ {
		switch {
		case q == '"' && data[i] == '\\':
			i++
		case data[i] == q && q == '\'' && i+1 < len(data) && data[i+1] == q:
			i++
		case data[i] == q:
			return i + 1
		}
	}
	return len(data)
}

// blockEnd is the end of the last line of a block scalar that is not empty.
// Its lines are indented like the first one, less the spaces that belong to
// the text itself.
func blockEnd(data []byte, start int, text string) int {
	end := lineEnd(data, start)
	if strings.TrimLeft(text, "\n") == "" {
		return end
	}
	first := strings.TrimLeft(text, "\n")
	own := len(first) - len(strings.TrimLeft(first, " "))
	indent := -1
	for i := nextLine(data, end); i < len(data); {
		e := lineEnd(data, i)
		line := data[i:e]
		spaces := len(line) - len(bytes.TrimLeft(line, " "))
		if len(bytes.TrimSpace(line)) > 0 {
			if indent < 0 {
				indent = max(spaces-own, 0)
			}
			if spaces < indent {
				break
			}
			end = e
		}
		i = nextLine(data, e)
	}
	return end
}

// lineEnd is the offset of the end of the line that holds start, without its
// line break.
func lineEnd(data []byte, start int) int {
	if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
		end := start + i
		if end > start && data[end-1] == '\r' {
			end--
		}
		return end
	}
	return len(data)
}

// nextLine is the offset after the line break at end.
func nextLine(data []byte, end int) int {
	if end < len(data) && data[end] == '\r' {
		end++
	}
	return end + 1
}

// hasOddBreaks reports whether there are line breaks that only YAML counts.
func hasOddBreaks(data []byte) bool {
	for i, c := range data {
		if c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			return true
		}
	}
	return bytes.Contains(data, []byte("\u0085")) || bytes.Contains(data, []byte("\u2028")) || bytes.Contains(data, []byte("\u2029"))
}

// yamlLines gives the offset at which each line starts as YAML 1.1 counts.
func yamlLines(data []byte) []int {
	lines := []int{0}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		i += size
		switch r {
		case '\r':
			if i < len(data) && data[i] == '\n' {
				i++
			}
			lines = append(lines, i)
		case '\n', 0x85, 0x2028, 0x2029:
			lines = append(lines, i)
		}
	}
	return lines
}

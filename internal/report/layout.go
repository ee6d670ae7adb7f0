package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Options say how text is laid out. The writers read no environment and ask
// no terminal: the command decides.
type Options struct {
	// Width is the number of columns, 0 for 80.
	Width int
	// Color allows ANSI colours.
	Color bool
	// Quiet leaves only the headline and the summary.
	Quiet bool
	// All shows every finding, path and problem in full; otherwise long lists
	// are cut, and say so.
	All bool
}

// A style is one of the few ways in which text may look: ANSI's own colours,
// which the reader's terminal has already made readable.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	alarm  style = "1;31"
	yellow style = "33"
	green  style = "32"
	blue   style = "34"
	cyan   style = "36"
)

func (s Severity) style() style {
	switch s {
	case Critical:
		return alarm
	case High:
		return red
	case Medium:
		return yellow
	}
	return blue
}

// A run is text of one style. Its text is cleaned when it is laid out.
type run struct {
	text  string
	style style
}

// A page collects lines.
type page struct {
	strings.Builder
	width int
	color bool
	// whole says that a word which fits no line is not broken: places and names
	// stay what they are, to be found and copied.
	whole bool
}

const (
	defaultWidth = 80
	minWidth     = 40
	maxWidth     = 140 // longer lines are hard to read
)

func newPage(o Options) *page {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	return &page{width: min(max(width, minWidth), maxWidth), color: o.Color}
}

func (p *page) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *page) paint(s string, st style) string {
	if !p.color || st == plain || s == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

func (p *page) blank() { p.WriteByte('\n') }

// heading is a line between sections: a title in bold and a note beside it.
func (p *page) heading(title, note string) {
	p.blank()
	runs := []run{{title, bold}}
	if note != "" {
		runs = append(runs, run{"  " + note, dim})
	}
	p.para("", "  ", runs...)
}

// para wraps runs: the first line stands after first, the others after rest.
// Spaces at the start of a run stay where no line is broken.
func (p *page) para(first, rest string, runs ...run) {
	line, used, fresh := first, width(first), true
	flush := func() {
		p.WriteString(strings.TrimRight(line, " ") + "\n")
		line, used, fresh = rest, width(rest), true
	}
	for _, r := range runs {
		for _, word := range words(clean(r.text)) {
			body := strings.TrimLeft(word, " ")
			gap := word[:len(word)-len(body)]
			if used+width(word) > p.width && !fresh {
				flush()
				gap = ""
			}
			// A word that fits no line is broken where the line ends.
			for !p.whole && used+width(gap+body) > p.width {
				head, tail := breakWord(body, p.width-used-width(gap))
				if head == "" {
					break
				}
				line += gap + p.paint(head, r.style)
				flush()
				gap, body = "", tail
			}
			line += gap + p.paint(body, r.style)
			used += width(gap + body)
			fresh = false
		}
	}
	flush()
}

// words cuts text into words, each with the spaces before it.
func words(s string) []string {
	var out []string
	start := 0
	for i := 1; i < len(s); i++ {
		if s[i] == ' ' && s[i-1] != ' ' {
			out = append(out, s[start:i])
			start = i
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// breakWord cuts a word after at most n columns, and not before a character
// with which a build server's command begins.
func breakWord(s string, n int) (head, tail string) {
	for i, c := range s {
		if n -= width(string(c)); n >= 0 {
			continue
		}
		if j := len(strings.TrimRight(s[:i], ":#")); j > 0 && strings.ContainsRune(":#", c) {
			_, size := utf8.DecodeLastRuneInString(s[:j])
			i = j - size
		}
		return s[:i], s[i:]
	}
	return s, ""
}

// width is how many columns text takes.
func width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// columns writes cells in columns of the widths and then text, which wraps
// under itself. Where a cell is wider than its column, or where the columns
// leave the text too little room, the cells get a line of their own.
func (p *page) columns(indent string, widths []int, cells []run, text ...run) {
	room, fits := width(indent), true
	lead := indent
	for i, c := range cells {
		s := clean(c.text)
		fits = fits && width(s) <= widths[i]
		room += widths[i] + 2
		lead += p.paint(s, c.style) + strings.Repeat(" ", max(widths[i]-width(s), 0)+2)
	}
	if fits && room <= p.width*3/5 {
		p.para(lead, strings.Repeat(" ", room), text...)
		return
	}
	p.WriteString(strings.TrimRight(lead, " ") + "\n")
	p.para(indent+"    ", indent+"    ", text...)
}

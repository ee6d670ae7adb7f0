package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/remit-security/remit/internal/source"
)

// Names and messages carry text from the scanned sources, and those may be
// hostile: escape sequences drive a terminal, bidirectional controls show a
// line in another order, "::error" at the start of a line is a command to a
// build server. Every writer passes such text through clean or stricter.

// invisible reports whether a character controls instead of showing: control
// characters, bidirectional and other format characters, line separators,
// private use, and code points that are no characters.
func invisible(c rune) bool {
	switch {
	case c >= ' ' && c < 0x7f:
		return false
	case c == unicode.ReplacementChar:
		return false
	case c >= 0xe0000 && c <= 0xe0fff: // tags and variation selectors
		return true
	case c >= 0xfe00 && c <= 0xfe0f, c == 0x034f, c == 0x115f, c == 0x1160, c == 0x17b4, c == 0x17b5, c == 0x3164, c == 0xffa0:
		return true // selectors and fillers that show nothing
	}
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || c != ' ' && unicode.IsSpace(c) || !unicode.IsGraphic(c)
}

// clean makes one line of text that only shows: white space becomes a space,
// what is invisible its code in angle brackets, and the "::" that begins a
// build server's command is parted.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsFunc(s, func(c rune) bool { return invisible(c) }) {
		var b strings.Builder
		for _, c := range s {
			switch {
			case c == '\n' || c == '\t' || c == '\r':
				b.WriteByte(' ')
			case invisible(c):
				fmt.Fprintf(&b, "<U+%04X>", c)
			default:
				b.WriteRune(c)
			}
		}
		s = b.String()
	}
	if strings.Contains(s, "::") {
		s = defuse(s)
	}
	return strings.ReplaceAll(s, "##[", "# #[")
}

// defuse parts each "::" at the start of a word, since a line may begin
// there, and long rows of colons, inside which a line may be broken. The
// names of CloudFormation ("AWS::S3::Bucket") and ARNs stay as they are.
func defuse(s string) string {
	s = strings.ReplaceAll(s, "::::", ":: ::")
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == ':' && i+1 < len(s) && s[i+1] == ':' && (i == 0 || s[i-1] == ' ' || startsWithColons(s[:i])) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// startsWithColons reports whether the last word of s is of colons only.
func startsWithColons(s string) bool {
	word := s[strings.LastIndexByte(s, ' ')+1:]
	return strings.Trim(word, ":") == ""
}

// place is where a span starts, as editors and terminals make a link of it.
func place(s source.Span) string {
	if s.Line == 0 {
		return clean(s.File)
	}
	return fmt.Sprintf("%s:%d", clean(s.File), s.Line)
}

package sls

import "strings"

// A part of a text is literal, or a variable.
type part struct {
	lit      string
	variable *variable
}

// A variable is ${first, second, …}: sources of which the first that gives a
// value counts.
type variable struct {
	raw     string // as written
	sources []varSource
}

// A varSource is type(params):address, or a literal.
type varSource struct {
	literal bool
	kind    string // "null", "true", "number" or "string" of a literal; else the type
	text    string // of a literal
	params  string // between the brackets, as written
	hasArgs bool
	address string // behind the colon, as written
}

// deepest bounds variables inside variables.
const deepest = 20

// parts cuts a text into literals and variables. What does not look like a
// variable of the framework, such as ${AWS::Region} or ${Name} of Fn::Sub, is
// literal text.
func parts(s string) []part {
	var out []part
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			out = append(out, part{lit: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], `\${`) { // an escaped variable is text
			lit.WriteString("${")
			i += 3
			continue
		}
		if strings.HasPrefix(s[i:], "${") {
			if v, n := parseVariable(s[i:], 0); v != nil {
				flush()
				out = append(out, part{variable: v})
				i += n
				continue
			}
		}
		lit.WriteByte(s[i])
		i++
	}
	flush()
	return out
}

// parseVariable reads a variable at the start of s and gives its length; nil
// if there is none.
func parseVariable(s string, depth int) (*variable, int) {
	if depth > deepest {
		return nil, 0
	}
	v := &variable{}
	i := 2
	for first := true; ; first = false {
		i += spaces(s[i:])
		src, n, ok := parseSource(s[i:], first, depth)
		if !ok {
			return nil, 0
		}
		v.sources = append(v.sources, src)
		i += n
		i += spaces(s[i:])
		if i >= len(s) {
			return nil, 0
		}
		if s[i] == '}' {
			v.raw = s[:i+1]
			return v, i + 1
		}
		if s[i] != ',' {
			return nil, 0
		}
		i++
	}
}

func spaces(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

func typeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
}

// parseSource reads one source of a variable. The first must have a type, or
// it is no variable of the framework's.
func parseSource(s string, first bool, depth int) (src varSource, n int, ok bool) {
	if s == "" {
		return src, 0, false
	}
	if q := s[0]; q == '\'' || q == '"' {
		end := strings.IndexByte(s[1:], q)
		if first || end < 0 {
			return src, 0, false
		}
		return varSource{literal: true, kind: "string", text: s[1 : 1+end]}, end + 2, true
	}
	if !first && strings.HasPrefix(s, "${") { // a variable as a source of its own
		_, n := parseVariable(s, depth+1)
		return varSource{kind: "variable", address: s[:n]}, n, n > 0
	}
	for n < len(s) && typeByte(s[n]) {
		n++
	}
	word := s[:n]
	if n == 0 || n == len(s) {
		return src, 0, false
	}
	lower := word[0] >= 'a' && word[0] <= 'z'
	switch c := s[n]; {
	case c == ':' && lower && !strings.HasPrefix(s[n:], "::"):
		end := addressEnd(s[n+1:], ",}", depth)
		if end < 0 {
			return src, 0, false
		}
		return varSource{kind: word, address: strings.TrimSpace(s[n+1 : n+1+end])}, n + 1 + end, true
	case c == '(' && lower:
		end := addressEnd(s[n+1:], ")", depth)
		if end < 0 {
			return src, 0, false
		}
		src = varSource{kind: word, params: strings.TrimSpace(s[n+1 : n+1+end]), hasArgs: true}
		n += end + 2
		if n < len(s) && s[n] == ':' {
			end := addressEnd(s[n+1:], ",}", depth)
			if end < 0 {
				return src, 0, false
			}
			src.address = strings.TrimSpace(s[n+1 : n+1+end])
			n += end + 1
		}
		return src, n, true
	case !first:
		return literal(word), n, true
	}
	return src, 0, false
}

func literal(word string) varSource {
	switch word {
	case "true", "false":
		return varSource{literal: true, kind: "bool", text: word}
	case "null":
		return varSource{literal: true, kind: "null"}
	}
	if strings.Trim(word, "0123456789.-") == "" {
		return varSource{literal: true, kind: "number", text: word}
	}
	return varSource{literal: true, kind: "string", text: word}
}

// addressEnd is where an address or parameter ends: at the first of the stop
// bytes that is not inside a variable or quotes; -1 if it does not end.
func addressEnd(s, stops string, depth int) int {
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			_, n := parseVariable(s[i:], depth+1)
			if n == 0 {
				return -1 // so that no text is read again and again
			}
			i += n
		case (s[i] == '\'' || s[i] == '"') && stops == ")":
			end := strings.IndexByte(s[i+1:], s[i])
			if end < 0 {
				return -1
			}
			i += end + 2
		case strings.IndexByte(stops, s[i]) >= 0:
			return i
		default:
			i++
		}
	}
	return -1
}

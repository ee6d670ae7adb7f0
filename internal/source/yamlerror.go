package source

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	yamlLine   = regexp.MustCompile(`^(yaml: )?line (\d+): `)
	yamlAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// yamlAdvice says in words what the library's messages mean.
var yamlAdvice = map[string]string{
	"did not find expected key":                                    "this line does not fit the map around it; check its indentation and quotes",
	"did not find expected '-' indicator":                          "this line does not fit the list around it; check its indentation",
	"could not find expected ':'":                                  "a key without a colon and a space after it",
	"mapping values are not allowed in this context":               "a second colon in the line; put the value in quotes, or check the indentation",
	"found character that cannot start any token":                  "a value starts with a character that YAML reserves (or a tab); put it in quotes",
	"found unexpected end of stream":                               "a quote that is opened here is never closed",
	"did not find expected ',' or ']'":                             "a list in brackets that is not closed",
	"did not find expected ',' or '}'":                             "a map in braces that is not closed",
	"found a tab character that violates indentation":              "a tab in the indentation; use spaces",
	"found a tab character where an indentation space is expected": "a tab in the indentation; use spaces",
}

// yamlProblem turns an error of the library into a problem at the line that
// is wrong.
func yamlProblem(file string, data []byte, err error) Problem {
	span := FileSpan(file)
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = strings.TrimPrefix(msg, m[0])
		n, _ := strconv.Atoi(m[2])
		if strings.HasPrefix(msg, "did not find expected") {
			// The library names the line before the start of the list or map
			// that it was reading, not the line that ended it.
			n = failingLine(data, msg, n+1)
		}
		n = min(max(n, 1), bytes.Count(data, []byte("\n"))+1)
		span.Line, span.EndLine = n, n
	} else if m := yamlAnchor.FindStringSubmatch(msg); m != nil {
		if i := bytes.Index(data, []byte("*"+m[1])); i >= 0 {
			span = newText(file, data).span(i, i+1+len(m[1]))
		}
	}
	if advice := yamlAdvice[msg]; advice != "" {
		msg = advice
	}
	return Problem{Span: span, Message: "not valid YAML: " + msg}
}

// failingLine is the first line with which the document fails as it does; up
// to the line before, it breaks off in another way or not at all.
func failingLine(data []byte, msg string, from int) int {
	const largest = 1 << 20
	if len(data) > largest {
		return from
	}
	lines := newText("", data).lines
	fails := func(n int) bool { // with n lines
		part := data
		if n < len(lines) {
			part = data[:lines[n]]
		}
		var doc yaml.Node
		err := safely(func() error { return yaml.Unmarshal(part, &doc) })
		return err != nil && strings.HasSuffix(err.Error(), msg)
	}
	low, high := min(max(from, 1), len(lines)), len(lines)
	for low < high {
		mid := (low + high) / 2
		if fails(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

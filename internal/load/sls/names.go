package sls

import (
	"crypto/md5"
	"encoding/hex"
	"regexp"
	"strings"
)

// Logical ids are written as the framework writes them: other resources of the
// service, and those of its users, refer to them by these names.
// https://www.serverless.com/framework/docs/providers/aws/guide/resources

var notAlphaNumeric = regexp.MustCompile(`[^0-9A-Za-z]`)

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// normal is the name of a function, role or bus in logical ids.
func normal(name string) string {
	return upperFirst(strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name))
}

// alphaNumeric is the name of a bucket, topic, queue or stream in logical ids.
func alphaNumeric(name string) string {
	return upperFirst(notAlphaNumeric.ReplaceAllString(name, ""))
}

var pathVariable = regexp.MustCompile(`\{(.*)\}`)

// normalPart is one part of a route's path in logical ids.
func normalPart(part string) string {
	part = strings.ReplaceAll(strings.ToLower(part), "-", "Dash")
	part = pathVariable.ReplaceAllString(part, "${1}Var")
	return alphaNumeric(part)
}

func normalPath(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		b.WriteString(normalPart(part))
	}
	return b.String()
}

// routeKey is the key of a web socket route in logical ids.
func routeKey(route string) string {
	return strings.NewReplacer("$", "S", "/", "Slash", "-", "Dash", "_", "Underscore", ".", "Period").Replace(route)
}

func functionID(name string) string { return normal(name) + "LambdaFunction" }

func methodID(resource, method string) string {
	return "ApiGatewayMethod" + resource + upperFirst(strings.ToLower(method))
}

var wordsOf = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)

// startCase joins the words of a text, each with a capital: the name of a
// content type in the logical id of its model.
func startCase(s string) string {
	var b strings.Builder
	for _, w := range wordsOf.FindAllString(s, -1) {
		b.WriteString(upperFirst(w))
	}
	return b.String()
}

// camelCase is startCase with the other letters small.
func camelCase(s string) string {
	var b strings.Builder
	for _, w := range wordsOf.FindAllString(s, -1) {
		b.WriteString(upperFirst(strings.ToLower(w)))
	}
	return b.String()
}

// cutName cuts a name that is longer than AWS takes, with a digest in the
// place of what is lost.
func cutName(name, suffix string) string {
	const longest = 64
	if len(name) <= longest {
		return name
	}
	head := 31 - len(suffix)
	return name[:max(head, 0)] + digest(name) + "-" + suffix
}

// digest is a name's digest as the framework puts it into other names; nothing
// rests on its strength.
func digest(name string) string {
	sum := md5.Sum([]byte(name))
	return hex.EncodeToString(sum[:])
}

// limited cuts a part of a logical id to the length that the framework gives it.
func limited(s string, n int) string { return s[:min(len(s), n)] }

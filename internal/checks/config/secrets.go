package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// secretForms are literals that are a credential whatever they are called,
// with what messages call them.
var secretForms = []struct {
	what string
	form *regexp.Regexp
}{
	{"an AWS access key", regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"a private key", regexp.MustCompile(`-----BEGIN ([A-Z]+ )?PRIVATE KEY-----`)},
	{"a GitHub token", regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})`)},
	{"a GitLab token", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{16,}`)},
	{"a Slack token", regexp.MustCompile(`\bxox[abeprs]-[A-Za-z0-9-]{10,}`)},
	{"a Slack webhook address", regexp.MustCompile(`https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}`)},
	{"a Stripe key", regexp.MustCompile(`\b[sr]k_(live|test)_[0-9a-zA-Z]{16,}`)},
	{"a Google API key", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`)},
	{"a SendGrid key", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)},
	{"a signed token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)},
	{"an address with a password", regexp.MustCompile(`\b[a-z][a-z0-9+]*://[^/\s:@]+:[^/\s:@$]{4,}@`)},
}

// secretWords are words that a secret's name holds; each alone or with its
// neighbour ("api", "key").
var secretWords = []string{
	"password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "credential", "credentials",
	"api key", "access key", "private key", "secret key", "auth key", "signing key", "encryption key", "client secret", "account key", "master key", "license key",
}

// aboutSecrets are last words of names that tell of a secret without being it.
var aboutSecrets = []string{
	"arn", "name", "id", "path", "url", "uri", "endpoint", "table", "bucket", "queue", "topic", "param", "parameter", "ttl", "expiry", "expiration",
	"expires", "length", "type", "region", "version", "prefix", "suffix", "header", "issuer", "audience", "algorithm", "policy", "enabled", "required",
	"location", "file", "field", "ref", "reference", "key", "use", "stage", "seconds", "minutes", "hours", "days", "limit", "store", "provider", "function", "cache",
}

// secretName tells whether a name is that of a secret: PAYMENT_API_KEY,
// dbPassword; not DB_SECRET_ARN or TOKEN_TTL.
func secretName(name string) bool {
	words := nameWords(name)
	for i, w := range words {
		pair := ""
		if i+1 < len(words) {
			pair = w + " " + words[i+1]
		}
		end := i + 1
		switch {
		case slices.Contains(secretWords, pair):
			end++
		case !slices.Contains(secretWords, w):
			continue
		}
		if end == len(words) || !slices.Contains(aboutSecrets, words[len(words)-1]) {
			return true
		}
	}
	return false
}

// nameWords cuts a name at its separators and at changes to upper case.
func nameWords(name string) []string {
	var b strings.Builder
	prev := ' '
	for _, c := range name {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			c = ' '
		case unicode.IsUpper(c) && unicode.IsLower(prev):
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
		prev = c
	}
	return strings.Fields(b.String())
}

// placeholder matches values that stand where a secret is to be put.
var placeholder = regexp.MustCompile(`(?i)^(<.*>|\[.*\]|\*+|x{3,}.*|your\b.*|your[-_].*|my[-_]?(secret|token|api[-_]?key)|(api[-_]?)?(key|secret|token|password)[-_]?(value|here)?|replace.*|insert.*|enter.*|todo.*|tbd|placeholder.*|dummy.*|fake.*|none|null|nil|undefined|empty|true|false|test|default|na|n/a)$`)

// constant matches names in capitals, such as BROKER_SECRET_ARN, which a script
// puts the value in the place of.
var constant = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+$`)

// secretLiteral tells what secret a literal is: by its form, or, where the
// name says so, because it is no reference to where a secret is kept.
func secretLiteral(name string, v *value.Value) (what string, ok bool) {
	text, known := v.Known()
	if !known {
		return "", false
	}
	for _, s := range secretForms {
		if s.form.MatchString(text) {
			return s.what, true
		}
	}
	if !secretName(name) || len(v.Refs()) > 0 || v.Kind() != value.String {
		return "", false
	}
	text = strings.TrimSpace(text)
	switch {
	case len(text) < 6, placeholder.MatchString(text), constant.MatchString(text), strings.ContainsAny(text, "{} \n"):
	case strings.HasPrefix(text, "arn:"), strings.HasPrefix(text, "/"), strings.Contains(text, "://"), strings.Contains(text, "{{resolve:"):
	case strings.Count(text, "/") > 1 && !strings.ContainsAny(text, "+="): // the path of a parameter
	case strings.EqualFold(strings.Join(nameWords(text), ""), strings.Join(nameWords(name), "")): // a name for itself
	default:
		return "a secret by its name", true
	}
	return "", false
}

// secretFields are the values in a secret's string: those of the JSON object
// that it mostly is, under their keys, or the string as a whole.
func secretFields(v *value.Value) []value.Field {
	doc := v.Document()
	if text, ok := v.Known(); ok && doc == nil && strings.HasPrefix(strings.TrimSpace(text), "{") {
		if node, problems := source.ParseJSON(v.Span().File, []byte(text), source.DefaultLimits); len(problems) == 0 {
			doc = value.FromNode(node)
		}
	}
	if doc == nil || doc.Kind() != value.Map {
		return []value.Field{{Key: "SecretString.secret", Value: v}}
	}
	var out []value.Field
	for _, f := range doc.Fields() {
		if at := f.Value.Span(); v.Document() == nil || at.IsZero() {
			f.Value = f.Value.At(v.Span()) // the object has no places of its own
		}
		out = append(out, f)
	}
	return out
}

// dynamicSecret tells whether CloudFormation puts a secret in the place of a
// dynamic reference in the text, which the loader keeps as a hole.
func dynamicSecret(v *value.Value) bool {
	for _, part := range v.Text().Parts() {
		if strings.Contains(part.Hole, ":username") || strings.Contains(part.Hole, ":host") || strings.Contains(part.Hole, ":port") {
			continue // fields of a database's secret that are none
		}
		if strings.HasPrefix(part.Hole, "resolve:secretsmanager:") || strings.HasPrefix(part.Hole, "resolve:ssm-secure:") {
			return true
		}
	}
	return false
}

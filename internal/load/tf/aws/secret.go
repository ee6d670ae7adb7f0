package aws

import (
	"strings"
	"unicode"

	"github.com/remit-security/remit/internal/value"
)

// mask hides a secret that the sources write: its letters and digits are
// replaced, so that what it looks like (a placeholder, a document, a word)
// still tells whether it stands in the sources, and it itself is not kept. The
// keys of a document stay: they tell which of its values are secrets.
func mask(v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Unresolved:
		return each(v, mask)
	case value.List:
		items := make([]*value.Value, v.Len())
		for i, el := range v.Items() {
			items[i] = mask(el)
		}
		return value.NewList(items, v.Span())
	case value.Map:
		fields := make([]value.Field, v.Len())
		for i, f := range v.Fields() {
			fields[i] = value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: mask(f.Value)}
		}
		return remap(v, fields, v.Span())
	case value.String:
		if _, ok := v.Ref(); ok {
			return v
		}
		if doc := v.Document(); doc != nil {
			return value.NewDocument(v.Text().Map(veil), mask(doc), v.Span(), v.Refs()...)
		}
		return value.NewText(v.Text().Map(veil), v.Span(), v.Refs()...)
	case value.Number:
		return value.NewText(v.Text().Map(veil), v.Span())
	}
	return v
}

// veil replaces letters and digits one by one.
func veil(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsUpper(r):
			return 'R'
		case unicode.IsLetter(r):
			return 'r'
		}
		return r
	}, s)
}

// secretArguments are the arguments of resources under Terraform's names that
// are secrets: of parts without their whole, and of types that are kept so.
var secretArguments = map[string][]string{
	"aws_secretsmanager_secret_version": {"secret_string", "secret_binary", "secret_string_wo"},
	"aws_kms_ciphertext":                {"plaintext"},
	"aws_kms_external_key":              {"key_material_base64"},
	"aws_iam_server_certificate":        {"private_key"},
	"aws_sns_platform_application":      {"platform_credential"},
	"aws_dms_certificate":               {"certificate_wallet", "certificate_pem"},
}

// withoutSecrets are the arguments of such a resource with secrets masked.
func withoutSecrets(typ string, attrs *value.Value) *value.Value {
	for _, name := range secretArguments[typ] {
		if f := find(attrs, name); f.value.Exists() == value.Yes {
			attrs = put(attrs, path{{key: name}}, field{f.span, mask(f.value)}, attrs.Span())
		}
	}
	return attrs
}

var secretShapes = map[string]shape{
	"aws_ssm_parameter":         storedParameter,
	"aws_secretsmanager_secret": func(s *shaping) { s.ownPolicy("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy") },
}

// storedParameter keeps the value of a parameter, masked where it is, or may
// be, encrypted.
func storedParameter(s *shaping) {
	v := s.arg("value")
	if v.value.Exists() == value.No {
		return
	}
	if s.in.Attrs.Get("type").Is("SecureString") != value.No {
		v.value = mask(v.value)
	}
	s.put([]string{"Value"}, v.span, v.value)
}

// ownPolicy makes the resource that CloudFormation has for a policy which the
// provider also takes as an argument.
func (s *shaping) ownPolicy(typ, of, property string) {
	if !s.has("policy") {
		return
	}
	doc := s.arg("policy")
	var b block
	whole := s.self("Ref")
	if strings.HasSuffix(of, "s") {
		whole = listOf(whole)
	}
	b.put(of, whole)
	b.put(property, each(doc.value, document))
	s.more("policy", typ, b.at(doc.span))
}

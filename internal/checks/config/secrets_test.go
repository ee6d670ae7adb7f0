package config

import (
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"PAYMENT_API_KEY": true, "dbPassword": true, "DB_PASSWORD": true, "SLACK_TOKEN": true, "clientSecret": true, "APIKEY": true, "JWT_SECRET": true,
		"AWS_SECRET_ACCESS_KEY": true, "DB_SECRET_ARN": false, "SECRET_NAME": false, "TOKEN_TTL": false, "TOKEN_TABLE": false, "PARTITION_KEY": false,
		"KEY_ID": false, "PASSWORD_POLICY": false, "TABLE_NAME": false, "SecretId": false, "API_KEY_PARAMETER": false, "TOKENS_PER_MINUTE": false,
	} {
		if got := secretName(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSecretLiteral(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"API_KEY", "example-not-a-real-key", true},
		{"API_KEY", "<your key>", false},
		{"API_KEY", "your-api-key-here", false},
		{"API_KEY", "/orders/prod/api-key", false},
		{"API_KEY", "orders/prod/api-key", false},
		{"API_KEY", "{{resolve:secretsmanager:key}}", false},
		{"API_KEY", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:key", false},
		{"API_KEY", "apiKey", false},
		{"COLOUR", "AKIA" + "IOSFODNN7EXAMPLE", true},
		{"DATABASE", "postgres://app:hunter2hunter2@db/orders", true},
		{"DATABASE", "postgres://app@db/orders", false},
		{"COLOUR", "ultramarine", false},
	} {
		_, got := secretLiteral(c.name, value.NewText(value.Lit(c.text), source.Span{}))
		if got != c.want {
			t.Errorf("%s=%s: %v", c.name, c.text, got)
		}
	}
}

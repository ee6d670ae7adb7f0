package duty

import (
	"github.com/remit-security/remit/internal/value"
)

const (
	secret      = "AWS::SecretsManager::Secret"
	parameter   = "AWS::SSM::Parameter"
	kmsKey      = "AWS::KMS::Key"
	secretsDocs = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/"
	ssmDocs     = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
	kmsDocs     = "https://docs.aws.amazon.com/kms/latest/developerguide/"
)

func secretDuties() []Duty {
	return []Duty{
		byAWS("secret-storage", "Store the secret encrypted", "Secrets Manager encrypts every version of a secret", secretsDocs+"data-protection.html", "SC-28", secret),
		{
			ID: "secret-rotation", Title: "Rotate the secret", Types: []string{secret},
			Doc:    "A secret that is never rotated works for whoever ever saw it.",
			Refs:   Refs{AWS: []string{secretsDocs + "rotating-secrets.html"}, FSBP: "SecretsManager.1", OWASP: "A2:2017", NIST: "IA-5"},
			States: decided(), Compute: secretRotation,
		},
		{
			ID: "secret-callers", Title: "Let only known callers read the secret", Types: []string{secret},
			Doc:    "A resource policy can let others read the secret.",
			Refs:   Refs{AWS: []string{secretsDocs + "auth-and-access_resource-policies.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the secret")
			},
		},
		{
			ID: "secret-value", Title: "Keep the secret's value out of the sources", Types: []string{secret},
			Doc:    "A value in the template is in the repository and in the stack's history. Let Secrets Manager generate it, or set it after the deployment.",
			Refs:   Refs{AWS: []string{secretsDocs + "best-practices.html"}, OWASP: "A3:2017", NIST: "IA-5(7)"},
			States: decided(), Compute: secretValue,
		},
		{
			ID: "secret-key", Title: "Decide who may decrypt", Types: []string{secret},
			Doc:    "AWS's key for Secrets Manager decrypts for everybody of the account who may read the secret. A key of the customer's adds a second lock, needed to share the secret with another account.",
			Refs:   Refs{AWS: []string{secretsDocs + "security-encryption.html"}, NIST: "SC-12, SC-28"},
			States: []State{Provided, Met, Unknown},
			Compute: func(v *View) Answer {
				k := v.Get("KmsKeyId")
				switch set(k) {
				case value.No:
					return provided("AWS's key for Secrets Manager encrypts the secret")
				case value.Unknown:
					return unknown("it is not known which key encrypts the secret", k, prop("KmsKeyId", k))
				}
				return met("a key of the customer encrypts the secret; its policy is the customer's too", Place{k.Span(), "KmsKeyId"}).by(Shared)
			},
		},
		byAWS("parameter-storage", "Store the parameter and its versions", "Parameter Store keeps parameters and their versions", ssmDocs+"systems-manager-parameter-store.html", "", parameter),
		{
			ID: "parameter-secrets", Title: "Keep secrets out of plain parameters", Types: []string{parameter},
			Doc:    "CloudFormation makes only plain parameters, whose value is in the template and not encrypted. Keep secrets in Secrets Manager.",
			Refs:   Refs{AWS: []string{"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html"}, OWASP: "A3:2017", NIST: "IA-5(7), SC-28"},
			States: decided(), Compute: parameterSecrets,
		},
	}
}

func secretRotation(v *View) Answer {
	for _, c := range v.App.Children(v.Resource, "AWS::SecretsManager::RotationSchedule") {
		rules := c.Get("RotationRules")
		t := c.Sure.And(set(rules))
		return decide(t, "RotationRules", rules, "a schedule rotates the secret", "the rotation schedule "+c.Label()+" names no rules")
	}
	for _, r := range v.facts.openRotations(v.App) {
		return unknown("it cannot be decided whether the rotation schedule "+r.Label()+" is for this secret", r.Get("SecretId"), here(r))
	}
	return unmet("nothing in the sources rotates the secret", here(v.Resource))
}

// secretValue looks only at whether a value is written, and never shows it.
func secretValue(v *View) Answer {
	s := v.Get("SecretString")
	place := Place{s.Span(), "SecretString"}
	switch {
	case set(s) == value.No:
		return met("the sources hold no value")
	case s.IsResolved() && len(s.Refs()) == 0:
		return unmet("the value stands in the sources", place)
	}
	return unknown("the value comes from elsewhere", s, place)
}

func parameterSecrets(v *View) Answer {
	name := v.Name.String()
	if !namesSecret(name) && !namesSecret(v.LogicalID) {
		if !v.Name.IsKnown() && set(v.Get("Name")) != value.No {
			return unknown("the parameter's name is not known", v.Get("Name"), prop("Name", v.Get("Name")))
		}
		return met("the parameter's name is not that of a secret")
	}
	val := v.Get("Value")
	place := Place{spanOr(val.Span(), v.Span), "Value"}
	written := val.IsResolved() && len(val.Refs()) == 0
	switch v.Get("Type").Is("SecureString") { // which CloudFormation cannot make
	case value.Yes:
		if written && set(val) == value.Yes {
			return unmet("the parameter is encrypted, but its value stands in the sources", place)
		}
		return met("the parameter is encrypted")
	case value.Unknown:
		return unknown("it is not known whether the parameter is encrypted", v.Get("Type"), place)
	}
	if written {
		return unmet("the parameter is named like a secret, and its value stands in the sources unencrypted", place)
	}
	return unmet("the parameter is named like a secret and is kept unencrypted", place)
}

func keyDuties() []Duty {
	return []Duty{
		byAWS("kms-modules", "Keep the key's material in hardware", "KMS keeps key material in hardware modules validated under FIPS 140-3, which nobody can read out", kmsDocs+"data-protection.html", "SC-12, SC-13", kmsKey),
		{
			ID: "kms-callers", Title: "Say who may use the key", Types: []string{kmsKey},
			Doc:    "The key policy is the first lock of everything that the key encrypts. One for everybody opens it all.",
			Refs:   Refs{AWS: []string{kmsDocs + "key-policies.html"}, FSBP: "KMS.5", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the key")
			},
		},
		{
			ID: "kms-rotation", Title: "Rotate the key", Types: []string{kmsKey},
			Doc:    "KMS rotates a symmetric key every year where it is told to; old material stays for what it encrypted. Asymmetric and imported keys cannot be rotated this way.",
			Refs:   Refs{AWS: []string{kmsDocs + "rotate-keys.html"}, Hub: "KMS.4", CIS: "3.6", NIST: "SC-12"},
			States: decided(NA), Compute: keyRotation,
		},
		{
			ID: "kms-deletion", Title: "Leave time to notice a deletion", Types: []string{kmsKey},
			Doc:    "What a deleted key encrypted is lost. KMS waits for 30 days unless the key says less.",
			Refs:   Refs{AWS: []string{kmsDocs + "deleting-keys.html"}, NIST: "SC-12"},
			States: decided(Provided), Compute: keyDeletion,
		},
	}
}

func keyRotation(v *View) Answer {
	spec := v.Get("KeySpec").Or(value.NewText(value.Lit("SYMMETRIC_DEFAULT"), v.Span))
	origin := v.Get("Origin").Or(value.NewText(value.Lit("AWS_KMS"), v.Span))
	if spec.Is("SYMMETRIC_DEFAULT").And(origin.Is("AWS_KMS")) == value.No {
		return notApplicable("KMS does not rotate keys of this kind by itself")
	}
	e := v.Get("EnableKeyRotation")
	return decide(e.IsTrue(), "EnableKeyRotation", e, "KMS rotates the key", "the key is never rotated")
}

// thirty days is KMS's own default and its maximum.
const thirty = 30

func keyDeletion(v *View) Answer {
	w := v.Get("PendingWindowInDays")
	if w.Exists() == value.No {
		return provided("KMS waits for 30 days before it deletes the key")
	}
	n, ok := w.Int()
	if !ok {
		return unknown("it is not known how long a deletion waits", w, prop("PendingWindowInDays", w))
	}
	return decide(value.Of(n >= thirty), "PendingWindowInDays", w, "a deletion waits for 30 days", "a deletion waits for less than 30 days")
}

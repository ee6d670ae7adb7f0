package app

import (
	"iter"

	"github.com/remit-security/remit/internal/value"
)

var (
	secretTypes    = []string{"AWS::SecretsManager::Secret"}
	parameterTypes = []string{"AWS::SSM::Parameter"}
	keyTypes       = []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}
)

// A Secret is an AWS::SecretsManager::Secret.
type Secret struct{ *Resource }

// AsSecret views r as a secret.
func AsSecret(r *Resource) Secret { return Secret{of(r, secretTypes...)} }

// Secrets iterates the application's secrets.
func (a *App) Secrets() iter.Seq[Secret] { return views(a, AsSecret, secretTypes...) }

// Policies are the policies attached to the secret.
func (s Secret) Policies() []Attached { return s.policies() }

// Text is the secret as written in the template, where it is; it must not be
// shown.
func (s Secret) Text() *value.Value { return s.Get("SecretString") }

// Key is the KMS key; absent for the account's default key.
func (s Secret) Key() *value.Value { return s.Get("KmsKeyId") }

// Rotations are the secret's rotation schedules.
func (s Secret) Rotations() []*Resource {
	return resources(s.children("AWS::SecretsManager::RotationSchedule"))
}

// A StoredParameter is an AWS::SSM::Parameter. CloudFormation cannot make a
// SecureString, so the value is never encrypted with a key of the customer.
type StoredParameter struct{ *Resource }

// AsStoredParameter views r as a parameter of Parameter Store.
func AsStoredParameter(r *Resource) StoredParameter { return StoredParameter{of(r, parameterTypes...)} }

// StoredParameters iterates the application's parameters in Parameter Store.
func (a *App) StoredParameters() iter.Seq[StoredParameter] {
	return views(a, AsStoredParameter, parameterTypes...)
}

// Value is the parameter's value.
func (p StoredParameter) Value() *value.Value { return p.Get("Value") }

// Kind is String or StringList.
func (p StoredParameter) Kind() *value.Value { return p.Get("Type") }

// A Key is an AWS::KMS::Key or AWS::KMS::ReplicaKey.
type Key struct{ *Resource }

// AsKey views r as a key.
func AsKey(r *Resource) Key { return Key{of(r, keyTypes...)} }

// Keys iterates the application's keys.
func (a *App) Keys() iter.Seq[Key] { return views(a, AsKey, keyTypes...) }

// Policies are the key's policy; a key without one has AWS's default, which
// leaves the decision to the account's identity policies.
func (k Key) Policies() []Attached { return k.policies() }

// Rotation is EnableKeyRotation, false by default.
func (k Key) Rotation() *value.Value { return k.orBool(false, "EnableKeyRotation") }

// Spec is SYMMETRIC_DEFAULT by default.
func (k Key) Spec() *value.Value { return k.orText("SYMMETRIC_DEFAULT", "KeySpec") }

// Usage is ENCRYPT_DECRYPT by default.
func (k Key) Usage() *value.Value { return k.orText("ENCRYPT_DECRYPT", "KeyUsage") }

// Window is how many days a deletion waits, 30 by default.
func (k Key) Window() *value.Value { return k.orNumber(30, "PendingWindowInDays") }

// Aliases are the key's aliases.
func (k Key) Aliases() []*Resource { return resources(k.children("AWS::KMS::Alias")) }

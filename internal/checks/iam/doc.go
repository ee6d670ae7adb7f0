// Package iam owns the rules about identities, their policies and the trust
// in roles, one file for each. It imports rule, the model and the analyses of
// internal/iam; a rule's id never changes meaning.
package iam

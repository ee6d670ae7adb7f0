// Package config owns the rules about how resources are configured, one file
// for each. It imports rule and the model; a rule's id never changes meaning.
package config

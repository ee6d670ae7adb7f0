// Package archtest holds the tests that keep the code in its shape: which
// package may import which (the table of docs/architecture.md), what the
// program must not be able to do, and the rules of the house that a program
// can check. It has no code of its own and nothing imports it.
package archtest

// Command remit computes what a serverless application's owner must secure on
// AWS, where it falls short, and what an attacker could do with that.
//
// The package owns flags, messages and exit codes, one file a subcommand, and
// may import everything. The exit codes never change their meaning.
package main

import (
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

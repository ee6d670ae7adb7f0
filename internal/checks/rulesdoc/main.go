// Command rulesdoc writes the page that documents all rules to the file that
// it is given.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/rule"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rulesdoc FILE")
		os.Exit(2)
	}
	var out bytes.Buffer
	if err := rule.WriteMarkdown(&out, checks.Rules()); err != nil {
		fmt.Fprintln(os.Stderr, "rulesdoc:", err)
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "rulesdoc:", err)
		os.Exit(2)
	}
}

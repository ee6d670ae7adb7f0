package scan

import (
	"fmt"

	"github.com/remit-security/remit/internal/source"
)

// guard runs a stage that must not take the others down: should it fail, its
// part of the report is missing, and a problem says so.
func guard(problems *source.Problems, stage string, run func()) {
	defer func() {
		if err := recover(); err != nil {
			problems.Add(source.FileSpan("."), "the %s failed and its part of the report is missing; report this as a bug: %s", stage, fmt.Sprint(err))
		}
	}()
	run()
}

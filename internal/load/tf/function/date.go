package function

import (
	"time"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

func (c *call) formatdate() *value.Value { return c.std(stdlib.FormatDateFunc, c.hole) }

func (c *call) timeadd() *value.Value { return c.std(stdlib.TimeAddFunc, c.hole) }

// timecmp is -1, 0 or 1.
func (c *call) timecmp() *value.Value {
	var times [2]time.Time
	for i := range times {
		s, ok, bad := c.known(i)
		if bad != nil {
			return bad
		}
		if !ok {
			return c.unknown()
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return c.wrong("%.40q is no time; write it as 2006-01-02T15:04:05Z", s)
		}
		times[i] = t
	}
	return c.int(times[0].Compare(times[1]))
}

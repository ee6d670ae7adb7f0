package solve

import (
	"fmt"
	"strings"
)

// String shows the request on one line.
func (w *Witness) String() string {
	if w == nil {
		return "none"
	}
	var b strings.Builder
	r := &w.Request
	who := r.Principal.ARN.String() + r.Principal.Service + r.Principal.Provider.String()
	if who == "" {
		who = r.Principal.Kind.String()
	}
	fmt.Fprintf(&b, "%s by %s on %q", r.Action, who, r.Resource.String())
	for _, k := range w.Keys {
		texts := make([]string, len(k.Values))
		for i, v := range k.Values {
			texts[i] = fmt.Sprintf("%q", v.String())
		}
		fmt.Fprintf(&b, ", %s = %s", k.Key, strings.Join(texts, ", "))
	}
	return b.String()
}

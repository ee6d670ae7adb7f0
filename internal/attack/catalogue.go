package attack

import (
	"slices"
	"strings"
)

// Catalogue returns every technique, sorted by id.
func Catalogue() []*Technique {
	out := techniques()
	slices.SortFunc(out, func(a, b *Technique) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// techniques lists every technique in the order in which they are applied. A
// new one is added to the list of its family.
func techniques() []*Technique {
	return slices.Concat(
		entryTechniques(),
		trustTechniques(),
		permissionTechniques(),
		escalationTechniques(),
		hostTechniques(),
		[]*Technique{changeTags}, // after all that rest on a change
		exhaustionTechniques(),
		carelessTechniques(),
		runtimeTechniques(),
		chainTechniques(),
		takeoverTechniques(),
		codeTechniques(), // last: they start from every way of invoking a function
	)
}

package attack

// A Technique is a rule by which some capabilities give another. Each is one
// struct value in the file of its family.
type Technique struct {
	ID    string // kebab-case
	Title string
	// Doc explains the technique and how to stop it, in Markdown.
	Doc string
	// Needs and Gives say what it takes and what it yields, for people.
	Needs []string
	Gives string
	Refs  Refs
	// Difficulty is the cost of one application: 0 for what follows by itself,
	// 1 for one API call, up to 15 for finding a flaw in unseen code.
	Difficulty int

	// apply adds the technique's hops to the graph.
	apply func(*building, *Technique)
}

// Refs point to the public catalogues.
type Refs struct {
	ATTACK      []string // MITRE ATT&CK, "T1190"
	CWE         []string // "CWE-306"
	Pathfinding []string // pathfinding.cloud, "lambda-003"
	AWS         []string // pages of the AWS documentation
}

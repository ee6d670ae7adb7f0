package app

// Words are what those who write a format call the things that every format
// has, for messages.
type Words struct {
	// Template is what is written, Parameter an input of it.
	Template, Parameter string
	// Hide says how the value of a parameter is hidden, Shown to whom it is
	// shown where it is not.
	Hide, Shown string
	// Deletion says what happens to a resource that nothing keeps, Keeper is
	// what keeps one, Keep says how.
	Deletion, Keeper, Keep string
}

// Words are those of the application's format.
func (a *App) Words() Words {
	if a.Format == "terraform" {
		return Words{
			Template: "configuration", Parameter: "variable",
			Hide: "mark it sensitive", Shown: "whoever sees a plan",
			Deletion: "is destroyed by one apply", Keeper: "prevent_destroy", Keep: "set prevent_destroy in the lifecycle of",
		}
	}
	return Words{
		Template: "template", Parameter: "parameter",
		Hide: "add NoEcho", Shown: "whoever may describe the stack",
		Deletion: "is deleted with its stack", Keeper: "DeletionPolicy", Keep: "set DeletionPolicy: Retain on",
	}
}

package lang

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// Options say what to evaluate and what the sources do not tell.
type Options struct {
	Root     *source.Root
	Provider Provider
	// App is the application's id, Dir the folder of its root module ("." for
	// the scanned folder itself).
	App, Dir string
	// Files are the files below Root, as it lists them, for functions that look
	// for some; nil lists them when the first one does.
	Files []source.File
	// Variables are values of variables of the root module, as on Terraform's
	// command line: text for a string, an HCL expression for anything else.
	// They win over files.
	Variables map[string]string
	// VarFiles are files of variables, the last one wins. terraform.tfvars and
	// *.auto.tfvars of Dir are read without being named.
	VarFiles []VarFile
	// Region, Account and Partition are the place of the deployment where the
	// sources do not tell it; empty ones stay unknown.
	Region, Account, Partition string
	// Workspace is terraform.workspace; empty where it is not known.
	Workspace string
	// Module gives the configuration of a module of the registry that is not
	// at hand but whose resources are known, as the text of one file; false
	// for every other. source is as written; submodule is what follows "//".
	Module func(source, submodule string) (text []byte, known bool)
}

// A VarFile is a file of variables that somebody named for the scan. It may lie
// anywhere: whoever named it has read it.
type VarFile struct {
	// Name is what places in it are called by.
	Name string
	Data []byte
}

// A Result is an evaluated root module with all modules below it.
type Result struct {
	// Instances are sorted by address.
	Instances []*Instance
	Variables []app.Parameter
	Outputs   []app.Output
	// Place is where the default provider configuration points.
	Place app.Place
	// Files are all files read, Problems what was not read or understood.
	Files    []string
	Problems []source.Problem
}

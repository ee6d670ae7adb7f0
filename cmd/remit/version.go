package main

import "runtime/debug"

// unreleased names a build that no release made.
const unreleased = "0.1.0-dev"

// version is the version of the module that this binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return unreleased
	}
	return info.Main.Version
}

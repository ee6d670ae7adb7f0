// Command gen writes the facts that the tables are tested against.
//
//	go run ./gen cloudformation FOLDER   the property paths of the types that tables name
//	go run ./gen terraform FOLDER        the arguments of the types that tables name
//
// FOLDER is the unpacked npm package: @aws-cdk/aws-service-spec (Apache-2.0),
// whose db.json.gz is made from CloudFormation's resource schema, or
// @cdktf/provider-aws (MPL-2.0), whose typings are made from the provider's
// schema. Only names are taken. The files in testdata name the release.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: gen cloudformation FOLDER | gen terraform FOLDER")
	}
	types, err := tableTypes()
	if err != nil {
		return err
	}
	switch args[0] {
	case "cloudformation":
		return cloudformation(args[1], types.cfn)
	case "terraform":
		return terraform(args[1], types.resources, types.data)
	}
	return fmt.Errorf("%q is not known", args[0])
}

// named are the types that the tables name.
type named struct{ cfn, resources, data []string }

// tableTypes reads the headers of all tables.
func tableTypes() (named, error) {
	var out named
	files, err := filepath.Glob("tables/*.txt")
	if err != nil {
		return out, err
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return out, err
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			words := strings.Fields(line)
			if len(words) == 0 || line[0] == '#' || line[0] == '\t' {
				continue
			}
			for _, w := range words {
				if strings.HasPrefix(w, "AWS::") {
					out.cfn = append(out.cfn, w)
				}
			}
			switch {
			case words[0] == "data":
				out.data = append(out.data, strings.Split(words[1], ",")...)
			case strings.HasPrefix(words[0], "aws_"):
				out.resources = append(out.resources, strings.Split(words[0], ",")...)
			}
		}
	}
	for _, list := range []*[]string{&out.cfn, &out.resources, &out.data} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return out, nil
}

// release is the name and version of an unpacked npm package.
func release(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var p struct{ Name, Version string }
	if err := json.Unmarshal(text, &p); err != nil {
		return "", err
	}
	return p.Name + " " + p.Version, nil
}

// write writes one file of facts.
func write(name, source, about string, lines []string) error {
	head := "# " + about + "\n# Source: " + source + ". Written by gen.\n"
	return os.WriteFile(filepath.Join("testdata", name), []byte(head+strings.Join(lines, "\n")+"\n"), 0o644)
}

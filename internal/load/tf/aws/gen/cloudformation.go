package main

import (
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A database is what is read of db.json.gz.
type database struct {
	Schema struct {
		Resource       struct{ Entities entities[resource] }
		TypeDefinition struct{ Entities entities[definition] }
	}
}

// entities are a list, or a map by number.
type entities[T any] []T

func (e *entities[T]) UnmarshalJSON(text []byte) error {
	var list []T
	if json.Unmarshal(text, &list) == nil {
		*e = list
		return nil
	}
	var m map[string]T
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		*e = append(*e, m[key])
	}
	return nil
}

type resource struct {
	CloudFormationType string
	Properties         map[string]property
}

type definition struct {
	ID         string `json:"$id"`
	Properties map[string]property
}

type property struct{ Type schemaType }

type schemaType struct {
	Type      string
	Element   *schemaType
	Types     []schemaType
	Reference struct {
		Ref string `json:"$ref"`
	}
}

// cloudformation writes a line for each property, indented below what holds
// it. Behind the name stand [] for lists, {} for maps with keys of any name,
// and * for what may hold anything.
func cloudformation(folder string, types []string) error {
	source, err := release(folder)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(folder, "db.json.gz"))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	var db database
	if err := json.NewDecoder(z).Decode(&db); err != nil {
		return err
	}
	w := tree{types: map[string]definition{}}
	for _, d := range db.Schema.TypeDefinition.Entities {
		w.types[d.ID] = d
	}
	for _, r := range db.Schema.Resource.Entities {
		if slices.Contains(types, r.CloudFormationType) {
			w.resources = append(w.resources, r)
		}
	}
	slices.SortFunc(w.resources, func(a, b resource) int { return strings.Compare(a.CloudFormationType, b.CloudFormationType) })
	for _, r := range w.resources {
		w.lines = append(w.lines, r.CloudFormationType)
		w.properties(r.Properties, 1)
	}
	return write("cloudformation.txt", source, "The properties of CloudFormation's resource types.", w.lines)
}

type tree struct {
	types     map[string]definition
	resources []resource
	lines     []string
	open      []string // the types that are being written: some hold themselves
}

func (w *tree) properties(m map[string]property, depth int) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		w.property(key, m[key].Type, depth)
	}
}

// property writes one property and what is below it.
func (w *tree) property(name string, t schemaType, depth int) {
	for {
		switch t.Type {
		case "array":
			name += "[]"
		case "map":
			name += "{}"
		case "union":
			t = w.richest(t)
			continue
		default:
			w.leaf(name, t, depth)
			return
		}
		if t.Element == nil {
			w.leaf(name, schemaType{Type: "json"}, depth)
			return
		}
		t = *t.Element
	}
}

func (w *tree) leaf(name string, t schemaType, depth int) {
	indent := strings.Repeat("\t", depth)
	d, ok := w.types[t.Reference.Ref]
	switch {
	case t.Type == "json", t.Type == "any", t.Type == "ref" && (!ok || slices.Contains(w.open, d.ID)):
		w.lines = append(w.lines, indent+name+"*")
	case t.Type == "tag":
		w.lines = append(w.lines, indent+name, indent+"\tKey", indent+"\tValue")
	default:
		w.lines = append(w.lines, indent+name)
		if t.Type == "ref" {
			w.open = append(w.open, d.ID)
			w.properties(d.Properties, depth+1)
			w.open = w.open[:len(w.open)-1]
		}
	}
}

// richest is the alternative that says most.
func (w *tree) richest(t schemaType) schemaType {
	for _, kind := range []string{"json", "any", "ref", "array", "map"} {
		for _, a := range t.Types {
			if a.Type == kind {
				return a
			}
		}
	}
	return t.Types[0]
}

package main

import (
	"os"

	"github.com/remit-security/remit/internal/source"
)

const paramHint = `write {"Name": "value"}, {"Parameters": {"Name": "value"}} or a list of {"ParameterKey": …, "ParameterValue": …}`

// readParams adds the values of a parameter file in any of the forms that
// AWS's tools take: a map, a map under Parameters, or a list of
// keys and values.
func readParams(name string, into map[string]string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return usage("name a file that exists", "cannot read %s: %v", name, cause(err))
	}
	n, problems := source.Parse(name, data, source.DefaultLimits)
	if n == nil {
		msg := "it is empty"
		if len(problems) > 0 {
			msg = problems[0].String()
		}
		return usage(paramHint, "cannot use the parameter file %s: %s", name, msg)
	}
	if p := n.Get("Parameters"); p != nil {
		n = p
	}
	wrong := func(at *source.Node) error {
		return usage(paramHint, "cannot use the parameter file %s: no parameter can be read at %s", name, at.Span)
	}
	switch {
	case n.Is(source.MapNode):
		for _, f := range n.Fields {
			if !f.Value.IsScalar() {
				return wrong(f.Value)
			}
			into[f.Key] = f.Value.Text
		}
		return nil
	case n.Is(source.ListNode):
		for _, item := range n.Items {
			key, val := item.Get("ParameterKey"), item.Get("ParameterValue")
			if !key.IsScalar() || !val.IsScalar() {
				return wrong(item)
			}
			into[key.Text] = val.Text
		}
		return nil
	}
	return wrong(n)
}

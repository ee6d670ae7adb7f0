package sls

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// The words by which a file says that it is a service.
var (
	saysService  = regexp.MustCompile(`(?m)^["']?service["']?[ \t]*:`)
	saysProvider = regexp.MustCompile(`(?m)^["']?provider["']?[ \t]*:`)
	saysAny      = regexp.MustCompile(`(?m)^["']?(service|provider|functions)["']?[ \t]*:`)
	saysAWS      = regexp.MustCompile(`(?m)^(provider[ \t]*:[ \t]*["']?aws|[ \t]+["']?name["']?[ \t]*:[ \t]*["']?aws["']?[ \t]*(#.*)?\r?$)`)
	saysTemplate = regexp.MustCompile(`(?m)^["']?(AWSTemplateFormatVersion|Resources)["']?[ \t]*:`)
)

// Is tells from a file's name and bytes whether it is a service file: one of
// the framework's own names, or any other YAML file with a service and a
// provider.
func Is(file string, data []byte) bool {
	data = source.Plain(data)
	if Named(file) {
		if path.Ext(file) == ".json" {
			return bytes.Contains(data, []byte(`"service"`)) && bytes.Contains(data, []byte(`"provider"`))
		}
		return saysAny.Match(data) && !saysTemplate.Match(data)
	}
	switch strings.ToLower(path.Ext(file)) {
	case ".yml", ".yaml":
		return saysService.Match(data) && saysProvider.Match(data) && saysAWS.Match(data) && !saysTemplate.Match(data)
	}
	return false
}

// Named reports whether a file has one of the names under which the framework
// looks for a service that it can read as data.
func Named(file string) bool {
	switch path.Base(file) {
	case "serverless.yml", "serverless.yaml", "serverless.json":
		return true
	}
	return false
}

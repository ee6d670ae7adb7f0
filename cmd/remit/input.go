package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/scan"
	"github.com/remit-security/remit/internal/source"
)

// An input is what the commands that scan take besides folders: the values
// that a deployment gives, and a configuration.
type input struct {
	params     []string
	paramFiles []string
	varFiles   []string
	region     string
	account    string
	config     string
}

func (in *input) flags(cmd *cobra.Command) {
	in.deploymentFlags(cmd)
	cmd.Flags().StringVar(&in.config, "config", "", "configuration `file` to use in place of the scanned folder's "+scan.ConfigName)
	mark(cmd, "config", "yaml", "yml")
}

// deploymentFlags are the values that a deployment gives.
func (in *input) deploymentFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&in.params, "param", nil, "value of a template parameter or Terraform variable, as `Name=value`; may be repeated")
	f.StringArrayVar(&in.paramFiles, "param-file", nil, "JSON or YAML `file` with values of template parameters; may be repeated")
	f.StringArrayVar(&in.varFiles, "var-file", nil, "`file` with values of Terraform variables, .tfvars or .tfvars.json; may be repeated")
	f.StringVar(&in.region, "region", "", "AWS region of the deployment, such as eu-central-1")
	f.StringVar(&in.account, "account", "", "id of the AWS account of the deployment, twelve digits")
	mark(cmd, "param-file", "json", "yaml", "yml")
	mark(cmd, "var-file", "tfvars", "json")
}

// mark tells shell completion which files a flag takes.
func mark(cmd *cobra.Command, flag string, extensions ...string) {
	if err := cmd.MarkFlagFilename(flag, extensions...); err != nil {
		panic(err) // the flag is not declared above
	}
}

// A scanned is a scan's result with the folders that were read.
type scanned struct {
	*scan.Result
	dirs []string
}

// scan reads the folders named on the command line.
func (in *input) scan(s streams, quiet bool, args []string) (*scanned, error) {
	o, err := in.options()
	if err != nil {
		return nil, err
	}
	list, err := mounts(args)
	if err != nil {
		return nil, err
	}
	root, err := source.OpenAll(list, source.DefaultLimits)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	p := startProgress(s.err, quiet)
	defer p.Done()
	o.Stage = p.Stage
	out := &scanned{Result: scan.Run(root, o)}
	for _, m := range list {
		out.dirs = append(out.dirs, m.Dir)
	}
	return out, nil
}

func (in *input) options() (scan.Options, error) {
	o := scan.Options{Version: version()}
	var err error
	if o.Now, err = today(); err != nil {
		return o, err
	}
	if o.Load, err = in.deployment(); err != nil || in.config == "" {
		return o, err
	}
	data, err := os.ReadFile(in.config)
	if err != nil {
		return o, usage("name a file that exists, or leave --config out", "cannot read %s: %v", in.config, cause(err))
	}
	config, problems := scan.ParseConfig(filepath.Base(in.config), data, source.DefaultLimits)
	if len(problems) > 0 {
		// The user's own file must be right; a scanned folder's may be wrong.
		return o, usage("mend the file, or leave --config out", "the configuration cannot be used: %s", problems[0])
	}
	o.Config = config
	return o, nil
}

// deployment checks the values that stand for the deployment.
func (in *input) deployment() (load.Options, error) {
	o := load.Options{Region: in.region, Account: in.account, Parameters: map[string]string{}}
	if in.account != "" && (len(in.account) != 12 || strings.Trim(in.account, "0123456789") != "") {
		return o, usage("write --account 123456789012", "an account id has twelve digits, not %q", in.account)
	}
	if in.region != "" && (strings.Count(in.region, "-") < 2 || strings.Trim(in.region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "") {
		return o, usage("write --region eu-central-1", "%q is no AWS region", in.region)
	}
	for _, name := range in.paramFiles {
		if err := readParams(name, o.Parameters); err != nil {
			return o, err
		}
	}
	for _, name := range in.varFiles {
		data, err := os.ReadFile(name)
		if err != nil {
			return o, usage("name a file that exists", "cannot read %s: %v", name, cause(err))
		}
		if filepath.IsAbs(name) {
			name = filepath.Base(name) // a report names no folder of the machine
		}
		o.VarFiles = append(o.VarFiles, load.VarFile{Name: filepath.ToSlash(filepath.Clean(name)), Data: data})
	}
	for _, p := range in.params {
		name, val, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return o, usage("write --param Name=value", "--param %q has no name or no value", p)
		}
		o.Parameters[name] = val
	}
	return o, nil
}

// today is the day that decides which ignores have expired. Reports that must
// be equal over days set SOURCE_DATE_EPOCH (seconds since 1970), as builds do.
func today() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Now().UTC(), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q; it must be a number of seconds since 1970, or not set", text)
	}
	return time.Unix(n, 0).UTC(), nil
}

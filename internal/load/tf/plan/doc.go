// Package plan owns Terraform's and OpenTofu's plans and states as JSON, what
// "terraform show -json" prints: it reads them to the same instances that
// package lang makes of a configuration, and goes back to the configuration's
// files for spans and for what a plan does not know yet.
//
// It imports source, value, app, tf/lang for the instances, tf/function, and
// hcl for the files. Three things never change: a value that the plan marks as
// sensitive does not enter the model, unless the configuration writes it out;
// what is known after the deployment only is unresolved, or the reference that
// the configuration writes; and what is deleted is left out.
package plan

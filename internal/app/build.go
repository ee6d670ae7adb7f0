package app

import (
	"iter"

	"github.com/remit-security/remit/internal/value"
)

// A Layer is an AWS::Lambda::LayerVersion.
type Layer struct{ *Resource }

// AsLayer views r as a layer version.
func AsLayer(r *Resource) Layer { return Layer{of(r, "AWS::Lambda::LayerVersion")} }

// Layers iterates the application's layer versions.
func (a *App) Layers() iter.Seq[Layer] { return views(a, AsLayer, "AWS::Lambda::LayerVersion") }

// Content is where the layer's archive lies: S3Bucket and S3Key, or the local
// path that a template not yet packaged has in its place.
func (l Layer) Content() *value.Value { return l.Get("Content") }

// Runtimes are the CompatibleRuntimes.
func (l Layer) Runtimes() *value.Value { return l.Get("CompatibleRuntimes") }

// Policies are the documents that the layer's permissions amount to.
func (l Layer) Policies() []Attached { return l.policies() }

// Functions are the functions of the application that use the layer.
func (l Layer) Functions() []Function {
	if l.Resource == nil {
		return nil
	}
	var out []Function
	for _, u := range l.App.Users(l.Resource) {
		if u.By.Type == "AWS::Lambda::Function" && (len(out) == 0 || out[len(out)-1].Resource != u.By) {
			out = append(out, Function{u.By})
		}
	}
	return out
}

// A Repository is an AWS::ECR::Repository.
type Repository struct{ *Resource }

// AsRepository views r as a repository.
func AsRepository(r *Resource) Repository { return Repository{of(r, "AWS::ECR::Repository")} }

// Repositories iterates the application's image repositories.
func (a *App) Repositories() iter.Seq[Repository] {
	return views(a, AsRepository, "AWS::ECR::Repository")
}

// Policies are the repository's policy.
func (r Repository) Policies() []Attached { return r.policies() }

// ScanOnPush is false by default.
func (r Repository) ScanOnPush() *value.Value {
	return r.orBool(false, "ImageScanningConfiguration", "ScanOnPush")
}

// TagMutability is MUTABLE by default.
func (r Repository) TagMutability() *value.Value { return r.orText("MUTABLE", "ImageTagMutability") }

// A BuildProject is an AWS::CodeBuild::Project.
type BuildProject struct{ *Resource }

// AsBuildProject views r as a build project.
func AsBuildProject(r *Resource) BuildProject { return BuildProject{of(r, "AWS::CodeBuild::Project")} }

// BuildProjects iterates the application's build projects.
func (a *App) BuildProjects() iter.Seq[BuildProject] {
	return views(a, AsBuildProject, "AWS::CodeBuild::Project")
}

// RoleValue is the role that builds run with.
func (p BuildProject) RoleValue() *value.Value { return p.Get("ServiceRole") }

// Privileged is false by default.
func (p BuildProject) Privileged() *value.Value {
	return p.orBool(false, "Environment", "PrivilegedMode")
}

// Source is where builds take their code from.
func (p BuildProject) Source() *value.Value { return p.Get("Source") }

// Env are the environment variables in plain text.
func (p BuildProject) Env() []EnvVar {
	var out []EnvVar
	for _, v := range items(p.Get("Environment", "EnvironmentVariables")) {
		if v.Get("Type").Or(value.NewText(value.Lit("PLAINTEXT"), v.Span())).Is("PLAINTEXT") != value.No {
			out = append(out, EnvVar{v.Get("Name").Str(), v.Get("Name").Span(), v.Get("Value")})
		}
	}
	return out
}

// A TaskDefinition is an AWS::ECS::TaskDefinition.
type TaskDefinition struct{ *Resource }

// AsTaskDefinition views r as a task definition.
func AsTaskDefinition(r *Resource) TaskDefinition {
	return TaskDefinition{of(r, "AWS::ECS::TaskDefinition")}
}

// TaskDefinitions iterates the application's task definitions.
func (a *App) TaskDefinitions() iter.Seq[TaskDefinition] {
	return views(a, AsTaskDefinition, "AWS::ECS::TaskDefinition")
}

// RoleValue is the role that the containers act with.
func (t TaskDefinition) RoleValue() *value.Value { return t.Get("TaskRoleArn") }

// ExecutionRole is the role that starts them.
func (t TaskDefinition) ExecutionRole() *value.Value { return t.Get("ExecutionRoleArn") }

// Containers are the container definitions.
func (t TaskDefinition) Containers() []*value.Value { return t.Get("ContainerDefinitions").Items() }

// Env are the environment variables of all containers.
func (t TaskDefinition) Env() []EnvVar {
	var out []EnvVar
	for _, c := range t.Containers() {
		for _, v := range items(c.Get("Environment")) {
			out = append(out, EnvVar{v.Get("Name").Str(), v.Get("Name").Span(), v.Get("Value")})
		}
	}
	return out
}

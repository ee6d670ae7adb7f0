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

// Source is the local file or folder of the content, as of a function's code.
func (l Layer) Source() (path string, ok bool) { return l.source("Content") }

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

package load

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/cdk"
	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/source"
)

// findAssemblies reads the CDK's cloud assemblies and notes the projects that
// have none.
func findAssemblies(b *app.Builder, root *source.Root, files []source.File) *cdk.Assemblies {
	found := &cdk.Assemblies{}
	guard(b, ".", func() {
		a := cdk.Find(root, files)
		b.Problems(a.Unsynthesised(files))
		b.Problems(a.Problems())
		found = a
	})
	return found
}

// unreadStacks notes the stacks of assemblies whose templates were not found.
func unreadStacks(b *app.Builder, assemblies *cdk.Assemblies, found []candidate) {
	looked := map[string]bool{}
	for _, c := range found {
		looked[c.file] = true
	}
	b.Problems(assemblies.Unread(looked))
}

// finishStacks adds what an assembly knows of the resources of its stacks.
func finishStacks(b *app.Builder, assemblies *cdk.Assemblies, apps []*cfn.App, resources [][]*app.Resource) {
	for i, a := range apps {
		guard(b, a.File(), func() { b.Problems(assemblies.Finish(a.File(), resources[i])) })
	}
	guard(b, ".", func() { cdk.Notify(resources) })
}

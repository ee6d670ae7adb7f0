package attack

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func carelessTechniques() []*Technique { return []*Technique{stackDeletion} }

var stackDeletion = &Technique{
	ID: "stack-deletion", Title: "Delete data with its stack",
	Doc: "A table, user pool or database whose template neither retains it nor protects it from deletion goes with its stack: one wrong command, or a renamed " +
		"logical id, is enough. Set DeletionPolicy: Retain (in Terraform prevent_destroy), and the resource's own deletion protection. (A bucket that holds objects refuses.)",
	Needs: []string{"no DeletionPolicy and no deletion protection"}, Gives: "destroy the data",
	Refs: Refs{ATTACK: []string{"T1485"}, CWE: []string{"CWE-693"},
		AWS: []string{"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"}},
	Difficulty: 4,
	apply: func(b *building, t *Technique) {
		for _, r := range b.resources {
			protected, at, ok := protection(r)
			if !ok || protected == value.Yes {
				continue
			}
			words := r.App.Words()
			why, fix := r.Label()+" "+words.Deletion, words.Keep+" "+r.Label()
			h := hop{by: t, from: []Capability{actor(Careless)}, to: Capability{Kind: KindDelete, Of: r.ID},
				why: why, evidence: evidence(at, r.Label()+" has neither "+words.Keeper+" nor deletion protection"),
				weak: []Weakness{fault(WeakNoProtection, r.ID, "", at, 1, why, fix)}}
			unsure(&h, protected.Not(), r.Label()+" is not protected")
			conditional(&h, r)
			b.add(h)
		}
	},
}

// protection tells whether a resource with data survives its stack.
func protection(r *app.Resource) (value.Tri, source.Span, bool) {
	var own *value.Value
	switch r.Type {
	case "AWS::DynamoDB::Table":
		own = r.Get("DeletionProtectionEnabled")
	case "AWS::Cognito::UserPool":
		own = r.Get("DeletionProtection")
	case "AWS::RDS::DBInstance", "AWS::RDS::DBCluster":
		own = r.Get("DeletionProtection")
	default:
		return value.No, source.Span{}, false
	}
	kept := r.DeletionPolicy.OneOf("Retain", "RetainExceptOnCreate", "Snapshot")
	on := own.IsTrue().Or(own.IsFold("ACTIVE"))
	return kept.Or(on), r.Span, true
}

package attack

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// Techniques by which holding one resource gives another: what is deployed
// from a bucket, what a state machine may do, what a secret opens.
func takeoverTechniques() []*Technique {
	return []*Technique{poisonArtifact, rewriteMachine, databaseCredentials}
}

var poisonArtifact = &Technique{
	ID: "poison-artifact", Title: "Replace what a function is deployed from",
	Doc: "A function whose package or image lies in a bucket or repository of the application runs what is there at its next deployment. Whoever may write " +
		"there writes its code. Keep artifacts in a place that only the pipeline writes to, name versions or digests, and sign code.",
	Needs: []string{"to write to the bucket or repository that holds the package"}, Gives: "run code in the function",
	Refs: Refs{ATTACK: []string{"T1525", "T1195.002"}, CWE: []string{"CWE-494"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html"}},
	Difficulty: 4,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			unsigned := signed(f).Not()
			if unsigned == value.No {
				continue
			}
			place, span := f.Code().Get("S3Bucket"), f.Code().Get("S3Bucket").Span()
			holder, sure := f.App.Lookup(place, "AWS::S3::Bucket")
			if holder == nil {
				place = f.Code().Get("ImageUri")
				span = place.Span()
				for _, ref := range place.Refs() {
					if r := b.project.Resource(ref.Resource); r != nil && r.Type == "AWS::ECR::Repository" {
						holder, sure = r, value.Yes
					}
				}
			}
			if holder == nil {
				continue
			}
			h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: holder.ID}}, to: Capability{Kind: KindExec, Of: f.ID},
				why: f.Label() + " is deployed from " + holder.Label(), evidence: evidence(span, "the code of "+f.Label()+" lies in "+holder.Label()),
				certainty: Approximate, assume: f.Label() + " is deployed again from " + holder.Label()}
			unsure(&h, sure.And(unsigned), f.Label()+" is deployed from "+holder.Label())
			conditional(&h, f.Resource, holder)
			b.add(h)
		}
	},
}

var rewriteMachine = &Technique{
	ID: "rewrite-state-machine", Title: "Rewrite a state machine",
	Doc: "states:UpdateStateMachine replaces a definition, and a definition can call any API of AWS under the machine's role. " +
		"Only the pipeline should hold it, and the role should allow the calls of the definition.",
	Needs: []string{"states:UpdateStateMachine on the state machine"}, Gives: "act as the state machine's role",
	Refs:       Refs{ATTACK: []string{"T1648", "T1078.004"}, CWE: []string{"CWE-269"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		for _, a := range b.apps {
			for m := range a.OfType("AWS::StepFunctions::StateMachine") {
				role, sure := a.Lookup(m.Get("RoleArn"), "AWS::IAM::Role")
				if role == nil {
					continue
				}
				h := hop{by: t, from: []Capability{{Kind: KindManage, Of: m.ID}}, to: Capability{Kind: KindCreds, Of: role.ID},
					why: "a new definition of " + m.Label() + " calls what it likes as " + role.Label(), evidence: evidence(m.Get("RoleArn").Span(), m.Label()+" runs as "+role.Label())}
				unsure(&h, sure, m.Label()+" runs as "+role.Label())
				conditional(&h, m)
				b.add(h)
			}
		}
	},
}

var databaseCredentials = &Technique{
	ID: "database-credentials", Title: "Open a database with its secret",
	Doc: "A secret that is attached to a database, or made for its master user, holds what it takes to sign in. Whoever reads the secret and reaches the " +
		"database's network has all data in it. Let only the functions that query it read the secret, and use IAM authentication.",
	Needs: []string{"to read the database's secret", "to reach the database"}, Gives: "read and write the database",
	Refs: Refs{ATTACK: []string{"T1552", "T1213"}, CWE: []string{"CWE-522"},
		AWS: []string{"https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		open := func(secret, db *app.Resource, at *value.Value, sure value.Tri) {
			for _, kind := range []Kind{KindRead, KindWrite} {
				h := hop{by: t, from: []Capability{{Kind: KindRead, Of: secret.ID}}, to: Capability{Kind: kind, Of: db.ID},
					why: secret.Label() + " holds the password of " + db.Label(), evidence: evidence(at.Span(), secret.Label()+" is the secret of "+db.Label()),
					certainty: Approximate, assume: "the network of " + db.Label() + " lets the attacker in"}
				unsure(&h, sure, secret.Label()+" is the secret of "+db.Label())
				conditional(&h, db, secret)
				b.add(h)
			}
		}
		databases := []string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Redshift::Cluster"}
		for _, a := range b.apps {
			for at := range a.OfType("AWS::SecretsManager::SecretTargetAttachment") {
				secret, one := a.Lookup(at.Get("SecretId"), "AWS::SecretsManager::Secret")
				db, two := a.Lookup(at.Get("TargetId"), databases...)
				if secret != nil && db != nil {
					open(secret, db, at.Get("TargetId"), one.And(two))
				}
			}
			for db := range a.OfType(databases...) {
				password := db.Get("MasterUserPassword")
				for _, ref := range password.Refs() { // {{resolve:secretsmanager:${Secret}:…}}
					if secret := b.project.Resource(ref.Resource); secret != nil && secret.Type == "AWS::SecretsManager::Secret" {
						open(secret, db, password, value.Yes)
					}
				}
			}
		}
	},
}

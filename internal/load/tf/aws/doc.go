// Package aws owns the mapping from the Terraform provider's vocabulary,
// aws_lambda_function and its arguments, to CloudFormation's types and
// properties. The mapping is data: tables/*.txt have one row for each argument.
// The providers without resources of their own (random, archive …) have tables
// too.
//
// It imports source, value, app, iam/policy, iam/catalogue and tf/lang. One
// thing never changes: an argument that no row reads keeps its own name in the
// resource's properties, and is said to be unread.
//
// A table looks like this:
//
//	aws_lambda_function  AWS::Lambda::Function  name=function_name
//		function_name              FunctionName
//		role                       Role
//		environment.variables      Environment.Variables
//		vpc_config.subnet_ids      VpcConfig.SubnetIds
//		file_system_config[].arn   FileSystemConfigs[].Arn
//		policy                     PolicyDocument                 :json
//		tags                       Tags                           :tags
//		publish                    -                              no counterpart: versions are made on update
//		+ Timeout                  3
//		= arn                      Arn
//		= id                       Ref
//		= invoke_arn               arn:${P}:apigateway:${R}:lambda:path/2015-03-31/functions/${arn}/invocations
//
// A line that begins in the first column is a header, the lines below it that
// begin with a tab are its rows; empty lines and lines whose first sign is #
// count for nothing.
//
// # Headers
//
// The header has the Terraform type, or several with commas between them, the
// CloudFormation type, and the argument that names the resource. Where the name is not written, the argument with
// _prefix behind it (name= without more: name_prefix) may tell its beginning;
// prefix= names another one. A type without names has no name=.
//
// A resource that is a part of another has a header with "into":
//
//	aws_s3_bucket_versioning  into=aws_s3_bucket by=bucket
//		versioning_configuration.status   VersioningConfiguration.Status
//
// by names the argument that refers to the whole, or whose text is equal to the
// whole's name, id or ARN. by=a+b takes several arguments: all are equal to
// the whole's arguments of the same names, or else one of them refers to it.
// by=users[] goes through a list, and into=x,y by=a,b says that a part may have
// several wholes. A part whose whole is not in the configuration stays a
// resource under its Terraform type. Lists of parts and whole are joined.
//
// A header with "-" in place of the CloudFormation type and a reason says that
// the type carries nothing that the analysis asks for: its resources keep their
// Terraform type, without a word. Of another provider than AWS's nothing is
// deployed, so such resources are not part of the model at all.
//
// "!" in place of "-" is for a type that gives somebody access which the
// analysis does not count: its reason is told as a problem, once. With if= only
// where that argument is written:
//
//	aws_db_snapshot  !  if=shared_accounts  shares a snapshot with other accounts
//
// A header that begins with "data" is for a data source. A data source that
// has no table of its own has the attributes of the managed type of its name.
//
// # Rows
//
// A row has the path of an argument, the path of the property, and a
// conversion. A dot goes into a map or into the one block of that type; []
// goes through the elements of a list, or of repeated blocks, on both sides.
// [+] in a property stands for one new element of a list, which all rows of the
// table with the same path up to it share. A property "-" says that the
// argument is read and deliberately maps to nothing, and why.
//
// Conversions:
//
//	:json            the document that a string is the JSON of
//	:yaml            the same for a string of JSON or YAML
//	:tags            a map to a list of maps of Key and Value
//	:pairs(K,V)      a map to a list of maps of K and V
//	:map(K,V)        repeated blocks of K and V to a map
//	:list            one value to a list of it
//	:one             a list to its first element
//	:each(K)         a list of texts to a list of maps of K
//	:secret          the same with letters and digits masked
//	:bool(A,B)       true to A, false to B
//	:is(A)           whether the text is A
//	:not             the other boolean
//	:words(a=A,b=B)  the words a, b … to A, B …; others stay
//	:upper, :lower   the text in that case
//	:shape           a function beside the table makes the property
//
// A row that begins with "+" is a property's value where no argument gives it:
// a default of Terraform's that is not CloudFormation's, in JSON. [] goes
// through the elements that are there; "?" behind a key asks that the key is
// there, and none is made for the sake of the default.
//
// A row that begins with "=" is an attribute that the provider computes: the
// name of CloudFormation's attribute (Ref, Arn, …), [] for a list of which
// nothing is known, or a text with ${…}:
//
//	N R A P U    name, region, account, partition, URL suffix
//	!x           an identifier that AWS makes
//	arn          another attribute of the Terraform resource
//	arg=default  an argument, or the default where it is not written
//	Path         a property of the CloudFormation resource
//
// An argument with such a row is an identifier: what reads it refers to the
// resource. The naming argument is one without a row. Where there are no rows
// for them, id is Ref and arn is Arn, where naming of the application model
// knows them.
//
// # Shapes
//
// Where a table cannot say it, a function beside the table does (shape.go),
// keyed by the Terraform type, after all rows. The rows with :shape say which
// arguments it reads.
package aws

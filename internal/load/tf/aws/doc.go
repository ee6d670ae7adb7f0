// Package aws owns the mapping from the Terraform provider's vocabulary,
// aws_lambda_function and its arguments, to CloudFormation's types and
// properties. The mapping is data: tables/*.txt have one row for each argument.
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
//		= arn                      Arn
//		= id                       Ref
//		= invoke_arn               arn:${P}:apigateway:${R}:lambda:path/2015-03-31/functions/${arn}/invocations
//
// The header has the Terraform type, the CloudFormation type, and the argument
// that names the resource. A row has the path of an argument, the path of the
// property, and a conversion. A dot goes into a map or into the one block of
// that type; [] goes through the elements of a list, or of repeated blocks, on
// both sides. A property "-" says that the argument is read and deliberately
// maps to nothing, and why. A row that begins with "=" is an attribute that the
// provider computes: the name of CloudFormation's attribute (Ref, Arn, …), or a
// text with ${…}.
//
// A resource that is a part of another has a header with "into":
//
//	aws_s3_bucket_versioning  into=aws_s3_bucket by=bucket
//		versioning_configuration.status   VersioningConfiguration.Status
//
// by names the argument that refers to the whole. Where a table cannot say it,
// a function beside the table does (shape.go), keyed by the Terraform type.
package aws

// The application of this folder, written with the CDK.
const { App, Stack, Duration, RemovalPolicy } = require('aws-cdk-lib');
const cognito = require('aws-cdk-lib/aws-cognito');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const s3 = require('aws-cdk-lib/aws-s3');
const sns = require('aws-cdk-lib/aws-sns');
const sqs = require('aws-cdk-lib/aws-sqs');
const { HttpApi, HttpMethod } = require('aws-cdk-lib/aws-apigatewayv2');
const { HttpUserPoolAuthorizer } = require('aws-cdk-lib/aws-apigatewayv2-authorizers');
const { HttpLambdaIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const { SqsEventSource } = require('aws-cdk-lib/aws-lambda-event-sources');
const { LambdaDestination } = require('aws-cdk-lib/aws-s3-notifications');
const { LambdaSubscription } = require('aws-cdk-lib/aws-sns-subscriptions');
const path = require('path');

class Same extends Stack {
  constructor(scope, id) {
    super(scope, id);

    const users = new cognito.UserPool(this, 'Users', { userPoolName: 'same-users', selfSignUpEnabled: true, removalPolicy: RemovalPolicy.DESTROY });
    const client = new cognito.UserPoolClient(this, 'Client', { userPool: users, userPoolClientName: 'same-client', disableOAuth: true });
    const orders = new dynamodb.Table(this, 'Orders', {
      tableName: 'same-orders',
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const jobs = new sqs.Queue(this, 'Jobs', { queueName: 'same-jobs', visibilityTimeout: Duration.seconds(60) });
    const alerts = new sns.Topic(this, 'Alerts', { topicName: 'same-alerts' });
    const uploads = new s3.Bucket(this, 'Uploads', {
      bucketName: 'same-uploads',
      removalPolicy: RemovalPolicy.DESTROY,
      blockPublicAccess: new s3.BlockPublicAccess({
        blockPublicAcls: true, blockPublicPolicy: false, ignorePublicAcls: true, restrictPublicBuckets: false,
      }),
    });
    uploads.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.StarPrincipal()], actions: ['s3:GetObject'], resources: [uploads.arnForObjects('*')],
    }));

    const role = (id, name, statements) => new iam.Role(this, id, {
      roleName: name,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
      inlinePolicies: { access: new iam.PolicyDocument({ statements }) },
    }).withoutPolicyUpdates();
    const webRole = role('WebRole', 'same-web', [
      new iam.PolicyStatement({ actions: ['dynamodb:*', 's3:*'], resources: ['*'] }),
      new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [jobs.queueArn] }),
    ]);
    const workerRole = role('WorkerRole', 'same-worker', [
      new iam.PolicyStatement({ actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], resources: [jobs.queueArn] }),
      new iam.PolicyStatement({ actions: ['dynamodb:PutItem'], resources: [orders.tableArn] }),
    ]);

    const fn = (id, name, role, environment) => new lambda.Function(this, id, {
      functionName: name,
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'src')),
      timeout: Duration.seconds(10),
      role,
      environment,
    });
    const web = fn('Web', 'same-web', webRole, { TABLE: orders.tableName, QUEUE: jobs.queueUrl });
    const worker = fn('Worker', 'same-worker', workerRole, { TABLE: orders.tableName });
    const files = fn('Files', 'same-files', workerRole, { TABLE: orders.tableName });

    const api = new HttpApi(this, 'Api', { apiName: 'same' });
    const integration = new HttpLambdaIntegration('Web', web);
    api.addRoutes({ path: '/orders', methods: [HttpMethod.GET], integration });
    api.addRoutes({
      path: '/orders', methods: [HttpMethod.POST], integration,
      authorizer: new HttpUserPoolAuthorizer('Signed', users, { userPoolClients: [client], authorizerName: 'signed' }),
    });
    worker.addEventSource(new SqsEventSource(jobs, { batchSize: 5 }));
    uploads.addEventNotification(s3.EventType.OBJECT_CREATED, new LambdaDestination(files));
    alerts.addSubscription(new LambdaSubscription(files));
    new events.Rule(this, 'Nightly', { ruleName: 'same-nightly', schedule: events.Schedule.expression('rate(1 day)'), targets: [new targets.LambdaFunction(files)] });
  }
}

const app = new App({ outdir: path.join(__dirname, 'cdk.out'), analyticsReporting: false });
new Same(app, 'Same');
app.synth();

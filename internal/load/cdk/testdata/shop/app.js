// A shop of our own: two stacks with a reference between them, a nested stack,
// a container image, and the same store again in a stage.
const { App, Stack, Stage, NestedStack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const s3 = require('aws-cdk-lib/aws-s3');
const sqs = require('aws-cdk-lib/aws-sqs');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const { SqsEventSource } = require('aws-cdk-lib/aws-lambda-event-sources');
const path = require('path');

class Jobs extends NestedStack {
  constructor(scope, id) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue');
    const worker = new lambda.DockerImageFunction(this, 'Worker', {
      code: lambda.DockerImageCode.fromImageAsset(path.join(__dirname, 'image')),
    });
    worker.addEventSource(new SqsEventSource(this.queue));
  }
}

class Store extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.table = new dynamodb.Table(this, 'Orders', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    this.bucket = new s3.Bucket(this, 'Files');
  }
}

class Shop extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const fn = new lambda.Function(this, 'Checkout', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'lambda')),
      environment: { TABLE: props.table.tableName },
    });
    props.table.grantReadWriteData(fn);
    new apigateway.LambdaRestApi(this, 'Api', { handler: fn, proxy: true });
    new Jobs(this, 'Jobs');
  }
}

const app = new App({ outdir: path.join(__dirname, 'cdk.out'), analyticsReporting: false });
const store = new Store(app, 'Store');
new Shop(app, 'Shop', { table: store.table });
const prod = new Stage(app, 'Prod', { env: { account: '111122223333', region: 'eu-west-1' } });
new Store(prod, 'Store');
app.synth();

// Tickets of our own: a stack with a name and a place of its own, and a nested
// stack with a function.
const { App, Stack, NestedStack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const path = require('path');

class Search extends NestedStack {
  constructor(scope, id, table) {
    super(scope, id);
    const fn = new lambda.Function(this, 'Find', {
      runtime: lambda.Runtime.NODEJS_18_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'search')),
      environment: { TABLE: table.tableName },
    });
    new dynamodb.Table(this, 'Index', { partitionKey: { name: 'word', type: dynamodb.AttributeType.STRING } });
    table.grantReadData(fn);
  }
}

class Tickets extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const table = new dynamodb.Table(this, 'Index', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    new Search(this, 'Search', table);
  }
}

const app = new App({ outdir: path.join(__dirname, 'cdk.out'), analyticsReporting: false });
new Tickets(app, 'Tickets', { stackName: 'tickets-prod', env: { account: '111122223333', region: 'eu-west-1' } });
app.synth();

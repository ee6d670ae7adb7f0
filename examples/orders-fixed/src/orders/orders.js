'use strict';

const crypto = require('node:crypto');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, GetCommand, PutCommand } = require('@aws-sdk/lib-dynamodb');

const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const table = process.env.ORDERS_TABLE;

const customerOf = (event) => event.requestContext.authorizer.claims.sub;

async function place(event) {
  const { article, quantity } = JSON.parse(event.body);
  if (typeof article !== 'string' || !Number.isInteger(quantity)) {
    return { statusCode: 400, body: 'article and quantity are needed' };
  }
  const orderId = crypto.randomUUID();
  const Item = { orderId, customer: customerOf(event), article, quantity };
  await db.send(new PutCommand({ TableName: table, Item }));
  return { statusCode: 201, body: JSON.stringify({ orderId }) };
}

async function read(event) {
  const { orderId } = event.pathParameters;
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { orderId } }));
  return Item && Item.customer === customerOf(event)
    ? { statusCode: 200, body: JSON.stringify(Item) }
    : { statusCode: 404, body: '' };
}

exports.handler = async (event) => (event.httpMethod === 'POST' ? place(event) : read(event));

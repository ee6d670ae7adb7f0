'use strict';

const crypto = require('node:crypto');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, GetCommand, PutCommand } = require('@aws-sdk/lib-dynamodb');
const serialize = require('node-serialize');

const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const table = process.env.ORDERS_TABLE;

// Flaw (code): unserialize runs functions that the body carries.
async function place(event) {
  const order = serialize.unserialize(event.body);
  order.orderId = crypto.randomUUID();
  await db.send(new PutCommand({ TableName: table, Item: order }));
  return { statusCode: 201, body: JSON.stringify({ orderId: order.orderId }) };
}

// Flaw (code): any caller reads any order; nothing ties it to the customer.
async function read(event) {
  const { orderId } = event.pathParameters;
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { orderId } }));
  return Item ? { statusCode: 200, body: JSON.stringify(Item) } : { statusCode: 404, body: '' };
}

exports.handler = async (event) => (event.httpMethod === 'POST' ? place(event) : read(event));

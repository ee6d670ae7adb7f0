"""Marks orders as shipped when the warehouse says so."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])


def handler(event, context):
    for record in event["Records"]:
        message = json.loads(record["body"])
        table.update_item(
            Key={"orderId": message["orderId"]},
            UpdateExpression="SET shipped = :when",
            ExpressionAttributeValues={":when": message["when"]},
        )

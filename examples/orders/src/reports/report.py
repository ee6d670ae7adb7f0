"""Writes the nightly report: orders and payments of the last day."""

import csv
import io
import os
from datetime import date

import boto3

dynamodb = boto3.resource("dynamodb")
s3 = boto3.client("s3")


def handler(event, context):
    out = io.StringIO()
    writer = csv.writer(out)
    for name in (os.environ["ORDERS_TABLE"], os.environ["PAYMENTS_TABLE"]):
        for item in dynamodb.Table(name).scan()["Items"]:
            writer.writerow([name, *item.values()])
    s3.put_object(
        Bucket=os.environ["REPORTS_BUCKET"],
        Key=f"{date.today()}.csv",
        Body=out.getvalue(),
    )

"""Reads the text of an invoice that a partner has uploaded."""

import subprocess
import tempfile
import urllib.parse

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        with tempfile.NamedTemporaryFile(suffix=".pdf") as local:
            s3.download_fileobj(bucket, key, local)
            local.flush()
            text = subprocess.check_output(["pdftotext", local.name, "-"])
        s3.put_object(Bucket=bucket, Key=key + ".txt", Body=text)

"""Reads the text of an invoice that a partner has uploaded."""

import os
import subprocess
import urllib.parse

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        local = "/tmp/" + os.path.basename(key)
        s3.download_file(bucket, key, local)
        # Flaw (code): the object's key becomes part of a shell command.
        text = subprocess.check_output(f"pdftotext {local} -", shell=True)
        s3.put_object(Bucket=bucket, Key=key + ".txt", Body=text)

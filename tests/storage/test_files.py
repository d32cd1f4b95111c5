"""Files in the bucket, on moto: what is put is what the link gives, as a download, and not for long."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from comeback.errors import Unavailable
from comeback.runtime import aws as connections
from comeback.runtime.files import BucketFiles


@pytest.fixture
def s3(aws: Any) -> Any:
    connections.client.cache_clear()
    made = connections.client("s3")
    made.create_bucket(Bucket="files")
    yield made
    connections.client.cache_clear()


def test_a_link_leads_to_the_file(s3: Any) -> None:
    files = BucketFiles(s3, "files")
    files.put("exports/salon/1.csv", b"a,b", "text/csv")
    link = files.link("exports/salon/1.csv", "clients.csv", timedelta(minutes=10))
    asked = parse_qs(urlsplit(link).query)
    assert urlsplit(link).path.endswith("/exports/salon/1.csv")
    assert asked["X-Amz-Expires"] == ["600"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"], "new buckets refuse the older one"
    assert asked["response-content-disposition"] == ['attachment; filename="clients.csv"']
    kept = boto3.client("s3").get_object(Bucket="files", Key="exports/salon/1.csv")
    assert (kept["Body"].read(), kept["ContentType"]) == (b"a,b", "text/csv")


def test_a_bucket_that_is_not_there(s3: Any) -> None:
    with pytest.raises(Unavailable):
        BucketFiles(s3, "elsewhere").put("exports/salon/1.csv", b"", "text/csv")

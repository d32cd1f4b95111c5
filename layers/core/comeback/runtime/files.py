"""Files in the bucket behind the Files port: put there, and handed out by a link that soon closes."""

from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Unavailable


class BucketFiles:
    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, key: str, body: bytes, media: str) -> None:
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"S3 did not take the file: {error}") from error

    def link(self, key: str, name: str, lasts: timedelta) -> str:
        """Signed here: no request is made. As a browser saves it: under `name`."""
        asked = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
        }
        seconds = int(lasts.total_seconds())
        return str(self._s3.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))

"""What is left of an account anywhere on the platform: by listing everything."""

import json
from collections.abc import Iterator
from typing import Any


def left_of(platform: Any, *names: str) -> list[str]:
    """Each object (every version and delete marker) and row that bears one of these ids; the outbox is passed through."""
    return sorted(
        found
        for found in (*_objects(platform), *_rows(platform))
        if any(name in found for name in names)
    )


def _objects(platform: Any) -> Iterator[str]:
    s3 = platform.aws("s3")
    for resource in ("UPLOADS_BUCKET", "WORK_BUCKET", "OUTPUTS_BUCKET"):
        bucket = platform.names[resource]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", []) + page.get("DeleteMarkers", []):
                yield f"{resource} {one['Key']} {one['VersionId']}"
        for one in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            yield f"{resource} {one['Key']} unfinished"


def _rows(platform: Any) -> Iterator[str]:
    dynamodb = platform.aws("dynamodb")
    for resource, table in platform.names.items():
        if resource.endswith("_TABLE"):
            for page in dynamodb.get_paginator("scan").paginate(
                TableName=table, ConsistentRead=True
            ):
                for item in page["Items"]:
                    yield f"{resource} {json.dumps(item, default=str, sort_keys=True)}"

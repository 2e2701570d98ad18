"""A story once more from its beginning, on the system that has just played it."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from local.operator.client import OperatorClient
from local.scenarios.world import World

BATCH = 25  # the most of one BatchWriteItem
LOOK_AGAIN_S = 1.0
ASK_FOR_S = 3600.0


def wait_until_wanted(operator: OperatorClient) -> None:
    """Until somebody presses the button of the operator's page; an operator that is started anew is waited for."""
    while True:
        try:
            operator.wait_for(operator.story_is_wanted_again, ASK_FOR_S, "wish for the story")
        except (TimeoutError, httpx.HTTPError):
            time.sleep(LOOK_AGAIN_S)
        else:
            return


def start_over(world: World) -> None:
    """Forget all that was played, in table, buckets and phones. Accounts and the register of people stay; whoever was
    signed in comes in again."""
    world.operator.reset()
    table = world.table
    keys = [
        {"pk": item["pk"], "sk": item["sk"]}
        for page in table.client.get_paginator("scan").paginate(TableName=table.name, ProjectionExpression="pk, sk")
        for item in page["Items"]
        if item["pk"]["S"] != table.members_pk
    ]
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    with ThreadPoolExecutor(4) as writers:
        for _ in writers.map(lambda batch: _delete(world, batch), batches):
            pass
    for bucket in ("recordings_bucket", "reports_bucket", "reference_bucket", "imports_bucket"):
        _empty(world, world.outputs[bucket])


def _delete(world: World, keys: list[dict[str, dict[str, str]]]) -> None:
    rest = {world.table.name: [{"DeleteRequest": {"Key": key}} for key in keys]}
    while rest:
        rest = world.table.client.batch_write_item(RequestItems=rest).get("UnprocessedItems", {})


def _empty(world: World, bucket: str) -> None:
    for page in world.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        kept = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if kept:
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in kept]
            world.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})

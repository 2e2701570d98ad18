"""A story is played again as on a system that has not seen it yet; whoever has access keeps it."""

from moto import mock_aws

from local.operator.client import OperatorClient
from local.operator.phones import Answering
from local.scenarios.again import start_over
from local.scenarios.world import World
from permanence.adapters.dynamodb.items import to_attributes
from tests.fakes.table import create_table, make_client

BUCKETS = ("recordings_bucket", "reports_bucket", "reference_bucket", "imports_bucket")


def test_all_that_was_played_is_forgotten_but_who_has_access(operator: OperatorClient) -> None:
    operator.tell_story("Samedi, 23 h 12", playing=False)
    operator.set_behaviour("+33639980301", Answering.NO_ANSWER)
    operator.set_offset(3600)
    with mock_aws():
        table, s3 = create_table(make_client("dynamodb")), make_client("s3")
        world = World({name: name.replace("_", "-") for name in BUCKETS})
        vars(world).update(operator=operator, table=table, s3=s3)
        for name in BUCKETS:
            bucket = world.outputs[name]
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            for body in (b"once", b"twice"):
                s3.put_object(Bucket=bucket, Key="2026-11/kept.wav", Body=body)
            s3.delete_object(Bucket=bucket, Key="2026-11/kept.wav")
        for n in range(60):
            table.client.put_item(TableName=table.name, Item=to_attributes({"pk": f"habitat70#CALL#{n}", "sk": "CALL"}))
        table.client.put_item(TableName=table.name, Item=to_attributes({"pk": table.members_pk, "sk": "lea"}))

        start_over(world)

        left = table.client.scan(TableName=table.name)["Items"]
        assert [item["sk"]["S"] for item in left] == ["lea"]
        for name in BUCKETS:
            listed = s3.list_object_versions(Bucket=world.outputs[name])
            assert not listed.get("Versions")
            assert not listed.get("DeleteMarkers")
    assert operator.phones() == []
    assert operator.offset() == 0
    assert not operator.story_is_wanted_again()

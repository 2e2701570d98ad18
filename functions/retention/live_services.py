"""What the purge needs, from the function's environment."""

from collections.abc import Mapping

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.twilio.log import make_log
from permanence.adapters.twilio.provider import make_secret
from permanence.application.privacy.purging import Purge

PROVIDER_REQUEST_S = 5.0


def live_purge(environ: Mapping[str, str]) -> Purge:
    """The job on AWS and at the telephony provider."""
    contract = load_contract()
    table, s3 = make_table(environ), make_client("s3", environ)
    return Purge(
        contract=contract,
        index=DynamoPurgeIndex(table),
        facts=DynamoFacts(table),
        calls=DynamoCalls(table),
        malfunctions=DynamoMalfunctions(table),
        reference=DynamoReferenceData(table, S3ObjectStore(s3, environ["REFERENCE_BUCKET"])),
        provider=make_log(environ, make_secret(environ), PROVIDER_REQUEST_S),
        recordings=S3ObjectStore(s3, environ["RECORDINGS_BUCKET"]),
        reports=S3ObjectStore(s3, environ["REPORTS_BUCKET"]),
        jobs=DynamoJobs(table),
    )

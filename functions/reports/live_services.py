"""What the reports need, from the function's environment."""

from collections.abc import Mapping

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.adapters.s3 import S3ObjectStore
from reports.french_mail import MailAddresses
from reports.services import Services


def live_services(environ: Mapping[str, str]) -> Services:
    """`Services` on AWS."""
    contract = load_contract()
    table, s3 = make_table(environ), make_client("s3", environ)
    reports = S3ObjectStore(s3, environ["REPORTS_BUCKET"])
    return Services(
        contract=contract,
        calls=DynamoCalls(table),
        malfunctions=DynamoMalfunctions(table),
        open_items=DynamoOpenItems(table),
        reference=DynamoReferenceData(table, S3ObjectStore(s3, environ["REFERENCE_BUCKET"])),
        notices=DynamoNotices(table),
        jobs=DynamoJobs(table),
        settled_days=DynamoSettledDays(table),
        frozen_months=FrozenMonthsInBucket(reports),
        reports=reports,
        addresses=MailAddresses(environ["MAIL_SENDER"], environ["PUBLIC_BASE_URL"].rstrip("/") + "/extranet"),
    )

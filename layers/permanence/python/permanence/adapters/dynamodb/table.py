"""The landlord's table as the environment of a function and the contract describe it."""

from collections.abc import Mapping

from permanence.adapters.aws import USUAL, Timeouts, make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.items import Table


def make_table(environ: Mapping[str, str], timeouts: Timeouts = USUAL) -> Table:
    """The one named by TABLE_NAME, with a client that waits as long as `timeouts` say."""
    contract = load_contract()
    client = make_client("dynamodb", environ, timeouts)
    return Table(client, environ["TABLE_NAME"], contract.landlord_id, contract.retention)

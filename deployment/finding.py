"""What a check finds missing, and how it is mended."""

from dataclasses import dataclass

from infra.settings import DATA_REGION

AWS = f"aws --region {DATA_REGION}"
"""How a command to type begins: whoever has another region in his environment asks ours all the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is one English sentence, `mend` the command to type or the thing to do, one a line. One that does not stop
    is told and gone past: it will be missed later. Neither ever holds a secret. `STAGE=…` in `mend` is told
    with the stage that is asked about."""

    says: str
    mend: str
    stops: bool = True

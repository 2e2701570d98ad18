"""`python -m local.send_mail FROM FILE…`: somebody sends files to the system that is up here, by mail."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from local.engine.system import read_outputs
from local.operator.client import OperatorClient


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="local.send_mail", description=__doc__)
    parser.add_argument("sender", help="whom the mail is from, patrimoine@habitat70.example for instance")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--dmarc", default="pass", help="what is found of the sender's domain: pass, fail, none")
    told = parser.parse_args(arguments)
    outputs = read_outputs()
    if outputs is None:
        print("Nothing is up here: make up.", file=sys.stderr)
        return 1
    with OperatorClient(outputs["operator_url"]) as operator:
        operator.send_from_outside(
            told.sender, *((file.name, file.read_bytes()) for file in told.files), dmarc=told.dmarc
        )
    print(f"sent to {outputs['import_address']}: {len(told.files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

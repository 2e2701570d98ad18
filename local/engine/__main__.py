"""`python -m local.engine up | down | status`."""

import sys

from contracts.schema import ContractError
from local.engine import processes, system


def status() -> int:
    outputs = system.read_outputs()
    if outputs is None or not system.is_running():
        print("down")
        return 1
    for process in processes.recorded():
        print(f"{process.name}: port {process.port}, pid {process.pid}")
    for name in ("desk_url", "extranet_url", "operator_url"):
        print(f"{name}: {outputs[name]}")
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["up"]:
            try:
                system.up()
            except (processes.StartFailed, ContractError) as failure:
                print(failure, file=sys.stderr)
                return 1
            return 0
        case ["down"]:
            system.down()
            return 0
        case ["status"]:
            return status()
        case _:
            print("usage: python -m local.engine up | down | status", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

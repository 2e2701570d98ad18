"""What functions find in layers, built once before the tests: the contract as data, and the static files."""

import os

from infra.assets import build_static_files
from infra.contract import build_contract, read_contract
from infra.settings import BUILD

# jsii (CDK) warns at length about the Node 20 of Debian; the one PyPI carries comes first when there is no other.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21")
os.environ["PATH"] = f"{BUILD / 'bin'}{os.pathsep}{os.environ['PATH']}"

build_contract(read_contract("habitat70"))
build_static_files()

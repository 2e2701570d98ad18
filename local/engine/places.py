"""Where a running system keeps its things: under build/local, which `down` removes; the assembly stays for the next."""

from pathlib import Path

from infra.settings import BUILD, ROOT

LOCAL = BUILD / "local"
ASSEMBLY = BUILD / "local-assembly"
LOCK = BUILD / "local.lock"
STATE = LOCAL / "processes.json"
OUTPUTS = LOCAL / "outputs.json"
STACK_OUTPUTS = LOCAL / "stack-outputs.json"
TEMPORARY = LOCAL / "tmp"
LOGS = LOCAL / "logs"

PYTHON = ROOT / ".venv" / "bin" / "python"
ENGINE_PYTHON = BUILD / "engine-venv" / "bin" / "python"
CDK = ROOT / "node_modules" / ".bin" / "cdk"


def log_file(name: str) -> Path:
    return LOGS / f"{name}.log"

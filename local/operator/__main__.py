"""``python -m local.operator --port 8900``."""

import argparse

import uvicorn

from local.operator.app import create_app
from local.operator.settings import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBERS, Settings
from local.operator.twiml import E164


def _number(text: str) -> str:
    if not E164.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number in E.164 (+33353010070)")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.operator", description="A telephone operator, locally.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--public-url", help="how the application reaches the operator (http://HOST:PORT)")
    parser.add_argument("--account-sid", default=DEFAULT_ACCOUNT_SID)
    parser.add_argument("--auth-token", default=DEFAULT_AUTH_TOKEN)
    parser.add_argument("--number", type=_number, action="append", help="a number of the account; may be repeated")
    parser.add_argument("--speech-rate", type=float, default=20.0, help="times faster than life (20)")
    parser.add_argument("--calls-per-second", type=float, default=0.0, help="pace of outbound calls; 0: none (0)")
    given = parser.parse_args()
    settings = Settings(
        public_url=(given.public_url or f"http://{given.host}:{given.port}").rstrip("/"),
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        numbers=tuple(given.number or DEFAULT_NUMBERS),
        speech_rate=given.speech_rate,
        calls_per_second=given.calls_per_second,
    )
    uvicorn.run(
        create_app(settings), host=given.host, port=given.port, log_level="warning", timeout_graceful_shutdown=1
    )


if __name__ == "__main__":
    main()

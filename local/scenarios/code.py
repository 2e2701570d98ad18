"""`make code WHO=lea.marchand`: the one-time code of a demo user, as the telephone of that person would show it."""

import sys
import time

import pyotp

from local.engine import system


def main(who: str) -> int:
    outputs = system.read_outputs()
    users = outputs["users"] if outputs else []
    found = [user for user in users if who and user["email"].startswith(who)]
    if len(found) != 1:
        names = ", ".join(user["email"].split("@")[0] for user in users)
        print(f"Who? {names}" if names else "The system is not running: make up", file=sys.stderr)
        return 1
    code = pyotp.TOTP(found[0]["totp_secret"])
    print(f"{code.now()}  ({code.interval - int(time.time()) % code.interval} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

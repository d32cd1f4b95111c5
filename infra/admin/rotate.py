"""Gives a company a new secret while the old one is still taken, so that nothing is refused in between.

    make rotate COMPANY=salon NAME=telegram_webhook_secret               ours to make: a new one is made and shown
    make rotate COMPANY=salon NAME=whatsapp_app_secret                   made elsewhere: it is asked for
    make rotate COMPANY=salon NAME=link_secret HOURS=8760                printed links live for another year

Then tell whoever calls us (Telegram's setWebhook, YCLIENTS' webhook address, Meta's console). Functions see the new value
when the first caller uses it, at the latest after five minutes. A token that we call others with is simply replaced.
"""

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from comeback.rotation import LINK, rotated
from comeback.runtime.secrets import secret_name
from deployed import client

OURS = ("telegram_webhook_secret", "crm_webhook_secret", "whatsapp_verify_token", LINK)
"""Whoever calls us is told these."""
CHECKED = (*OURS, "whatsapp_app_secret")
"""What a caller proves to know: of these the old one is taken for a while."""
BYTES = 32


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("company")
    parser.add_argument("name")
    parser.add_argument("--stage", default="prod")
    parser.add_argument("--hours", type=float, default=24.0, help="the old one is taken so long")
    options = parser.parse_args()
    made = options.name in OURS
    new = token_urlsafe(BYTES) if made else getpass.getpass(f"new {options.name}: ").strip()
    if not new:
        print("nothing was entered, nothing is changed", file=sys.stderr)
        return 1
    until = datetime.now(UTC) + timedelta(hours=options.hours)
    rotate(secret_name(options.stage, options.company), options.name, new, until)
    if made:
        print(new)
    if options.name in CHECKED:
        print(f"the old one is taken until {until.isoformat(timespec='minutes')}", file=sys.stderr)
    return 0


def rotate(document: str, name: str, new: str, until: datetime) -> None:
    manager = client("secretsmanager")
    found = manager.get_secret_value(SecretId=document)["SecretString"]
    values: Mapping[str, str] = json.loads(found)
    after = rotated(values, name, new, until) if name in CHECKED else {**values, name: new}
    manager.put_secret_value(SecretId=document, SecretString=json.dumps(after))


if __name__ == "__main__":
    sys.exit(main())

"""The administrator's command: creates or changes a company on a deployed stack.

    make company FILE=company.json     profile, catalogue (without a CRM), secret; OWNER=anna@x.org invites who signs in first
    make links COMPANY=salon           personal Telegram links, as CSV, to invite clients with; the first is the owner's own
    make erase COMPANY=salon CLIENT=7  everything of one client, for good and in backups too; without CLIENT, again all who were

`company.example.json` shows the file. The secret's values go to Secrets Manager and nowhere else; keep the file out of git.
"""

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import boto3
import msgspec
from comeback.ai.registry import PROXY
from comeback.bookings.model import Service, Staff
from comeback.companies.identity import is_company_id
from comeback.companies.model import MINOR_PER_USD, Company
from comeback.conversations.links import payload
from comeback.conversations.model import OWNER
from comeback.decoding import decoded
from comeback.errors import ComebackError, NotFound
from comeback.outside import checked
from comeback.rotation import LINK, link_key
from comeback.runtime.secrets import secret_name
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore
from owner import invite_owner


class CompanyFile(msgspec.Struct, forbid_unknown_fields=True):
    company: Company
    services: list[Service] = []
    staff: list[Staff] = []
    secret: dict[str, str] = {}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--stack", default="comeback")
    parser.add_argument("--stage", default="prod")
    commands = parser.add_subparsers(dest="command", required=True)
    save = commands.add_parser("save")
    save.add_argument("file", type=Path)
    save.add_argument("--owner", default="", help="e-mail of who is to sign in first")
    commands.add_parser("links").add_argument("company")
    erase = commands.add_parser("erase")
    erase.add_argument("company")
    erase.add_argument("client", nargs="?", default="")
    options = parser.parse_args()
    stack = _outputs(options.stack)
    store = _store(stack)
    if options.command == "links":
        return _links(store, options.stage, options.company)
    if options.command == "erase":
        return _erase(store, options.company, options.client)
    try:
        found = decoded(options.file.read_bytes(), CompanyFile)
    except (OSError, msgspec.MsgspecError) as error:
        print(f"{options.file}: {error}. See infra/admin/company.example.json", file=sys.stderr)
        return 1
    if wrong := _problem(found.company) or _proxy_problem(found.secret):
        print(f"{options.file}: {wrong}", file=sys.stderr)
        return 1
    company_id = found.company.company_id
    store.save_company(_over_what_stands(store, found.company))
    store.save_catalogue(company_id, found.services, found.staff)
    if found.secret:
        _save_secret(secret_name(options.stage, company_id), found.secret)
    print(f"company {company_id} is saved")
    if options.owner:
        print(invite_owner(stack, found.company, options.owner))
    return 0


def _store(stack: Mapping[str, str]) -> DynamoStore:
    vault = KeyedVault(stack["KeysTableName"], lambda: boto3.client("kms"), stack["ContactsKeyArn"])
    return DynamoStore(stack["TableName"], vault)


def _erase(store: DynamoStore, company_id: str, client_id: str) -> int:
    """Asks for no proof that there is such a client: an id that never was is erased before it can be."""
    clients = [client_id] if client_id else list(store.erased(company_id))
    for each in clients:
        store.erase(company_id, each)
    print(f"{len(clients)} erased; copies of the table of keys forget them within a day")
    return 0


def _problem(company: Company) -> str:
    """Names the field and the way to mend it; empty when all is well."""
    if not is_company_id(company.company_id):
        return "company_id: use up to 64 letters, digits, - and _: it stands in webhooks' addresses"
    if company.time_zone not in available_timezones():
        return "time_zone: use a name of the IANA database, such as Europe/Moscow"
    if not 0 <= company.holdout_percent <= 50:
        return "holdout_percent: must be 0 to 50; 10 is usual"
    if company.currency not in MINOR_PER_USD and company.minor_per_usd is None:
        return f"minor_per_usd: say how many minor units of {company.currency} a US dollar is"
    return ""


def _proxy_problem(secret: Mapping[str, str]) -> str:
    """Functions judge it again at every connection."""
    try:
        if secret.get(PROXY):
            checked(secret[PROXY])
    except ComebackError as error:
        return f"{PROXY}: {error}"
    return ""


def _over_what_stands(store: DynamoStore, company: Company) -> Company:
    """The owner connects by a link, not by the file: saving the file must not disconnect them. Whoever has the settings open in
    the console meets a Conflict, for they are no longer what was read."""
    try:
        stored = store.company(company.company_id)
    except NotFound:
        return company
    return replace(company, owner=company.owner or stored.owner, version=stored.version + 1)


def _links(store: DynamoStore, stage: str, company_id: str) -> int:
    """Client ids and links; names stay in the CRM."""
    secrets = boto3.client("secretsmanager")
    answer = secrets.get_secret_value(SecretId=secret_name(stage, company_id))
    secret: Mapping[str, str] = json.loads(answer["SecretString"])
    bot, key = secret.get("telegram_bot_username"), link_key(secret)
    if not bot or not key:
        print(f"secret: telegram_bot_username and {LINK} are needed", file=sys.stderr)
        return 1
    lines = csv.writer(sys.stdout)
    lines.writerow(["client_id", "link"])
    for client_id in (OWNER, *store.clients(company_id)):
        lines.writerow(
            [client_id, f"https://t.me/{bot}?start={payload(company_id, client_id, key)}"]
        )
    return 0


def _save_secret(name: str, values: Mapping[str, str]) -> None:
    """What the file does not name stays: rotation keeps values of its own there."""
    secrets = boto3.client("secretsmanager")
    try:
        secrets.create_secret(Name=name, SecretString=json.dumps(dict(values)))
    except secrets.exceptions.ResourceExistsException:
        stored = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps({**stored, **values}))


def _outputs(stack: str) -> dict[str, Any]:
    (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}


if __name__ == "__main__":
    sys.exit(main())

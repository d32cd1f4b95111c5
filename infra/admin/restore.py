"""Takes the table, or one company of it, back to a moment within the last 35 days. docs/restore.md tells when and how.

    make restore AT=2026-11-24T09:00:00Z                     shows what it would change, and changes nothing
    make restore AT=2026-11-24T09:00:00Z GO=1                does it: what writes is paused meanwhile, webhooks are taken
    make restore BACKUP=arn:aws:dynamodb:… LOST=1 GO=1       the table itself is gone: makes it anew under its name, and quiet

The past is first restored into a table of its own beside the present one, which stays, for you to look at and to delete.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import restoring
from botocore.exceptions import ClientError
from deployed import client, outputs
from restoring import Items, Key, Raw

CONSUMERS = ("Receive", "Deliver", "CrmEvents")
FRONT_DOOR = ("TelegramWebhook", "WhatsappWebhook", "CrmWebhook")
"""Stay open: they write to queues alone, which keep what comes for four days."""
CLIENT = "CL#"
"""How the keys of clients' secrets begin (storage/keys.py)."""
WRITTEN_AT_ONCE = 25
PAUSES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds before what a batch left over is written again."""


class CanNotRestore(Exception):
    """One line for the operator."""


# ── the past, in a table of its own ──────────────────────────────────────────────────────────────


def past(table: str, options: argparse.Namespace) -> str:
    """The name of the table that holds it. One that is there already is taken: a restore that broke off goes on."""
    dynamodb = client("dynamodb")
    into = options.into or (table if options.lost else f"{table}-{_moment(options)}")
    if not _exists(dynamodb, into):
        if options.backup:
            dynamodb.restore_table_from_backup(TargetTableName=into, BackupArn=options.backup)
        else:
            dynamodb.restore_table_to_point_in_time(
                SourceTableName=table, TargetTableName=into, RestoreDateTime=options.at
            )
        print(f"restoring into {into}; this takes some minutes to hours", flush=True)
    dynamodb.get_waiter("table_exists").wait(
        TableName=into, WaiterConfig={"Delay": 10, "MaxAttempts": 2_000}
    )
    return str(into)


def _moment(options: argparse.Namespace) -> str:
    """Of the past, as a part of a table's name."""
    if options.backup:
        return str(options.backup.rpartition("/")[2])
    return f"{options.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _exists(dynamodb: Any, table: str) -> bool:
    try:
        dynamodb.describe_table(TableName=table)
    except dynamodb.exceptions.ResourceNotFoundException:
        return False
    return True


def as_in_the_template(table: str) -> None:
    """What AWS leaves behind when it restores: expiry, point-in-time recovery, the lock."""
    dynamodb = client("dynamodb")
    expiry = {"AttributeName": "expires_at", "Enabled": True}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)


# ── reading and writing ──────────────────────────────────────────────────────────────────────────


def read(table: str, company_id: str) -> dict[Key, Raw]:
    """All items; of one company alone when it is named."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = (item for page in pages for item in page["Items"])
    return {
        restoring.key(item): item
        for item in items
        if company_id in ("", restoring.company_of(item))
    }


def erased(keys_table: str, then: Items) -> set[tuple[str, str]]:
    """(company id, client id) of those whose secret is a tombstone: an item of theirs without a secret."""
    pages = client("dynamodb").get_paginator("query")
    found = set()
    for company_id in {restoring.company_of(item) for item in then.values()} - {""}:
        asked = {":company": {"S": f"CO#{company_id}"}, ":clients": {"S": CLIENT}}
        for page in pages.paginate(
            TableName=keys_table,
            KeyConditionExpression="PK = :company AND begins_with(SK, :clients)",
            ExpressionAttributeValues=asked,
        ):
            ids = (i["SK"]["S"].removeprefix(CLIENT) for i in page["Items"] if "secret" not in i)
            found |= {(company_id, client_id) for client_id in ids}
    return found


def write(table: str, puts: Iterable[Raw], gone: Iterable[Key]) -> None:
    requests: list[Any] = [{"PutRequest": {"Item": item}} for item in puts]
    requests += [{"DeleteRequest": {"Key": {"PK": {"S": a}, "SK": {"S": b}}}} for a, b in gone]
    for start in range(0, len(requests), WRITTEN_AT_ONCE):
        _write_batch(table, requests[start : start + WRITTEN_AT_ONCE])


def _write_batch(table: str, left: list[Any]) -> None:
    for pause in PAUSES:
        time.sleep(pause)
        answer = client("dynamodb").batch_write_item(RequestItems={table: left})
        left = answer.get("UnprocessedItems", {}).get(table, [])
        if not left:
            return
    raise CanNotRestore("DynamoDB leaves items unwritten: run this again")


# ── meanwhile ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def paused(stack: Mapping[str, str], drain: float | None) -> Iterator[None]:
    """Queues are left unread and no step runs; state machines repeat theirs for half an hour. `drain`: seconds for what runs
    already; None: the longest that any function may."""
    lambdas = client("lambda")
    functions = {n.removesuffix("Function"): f for n, f in stack.items() if n.endswith("Function")}
    stopped = [f for name, f in functions.items() if name not in FRONT_DOOR]
    sources = [
        source["UUID"]
        for name in CONSUMERS
        for source in lambdas.list_event_source_mappings(FunctionName=functions[name])[
            "EventSourceMappings"
        ]
    ]
    limits = {f: _concurrency(lambdas, f) for f in stopped}
    try:
        for source in sources:
            lambdas.update_event_source_mapping(UUID=source, Enabled=False)
        for function in stopped:
            lambdas.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
        time.sleep(_longest(lambdas, stopped) if drain is None else drain)
        yield
    finally:
        for function, limit in limits.items():
            if limit:
                lambdas.put_function_concurrency(
                    FunctionName=function, ReservedConcurrentExecutions=limit
                )
            else:
                lambdas.delete_function_concurrency(FunctionName=function)
        for source in sources:
            lambdas.update_event_source_mapping(UUID=source, Enabled=True)


def _concurrency(lambdas: Any, function: str) -> int:
    """0: none of its own, or ours from a run that was killed."""
    found = lambdas.get_function_concurrency(FunctionName=function)
    return int(found.get("ReservedConcurrentExecutions") or 0)


def _longest(lambdas: Any, functions: Iterable[str]) -> float:
    return max(
        float(lambdas.get_function_configuration(FunctionName=f)["Timeout"]) for f in functions
    )


# ── the two ways back ────────────────────────────────────────────────────────────────────────────


def put_back(stack: Mapping[str, str], options: argparse.Namespace) -> None:
    """The present is there: data goes back, facts stay."""
    table = stack["TableName"]
    then = _readable(read(past(table, options), options.company), stack)
    if not options.go:
        _change(table, then, options.company, go=False)
        return
    with paused(stack, options.drain):
        _change(table, then, options.company, go=True)


def _readable(then: Items, stack: Mapping[str, str]) -> Items:
    return restoring.without(then, erased(stack["KeysTableName"], then))


def _change(table: str, then: Items, company_id: str, *, go: bool) -> None:
    present = read(table, company_id)
    wanted = restoring.merged(then, present)
    _tell(then, present, wanted)
    if go:
        write(table, *restoring.changes(present, wanted))
        print(f"{table} is restored")
    else:
        print("nothing was changed; GO=1 does it")


def make_anew(stack: Mapping[str, str], options: argparse.Namespace) -> None:
    """The present is lost: the past under its name, and quiet."""
    if not options.into and _lives(stack["TableName"]):
        raise CanNotRestore(f"{stack['TableName']} is there: restore without LOST")
    table = past(stack["TableName"], options)
    then = read(table, "")
    now = datetime.now(UTC) if options.now is None else options.now
    wanted = restoring.quiet(_readable(then, stack), _today(then, now), now)
    _tell(then, then, wanted)
    if options.go:
        write(table, *restoring.changes(then, wanted))
        as_in_the_template(table)
        print(f"{table} is there again, and quiet")


def _lives(table: str) -> bool:
    """There, and not by a restore of ours that broke off."""
    dynamodb = client("dynamodb")
    if not _exists(dynamodb, table):
        return False
    return "RestoreSummary" not in dynamodb.describe_table(TableName=table)["Table"]


def _today(then: Items, now: datetime) -> Any:
    def today(company_id: str) -> date:
        profile = then.get((f"CO#{company_id}", "PROFILE"), {})
        return now.astimezone(ZoneInfo(profile.get("time_zone", {"S": "UTC"})["S"])).date()

    return today


def _tell(then: Items, present: Items, wanted: Items) -> None:
    print(f"{'':14}{'then':>8}{'now':>8}{'written':>9}{'removed':>9}")
    for name, *numbers in restoring.counted(then, present, wanted):
        a, b, c, d = numbers
        print(f"{name:14}{a:>8}{b:>8}{c:>9}{d:>9}")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def main() -> int:
    options = _options()
    if not options.at and not options.backup:
        print("say a moment, AT=2026-11-24T09:00:00Z, or BACKUP=<arn>", file=sys.stderr)
        return 1
    stack = outputs(options.stack)
    try:
        (make_anew if options.lost else put_back)(stack, options)
    except CanNotRestore as problem:
        print(problem, file=sys.stderr)
        return 1
    except ClientError as error:
        print(f"AWS refuses: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    moment = datetime.fromisoformat
    parser.add_argument("--stack", default="comeback")
    parser.add_argument("--at", type=moment, help="with an offset")
    parser.add_argument("--backup", default="", help="a backup's ARN instead of a moment")
    parser.add_argument("--company", default="", help="this one alone")
    parser.add_argument("--into", default="", help="name of the table that holds the past")
    parser.add_argument("--lost", action="store_true", help="the present table is gone")
    parser.add_argument("--go", action="store_true", help="not only show")
    parser.add_argument("--drain", type=float, help="seconds; else the longest time-out")
    parser.add_argument("--now", type=moment, help="where time is simulated")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

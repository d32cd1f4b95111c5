"""Shows what lies in the dead letters, and puts it back into its queue once the cause is mended.

    make dead-letters                            every queue
    make dead-letters QUEUE=Inbound REDRIVE=1    puts one queue's back

Shown are ids, kinds and errors, never a text, a name or an address. To be put back twice does no harm: consumers know each
event and message by its own id. To be lost does, so a message leaves the dead letters only after its queue has taken it.
"""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from comeback.runtime.letters import CanNotPutBack, DeadLetters, Imports, Letter, parsed, put_back
from deployed import client, outputs

SUFFIX = "DeadLettersUrl"
CONSUMERS = {"Inbound": "Receive", "Outbound": "Deliver", "Events": "CrmEvents"}
"""Queue → the function that reads it."""
LOGS_BACK = timedelta(days=14)
"""Dead letters are kept as long."""


# ── showing ──────────────────────────────────────────────────────────────────────────────────────


def show(letters: DeadLetters, logs: Any, now: datetime) -> None:
    count = letters.count()
    print(f"{letters.name}: {count or 'empty'}")
    seen = letters.look() if count else []
    for letter in seen:
        error = _error(letter, letters.log_group, logs, now)
        age = _age(now - letter.sent_at)
        print(f"  {letter.message_id}  {age:>4}  {letter.company_id}  {letter.kind}  {error}")
    if len(seen) < count:
        print(f"  … and {count - len(seen)} more")


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // 1440}d"


def _error(letter: Letter, log_group: str | None, logs: Any, now: datetime) -> str:
    """The class of what went wrong last, by the function's log; empty when the log does not say."""
    if log_group is None:
        return ""
    since = int((now - LOGS_BACK).timestamp() * 1000)
    pattern = f'"{letter.message_id}"'
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group, filterPattern=pattern, startTime=since
    )
    try:
        lines = [event["message"] for page in pages for event in page["events"]]
    except ClientError:
        return ""
    names = [name for line in lines if (name := _class_in(line))]
    return names[-1] if names else ""


def _class_in(line: str) -> str:
    told = parsed({"Body": line[line.find("{") :]})
    return str(told.get("error") or told.get("exception_name") or "")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def every(stack: Mapping[str, str], only: str) -> list[DeadLetters]:
    """Of the stack's outputs: a new queue is shown as soon as the template names it there."""
    sqs, lambdas = client("sqs"), client("lambda")
    imports = Imports(stack["VisitsFileFunction"], lambdas)
    names = [name.removesuffix(SUFFIX) for name in stack if name.endswith(SUFFIX)]
    return [
        DeadLetters(
            name,
            stack[f"{name}{SUFFIX}"],
            stack.get(f"{name}QueueUrl", imports),
            _log_group(lambdas, stack, CONSUMERS.get(name)),
            sqs,
        )
        for name in sorted(names)
        if only in ("", name)
    ]


def _log_group(lambdas: Any, stack: Mapping[str, str], consumer: str | None) -> str | None:
    if consumer is None:
        return None
    name = stack[f"{consumer}Function"]
    found = lambdas.get_function_configuration(FunctionName=name)
    return str(found.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--stack", default="comeback")
    parser.add_argument("--queue", default="", help="Inbound, Outbound, Events or Schedule")
    parser.add_argument("--redrive", action="store_true", help="put them back")
    options = parser.parse_args()
    found = every(outputs(options.stack), options.queue)
    if not found:
        print(f"queue: {options.queue} has no dead letters in {options.stack}", file=sys.stderr)
        return 1
    if options.redrive and not options.queue:
        print("queue: say which one to put back, QUEUE=Inbound", file=sys.stderr)
        return 1
    for letters in found:
        show(letters, client("logs"), datetime.now(UTC))
        if options.redrive:
            try:
                print(f"{letters.name}: {put_back(letters)} put back")
            except CanNotPutBack as problem:
                print(f"{letters.name}: {problem}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

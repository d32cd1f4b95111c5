"""What a cold start costs before the first byte of work: CPU ms to import each handler, in a fresh process.

Held against the floor that no handler can go below: boto3 and one SQS client. `ready` is the import plus what the first event
makes before any network call (a webhook's SQS client, the others' use case); language model and messenger libraries come later,
where they are used. CPU time, user and system, best of several: the wall clock tells of the machine's other work.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".local" / "build" / "sam"
RUNS, OTHER_RUNS = 5, 2
WIDTH = 110
BUDGET = 1.15
"""Of a webhook's `ready` against the floor."""
STEP_MS = 300
"""Of a step of the journey: what importing it may take."""
FORBIDDEN = (
    "telegram",
    "google.genai",
    "pynamodb",
    "cryptography",
    "httpx",
    "pydantic",
    "aws_lambda_powertools",
    "chalice",
    "phonenumbers",
    "babel",
)
"""Modules that no webhook may load (DESIGN §7); of other handlers it is told which they load."""

CHILD = f"""
import json, sys, time
from importlib import import_module
started = time.process_time()
for name in filter(None, sys.argv[1].split(",")):
    import_module(name)
imported = time.process_time()
exec(sys.argv[2])
ready = time.process_time()
loaded = [name for name in {FORBIDDEN!r} if name in sys.modules]
print(json.dumps([1000 * (imported - started), 1000 * (ready - started), loaded]))
"""
SQS = "from comeback.runtime.aws import client; client('sqs')"
SECRETS = "; client('secretsmanager')"
DUMMIES = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "POWERTOOLS_SERVICE_NAME": "comeback",
    "POWERTOOLS_METRICS_NAMESPACE": "Comeback",
    "LOG_LEVEL": "INFO",
    "STAGE": "bench",
    "TABLE": "comeback",
    "KEYS_TABLE": "comeback-keys",
    "CONTACTS_KEY": "arn:aws:kms:us-east-1:000000000000:key/contacts",
    "BUCKET": "comeback",
    "INBOUND_QUEUE_URL": "https://sqs/inbound.fifo",
    "OUTBOUND_QUEUE_URL": "https://sqs/outbound.fifo",
    "EVENTS_QUEUE_URL": "https://sqs/events",
    "CAMPAIGN_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:campaign",
}
"""What template.yaml sets; nothing is called."""


@dataclass(frozen=True)
class Handler:
    module: str
    ready: str


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds."""

    imported: float
    ready: float
    heavy: tuple[str, ...]


@dataclass(frozen=True)
class Libraries:
    told: str
    path: tuple[Path, ...]
    flags: tuple[str, ...] = ()


FLOOR = Handler("boto3", SQS)
FLOOR_AND_SECRETS = Handler("boto3", SQS + SECRETS)
WEBHOOKS = tuple(Handler(f"webhooks.{name}", SQS) for name in ("telegram", "whatsapp", "crm"))


def _made(module: str, use_case: str) -> Handler:
    return Handler(module, f"from comeback.runtime import wiring; wiring.{use_case}()")


OTHERS = (
    _made("conversations.receive", "receive"),
    _made("conversations.deliver", "deliver"),
    *(
        _made(f"reactivation.{name}", name)
        for name in (
            "detect",
            "analyse",
            "reserve",
            "find_slots",
            "generate",
            "send",
            "track",
            "expire",
            "refit",
        )
    ),
    _made("imports.sync", "crm_tick"),
    _made("imports.events", "crm_changed"),
    _made("imports.visits_file", "visits_import"),
    _made("api.admin.app", "store"),
)


def libraries() -> Libraries:
    """The layers as built for this Python, if they are, else what the tests run on."""
    layers = tuple(BUILT / layer / "python" for layer in ("CoreLayer", "AiLayer"))
    tag = f"cpython-{sys.version_info.major}{sys.version_info.minor}-"
    if any((layers[0] / "msgspec").glob(f"_core.{tag}*.so")):
        sources = (ROOT / "layers" / "core" / "comeback").rglob("*.py")
        newest = max(source.stat().st_mtime for source in sources)
        built = (BUILT / "template.yaml").stat().st_mtime
        stale = " (older than the sources: make up builds anew)" if built < newest else ""
        return Libraries(f"the built layers, .local/build{stale}", layers, ("-S",))
    return Libraries(".venv (no layers built for this Python)", (ROOT / "layers" / "core",))


def measured(handler: Handler, ours: Libraries) -> Cost:
    path = os.pathsep.join(map(str, (ROOT / "functions", *ours.path)))
    command = [sys.executable, "-B", *ours.flags, "-c", CHILD, handler.module, handler.ready]
    done = subprocess.run(  # noqa: S603  # our own code
        command,
        cwd=ROOT / "functions",
        env={**DUMMIES, "PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{handler.module} can not be imported: {done.stderr[-2000:]}")
    imported, ready, heavy = json.loads(done.stdout.splitlines()[-1])
    return Cost(imported, ready, tuple(heavy))


def best(handlers: Sequence[Handler], ours: Libraries, runs: int) -> list[Cost]:
    """By rounds over all of them, so that a busy moment of the machine spoils none alone."""
    rounds = [[measured(handler, ours) for handler in handlers] for _ in range(runs)]
    return [min(costs, key=lambda cost: cost.ready) for costs in zip(*rounds, strict=True)]


def main(console: Console | None = None) -> None:
    console = console or Console(width=WIDTH)
    ours = libraries()
    floor, with_secrets, *webhooks = best((FLOOR, FLOOR_AND_SECRETS, *WEBHOOKS), ours, RUNS)
    others = best(OTHERS, ours, OTHER_RUNS)
    table = Table(
        title=f"Import cost, CPU ms, best of {RUNS} (of {OTHER_RUNS} below the line), Python"
        f" {sys.version_info.major}.{sys.version_info.minor}, {ours.told}",
        title_justify="left",
    )
    table.add_column("handler")
    for name in ("import", "ready", "× floor"):
        table.add_column(name, justify="right")
    table.add_column(f"budget: × {BUDGET}, steps {STEP_MS} ms")
    table.add_column("heavy modules loaded")
    for handler, cost in zip(WEBHOOKS, webhooks, strict=True):
        kept = cost.ready <= BUDGET * floor.ready and not cost.heavy
        _row(table, handler.module, cost, floor, "kept" if kept else "over")
    table.add_section()
    _row(table, "floor: boto3 + SQS client", floor, floor)
    _row(table, "the same + Secrets Manager client", with_secrets, floor)
    table.add_section()
    for handler, cost in zip(OTHERS, others, strict=True):
        budget = "kept" if cost.imported <= STEP_MS else "over"
        is_step = handler.module.startswith("reactivation.")
        _row(table, handler.module, cost, floor, budget if is_step else "")
    console.print(table)
    console.print(
        "ready: with what the first event makes before any network call (webhooks: the SQS client; others: the use case)."
        "\nEvery webhook makes the Secrets Manager client too, at a company's first event.",
        style="dim",
    )


def _row(table: Table, name: str, cost: Cost, floor: Cost, budget: str = "") -> None:
    table.add_row(
        name,
        f"{cost.imported:.0f}",
        f"{cost.ready:.0f}",
        f"{cost.ready / floor.ready:.2f}",
        budget,
        ", ".join(cost.heavy).replace("aws_lambda_", "") or "none",
    )


if __name__ == "__main__":
    main()

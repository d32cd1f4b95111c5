"""`python -m demo`: a salon's weeks on the local cloud, or with `--data` the owner's own visits."""

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from cloud.processes import CanNotStart
from rich.console import Console

SPEED = 10_800.0
"""Simulated seconds per second that state machines' waits run at: a day in eight seconds."""
MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""Eight in the morning in Moscow."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--data", type=Path, help="a CSV of client, date, service, staff, amount")
    parser.add_argument("--as-of", type=date.fromisoformat, help="stand on this day: 1997-09-30")
    parser.add_argument("--weeks", type=int, default=3)
    parser.add_argument("--clients", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--stay", action="store_true", help="keep the pages up until Enter is pressed"
    )
    parser.add_argument(
        "--screenshot",
        type=Path,
        help="save a picture of the phones page here, of the owner's report and the console's pages beside it",
    )
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 110)
    began = time.monotonic()
    try:
        if options.data:
            from demo.history import run_history

            run_history(console, options.data, options.as_of, SPEED, began)
        else:
            from demo.show import run_salon

            run_salon(console, options, SPEED, MONDAY, began)
    except CanNotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

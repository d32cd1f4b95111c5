"""`python -m cloud up|deploy|console|down|status`."""

import argparse
import sys
from datetime import UTC, datetime

from cloud import places, processes, stack, up
from cloud.processes import CanNotStart


def main() -> int:
    options = _options()
    try:
        if options.command == "up":
            _tell(up.up(options.now, options.speed))
        elif options.command == "deploy":
            stack.build()
            outputs = stack.deploy()
            up.open_console(outputs)
            _tell(outputs)
        elif options.command == "console":
            up.publish_console()
        elif options.command == "down":
            up.stop()
        else:
            for name in (up.CLOUD, up.WORLD, up.EDGE):
                print(f"{name}: {'running' if processes.running(name) else 'stopped'}")
    except (CanNotStart, KeyboardInterrupt) as problem:
        if options.command == "up":
            up.stop()
        print(str(problem) or "stopped", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cloud", description=__doc__)
    parser.add_argument("command", choices=["up", "deploy", "console", "down", "status"])
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(UTC))
    parser.add_argument(
        "--speed", type=float, default=1.0, help="simulated seconds per second of a wait"
    )
    return parser.parse_args()


def _tell(outputs: dict[str, str]) -> None:
    print(f"AWS    {places.aws_url()}\nAPI    {stack.api_url(outputs)}")
    print(f"World  {places.world_url()}\nPhones {places.world_url()}/phones")
    print(f"Console {places.console_url()}")


if __name__ == "__main__":
    sys.exit(main())

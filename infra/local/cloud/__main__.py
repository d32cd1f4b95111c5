"""`python -m cloud up|down|status`."""

import argparse
import sys
from datetime import UTC, datetime

from cloud import places, processes, stack, up
from cloud.processes import CanNotStart


def main() -> int:
    parser = argparse.ArgumentParser(prog="cloud", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(UTC))
    parser.add_argument("--speed", type=float, default=1.0)
    options = parser.parse_args()
    try:
        if options.command == "up":
            outputs = up.up(options.now, options.speed)
            print(f"AWS    {places.aws_url()}\nAPI    {stack.api_url(outputs)}")
            print(f"World  {places.world_url()}\nPhones {places.world_url()}/phones")
        elif options.command == "down":
            up.stop()
        else:
            for name in (up.CLOUD, up.WORLD):
                print(f"{name}: {'running' if processes.running(name) else 'stopped'}")
    except CanNotStart as problem:
        up.stop()
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.simulation --seeds 0-999` runs any number; `--seed 7` replays one with its whole trace."""

import argparse
import sys
import time
from collections import Counter

from tests.simulation.faults import Fault
from tests.simulation.simulate import broken, lived


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("--seed", type=int, help="replays it with its whole trace")
    asked.add_argument("--digest", action="store_true", help="of the seed's trace, instead of it")
    asked.add_argument("--seeds", default="0-499", help="from and to, both included; or how many")
    told = asked.parse_args()
    return _many(told.seeds) if told.seed is None else _one(told.seed, told.digest)


def _one(seed: int, digest: bool) -> int:
    world = lived(seed)
    if digest:
        print(world.trace.digest)
        return 0
    found = broken(world)
    print(*world.trace.lines(), *found, sep="\n")
    return bool(found)


def _many(asked: str) -> int:
    first, _, last = asked.partition("-")
    seeds = range(int(first), int(last) + 1) if last else range(int(first))
    began, failed = time.perf_counter(), 0
    injected, seen = Counter[Fault](), Counter[str]()
    for seed in seeds:
        world = lived(seed)
        injected.update(world.weather.injected)
        seen.update(journeys=len(world.cloud.journeys.executions), messages=len(world.brought))
        found = broken(world)
        failed += bool(found)
        print(*found, sep="\n", end="\n" if found else "")
    seconds = time.perf_counter() - began
    print(f"{len(seeds)} salons, {failed} broken, {seconds:.0f} s; per salon:")
    for name, n in {**seen, "faults": injected.total()}.items():
        print(f"  {n / len(seeds):6.1f} {name}")
    for fault, n in injected.most_common():
        print(f"  {n / len(seeds):6.2f} {fault.value}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

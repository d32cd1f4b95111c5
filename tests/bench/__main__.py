"""`make bench`: import cost, requests and dollars, and how well the forecast, the answers, the choices and the lift do.

Budgets are shown; nothing fails the build.
"""

import sys
import traceback
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])

from tests.bench import (  # noqa: E402  # found through the line above
    answers,
    choosing,
    cost,
    forecast,
    imports,
    later_draws,
    lift,
    salon_year,
)

PARTS = (imports, cost, forecast, answers, choosing, salon_year, later_draws, lift)

for part in PARTS:
    try:
        part.main()
    except Exception:
        traceback.print_exc()
    print(flush=True)

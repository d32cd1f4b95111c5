"""`make bench`: import cost, requests and dollars, the forecast's quality. Budgets are shown; nothing fails the build."""

import sys
import traceback
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])

from tests.bench import cost, forecast, imports  # noqa: E402  # found through the line above

for part in (imports.main, cost.main, forecast.main):
    try:
        part()
    except Exception:
        traceback.print_exc()
    print(flush=True)

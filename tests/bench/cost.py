"""What an inbound message and a campaign of a thousand clients ask of AWS and cost, beside the least the design could ask.

Counted: DynamoDB's requests and units, on moto, by the real use cases; queue messages; the states that the machines enter.
Assumed, and printed: how long a function runs (moto's time is not AWS'), the model's tokens, the lines logged. Not in it: what
messengers charge, Secrets Manager, alarms, idle polling of queues, retries, contention.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from tests.architecture.template import template
from tests.bench import minimum, prices, quotas
from tests.bench.campaign_day import CLIENTS, Day, on_moto
from tests.bench.prices import Quantities

MACHINES = Path(__file__).parents[2] / "infra" / "statemachines"
CAMPAIGN = 1000
ACCOUNT_PER_DAY = 100
"""The most that a warmed-up account sends, so the campaign takes ten days, 48 ticks of detect and expire each."""
MS, MS_OUTSIDE = 60, {"Generate": 1500, "Deliver": 300}
"""Assumed for a function that only asks DynamoDB and SQS, and for those that wait for the model and the messenger."""
MODEL_MS, TOKENS_IN, TOKENS_OUT = 1500, 500, 200
"""Assumed for one call of the model: each offer is written by it, each answer in words (but STOP) read by it."""
LOG_KB = 1.5
"""Assumed for one invocation: Lambda's three lines and ours."""
STEPS = ("Analyse", "Reserve", "FindSlots", "Generate", "Send", "Track")
QUEUED = 3
"""Requests for one message when it is alone in its batch: send, receive, delete."""


def invocations(function: str, runs: float) -> Quantities:
    name = function.split(",")[0]
    resources, globals_ = template()["Resources"], template()["Globals"]["Function"]
    memory = resources[name]["Properties"].get("MemorySize", globals_["MemorySize"])
    seconds = MS_OUTSIDE.get(name, MS) / 1000
    return Counter(
        {
            prices.INVOCATIONS: runs,
            prices.GB_SECONDS: runs * seconds * memory / 1024,
            prices.LOGS: runs * LOG_KB,
        }
    )


def model(calls: float) -> Quantities:
    return Counter({prices.TOKENS_IN: calls * TOKENS_IN, prices.TOKENS_OUT: calls * TOKENS_OUT})


def entered(statuses: Mapping[str, str]) -> Iterator[str]:
    """The states of a journey whose tasks answer "ready", or what `statuses` says."""
    definition: Any = yaml.safe_load((MACHINES / "journey.asl.yaml").read_text())
    name, answer = definition["StartAt"], ""
    while name:
        yield name
        state = definition["States"][name]
        if state["Type"] == "Task":
            answer = statuses.get(name, "ready")
        chosen = [c["Next"] for c in state.get("Choices", ()) if c["StringEquals"] == answer]
        name = (*chosen, state.get("Next") or state.get("Default") or "")[0]


def transitions() -> int:
    """Of one journey of one attempt; its start by the campaign's map is Express."""
    return len(list(entered({"Track": "done"})))


def per_run(day: Day, function: str) -> Quantities:
    runs = day.meter.runs[function]
    counted = {item: n / runs for item, n in day.meter.functions[function].items()}
    return Counter(counted) + invocations(function, 1)


def times(quantities: Quantities, factor: float) -> Quantities:
    return Counter({item: n * factor for item, n in quantities.items()})


def words_read(share: float) -> Quantities:
    memory = template()["Resources"]["Receive"]["Properties"]["MemorySize"]
    waited = Counter({prices.GB_SECONDS: share * MODEL_MS / 1000 * memory / 1024})
    return model(share) + waited


def inbound(day: Day) -> Quantities:
    """The mean of the campaign's answers: presses, words, STOP, bookings."""
    rest = Counter({prices.API_CALLS: 1, prices.FIFO: 2 * QUEUED})
    functions = per_run(day, "Receive") + per_run(day, "Deliver, reply")
    share = day.in_words / day.meter.runs["Receive"]
    return functions + invocations("TelegramWebhook", 1) + rest + words_read(share)


def campaign(day: Day) -> Quantities:
    scale, answers = CAMPAIGN / CLIENTS, day.meter.runs["Receive"]
    sum_ = times(inbound(day), answers * scale)
    for function, counted in day.meter.functions.items():
        if function in ("Receive", "Deliver, reply"):
            continue
        sum_ += times(counted, scale)
        if function not in ("Detect", "Expire"):
            sum_ += invocations(function, day.meter.runs[function] * scale)
    rest = {
        prices.FIFO: CAMPAIGN * QUEUED,
        prices.TRANSITIONS: CAMPAIGN * transitions(),
        prices.EXPRESS: CAMPAIGN,
    }
    return sum_ + Counter(rest) + _around()


def attempt(day: Day) -> Quantities:
    """One journey's one attempt, from its start to its end, without the client's answer (an `inbound` each)."""
    sum_: Quantities = Counter({prices.TRANSITIONS: transitions(), prices.EXPRESS: 1})
    sum_ += Counter({prices.FIFO: QUEUED}) + model(1)
    for function in (*STEPS, "Deliver, offer"):
        sum_ += per_run(day, function)
    return sum_


def _around() -> Quantities:
    """What the measured and the least have in common: ticks, the list in S3, the map itself, the model's offers."""
    days = CAMPAIGN / ACCOUNT_PER_DAY
    ticks = invocations("Detect", 24 * days) + invocations("Expire", 24 * days)
    once = {prices.S3_PUTS: days, prices.S3_GETS: days, prices.TRANSITIONS: days}
    return ticks + Counter(once) + Counter({prices.SCHEDULES: 48 * days}) + model(CAMPAIGN)


def least_inbound(measured: Quantities) -> Quantities:
    return minimum.inbound() + _assumed(measured)


def least_campaign(day: Day, measured: Quantities) -> Quantities:
    scale, answers = CAMPAIGN / CLIENTS, day.meter.runs["Receive"]
    journeys = times(minimum.journey(), CAMPAIGN) + times(minimum.inbound(), answers * scale)
    endings = times(minimum.silence(), day.ended["no_response"] * scale) + times(
        minimum.booking(), day.ended["booked"] * scale
    )
    assumed = _assumed(measured)
    around = Counter({k: n for k, n in _around().items() if k not in assumed})
    return journeys + endings + around + assumed


def _assumed(measured: Quantities) -> Quantities:
    items = (prices.GB_SECONDS, prices.LOGS, prices.TOKENS_IN, prices.TOKENS_OUT)
    return Counter({item: measured[item] for item in items})


def main(console: Console | None = None) -> None:
    console = console or Console(width=110)
    with on_moto() as day:
        day.run()
    one, all_ = inbound(day), campaign(day)
    console.print(_functions(day))
    title = "One inbound Telegram message and its reply"
    console.print(_bill(title, one, least_inbound(one), 1_000_000, "$ per million"))
    console.print(_by_service(attempt(day)))
    title = f"A campaign of {CAMPAIGN:,} clients on Telegram: one attempt, 30 % answer, 15 % book"
    console.print(_bill(title, all_, least_campaign(day, all_), 1, "$"))
    console.print(
        f"Assumed: {MS} ms a function, deliver {MS_OUTSIDE['Deliver']}, generate and an answer read by the model"
        f" {MS_OUTSIDE['Generate']:,}; {TOKENS_IN} tokens in and {TOKENS_OUT} out a call; {LOG_KB} KB logged an invocation;"
        " arm64, us-east-1, no free tiers; messages alone in their batches. Not in it: what messengers charge,"
        " Secrets Manager, alarms, idle polling, retries, contention, cold starts.",
        style="dim",
    )
    writes = sum(per_run(day, name)[prices.WRITES] for name in ("Analyse", "Reserve"))
    console.print(quotas.table(attempt(day), writes))


def _functions(day: Day) -> Table:
    table = Table(title="DynamoDB by function, mean of a run", title_justify="left")
    table.add_column("function")
    for name in ("runs", "requests", "read units", "write units"):
        table.add_column(name, justify="right")
    for function, counted in day.meter.functions.items():
        runs = day.meter.runs[function]
        figures = (f"{counted[i] / runs:.1f}" for i in (prices.CALLS, prices.READS, prices.WRITES))
        table.add_row(function, str(runs), *figures)
    return table


def _by_service(ours: Quantities) -> Table:
    table = Table(
        title="One journey's attempt by service: offered, delivered, silent or answered",
        title_justify="left",
        show_footer=True,
    )
    table.add_column("service", "Total")
    table.add_column("counted")
    table.add_column("$ per million", f"{prices.total(ours) * 1e6:.2f}", justify="right")
    services: dict[str, list[str]] = {}
    for item in ours:
        services.setdefault(prices.service(item), []).append(item)
    for service, items in services.items():
        counted = "; ".join(f"{_figure(ours[i])} {i.partition(', ')[2]}" for i in items)
        dollars = sum(prices.dollars(i, ours[i]) for i in items)
        table.add_row(service, counted, f"{dollars * 1e6:.2f}")
    return table


def _bill(title: str, ours: Quantities, least: Quantities, by: int, unit: str) -> Table:
    table = Table(title=title, title_justify="left", show_footer=True)
    sums = [prices.total(q) * by for q in (ours, least)]
    gemini = by * prices.total({i: ours[i] for i in (prices.TOKENS_IN, prices.TOKENS_OUT)})
    aws = [f"{sum_ - gemini:.2f}" for sum_ in sums]
    table.add_column("", "Total\nAWS alone")
    table.add_column("measured", justify="right")
    table.add_column("least", justify="right")
    ratios = f"{sums[0] / sums[1]:.2f}\n{(sums[0] - gemini) / (sums[1] - gemini):.2f}"
    table.add_column("×", ratios, justify="right")
    table.add_column(unit, f"{sums[0]:.2f}\n{aws[0]}", justify="right")
    table.add_column("least", f"{sums[1]:.2f}\n{aws[1]}", justify="right")
    for item in prices.DOLLARS_PER_MILLION:
        if ours[item]:
            costs = (f"{prices.dollars(item, q[item]) * by:.3f}" for q in (ours, least))
            ratio = f"{ours[item] / least[item]:.1f}" if least[item] else ""
            table.add_row(item, _figure(ours[item]), _figure(least[item]), ratio, *costs)
    return table


def _figure(n: float) -> str:
    return f"{n:,.0f}" if n >= 100 else f"{n:.1f}" if n >= 1 else f"{n:.2f}"


if __name__ == "__main__":
    main()

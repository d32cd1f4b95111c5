"""Who may do what: no star without a reason, and no key of the table beyond what a function is for."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.architecture.template import functions, listed, resources, statements

FUNCTIONS = functions()
MACHINES = resources("AWS::Serverless::StateMachine")
Statement = dict[str, Any]
ON_ANYTHING: Mapping[str, str] = {
    "states:SendTaskSuccess": "IAM's service reference gives it no resource type",
    "states:SendTaskFailure": "IAM's service reference gives it no resource type",
    "logs:CreateLogDelivery": "log delivery takes no narrower resource",
    "logs:GetLogDelivery": "log delivery takes no narrower resource",
    "logs:UpdateLogDelivery": "log delivery takes no narrower resource",
    "logs:DeleteLogDelivery": "log delivery takes no narrower resource",
    "logs:ListLogDeliveries": "log delivery takes no narrower resource",
    "logs:PutResourcePolicy": "log delivery takes no narrower resource",
    "logs:DescribeResourcePolicies": "log delivery takes no narrower resource",
    "logs:DescribeLogGroups": "log delivery takes no narrower resource",
}
"""Actions that are granted on every resource, and why."""
STARS: Mapping[str, str] = {
    ":secret:comeback/${Stage}/company/*": "companies come and go; a function serves them all",
    "${Table.Arn}/index/*": "both indexes",
    "/campaigns/*": "a campaign's list, by company and day",
    "/imports/*": "an owner's files, by company",
    "/reports/*": "their reports, by company",
    "/exports/*": "what they take along, by company",
    ":execution:comeback-${Stage}-campaign*": "a distributed map's children are named after the machine",
}
"""How a resource with a star in it may end, and why."""
OF_RESOURCES: Mapping[str, tuple[str, str]] = {
    "AWS::S3::BucketPolicy": ("Deny", "s3:*"),
    "AWS::KMS::Key": ("Allow", "kms:*"),
}
"""Policies of a resource itself. A key's own says that roles' policies decide: without it nobody could ever change the key."""
BESIDES: Mapping[str, list[tuple[str, str]]] = {"ConsoleBucketPolicy": [("Allow", "s3:GetObject")]}
COMPANIES, REGISTRY, RATES = "CO#*", "COMPANIES", "RATE#*"
CONNECTS_OWNERS = "Receive"
SAVES_SETTINGS = "AdminApi"


def granted() -> Iterator[tuple[str, Statement]]:
    for name, function in FUNCTIONS.items():
        yield from ((name, statement) for statement in statements(function))
    for name, machine in MACHINES.items():
        yield from ((name, statement) for statement in statements(machine))


GRANTED = list(granted())
NAMES = [f"{name}-{n}" for n, (name, _) in enumerate(GRANTED)]


def arns(statement: Statement) -> list[str]:
    """As text, whichever way they are put together."""
    return [
        r if isinstance(r, str) else str(next(iter(r.values())))
        for r in listed(statement["Resource"])
    ]


@pytest.mark.parametrize(("name", "statement"), GRANTED, ids=NAMES)
def test_no_star_without_a_reason(name: str, statement: Statement) -> None:
    actions = listed(statement["Action"])
    assert [a for a in actions if "*" in a] == []
    assert statement["Effect"] == "Allow"
    if arns(statement) == ["*"]:
        assert set(actions) <= set(ON_ANYTHING)
    else:
        starred = [arn for arn in arns(statement) if "*" in arn]
        assert [a for a in starred if not a.endswith(tuple(STARS))] == []


def test_every_reason_is_still_needed() -> None:
    used = json.dumps([statement for _, statement in GRANTED])
    assert [a for a in (*ON_ANYTHING, *STARS) if a not in used] == []


@pytest.mark.parametrize("kind", OF_RESOURCES)
def test_resources_own_policies_say_what_is_expected(kind: str) -> None:
    for name, own in resources(kind).items():
        document = own.get("PolicyDocument") or own["KeyPolicy"]
        said = [(s["Effect"], s["Action"]) for s in document["Statement"]]
        assert said == [*BESIDES.get(name, []), OF_RESOURCES[kind]]


def test_the_consoles_files_are_for_its_own_distribution_alone() -> None:
    statement = resources("AWS::S3::BucketPolicy")["ConsoleBucketPolicy"]["PolicyDocument"][
        "Statement"
    ][0]
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    arn = statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert arn.endswith("distribution/${Distribution}")


def test_no_role_is_written_by_hand_but_the_apis_log() -> None:
    """The others come from SAM, with the policies that are judged here."""
    assert set(resources("AWS::IAM::Role")) == {"ApiLogRole"}
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User"):
        assert resources(kind) == {}
    assert [n for n, f in FUNCTIONS.items() if "Role" in f or "ManagedPolicyArns" in f] == []


# ── the fence around the table's keys ────────────────────────────────────────────────────────────


def families(name: str, *actions: str) -> set[str]:
    """Of keys that a function may do one of these to, in the table and in that of the keys."""
    return {
        family
        for statement in statements(FUNCTIONS[name])
        if {f"dynamodb:{a}" for a in actions} & set(listed(statement["Action"]))
        for family in statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }


@pytest.mark.parametrize(("name", "statement"), GRANTED, ids=NAMES)
def test_the_table_is_open_behind_a_fence_alone(name: str, statement: Statement) -> None:
    if any(action.startswith("dynamodb:") for action in listed(statement["Action"])):
        (operator,) = statement["Condition"]
        assert operator == "ForAllValues:StringLike"
        fence = statement["Condition"][operator]["dynamodb:LeadingKeys"]
        assert set(fence) <= {COMPANIES, REGISTRY, RATES}


@pytest.mark.parametrize(
    "name", [n for n, f in FUNCTIONS.items() if "TABLE" in f["Environment"]["Variables"]]
)
def test_a_function_reaches_the_families_it_is_for(name: str) -> None:
    """Ticks list all companies; who asks a CRM shares its rate; an owner who connects, and what an owner sets, is written into
    the registry, too."""
    function = FUNCTIONS[name]
    ticks = any(e["Type"] == "ScheduleV2" for e in function.get("Events", {}).values())
    asks = "YCLIENTS_PER_SECOND" in function["Environment"]["Variables"]
    rates = {RATES} if asks else set()
    assert families(name, "GetItem", "Query") == {COMPANIES} | rates | (
        {REGISTRY} if ticks else set()
    )
    assert families(name, "DeleteItem", "BatchWriteItem") <= {COMPANIES} | rates
    settings = {REGISTRY} if name == SAVES_SETTINGS else set()
    assert families(name, "PutItem") <= {COMPANIES} | rates | settings
    connects = {REGISTRY} if name == CONNECTS_OWNERS else set()
    assert families(name, "UpdateItem") - {RATES} <= {COMPANIES} | connects

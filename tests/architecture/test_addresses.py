"""Nothing of ours records the addresses that are called: the CRM's holds a secret."""

import json

from tests.architecture.template import resources

API = resources("AWS::Serverless::Api")["Api"]


def test_the_stage_is_not_traced() -> None:
    """X-Ray keeps the whole address of a stage's request."""
    assert API["TracingEnabled"] is False


def test_the_access_log_names_the_route_alone() -> None:
    written = json.loads(API["AccessLogSetting"]["Format"])
    assert written["resource"] == "$context.resourcePath"
    assert not {"$context.path", "$context.customDomain.basePathMatched"} & set(written.values())


def test_the_firewall_keeps_no_samples() -> None:
    acl = resources("AWS::WAFv2::WebACL")["WebAcl"]
    rules = [acl, *acl["Rules"]]
    assert [r["VisibilityConfig"]["SampledRequestsEnabled"] for r in rules] == [False] * len(rules)

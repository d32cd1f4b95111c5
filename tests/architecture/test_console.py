"""The distribution in template.yaml and the edge that plays it; the policy that browsers hold the console to."""

from cloud.edge import ASKED, ROOT_OBJECT
from cloud.policy import response_headers

from tests.architecture.template import resources

DISTRIBUTION = resources("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_the_edge_sends_to_the_api_what_the_distribution_does() -> None:
    behaviours = DISTRIBUTION["CacheBehaviors"]
    assert {each["PathPattern"] for each in behaviours} == {f"{path}*" for path in ASKED}
    assert f"/{DISTRIBUTION['DefaultRootObject']}" == ROOT_OBJECT
    for each in behaviours:
        assert each["TargetOriginId"] == "api"
        assert each["CachePolicyId"] == CACHING_DISABLED
        assert each["OriginRequestPolicyId"] == ALL_BUT_HOST
        assert each["ViewerProtocolPolicy"] == "https-only"


def test_every_behaviour_has_the_headers() -> None:
    policies = [
        each["ResponseHeadersPolicyId"]
        for each in (DISTRIBUTION["DefaultCacheBehavior"], *DISTRIBUTION["CacheBehaviors"])
    ]
    assert policies == [{"Ref": "ConsoleHeaders"}] * 3


def test_the_policy_allows_the_consoles_own_files_and_nothing_else() -> None:
    policy = dict(
        rule.strip().split(" ", 1)
        for rule in response_headers()["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }


def test_the_bucket_is_private() -> None:
    for bucket in resources("AWS::S3::Bucket").values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}

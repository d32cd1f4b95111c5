"""The headers that template.yaml's ResponseHeadersPolicy puts on every answer of the distribution, as HTTP names them."""

from collections.abc import Mapping
from typing import Any

import yaml

from cloud.places import ROOT

POLICY = "ConsoleHeaders"


class _Loader(yaml.SafeLoader):
    """Knows the template's short tags, and leaves their values as they are written."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def response_headers() -> dict[str, str]:
    template = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # noqa: S506  # a SafeLoader
    policy = template["Resources"][POLICY]["Properties"]["ResponseHeadersPolicyConfig"]
    custom = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    return {**_security(policy["SecurityHeadersConfig"]), **custom}


def _security(said: Mapping[str, Any]) -> dict[str, str]:
    """Raises KeyError when the template leaves one out: none is optional here."""
    strict = said["StrictTransportSecurity"]
    below = "; includeSubDomains" if strict.get("IncludeSubdomains") else ""
    return {
        "Content-Security-Policy": said["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": said["ContentTypeOptions"] and "nosniff",
        "X-Frame-Options": said["FrameOptions"]["FrameOption"],
        "Referrer-Policy": said["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={strict['AccessControlMaxAgeSec']}{below}",
    }

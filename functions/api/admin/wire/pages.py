"""Lists, page by page."""

from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

One = TypeVar("One")


class Page(Struct, Generic[One]):
    """Some of a list. `next` is the cursor of the following page; null on the last."""

    items: list[One]
    next: str | None = None


class PageQuery(Struct, forbid_unknown_fields=True):
    """Which part of a list: from where, and how many."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: Annotated[str, Meta(max_length=1024)] = ""

"""The gate judges a change, not chance: every run of the same code tries the same examples. Look for new ones by hand:
`pytest --hypothesis-profile=explore`.
"""

from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("gate")

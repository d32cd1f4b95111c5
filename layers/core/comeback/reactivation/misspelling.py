"""Slips of a finger on a phone."""


def within_one_slip(said: str, right: str) -> bool:
    """One letter added, lost, changed, or two neighbours swapped (Damerau-Levenshtein distance of at most 1)."""
    if said == right:
        return True
    if abs(len(said) - len(right)) > 1:
        return False
    shared = min(len(said), len(right))
    start = next((i for i in range(shared) if said[i] != right[i]), shared)
    a, b = said[start:], right[start:]
    swapped = len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]

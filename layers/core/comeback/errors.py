"""The one error tree, split by what the caller should do.

ComebackError
├── Retryable            try the same call again later; nothing happened
│   ├── RateLimited      … after `retry_after` seconds
│   ├── Unavailable      the other side is down or did not accept the connection
│   └── Conflict         somebody else changed the same item first: reload and decide again
├── UnknownOutcome       it may have happened and we never heard: settle, do not repeat
└── Permanent            repeating can not help
    ├── InvalidInput     names the field and the way to mend it
    ├── NotFound
    │   └── Erased       a client who was erased: there is nothing more to do, and nothing went wrong
    ├── Refused          who asks may not (bad signature, bad secret, wrong tenant)
    ├── Undeliverable    the messenger said a definite no; `code` is the provider's own
    ├── SlotTaken        somebody else has the slot; offer the next best
    └── AlreadyDone      the same cause was applied before: answer as if it just succeeded

The HTTP, SQS and Step Functions answers are each mapped once, in `runtime/`.
"""


class ComebackError(Exception):
    """Root of everything Comeback raises on purpose."""


class Retryable(ComebackError):
    """Nothing happened; the same call may succeed later."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait, when the other side named them."""


class RateLimited(Retryable):
    """The other side asks to slow down."""


class Unavailable(Retryable):
    """The other side could not be reached, or answered 5xx before doing anything."""


class Conflict(Retryable):
    """An optimistic lock was lost: reload and decide again."""


class UnknownOutcome(ComebackError):
    """The call may have been applied: a time-out or a broken answer after the request left."""


class Permanent(ComebackError):
    """Repeating the call can not help."""


class InvalidInput(Permanent):
    """A value from outside that can not be used.

    `field` names it as the caller wrote it; `remedy` says how to mend it.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}. {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy


class NotFound(Permanent):
    """No such thing in this company."""


class Erased(NotFound):
    """This client was erased: nothing is written or read of them any more. Whoever was about to is done."""


class Refused(Permanent):
    """Who asks may not: a bad signature, a bad secret, another company's id."""


class Undeliverable(Permanent):
    """The messenger refused for good. `code` is the provider's own error code."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class SlotTaken(Permanent):
    """The slot is booked or held by somebody else."""


class AlreadyDone(Permanent):
    """This cause has had its effect before; redelivery changes nothing."""

"""Messages of which nobody knows whether they arrived, and the operator's word on one of them.

    make uncertain COMPANY=salon                                        lists them: ids, no names, no texts
    make uncertain COMPANY=salon CLIENT=anna MESSAGE=re.1 ARRIVED=yes   it is there: the messenger's chat shows it
    make uncertain COMPANY=salon CLIENT=anna MESSAGE=re.1 ARRIVED=no    sends it again, marked; marketing never: its journey
                                                                        goes on in another channel, or ends

The command is composed as the function that delivers is, from that function's own settings.
"""

import argparse
import csv
import os
import sys

from comeback.conversations.doubt import may_resolve_itself_until
from comeback.conversations.outbox import claimed_at
from comeback.conversations.settle_uncertain import SettleUncertain
from comeback.errors import ComebackError
from comeback.runtime import wiring
from deployed import client, outputs

COLUMNS = ("client", "message", "channel", "purpose", "tried_at", "resolves_itself_until")


def main() -> int:
    options = _parser().parse_args()
    if options.message and not (options.client and options.arrived):
        print("message: say CLIENT and ARRIVED=yes or no, too", file=sys.stderr)
        return 1
    function = outputs(options.stack)["DeliverFunction"]
    found = client("lambda").get_function_configuration(FunctionName=function)
    os.environ.update(found["Environment"]["Variables"])
    operator = wiring.settle_uncertain()
    if not options.message:
        show(operator, options.company)
        return 0
    try:
        operator.settle(
            options.company, options.client, options.message, arrived=options.arrived == "yes"
        )
    except ComebackError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.message} is settled")
    return 0


def show(operator: SettleUncertain, company_id: str) -> None:
    lines = csv.writer(sys.stdout)
    lines.writerow(COLUMNS)
    for message in operator.waiting(company_id):
        moments = (claimed_at(message), may_resolve_itself_until(message))
        lines.writerow(
            [
                message.client_id,
                message.outbox_id,
                message.address.channel,
                message.purpose,
                *(moment.isoformat(timespec="minutes") for moment in moments),
            ]
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--stack", default="comeback")
    parser.add_argument("company")
    parser.add_argument("--client", default="")
    parser.add_argument("--message", default="")
    parser.add_argument("--arrived", choices=("yes", "no", ""), default="")
    return parser


if __name__ == "__main__":
    sys.exit(main())

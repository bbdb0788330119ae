"""Run the benchmarks and print them: `python -m benchmarks [--rounds 9] [watch|servers|gate …] [--lessons 38 59]`."""

from __future__ import annotations

import argparse

from benchmarks import checking, serving, watching
from benchmarks.measuring import machine

KINDS = ("watch", "servers", "gate")


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("kinds", nargs="*", type=_kind, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--rounds", type=int, default=9, help="how often each candidate runs (9)")
    parser.add_argument("--lessons", nargs="+", default=["38"], metavar="NN", help="lessons with red starters (38)")
    arguments = parser.parse_args()
    kinds = arguments.kinds or KINDS
    print(machine())
    if "watch" in kinds:
        for query in arguments.lessons:
            watching.measure(query, arguments.rounds)
    if "servers" in kinds:
        serving.measure(arguments.rounds)
    if "gate" in kinds:
        checking.measure(arguments.lessons)


def _kind(word: str) -> str:
    """Return the word, where it is a kind; argparse's own `choices` refuses to be left out on some versions."""
    if word not in KINDS:
        raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(KINDS)}")
    return word


if __name__ == "__main__":
    main()

"""The gate: seconds for each run of a lesson with one overlay."""

from __future__ import annotations

import json
import subprocess
import time

from benchmarks.measuring import PROGRAMS, ROOT


def measure(queries: list[str]) -> None:
    """Print what the gate takes over some lessons, for each run."""
    began = time.perf_counter()
    done = subprocess.run(
        [PROGRAMS / "kata", "check", *queries, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - began
    document = json.loads(done.stdout)
    runs = len(document["verdicts"])
    slowest = max(document["verdicts"], key=lambda verdict: verdict["seconds"])
    print(f"\nThe gate over {', '.join(queries) or 'every lesson'}")
    print(f"  {runs} runs in {taken:.1f} s: {taken / runs:.2f} s of wall time each, types and lint included")
    print(f"  the slowest run: {slowest['seconds']:.2f} s, {slowest['lesson']} {slowest['overlay']}")

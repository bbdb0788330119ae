"""How long things take, measured side by side on this machine: `python -m benchmarks`."""

"""A forked child ends with the process that forked it, whenever that one is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = """\
import os, time
from docfliq_katas import child

parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.001)
    child.end_with(parent)
    os.write(1, b"lives on")
"""
IN_TIME = """\
import os, signal, time
from docfliq_katas import child

if child.fork() == 0:
    os.write(1, b"ready")
    time.sleep(60)
    os.write(1, b"lives on")
else:
    time.sleep(60)
"""


def test_a_parent_that_was_gone_before_the_child_could_follow_it_is_noticed() -> None:
    """Nothing tells of that death any more; the child has to look."""
    done = subprocess.run([sys.executable, "-c", LATE], stdout=subprocess.PIPE, timeout=60, check=True)
    assert done.stdout == b""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the time limits of a run end it")
def test_a_parent_that_is_killed_takes_the_child_with_it() -> None:
    """Also in the middle of something."""
    with subprocess.Popen([sys.executable, "-c", IN_TIME], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.read(5) == b"ready"
        parent.kill()
        assert parent.stdout.read() == b""  # closed by the end of the child

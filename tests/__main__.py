"""All tests, in three processes side by side: the contract with graph engines, cases and failures, and all others.

Arguments go to pytest. The first third is printed as it runs, the others when they are done; the exit code is that of
the worst. Three, because tests of engines wait a lot: on two cores three take less time than two.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
CONTRACT = "contract"
FAILURES = tuple(
    f"contract/test_{name}.py" for name in ("commands_fail", "engine", "incremental", "mcp", "reindex_command")
)
"""Tests of the contract on engines that they start themselves: they go with the cases of the field."""
CASES = ("field", *FAILURES)


def main() -> int:
    """Run all three."""
    others = sorted(
        path.name for path in HERE.iterdir() if path.name not in (CONTRACT, *CASES) and any(path.glob("test_*.py"))
    )
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    with ExitStack() as opened:
        aside = []
        for names in (others, CASES):
            printed = opened.enter_context(tempfile.TemporaryFile())
            run = subprocess.Popen(
                [*command, *(str(HERE / name) for name in names)], stdout=printed, stderr=subprocess.STDOUT
            )
            opened.callback(run.kill)
            aside.append((run, printed))
        left = [f"--ignore={HERE / name}" for name in FAILURES]
        codes = [subprocess.call([*command, *left, str(HERE / CONTRACT)])]
        for run, printed in aside:
            codes.append(run.wait())
            printed.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(printed.read())
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())

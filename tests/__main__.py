"""All tests, in two processes side by side: most of those on a graph engine, and all others. Arguments go to pytest.

The first half is printed as it runs, the other when it is done; the exit code is that of the worse.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ON_ENGINES = ("contract", "field")
ASIDE = tuple(f"contract/test_{name}.py" for name in ("commands_fail", "engine", "incremental", "mcp"))
"""Tests on engines that each starts for itself: they go with the others, so that both halves take about as long."""


def main() -> int:
    """Run both halves."""
    others = sorted(path.name for path in HERE.iterdir() if path.name not in ON_ENGINES and any(path.glob("test_*.py")))
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    with tempfile.TemporaryFile() as printed:
        aside = subprocess.Popen(
            [*command, *(str(HERE / name) for name in (*others, *ASIDE))], stdout=printed, stderr=subprocess.STDOUT
        )
        try:
            left = [f"--ignore={HERE / name}" for name in ASIDE]
            first = subprocess.run(
                [*command, *left, *(str(HERE / name) for name in ON_ENGINES)], check=False
            ).returncode
            second = aside.wait()
        finally:
            aside.kill()
        printed.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(printed.read())
    return max(first, second)


if __name__ == "__main__":
    sys.exit(main())

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


def main() -> int:
    """Run both halves."""
    others = sorted(path.name for path in HERE.iterdir() if path.name not in ON_ENGINES and any(path.glob("test_*.py")))
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    with tempfile.TemporaryFile() as printed:
        aside = subprocess.Popen(
            [*command, *(str(HERE / name) for name in others)], stdout=printed, stderr=subprocess.STDOUT
        )
        try:
            first = subprocess.run([*command, *(str(HERE / name) for name in ON_ENGINES)], check=False).returncode
            second = aside.wait()
        finally:
            aside.kill()
        printed.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(printed.read())
    return max(first, second)


if __name__ == "__main__":
    sys.exit(main())

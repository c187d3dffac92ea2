"""Every bench, one after another, under the machine they ran on. Names of benches as arguments run only those."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def machine() -> str:
    """Processor, its features that matter, processors, memory and load."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    features = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f" {name}" in info]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{model} ({', '.join(features)}), {os.cpu_count()} processors, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, load {load:.1f} at the start"
    )


def main() -> int:
    """Run the benches; the exit code is that of the worst."""
    wanted = sys.argv[1:] or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    print(f"machine: {machine()}\n", flush=True)
    worst = 0
    for name in wanted:
        print(f"--- {name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, str(HERE / f"bench_{name}.py")], check=False).returncode)
        print(flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())

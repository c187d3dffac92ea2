"""Plain pictures for the pages, as SVG: points against points, and intervals beside the truth."""

from __future__ import annotations

import numpy as np

from graph.network import BoolArray, FloatArray

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 520, 340, 60, 44, 16


def scatter(
    x: FloatArray,
    y: FloatArray,
    x_name: str,
    y_name: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    line: bool = False,
) -> str:
    """Points; `line` draws y = x."""
    kept = np.isfinite(x) & np.isfinite(y) & np.logical_or(not log_x, x > 0) & np.logical_or(not log_y, y > 0)
    across, down = _Axis(x[kept], LEFT, WIDTH - 12, log_x), _Axis(y[kept], HEIGHT - BOTTOM, TOP, log_y)
    marks = [
        f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="3" fill="#1f6f8b" fill-opacity=".6"/>'
        for a, b in zip(x[kept].tolist(), y[kept].tolist(), strict=True)
    ]
    if line:
        ends = max(across.low, down.low), min(across.high, down.high)
        marks.append(_line(across(ends[0]), down(ends[0]), across(ends[1]), down(ends[1]), "#999"))
    return _picture(across, down, x_name, y_name, marks)


def intervals(truth: FloatArray, value: FloatArray, lo: FloatArray, hi: FloatArray, judged: BoolArray) -> str:
    """Parks in the order of the truth: their interval, the value as a point, the truth as a cross."""
    order = np.argsort(truth[judged])
    truth, value, lo, hi = (one[judged][order] for one in (truth, value, lo, hi))
    place = np.arange(len(truth), dtype=np.float64)
    across = _Axis(place, LEFT, WIDTH - 12, False)
    down = _Axis(np.concatenate((lo, hi)), HEIGHT - BOTTOM, TOP, True)
    marks = []
    for x, t, v, a, b in zip(place, truth, value, lo, hi, strict=True):
        held = "#1f6f8b" if a <= t <= b else "#c0392b"
        marks.append(_line(across(x), down(a), across(x), down(b), held))
        marks.append(f'<circle cx="{across(x):.1f}" cy="{down(max(v, down.low)):.1f}" r="2.4" fill="{held}"/>')
        marks.append(
            f'<path d="M{across(x) - 3:.1f} {down(t) - 3:.1f}l6 6m0 -6l-6 6" stroke="#222" stroke-width="1.2"/>'
        )
    return _picture(across, down, "parks, by planted θ", "SLR with interval; × = θ", marks)


class _Axis:
    """From a value to a place on the picture."""

    def __init__(self, values: FloatArray, begin: float, end: float, log: bool) -> None:
        self.low, self.high = float(values.min()), float(values.max())
        if not log:
            self.low = min(self.low, 0.0)
        self.begin, self.end, self.log = begin, end, log

    def __call__(self, value: float) -> float:
        value = max(value, self.low)
        low, high, at = np.log((self.low, self.high, value)) if self.log else (self.low, self.high, value)
        return float(self.begin + (at - low) / (high - low) * (self.end - self.begin))

    def ticks(self) -> list[float]:
        if self.log:
            steps = [base * 10.0**power for power in range(-4, 5) for base in (1, 2, 5)]
            return [step for step in steps if self.low <= step <= self.high]
        step = 10 ** np.floor(np.log10(self.high - self.low))
        step = (
            step / 5 if (self.high - self.low) / step < 2 else step / 2 if (self.high - self.low) / step < 5 else step
        )
        return [float(round(step * k, 6)) for k in range(int(self.high / step) + 1)]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="1.3"/>'


def _picture(across: _Axis, down: _Axis, x_name: str, y_name: str, marks: list[str]) -> str:
    bottom = HEIGHT - BOTTOM
    rim = [_line(LEFT, bottom, WIDTH - 12, bottom, "#444"), _line(LEFT, bottom, LEFT, TOP, "#444")]
    for tick in across.ticks() if x_name != "parks, by planted θ" else []:
        rim.append(f'<text x="{across(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
    for tick in down.ticks():
        rim.append(f'<text x="{LEFT - 6}" y="{down(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    rim.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{x_name}</text>')
    rim.append(
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 {HEIGHT / 2})">{y_name}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join([*rim, *marks]) + "\n</svg>\n"
    )

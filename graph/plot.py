"""Pictures of what was measured, as matplotlib figures. Each takes plain values and draws nothing it was not given.

    figure = rank_intervals(rows)
    save(figure, Path("ranks.svg"))

The same values give the same file, byte for byte, with the same matplotlib and fonts. matplotlib is loaded when a
picture is asked for; it comes with `pip install "parkbond[plot]"`. Chinese names need a font that has them: the first
of `FONTS` that is installed is taken. Without any, one warning is given, and names that cannot be drawn are replaced by
the row's `name_en`, or by numbers.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, Any]

FONTS = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Heiti SC", "Noto Sans CJK JP", "Noto Sans CJK TC"),
    *("Arial Unicode MS", "Droid Sans Fallback", "Noto Serif CJK SC", "SimSun", "Songti SC", "AR PL UMing CN"),
)
"""Fonts with Chinese characters, the first found is used."""

NO_FONT = (
    "no font with Chinese characters is installed (e.g. Noto Sans CJK): such names are shown in English or as numbers"
)

VERDICTS: Mapping[str, tuple[str, str, str]] = {
    "化学集聚": ("#b2182b", "o", "chemical"),
    "一般集聚": ("#4d7fa8", "s", "ordinary"),
    "化学不足": ("#e0a030", "v", "too little"),
    "物理集聚": ("#7a7a7a", "D", "physical only"),
    "证据不足": ("#c8c8c8", "x", "too little evidence"),
}
"""Colour, mark and English word of each verdict: told apart without colour too."""

PLAIN = "#31688e"
FAINT = "#b8b8b8"
ROWS = 60
"""At most so many parks stand in one list of a picture; a longer one is refused, for nobody could read it."""


def rank_intervals(rows: Sequence[Row], title: str = "Ranks with their 95% intervals") -> Figure:
    """Each park's rank as a point on the interval of ranks that the inputs allow; best on top.

    Args:
        rows: `park`, `rank`, `rank_low`, `rank_high`, perhaps `name_en`; without a rank it is left out, without ends
            the point stands alone.

    Raises:
        InputError: no row has a rank; more than 60 rows have.
    """
    ranked = sorted((row for row in rows if _known(row.get("rank"))), key=lambda row: (row["rank"], row["park"]))
    _readable(ranked, "rank")
    with _style():
        figure, axes = _axes(6.4, 0.9 + 0.27 * len(ranked))
        for place, row in enumerate(ranked):
            if _known(row.get("rank_low")) and _known(row.get("rank_high")):
                axes.plot(
                    [row["rank_low"], row["rank_high"]], [place, place], color=FAINT, lw=4, solid_capstyle="round"
                )
        axes.plot([row["rank"] for row in ranked], range(len(ranked)), "o", color=PLAIN, ms=5, gid="ranks")
        axes.set_yticks(range(len(ranked)), _labels(ranked, "park"))
        axes.set_ylim(len(ranked) - 0.4, -0.6)
        axes.set(xlabel="rank (1 = best)", ylabel="park", title=title)
        last = max(row.get("rank_high") or row["rank"] for row in ranked)
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if last / step <= 10 or step == 500)
        axes.set_xticks([1, *range(step if step > 1 else 2, int(last) + 1, step)])
        axes.set_xlim(0.4, last + 0.6)
        axes.grid(axis="x", lw=0.5, color="#e6e6e6")
    return figure


def chemistry_against_size(rows: Sequence[Row], title: str = "Chemistry against size") -> Figure:
    """The standardised linkage ratio of each park with its interval, by its number of firms, both on log axes.

    Args:
        rows: `park`, `firms`, `slr`, perhaps `lo`, `hi`, `verdict`, `name_en`. A park whose ratio is 0 stands at the
            foot of the picture, where intervals end too; one without a ratio is left out. Names stand at parks whose
            interval leaves out 1. Verdicts that are only relative have a hollow mark.

    Raises:
        InputError: no row has both a number of firms and a ratio.
    """
    shown = [row for row in rows if _known(row.get("slr")) and _known(row.get("firms")) and row["firms"] > 0]
    if not shown:
        raise InputError("no park has both a number of firms and a ratio; there is nothing to draw")
    floor = _floor(shown)
    with _style():
        figure, axes = _axes(6.4, 5.2)
        axes.set(xscale="log", yscale="log")
        axes.axhline(1, color="black", lw=0.8, gid="as expected")
        for verdict, group in _by_verdict(shown).items():
            ladder, _, relative = verdict.partition("（")  # 仅相对: only the ratio to other parks was to be had
            colour, mark, word = VERDICTS.get(ladder, (PLAIN, "o", "no verdict"))
            word, inside = (f"{word}, relative", "white") if relative else (word, colour)
            x, y = [row["firms"] for row in group], [max(row["slr"], floor) for row in group]
            for row in group:
                if _known(row.get("lo")) and _known(row.get("hi")):
                    ends = [max(row["lo"], floor), max(row["hi"], floor)]
                    axes.plot([row["firms"]] * 2, ends, color=colour, lw=1, alpha=0.55, zorder=1)
            told = f"{verdict} {word} ({len(group)})" if verdict and chinese_font() else f"{word} ({len(group)})"
            axes.plot(x, y, mark, color=colour, mfc=inside, ms=5, ls="none", label=told, gid=f"parks {word}")
        _plain_ticks(axes)
        axes.set(
            xlabel="firms in the park", ylabel="ties / ties of the same firms in a typical park (SLR)", title=title
        )
        axes.margins(0.1)
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        figure.draw_without_rendering()  # now all has its place, and names can look for a free one
        _name_outliers(axes, shown, floor)
    return figure


def hexagon(rows: Sequence[Row], title: str = "") -> Figure:
    """The scores of one park over the tracks of an edition, on axes from 0 to 100 (percentiles).

    The area means nothing: it changes with the order of the axes. Read the shortest axis, and how even they are.

    Args:
        rows: `track`, `value` 0..100 or None (no firm on that track), perhaps `status` ("stated", else it is marked as
            the project's own choice) and `name_en`; in the order of the axes, at least three.

    Raises:
        InputError: fewer than three axes, or a value outside 0..100.
    """
    if len(rows) < 3:
        raise InputError(f"a polygon needs at least three axes; there are {len(rows)}")
    wrong = [row for row in rows if _known(row.get("value")) and not 0 <= row["value"] <= 100]
    if wrong:
        raise InputError(f"{wrong[0]['track']}: {wrong[0]['value']} is no percentile; axes go from 0 to 100")
    turn = [math.pi / 2 - 2 * math.pi * place / len(rows) for place in range(len(rows))]
    with _style():
        from matplotlib.patheffects import withStroke

        halo = [withStroke(linewidth=2, foreground="white")]
        figure, axes = _axes(5.6, 5.2)
        axes.set_aspect("equal")
        axes.axis("off")
        for level in (20, 40, 60, 80, 100):
            _ring(axes, turn, [level] * len(turn), color="#d9d9d9", lw=1.2 if level == 100 else 0.6)
            axes.text(1.5, level, str(level), size=7, color="#707070", va="bottom", zorder=5, path_effects=halo)
        values = [row["value"] if _known(row.get("value")) else 0.0 for row in rows]
        _ring(axes, turn, values, color=PLAIN, lw=1.8, fill=True)
        for angle, value, row, label in zip(turn, values, rows, _labels(rows, "track"), strict=True):
            axes.plot([0, 100 * math.cos(angle)], [0, 100 * math.sin(angle)], color="#d9d9d9", lw=0.6, zorder=0)
            known = _known(row.get("value"))
            axes.plot(*_point(angle, value), "o" if known else "x", color=PLAIN, ms=6, gid=f"track {row['track']}")
            own = "" if row.get("status", "stated") == "stated" else " *"
            told = f"{value:.0f}" if known else "absent"
            across = math.cos(angle)
            side = "center" if abs(across) < 0.2 else ("left" if across > 0 else "right")
            rise = "bottom" if math.sin(angle) > 0.9 else ("top" if math.sin(angle) < -0.9 else "center")
            axes.text(*_point(angle, 107), f"{label}{own}\n{told}", ha=side, va=rise, size=9)
        axes.set(xlim=(-150, 150), ylim=(-128, 128), title=title)
        if any(row.get("status", "stated") != "stated" for row in rows):
            figure.text(0.5, 0.01, "* track chosen by this project, not stated by the edition", ha="center", size=7.5)
    return figure


def mixing_matrix(
    table: Mapping[str, Mapping[str, float]],
    expected: Mapping[str, Mapping[str, float]] | None = None,
    title: str = "",
    names_en: Mapping[str, str] | None = None,
) -> Figure:
    """Ties between each two industries, or, with what was expected, how many times as many as by chance.

    Args:
        table: {industry: {industry: ties}} as the measure `mixing_matrix` gives it, each pair once.
        expected: the same by chance (its `null`). Then the colour is observed / expected, white at 1, and the number
            in a cell the ratio with the ties below; cells without an expectation stay empty.
        names_en: English names, for when no font has the others.

    Raises:
        InputError: the table is empty, or has more than 60 industries.
    """
    names = sorted({*table, *(inner for row in table.values() for inner in row)})
    _readable(names, "industries")
    place = {name: number for number, name in enumerate(names)}
    values, words = _cells(table, expected, place)
    with _style():
        from matplotlib.colors import LogNorm, Normalize

        side = max(3.4, 1.6 + 0.62 * len(names))
        figure, axes = _axes(side + 1.2, side)
        known = [value for row in values for value in row if not math.isnan(value)]
        top = max(known, default=1.0)
        wide = max(2.0, top, 1 / min([value for value in known if value > 0], default=0.5))
        norm = LogNorm(1 / wide, wide, clip=True) if expected else Normalize(0, max(top, 1.0))
        grid = [[max(value, 1 / wide) if expected else value for value in row] for row in values]
        image = axes.imshow(grid, cmap="RdBu_r" if expected else "Blues", norm=norm)
        for row, line in enumerate(words):
            for column, word in enumerate(line):
                dark = _dark(values[row][column], wide, top, expected is not None)
                axes.text(column, row, word, ha="center", va="center", size=7.5, color="white" if dark else "black")
        labels = _labels([{"industry": name, "name_en": (names_en or {}).get(name)} for name in names], "industry")
        axes.set_xticks(range(len(names)), labels, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), labels)
        axes.tick_params(length=0)
        told = "ties between industries" + (": observed / expected" if expected else "")
        axes.set(xlabel="industry", ylabel="industry", title=title or told.capitalize())
        bar = figure.colorbar(image, ax=axes, shrink=0.8, label="observed / expected" if expected else "ties")
        _plain_ticks(bar.ax)
    return figure


def coverage(rows: Sequence[Row], title: str = "How much of the cooperation has been seen") -> Figure:
    """The coverage of ties of each park (Good-Turing), largest first, with the line below which values are thin.

    Args:
        rows: `park`, `coverage` 0..1, perhaps `n` (sightings) and `name_en`; those without a coverage are left out.

    Raises:
        InputError: no row has a coverage; more than 60 rows have.
    """
    shown = sorted(
        (row for row in rows if _known(row.get("coverage"))), key=lambda row: (-row["coverage"], row["park"])
    )
    _readable(shown, "coverage")
    with _style():
        figure, axes = _axes(6.4, 1.1 + 0.27 * len(shown))
        blank = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        colours = [FAINT if row["coverage"] < 0.5 else PLAIN for row in shown]
        axes.barh(range(len(shown)), [row["coverage"] for row in shown], color=colours, height=0.7)
        for place, row in enumerate(shown):
            told = f"{row['coverage']:.2f}" + (f" (n = {row['n']})" if _known(row.get("n")) else "")
            axes.text(row["coverage"] + 0.01, place, told, va="center", size=7.5, bbox=blank)
        axes.axvline(0.5, color="black", lw=0.8, ls="--", gid="thin", zorder=0.5)
        axes.set_yticks(range(len(shown)), _labels(shown, "park"))
        axes.set_ylim(len(shown) - 0.4, -0.6)
        told = "share of sightings that fall on known ties (left of the dashed line: thin)"
        axes.set(xlabel=told, ylabel="park", xlim=(0, 1.22), title=title)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG or SVG, by the ending of the path. Letters become outlines: no reader needs the font.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    form = path.suffix.casefold().removeprefix(".")
    if form not in ("png", "svg"):
        raise InputError(f"{path}: pictures end in .png or .svg")
    metadata: dict[str, Any] = {"Date": None} if form == "svg" else {"Software": None}
    try:
        with _style():
            figure.savefig(path, format=form, dpi=200, bbox_inches="tight", metadata=metadata)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


@cache
def chinese_font() -> str:
    """The font that Chinese names are drawn with; "" if none is installed, after one warning."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in FONTS if name in installed), "")
    if not found:
        warnings.warn(NO_FONT, stacklevel=2)
    return found


@contextmanager
def _style() -> Iterator[None]:
    """Our settings of matplotlib for the length of a block; those of the caller come back."""
    try:
        import matplotlib
    except ImportError as error:
        raise InputError('pictures need matplotlib: pip install "parkbond[plot]"') from error
    chosen: dict[Any, Any] = dict(matplotlib.rcParamsDefault)
    chosen |= {
        "font.family": [name for name in ("DejaVu Sans", chinese_font()) if name],
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "parkbond",
    }
    with matplotlib.rc_context(chosen):
        yield


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty picture in inches, free of any window or global state."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _readable(rows: Sequence[object], what: str) -> None:
    if not rows:
        raise InputError(f"no row has a {what}; there is nothing to draw" if what != "industries" else "no industries")
    if len(rows) > ROWS:
        raise InputError(f"{len(rows)} rows cannot be read in one picture; give at most {ROWS}")


def _labels(rows: Sequence[Row], key: str) -> list[str]:
    """What is written at each row: its name, or what can be drawn of it."""
    names = [str(row[key]) for row in rows]
    if chinese_font():
        return names
    return [
        name if name.isascii() else str(row.get("name_en") or f"no. {number}")
        for number, (name, row) in enumerate(zip(names, rows, strict=True), 1)
    ]


def _by_verdict(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by verdict, in the order of the ladder, each before what is added to it in brackets; others last."""
    ladder = list(VERDICTS)
    found = {str(row.get("verdict") or "") for row in rows}
    place = {one: ladder.index(base) if (base := one.partition("（")[0]) in ladder else len(ladder) for one in found}
    order = sorted(found, key=lambda one: (place[one], one))
    return {one: [row for row in rows if str(row.get("verdict") or "") == one] for one in order}


def _floor(rows: Sequence[Row]) -> float:
    """Where zeros stand on a log axis, and where intervals are cut off: half of the smallest ratio, at most 0.1."""
    return float(min((row["slr"] / 2 for row in rows if 0 < row["slr"] < 0.2), default=0.1))


def _name_outliers(axes: Axes, rows: Sequence[Row], floor: float) -> None:
    """Names at the parks whose interval leaves out 1, the farthest first, as far as ten find a free place."""
    sure = [
        (row, label)
        for row, label in zip(rows, _labels(rows, "park"), strict=True)
        if (_known(row.get("lo")) and row["lo"] > 1) or (_known(row.get("hi")) and row["hi"] < 1)
    ]
    sure.sort(key=lambda one: (-abs(math.log(max(one[0]["slr"], floor))), one[0]["park"]))
    spots = [(row["firms"], max(row["slr"], floor)) for row in rows]
    taken = [_box(x, y, 4, 4) for x, y in axes.transData.transform(spots).tolist()]
    named = 0
    for row, label in sure:
        spot = (row["firms"], max(row["slr"], floor))
        at, wide = axes.transData.transform(spot), 7 * sum(0.6 if one.isascii() else 1.0 for one in label)
        for across, up in ((wide / 2 + 6, 0), (-wide / 2 - 6, 0), (wide / 2 + 4, 9), (wide / 2 + 4, -9)):
            box = _box(at[0] + across * _DOT, at[1] + up * _DOT, wide / 2, 4)
            if named < 10 and not any(_meet(box, other) for other in taken) and _inside(box, axes):
                axes.annotate(label, spot, (across, up), textcoords="offset points", size=7, ha="center", va="center")
                taken.append(box)
                named += 1
                break


_DOT = 100 / 72
"""Pixels a point, at matplotlib's own resolution."""

Box = tuple[float, float, float, float]


def _box(x: float, y: float, half_wide: float, half_high: float) -> Box:
    """Left, low, right and high end in pixels; half sizes in points."""
    return x - half_wide * _DOT, y - half_high * _DOT, x + half_wide * _DOT, y + half_high * _DOT


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _inside(box: Box, axes: Axes) -> bool:
    frame = axes.bbox
    return bool(frame.x0 <= box[0] and box[2] <= frame.x1 and frame.y0 <= box[1] and box[3] <= frame.y1)


def _plain_ticks(axes: Axes) -> None:
    """Numbers as 0.5, 2, 50 on log axes, instead of powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for axis, scale in ((axes.xaxis, axes.get_xscale()), (axes.yaxis, axes.get_yscale())):
        if scale == "log":
            axis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())


def _point(angle: float, length: float) -> tuple[float, float]:
    return length * math.cos(angle), length * math.sin(angle)


def _ring(axes: Axes, turn: Sequence[float], lengths: Sequence[float], *, fill: bool = False, **line: Any) -> None:
    x, y = zip(*(_point(angle, length) for angle, length in zip(turn, lengths, strict=True)), strict=True)
    axes.plot([*x, x[0]], [*y, y[0]], **line)
    if fill:
        axes.fill(x, y, color=line["color"], alpha=0.18, lw=0)


def _cells(
    table: Mapping[str, Mapping[str, float]],
    expected: Mapping[str, Mapping[str, float]] | None,
    place: Mapping[str, int],
) -> tuple[list[list[float]], list[list[str]]]:
    """The square of values, nan where there is none, and what is written in each cell."""
    values = [[math.nan] * len(place) for _ in place]
    words = [[""] * len(place) for _ in place]
    for first, row in table.items():
        for second, ties in row.items():
            by_chance = (expected or {}).get(first, {}).get(second) if expected else None
            if expected and not by_chance:
                continue
            value = ties / by_chance if by_chance else float(ties)
            word = f"{value:.2g}\n({ties:g})" if by_chance else f"{ties:g}"
            for i, j in {(place[first], place[second]), (place[second], place[first])}:
                values[i][j], words[i][j] = value, word
    return values, words


def _dark(value: float, wide: float, top: float, ratio: bool) -> bool:
    """Whether a cell is so dark that black letters cannot be read on it."""
    if math.isnan(value):
        return False
    if not ratio:
        return value > 0.6 * top
    return value <= 0 or abs(math.log(value)) > 0.6 * math.log(wide)

# SPDX-License-Identifier: Apache-2.0
"""plot.py - rows as charts in SVG: each group of rows beside what it stands beside, and growth as lines."""
import html
import json
import math
import os

import growth
import table
from written import Broken

WIDTH, BAR, GAP, LEFT, RIGHT = 900, 16, 14, 360, 130
COLOURS = {"measured": "#2a6f97", "missed": "#b23a48", "baseline": "#a9b4c2", "limit": "#6c757d"}
LINES = ["#2a6f97", "#b23a48", "#588157", "#9c6644", "#6a4c93", "#0f4c5c", "#e09f3e", "#6c757d"]


def text(x, y, words, size=12, anchor="start", colour="#222"):
    return '<text x="%.1f" y="%.1f" font-size="%d" text-anchor="%s" fill="%s">%s</text>' % (
        x, y, size, anchor, colour, html.escape(words))


def svg(height, body, title):
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
            'font-family="sans-serif"><title>%s</title><rect width="100%%" height="100%%" fill="#fff"/>\n'
            "%s\n</svg>\n" % (WIDTH, height, WIDTH, height, html.escape(title), "\n".join(body)))


# ---- bars ----

def values(row):
    """[(kind, words, figure)] of one row."""
    ret = [("missed" if row["met"] is False else "measured", row["what"], row["measured"])]
    for kind in ("baseline", "limit"):
        if row[kind] is not None and row[kind]["measured"]:
            ret.append((kind, row[kind]["what"], row[kind]["measured"]))
    return [v for v in ret if v[2] is not None]


def bar(figure, most, least):
    """By size where the figures are alike; by their logarithms where they span more than a factor of 50."""
    room = WIDTH - LEFT - RIGHT
    if figure <= 0:
        return 1
    if most / least <= 50:
        return room * figure / most
    low, high = math.log10(least) - 0.3, math.log10(most)
    return room * (math.log10(figure) - low) / (high - low)


def short(words, room=54):
    return words if len(words) <= room else words[:room - 3] + "..."


def bars(title, found):
    """One unit in each chart: bars of different units cannot be compared."""
    all_values = [v[2] for row in found for v in values(row) if v[2] > 0]
    if not all_values:
        return None
    most, least = max(all_values), min(all_values)
    body, y = [text(12, 24, "%s, %s%s" % (title, found[0]["unit"],
                                          "" if most / least <= 50 else " (logarithmic)"), 15)], 44
    for row in found:
        for kind, words, figure in values(row):
            colour = "#222" if kind in ("measured", "missed") else "#777"
            wide = bar(figure, most, least)
            body.append(text(LEFT - 8, y + BAR - 4, short(words), 12, "end", colour))
            body.append('<rect x="%d" y="%.1f" width="%.1f" height="%d" fill="%s"/>' %
                        (LEFT, y, max(wide, 1), BAR, COLOURS[kind]))
            body.append(text(LEFT + wide + 6, y + BAR - 4, table.number(figure), 12, "start", colour))
            y += BAR + 3
        y += GAP - 3
    return svg(y + 8, body, title)


def charts(data):
    """[(file name, title, rows)]: by the first word of the id, and by unit."""
    ret = {}
    for row in data["rows"]:
        if row["measured"] is not None:
            ret.setdefault((row["id"].split(".")[0], row["unit"]), []).append(row)
    for (name, unit), found in ret.items():
        file = "%s-%s.svg" % (name, "".join(c if c.isalnum() else "-" for c in unit) or "count")
        yield file, name, found


# ---- lines ----

TOP, BOTTOM, SIDE = 50, 60, 70


def place(x, low, high, start, end):
    low, high = math.log10(low), math.log10(high)
    return start + (end - start) * ((math.log10(x) - low) / (high - low) if high > low else 0.5)


def decades(low, high):
    return [10 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def lines(title, what, found):
    """Costs over sizes, both logarithmic: {name: [(n, cost)]}."""
    xs = [n for points in found.values() for n, _ in points]
    ys = [c for points in found.values() for _, c in points]
    x_axis, y_axis = decades(min(xs), max(xs)), decades(min(ys), max(ys))
    height = 420 + 18 * len(found)
    bottom = height - BOTTOM - 18 * len(found)
    body = [text(12, 24, title, 15), text(WIDTH / 2, bottom + 40, what, 12, "middle")]

    def at(n, c):
        return (place(n, x_axis[0], x_axis[-1], SIDE, WIDTH - 30),
                place(c, y_axis[0], y_axis[-1], bottom, TOP))

    for n in x_axis:
        x, _ = at(n, y_axis[0])
        body.append('<path d="M%.1f %d V%d" stroke="#ddd"/>' % (x, TOP, bottom))
        body.append(text(x, bottom + 18, table.number(n), 11, "middle"))
    for c in y_axis:
        _, y = at(x_axis[0], c)
        body.append('<path d="M%d %.1f H%d" stroke="#ddd"/>' % (SIDE, y, WIDTH - 30))
        body.append(text(SIDE - 6, y + 4, "%.0e" % c, 11, "end"))
    for i, (name, points) in enumerate(found.items()):
        colour = LINES[i % len(LINES)]
        path = " ".join("%s%.1f %.1f" % ("L" if k else "M", *at(n, c)) for k, (n, c) in enumerate(points))
        body.append('<path d="%s" fill="none" stroke="%s" stroke-width="2"/>' % (path, colour))
        body.append(text(SIDE, bottom + 62 + 18 * i, name, 12, "start", colour))
    return svg(height, body, title)


def growth_charts(data):
    ret = {}
    for name, what, steps in growth.lines(data["rows"]):
        points = [(n, growth.cost(row)) for n, row, _ in steps if growth.cost(row)]
        if len(points) > 1:
            ret.setdefault((name.split(".")[0], what), {})[
                "%s, %s" % (name, steps[0][1]["unit"])] = points
    for (name, what), found in ret.items():
        yield "growth-%s-%s.svg" % (name, what), "%s: how it grows" % name, what, found


def draw(path, folder):
    """Writes all charts of the file; their names."""
    try:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
    except (OSError, ValueError) as problem:
        raise Broken("%s: %s" % (path, problem)) from problem
    done = {}
    if data["goals"]:
        for file, title, found in charts(data):
            done[file] = bars(title, found)
    else:
        for file, title, what, found in growth_charts(data):
            done[file] = lines(title, what, found)
    os.makedirs(folder, exist_ok=True)
    done = {file: chart for file, chart in done.items() if chart is not None}
    for file, chart in done.items():
        with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
            f.write(chart)
    return sorted(done)

"""Stickiness and lifecycle from the set of buckets in which an actor was active; buckets to compare with; sessions."""
import bisect
import itertools

import reference_buckets as buckets
import reference_filter as filters
from reference_funnel import value_of
from reference_trends import Case, some_events, some_range

NEW, RETURNING, RESURRECTING, DORMANT = range(4)
DAY_MS = 86400000


def make(rand):
    zone, spot, unit, week_start, near, low, high = some_range(rand)
    return Case(zone=zone, spot=spot, unit=unit, week_start=week_start, low=low, high=high,
                filters=[filters.make(rand) if rand.random() < 0.5 else filters.of_keys([1, 1, 1, 1, 0])], middle=rand.randint(0, 3),
                before=rand.randint(1, 3), events=some_events(rand, near, 24))


def write(case):
    words = ["activity", case.zone, case.unit, case.week_start, case.low, case.high, 1, *filters.write(case.filters[0]), case.before, case.middle,
             len(case.events), *itertools.chain(*case.events)]
    return " ".join(map(str, words))


def answer(case):
    edges = buckets.edges(case.zone, case.spot, case.unit, case.week_start, case.low, case.high)
    n = len(edges) - 1
    sticky, stages, units = [0] * n, [[0] * 4 for _ in range(n)], []
    for actor, events in filters.read(case).items():
        times = [e["t"] for e in events if e["mask"]]
        active = {bisect.bisect_right(edges, t) - 1 for t in times if edges[0] <= t < edges[-1]}
        if active:
            sticky[len(active) - 1] += 1
            units.append(f"k{actor},{len(active)}")
        for b in range(1, n):
            earlier = any(t < edges[b] for t in times)
            if b in active:
                stage = RETURNING if b - 1 in active else RESURRECTING if earlier else NEW
            elif b - 1 in active:
                stage = DORMANT
            else:
                continue
            stages[b][stage] += 1
            units.append(f"l{actor},{b},{stage}")
    words = [str(count) for count in sticky] + [str(sum(sticky[k:])) for k in range(n)]
    words += ["/".join(map(str, stage)) for stage in stages]
    words += [f"{(stage[NEW] + stage[RESURRECTING]) / stage[DORMANT]:.6f}" if stage[DORMANT] else "none" for stage in stages]
    known = buckets.all_edges(case.zone, case.spot, case.unit, case.week_start)
    first = known.index(edges[0])
    return " ".join(words + [str(edge) for edge in known[first - case.before:first + 1]] + sorted(units))


class Sessions:
    """Sessions one by one."""
    @staticmethod
    def make(rand):
        zone, spot, _, week_start, near, low, high = some_range(rand)
        gap = rand.choice([0, 0, 1800000])
        events = some_events(rand, near, 10)
        for _ in range(rand.randint(0, 14)):
            t, a, s, _ = rand.choice(events) if events else (low, 0, 0, 0)
            events.append((t + rand.choice([1799999, 1800000, 1800001, 600000, DAY_MS, rand.randint(0, 4000000)]), a, rand.choice([s, s, 3 - s]), rand.randint(0, 5)))
        prop = (2, [rand.randint(0, 2) for _ in range(4)]) if rand.random() < 0.3 else (1, [rand.randint(0, 2) for _ in range(5)]) if rand.random() < 0.3 else (0, [])
        return Case(zone=zone, spot=spot, unit=buckets.DAY, week_start=week_start, low=low, high=low + min(high - low, 5 * DAY_MS), gap=gap,
                    filters=[filters.make(rand), filters.of_keys([1, 1, 0, 0, 1])], prop=prop, middle=rand.randint(0, 3), events=events)

    @staticmethod
    def write(case):
        words = ["sessions", case.zone, case.unit, case.week_start, case.low, case.high, 2]
        words += [word for tree in case.filters for word in filters.write(tree)]
        words += [case.gap, case.prop[0], len(case.prop[1]), *case.prop[1], case.middle, len(case.events), *itertools.chain(*case.events)]
        return " ".join(map(str, words))

    @staticmethod
    def split(case, events):
        if not case.gap:
            return [[e for e in events if e["session"] == s] for s in sorted({e["session"] for e in events})]
        found = []
        for event in events:
            if found and event["t"] - found[-1][-1]["t"] < case.gap and event["t"] - found[-1][0]["t"] < DAY_MS:
                found[-1].append(event)
            else:
                found.append([event])
        return found

    @staticmethod
    def answer(case):
        # Days are looked for at the clock, whatever the spot's own unit was.
        edges = [edge for edge in day_edges(case)]
        rows, units = {}, []
        for actor, events in filters.read(case).items():
            for session in Sessions.split(case, [e for e in events if e["mask"]]):
                bucket = bisect.bisect_right(edges, session[0]["t"]) - 1
                if not 0 <= bucket < len(edges) - 1:
                    continue
                value = value_of(case.prop, session[0])
                bounce = sum(bool(e["mask"] & 2) for e in session) <= 1
                length = session[-1]["t"] - session[0]["t"]
                rows.setdefault(value, [[] for _ in edges[1:]])[bucket].append((length, bounce, len(session)))
                units.append(f"u{actor},{session[0]['session']},{value},{bucket},{length},{int(bounce)}")
        words = []
        for value, cells in sorted(rows.items(), key=lambda row: (-sum(map(len, row[1])), row[0])):
            words.append(f"v{value}")
            words += [f"{len(c)}/{sum(b for _, b, _ in c)}/{sum(n for _, _, n in c)} {filters.stats([length for length, _, _ in c])}" for c in cells]
        return " ".join(words + sorted(units))


def day_edges(case):
    """The days that the range touches, from a search of its own about it."""
    low, high = case.low // 1000 - 3 * 86400, case.high // 1000 + 3 * 86400
    found, at = [], low
    show = lambda second: buckets.shown(case.zone, second, buckets.DAY, 1)
    while at < high:
        near = min(at + 21600, high)
        if show(near) != show(at):
            lowest, highest = at, near
            while highest - lowest > 1:
                middle = (lowest + highest) // 2
                lowest, highest = (middle, highest) if show(middle) == show(at) else (lowest, middle)
            found.append(highest * 1000)
            at = highest
        else:
            at = near
    return found[bisect.bisect_right(found, case.low) - 1:bisect.bisect_left(found, case.high) + 1]

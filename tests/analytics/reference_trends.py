"""Trends by looking at every bucket, row and actor by itself."""
import bisect
import itertools

import reference_buckets as buckets
import reference_filter as filters
from reference_funnel import value_of

COUNTED, KIND = 1, 2
ANY_TIME, FIRST_EVER, FIRST_MATCHING = range(3)
SESSIONS, PER_ACTOR = 1, 2
OTHER = 2**32 - 1
PERIOD = {buckets.HOUR: 3600000, buckets.DAY: 86400000, buckets.WEEK: 7 * 86400000, buckets.MONTH: 30 * 86400000}


class Case(dict):
    __getattr__ = dict.__getitem__


def some_events(rand, near, n, wide=5):
    events = []
    for _ in range(rand.randint(0, n)):
        t = rand.choice(events)[0] if events and rand.random() < 0.2 else buckets.some_time(rand, near)
        events.append((t, rand.randint(0, 2), rand.randint(0, 3), rand.choice([0, 1, 2, 3, 4, wide])))
    return events


def some_range(rand):
    zone, spot, unit, week_start, near = buckets.some_spot(rand)
    low, high = sorted((buckets.some_time(rand, near[1:-1]), buckets.some_time(rand, near[1:-1])))
    return zone, spot, unit, week_start, near, low, high + 1


def make(rand):
    zone, spot, unit, week_start, near, low, high = some_range(rand)
    plain = rand.random() < 0.35
    often = lambda chance: 0 if plain else chance
    of = 1 if plain else rand.randint(1, 3)
    prop = (of, [rand.randint(0, 3) for _ in range({1: 6, 2: 4, 3: 3}[of])]) if rand.random() < 0.6 else (0, [])
    simple = filters.of_keys([rand.random() < 0.7 for _ in range(5)])
    return Case(zone=zone, spot=spot, unit=unit, week_start=week_start, low=low, high=high,
                filters=[simple if plain else filters.make(rand), filters.make(rand) if rand.random() < often(0.9) else filters.of_keys([1, 0, 0, 0, 0])],
                first=rand.randint(1, 2) if rand.random() < often(0.3) else 0, measures=0 if plain else rand.randint(0, 3),
                window=rand.randint(1, 4) if rand.random() < often(0.4) else 0, amounts=[rand.randint(-5, 9) for _ in range(5)] if rand.random() < often(0.4) else [],
                has=[rand.randint(0, 1) for _ in range(5)], prop=prop, keep=rand.sample(range(4), rand.randint(1, 3)) if rand.random() < 0.3 else [],
                units=int(rand.random() < often(0.4)), middle=rand.randint(0, 3), events=some_events(rand, near, 24, 70000 if rand.random() < 0.2 else 5))


def write(case):
    words = ["trends", case.zone, case.unit, case.week_start, case.low, case.high, len(case.filters)]
    words += [word for tree in case.filters for word in filters.write(tree)]
    words += [case.first, case.measures, case.window, PERIOD[case.unit], len(case.amounts), *case.amounts, *(case.has if case.amounts else []),
              case.prop[0], len(case.prop[1]), *case.prop[1], len(case.keep), *case.keep, case.units, case.middle, len(case.events),
              *itertools.chain(*case.events)]
    return " ".join(map(str, words))


def counted(case, events):
    if case.first == ANY_TIME:
        return [e for e in events if e["mask"] & COUNTED]
    seen = [e for e in events if e["mask"] & (COUNTED | KIND if case.first == FIRST_EVER else COUNTED)]
    return [e for e in seen if e["t"] == seen[0]["t"] and e["mask"] & COUNTED][:1]


def cell(case, groups, low, high, window_low):
    """groups: the counted events of each actor in the row."""
    inside = [[e for e in events if low <= e["t"] < high] for events in groups]
    inside = [events for events in inside if events]
    n = sum(map(len, inside))
    sessions = sum(len({e["session"] for e in events}) for events in inside) if case.measures & SESSIONS else 0
    active = sum(any(window_low <= e["t"] < high for e in events) for events in groups) if window_low is not None else 0
    per_actor = filters.stats([len(events) for events in inside]) if case.measures & PER_ACTOR else "none"
    amounts = [case.amounts[e["key"]] for events in inside for e in events if case.amounts and e["key"] < 5 and case.has[e["key"]]]
    return f"{n}/{len(inside)}/{sessions}/{active} {per_actor} {filters.stats(amounts)}", n


def answer(case):
    edges = buckets.edges(case.zone, case.spot, case.unit, case.week_start, case.low, case.high)
    starts = [edge - case.window * PERIOD[case.unit] for edge in edges[1:]] if case.window else None
    rows = {} if case.prop[0] else {0: {}}
    for actor, events in filters.read(case).items():
        for event in counted(case, events):
            value = value_of(case.prop, event)
            if case.prop[0] and case.keep and value not in case.keep:
                value = OTHER
            if min([edges[0]] + (starts or [])[:1]) <= event["t"] < edges[-1]:
                rows.setdefault(value, {}).setdefault(actor, []).append(event)
    lines, units = [], []
    for value, actors in rows.items():
        cells = [cell(case, actors.values(), low, high, starts[i] if starts else None) for i, (low, high) in enumerate(zip(edges, edges[1:]))]
        total, n = cell(case, actors.values(), edges[0], edges[-1], None)
        lines.append(((value == OTHER, -n, value), " ".join([f"v{value}"] + [text for text, _ in cells] + [total])))
        for actor, events in actors.items():
            for i, (low, high) in enumerate(zip(edges, edges[1:])):
                inside = sum(low <= e["t"] < high for e in events)
                units += [f"u{actor},{value},{i},{inside}"] if inside else []
    lines.sort()
    top = [str(value) for (_, n, value), _ in lines if value != OTHER and n][:2]
    return " ".join([text for _, text in lines] + ["top"] + top + (sorted(units) if case.units else []))

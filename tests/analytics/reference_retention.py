"""Retention from its definition: for every entry into a cohort each return is looked at by itself."""
import bisect
import itertools

import reference_buckets as buckets
from reference_funnel import value_of

START, RETURN, KIND = 1, 2, 4
RECURRING, FIRST_EVER, FIRST_MATCHING = range(3)
ROLLING = 1
ON, ON_OR_AFTER, ON_OR_BEFORE, STREAK = range(4)
SAME_VALUE = 1
OTHER = 2**32 - 1
PERIOD = {buckets.HOUR: 3600000, buckets.DAY: 86400000, buckets.WEEK: 7 * 86400000, buckets.MONTH: 30 * 86400000}


class Case(dict):
    __getattr__ = dict.__getitem__


def make(rand):
    """Few keys and actors; times at edges and beside them, in days with and without a change of the clock. A quarter of the cases are plain,
    so that the fast way is taken too."""
    zone, spot, unit, week_start, near = buckets.some_spot(rand)
    plain = rand.random() < 0.35
    often = lambda chance: 0 if plain else chance
    n = rand.randint(1, 5)
    rolling = int(rand.random() < often(0.3))
    low, high = sorted((buckets.some_time(rand, near[1:5]), buckets.some_time(rand, near[1:5])))
    high += 1
    cohort = rand.choice([0, 0, 2]) if plain else rand.choice([0, 0, 1, 2])
    prop = (0, [])
    if rand.random() < often(0.5):
        of = rand.randint(1, 3)
        prop = (of, [rand.randint(0, 3) for _ in range({1: 6, 2: 4, 3: 3}[of])])
    masks = [rand.choice([0, START, START, RETURN, RETURN, START | RETURN, KIND, KIND | RETURN, START | KIND]) for _ in range(5)]
    # What needs four bytes a key.
    wide = 70000 if rand.random() < 0.2 else 5
    events = []
    for _ in range(rand.randint(0, 24)):
        t = rand.choice(events)[0] if events and rand.random() < 0.2 else buckets.some_time(rand, near)
        events.append((t, rand.randint(0, 2), rand.randint(0, 3), rand.choice([0, 1, 2, 3, 4, wide])))
    return Case(zone=zone, spot=spot, unit=unit, week_start=week_start, low=low, high=high, cohort=cohort, rolling=rolling,
                zero=int(rand.random() < often(0.5)), criterion=rand.choice([0, 1, 3]) if plain else rand.randint(0, 3), n=n,
                widths=[rand.randint(1, 3) for _ in range(n)] if rand.random() < often(0.3) else [], hours=int(rolling and rand.random() < 0.4),
                least=rand.choice([0, 1, 2, 3]) if rand.random() < often(0.3) else 0, masks=masks,
                every=rand.choice([START, RETURN, START | RETURN]) if rand.random() < 0.15 else 0,
                amounts=[rand.randint(-5, 20) for _ in range(5)] if rand.random() < often(0.4) else [], prop=prop,
                mode=rand.randint(0, 1) if rand.random() < 0.95 and cohort == RECURRING else int(rand.random() < 0.05),
                units=int(rand.random() < often(0.5)), top=rand.choice([0, 0, 1, 2]), now=buckets.some_time(rand, near), middle=rand.randint(0, 3),
                events=events)


def write(case):
    words = ["retention", case.zone, case.unit, case.week_start, case.low, case.high, case.cohort, case.rolling, case.zero, case.criterion, case.n,
             len(case.widths), *case.widths, PERIOD[case.unit], case.hours, case.least, len(case.masks), *case.masks, case.every,
             len(case.amounts), *case.amounts, case.prop[0], len(case.prop[1]), *case.prop[1], case.mode, case.units, case.top, case.now,
             case.middle, len(case.events), *itertools.chain(*case.events)]
    return " ".join(map(str, words))


def hour_of(case, t):
    """When the hour of the clock began that t is in."""
    low = t // 3600000 * 3600000 - 3600000
    label = buckets.shown(case.zone, t // 1000, buckets.HOUR, 1)
    low, high = low // 1000, t // 1000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if buckets.shown(case.zone, middle, buckets.HOUR, 1) == label else (middle, high)
    return high * 1000


def span_of(case):
    return sum(case.widths) if case.widths else case.n


def interval_of(case, period):
    """Of a return so many whole periods after the entry; None when in none."""
    ends = list(itertools.accumulate(case.widths or [1] * case.n))
    return bisect.bisect_right(ends, period) if 0 <= period < ends[-1] else None


def find_entries(case, events, edges, n_cohorts):
    """(event, cohort) of each entry of a unit."""
    low, high = edges[0], edges[n_cohorts]
    starts = [e for e in events if e["mask"] & START]
    if case.cohort == FIRST_EVER:
        kind = [e for e in events if e["mask"] & (START | KIND)]
        starts = [e for e in starts if e["t"] == kind[0]["t"]][:1]
    elif case.cohort == FIRST_MATCHING:
        starts = starts[:1]
    entries = [(e, bisect.bisect_right(edges, e["t"]) - 1) for e in starts if low <= e["t"] < high]
    if case.rolling:
        return entries[:1]
    return [entry for i, entry in enumerate(entries) if entry[1] not in [c for _, c in entries[:i]]]


def returns_of(case, events, entry, cohort, edges):
    """For each interval the returns in it."""
    found = [[] for _ in range(case.n)]
    for event in events:
        if not event["mask"] & RETURN or event["t"] < entry["t"] or (event["t"] == entry["t"] and event["mask"] & START):
            continue
        if case.rolling:
            cut = (lambda t: hour_of(case, t)) if case.hours else (lambda t: t)
            period = (cut(event["t"]) - cut(entry["t"])) // PERIOD[case.unit]
        else:
            period = bisect.bisect_right(edges, event["t"]) - 1 - cohort
        interval = interval_of(case, period)
        if interval is not None:
            found[interval].append(event)
    return found


def looked_at(case, k):
    return {ON: [k], ON_OR_AFTER: range(k, case.n), ON_OR_BEFORE: range(k + 1), STREAK: [k]}[case.criterion]


def is_counted(case, found, k):
    hit = [len(events) >= max(case.least, 1) for events in found]
    if k == 0 and case.zero == 0:
        return True
    if case.criterion == STREAK:
        return all(hit[j] or (j == 0 and case.zero == 0) for j in range(k + 1))
    return any(hit[j] for j in looked_at(case, k))


def amount_of(case, event):
    return case.amounts[event["key"]] if event["key"] < len(case.amounts) else 0


def count(case, edges, n_cohorts):
    rows, units = {}, []
    events = [{"t": t, "actor": a, "session": s, "key": k, "mask": case.every | (case.masks[k] if k < len(case.masks) else 0)}
              for t, a, s, k in sorted(case.events, key=lambda e: (e[1], e[0], e[2], e[3]))]
    for actor in sorted({e["actor"] for e in events}):
        own = [e for e in events if e["actor"] == actor]
        if case.mode == SAME_VALUE and case.prop[0]:
            groups = [(v, [e for e in own if value_of(case.prop, e) == v]) for v in sorted({value_of(case.prop, e) for e in own} - {0})]
        else:
            groups = [(None, own)]
        for value, group in groups:
            for entry, cohort in find_entries(case, group, edges, n_cohorts):
                at = value_of(case.prop, entry) if value is None and case.prop[0] else value or 0
                sizes, cells = rows.setdefault(at, ([0] * n_cohorts, [[[0, 0, 0] for _ in range(case.n)] for _ in range(n_cohorts)]))
                found = returns_of(case, group, entry, cohort, edges)
                sizes[cohort] += 1
                for k in range(case.n):
                    if is_counted(case, found, k):
                        cell = cells[cohort][k]
                        seen = [e for j in looked_at(case, k) for e in found[j]] if case.amounts else []
                        cell[0] += 1
                        cell[1] += len(seen)
                        cell[2] += sum(amount_of(case, e) for e in seen)
                units.append((actor, at, cohort, "".join(str(int(is_counted(case, found, k))) for k in range(case.n))))
    return rows, units


def merged(rows, top):
    ordered = sorted(rows.items(), key=lambda item: (-sum(item[1][0]), item[0]))
    if not top or len(ordered) <= top:
        return ordered
    rest = [row for _, row in ordered[top:]]
    sizes = [sum(s) for s in zip(*(row[0] for row in rest))]
    cells = [[[sum(part) for part in zip(*(row[1][c][k] for row in rest))] for k in range(len(rest[0][1][c]))] for c in range(len(sizes))]
    return ordered[:top] + [(OTHER, (sizes, cells))]


def is_complete(case, edges, cohort, k):
    last = case.n - 1 if case.criterion == ON_OR_AFTER else k
    end = sum((case.widths or [1] * case.n)[:last + 1])
    if case.rolling:
        return edges[cohort + 1] - 1 + end * PERIOD[case.unit] + case.hours * 3600000 <= case.now
    return edges[cohort + end] <= case.now


def mean(case, edges, sizes, cells, k, previous):
    pooled, rates, n = [0, 0], [], 0
    for c, size in enumerate(sizes):
        if is_complete(case, edges, c, k):
            base = cells[c][k - 1][0] if previous and k else size
            n += 1
            pooled = [pooled[0] + cells[c][k][0], pooled[1] + base]
            rates += [cells[c][k][0] / base] if base else []
    simple = f"{sum(rates) / len(rates):.9f}" if rates else "none"
    return f"{n}:{pooled[0]}/{pooled[1]}:{simple}"


def answer(case):
    if case.mode == SAME_VALUE and case.cohort != RECURRING:
        return "refused"
    known = buckets.all_edges(case.zone, case.spot, case.unit, case.week_start)
    edges = known[bisect.bisect_right(known, case.low) - 1:]
    n_cohorts = bisect.bisect_left(edges, case.high)
    rows, units = count(case, edges, n_cohorts)
    words = []
    for value, (sizes, cells) in merged(rows, case.top):
        words.append(f"v{value}")
        for c, size in enumerate(sizes):
            words.append(f"s{size}")
            words += [f"{a}/{r}/{m}" for a, r, m in cells[c]]
        words += [mean(case, edges, sizes, cells, k, previous) for k in range(case.n) for previous in (False, True)]
    words += [f"u{a},{v},{c},{bits}" for a, v, c, bits in sorted(units)] if case.units else []
    return " ".join(words)

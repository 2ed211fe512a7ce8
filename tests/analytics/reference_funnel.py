"""The funnel by exhaustion: every chain of events that the definition allows is made, then looked at."""
import itertools

import reference_filter as filters

ORDERED, STRICT, UNORDERED = range(3)
UNIQUES, TOTALS, SESSIONS = range(3)
DROP_ACTOR = 1
BREAKS = 1 << 31
BASE = 20780 * 86400000
MINUTE = 60000


class Case(dict):
    __getattr__ = dict.__getitem__


def make_property(rand, chance):
    if rand.random() >= chance:
        return (0, [])
    of = rand.randint(1, 3)
    return (of, [rand.randint(0, 2) for _ in range({1: 6, 2: 4, 3: 3}[of])])


def make(rand):
    """Few keys, few minutes: ties, repeats and windows that just fit are common. Some events lie on both sides of midnight."""
    plain = rand.random() < 0.25
    often = lambda chance: 0 if plain else chance
    n = rand.randint(2, 4)
    order = 0 if plain else rand.choice([0, 0, 1, 2])
    unit = rand.choice([1, MINUTE])
    start = BASE - (5 * unit if rand.random() < 0.3 else 0)
    exclusions = []
    if rand.random() < often(0.4):
        for _ in range(rand.randint(1, 2)):
            a, b = sorted(rand.sample(range(n), 2))
            exclusions.append((0, n - 1) if order == UNORDERED else (a, b))
    masks = []
    for _ in range(5):
        kind = rand.random()
        mask = 1 << rand.randrange(n)
        if kind < 0.25:
            mask |= 1 << rand.randrange(n)
        elif kind < 0.4:
            mask = 0
        if rand.random() < 0.7:
            mask |= BREAKS if order == STRICT else 0
        if exclusions and rand.random() < 0.3:
            mask |= 1 << (20 + rand.randrange(len(exclusions)))
        masks.append(mask)
    kinds = [(mask & 15) | (1 << rand.randrange(n) if rand.random() < 0.3 else 0) for mask in masks]
    first = [rand.choice([1, 2]) if rand.random() < often(0.08) else 0 for _ in range(n)]
    steps = [((rand.randint(0, 6) * unit if rand.random() < often(0.2) and order != UNORDERED and k > 0 else -1),
              int(order != UNORDERED and 0 < k < n - 1 and rand.random() < often(0.3)), first[k]) for k in range(n)]
    events = [(start + rand.randint(0, 14) * unit, rand.randint(0, 2), rand.randint(0, 3), rand.randint(0, 5)) for _ in range(rand.randint(0, 16))]
    low = start + rand.choice([0, 0, 3]) * unit
    high = start + rand.choice([15, 15, 9]) * unit
    edges = [low - unit, low + 2 * unit, low + 5 * unit, high - 2 * unit] if rand.random() < often(0.3) and high - 2 * unit > low + 5 * unit else []
    time = sorted(rand.sample(range(n), 2)) if rand.random() < often(0.5) else [0, 0]
    return Case(order=order, entry=0 if plain else rand.randint(0, 1), counting=0 if plain else rand.choice([0, 0, 1, 2]),
                window=rand.choice([0, 2, 4, 6, 9, 12]) * unit if rand.random() < 0.8 else -1,
                grace=rand.choice([1, 2, 3]) if rand.random() < often(0.25) and unit == 1 else 0,
                filters=make_filters(rand, n, exclusions, order) if rand.random() < often(0.25) else [],
                segment=filters.make(rand) if rand.random() < often(0.25) else None, within=int(rand.random() < often(0.2)), low=low,
                high=high, now=start + rand.choice([14, 16, 20]) * unit, steps=steps, exclusions=exclusions, mode=rand.randint(0, 1), masks=masks,
                kinds=kinds, hold=[make_property(rand, 1) for _ in range(rand.randint(1, 2))] if rand.random() < often(0.2) else [],
                hold_mode=rand.randint(0, 1), breakdown=make_property(rand, often(0.4)), attribution=rand.randint(0, 3),
                attribution_step=rand.randrange(n), time=time, edges=edges, middle=rand.randint(0, 3), events=events)


def make_filters(rand, n, exclusions, order):
    """A filter for each bit that the masks of keys have."""
    nothing = filters.of_keys([0] * 5)
    trees = [filters.make(rand) for _ in range(n)] + [nothing] * (20 - n)
    trees += [filters.make(rand) if j < len(exclusions) else nothing for j in range(8)]
    return trees + [nothing] * 3 + [filters.make(rand) if order == STRICT else nothing]


def write(case):
    words = ["funnel", case.order, case.entry, case.counting, case.window, case.grace, case.within, case.low, case.high, case.now, len(case.steps)]
    words += itertools.chain(*case.steps)
    words += [len(case.exclusions), *itertools.chain(*case.exclusions), case.mode, len(case.masks), *case.masks, len(case.kinds), *case.kinds]
    words += [1, len(case.filters)] + [word for tree in case.filters for word in filters.write(tree)] if case.filters else [0]
    words += [1, *filters.write(case.segment)] if case.segment else [0]
    words.append(len(case.hold))
    for of, values in case.hold:
        words += [of, len(values), *values]
    words += [case.hold_mode, case.breakdown[0], len(case.breakdown[1]), *case.breakdown[1], case.attribution, case.attribution_step, *case.time]
    words += [max(len(case.edges) - 1, 0), *case.edges, case.middle, len(case.events), *itertools.chain(*case.events)]
    return " ".join(map(str, words))


def all_masks(case):
    """Every mask that an event of a key can have."""
    if not case.filters:
        return case.masks
    return [filters.mask_of(case.filters, {"key": k, "session": 0, "actor": 0}) for k in range(6)]


def refused(case):
    n = len(case.steps)
    if any(filters.asks_of_run(tree) for tree in case.filters):
        return False
    for a, b in case.exclusions:
        between = sum(1 << k for k in range(a + 1, b + 1))
        j = [i for i, x in enumerate(case.exclusions) if x == (a, b)]
        if any(mask & between and any(mask >> (20 + i) & 1 for i in j) for mask in all_masks(case)):
            return True
    for k in range(1, n - 1):
        if case.steps[k][1]:
            required = next(m for m in range(k + 1, n) if not case.steps[m][1])
            if all((mask >> k & 1) == (mask >> required & 1) for mask in all_masks(case)):
                return True
    return False


def value_of(prop, event):
    of, values = prop
    number = {0: None, 1: event["key"], 2: event["session"], 3: event["actor"]}[of]
    return values[number] if number is not None and number < len(values) else 0


def fits(case, span):
    return case.window == -1 or span <= case.window


def is_step(case, event):
    return event["mask"] & ((1 << len(case.steps)) - 1) != 0


def counts_in_strict(case, event):
    return is_step(case, event) or event["mask"] & BREAKS != 0


def killed(case, events, last_step, after, to):
    """Whether an exclusion in (after, to] ends a chain whose last step is last_step."""
    return any(events[m]["mask"] >> (20 + j) & 1 and a <= last_step < b for m in range(after + 1, to + 1) for j, (a, b) in enumerate(case.exclusions))


def all_chains(case, events, entries):
    """Every chain [(step, index), ...] from the entries."""
    chains = []
    n = len(case.steps)

    def grow(chain):
        chains.append(chain)
        step, at = chain[-1]
        start = events[chain[0][1]]["t"]
        for j in range(at + 1, len(events)):
            if killed(case, events, step, at, j):
                break
            span = events[j]["t"] - start
            if not fits(case, span):
                break
            for to in range(step + 1, n):
                window = case.steps[to][0]
                if events[j]["mask"] >> to & 1 and (window == -1 or events[j]["t"] - events[at]["t"] <= window):
                    grow(chain + [(to, j)])
                if not case.steps[to][1]:
                    break
            if case.order == STRICT and counts_in_strict(case, events[j]):
                break

    for i in entries:
        grow([(0, i)])
    return chains


def choose(case, events, chains):
    """Of the deepest chains that which is complete first; then the latest start, the nearest steps, and the first (with windows of
    steps the last) events."""
    depth = max(chain[-1][0] for chain in chains)
    end = min(chain[-1][1] for chain in chains if chain[-1][0] == depth)
    sign = 1 if any(step[0] != -1 for step in case.steps[1:]) else -1
    deepest = [chain for chain in chains if chain[-1] == (depth, end)]
    return max(deepest, key=lambda chain: (events[chain[0][1]]["t"], [(step, sign * at) for step, at in reversed(chain)]))


def alive(case, events, chain, upto):
    step, at = chain[-1]
    if killed(case, events, step, at, upto):
        return False
    return case.order != STRICT or not any(counts_in_strict(case, events[m]) for m in range(at + 1, upto + 1))


def attempt_in_order(case, events, entries, once):
    n = len(case.steps)
    if once:
        entries = entries[:1]
    chains = all_chains(case, events, entries)
    chain = choose(case, events, chains)
    step, end = chain[-1]
    start = events[chain[0][1]]["t"]
    excluded = False
    if case.mode == DROP_ACTOR and step + 1 < n:
        for m in range(end + 1, len(events)):
            if fits(case, events[m]["t"] - start) and killed(case, events, step, m - 1, m):
                excluded = case.order != STRICT or not any(counts_in_strict(case, events[x]) for x in range(end + 1, m))
                if excluded:
                    break
    last = len(events) - 1
    pending = step + 1 < n and not excluded and any(
        (case.window == -1 or events[c[0][1]]["t"] + case.window >= case.now) and alive(case, events, c, last) for c in chains)
    upto = end + 1 if step + 1 == n else len(events)
    if once and step + 1 < n:
        for m in range(entries[0] + 1, len(events)):
            if not fits(case, events[m]["t"] - events[entries[0]]["t"]) or not any(c[-1][1] <= m and alive(case, events, c, m) for c in chains):
                upto = m
                break
    return Case(depth=step + 1, reached=dict(chain), excluded=excluded, pending=pending, next=upto)


def most_steps(masks, n):
    """The most steps that distinct events fill, trying all."""
    if not masks:
        return 0
    head, rest = masks[0], masks[1:]

    def fill(rest, free):
        if not rest or not free:
            return 0
        return max([fill(rest[1:], free)] + [1 + fill(rest[1:], free - {k}) for k in free if rest[0] >> k & 1])

    return fill([head] + rest, frozenset(range(n)))


def attempt_without_order(case, events, entries, once):
    n = len(case.steps)
    best, pending = None, False
    for i in entries[:1] if once else entries:
        depth, at, upto, cut = 0, {}, len(events), False
        for j in range(i, len(events)):
            if depth == n or not fits(case, events[j]["t"] - events[i]["t"]):
                upto = j
                break
            if j > i and any(events[j]["mask"] >> (20 + x) & 1 for x in range(len(case.exclusions))):
                upto, cut = j, True
                break
            if most_steps([events[x]["mask"] & ((1 << n) - 1) for x in range(i, j + 1) if is_step(case, events[x])], n) > depth:
                at[depth] = j
                depth += 1
        pending |= not cut and depth < n and (case.window == -1 or events[i]["t"] + case.window >= case.now)
        found = Case(depth=depth, reached=at, excluded=cut and case.mode == DROP_ACTOR, pending=False, next=upto)
        if best is None or depth > best.depth or (depth == best.depth and at[depth - 1] <= best.reached[depth - 1]):
            best = found
    best["pending"] = pending and best.depth < n and not best.excluded
    return best


def is_entry(case, event, low, high):
    return (is_step(case, event) if case.order == UNORDERED else event["mask"] & 1) and low <= event["t"] < high


def attempt(case, events, low, high, once, first=0):
    entries = [i for i in range(first, len(events)) if is_entry(case, events[i], low, high)]
    if not entries:
        return None
    return (attempt_without_order if case.order == UNORDERED else attempt_in_order)(case, events, entries, once)


def in_segment(case, events, found):
    return case.segment is None or filters.passes(case.segment, events[found.reached[0]])


def count(case, out, events, found, value):
    if found is None or not in_segment(case, events, found):
        return
    if case.breakdown[0] and case.attribution == 3:
        if case.attribution_step not in found.reached:
            return
        value = value_of(case.breakdown, events[found.reached[case.attribution_step]])
        if value == 0:
            return
    row = out["rows"].setdefault(value, [0] * (len(case.steps) + 2))
    if found.excluded:
        row[-1] += 1
        return
    for k in found.reached:
        row[k] += 1
    row[-2] += found.pending
    a, b = case.time
    if b and a in found.reached and b in found.reached:
        out["times"].append(events[found.reached[b]]["t"] - events[found.reached[a]]["t"])


def count_totals(case, out, events, value):
    i = 0
    while i < len(events):
        if not is_entry(case, events[i], case.low, case.high):
            i += 1
            continue
        found = attempt(case, events, case.low, case.high, True, i)
        count(case, out, events, found, value)
        i = found.next


def count_unit(case, out, events, value):
    once = case.entry == 1
    if case.within or case.counting == SESSIONS:
        best, best_events, pending = None, None, False
        for session in sorted({event["session"] for event in events}):
            group = [event for event in events if event["session"] == session]
            if case.counting == TOTALS:
                count_totals(case, out, group, value)
                continue
            found = attempt(case, group, case.low, case.high, once)
            if case.counting == SESSIONS:
                count(case, out, group, found, value)
            elif found:
                pending |= found.pending
                time = lambda one, its: its[one.reached[one.depth - 1]]["t"]
                if best is None or found.depth > best.depth or (found.depth == best.depth and time(found, group) < time(best, best_events)):
                    best, best_events = found, group
        if best:
            best["pending"] = pending and best.depth < len(case.steps) and not best.excluded
            count(case, out, best_events, best, value)
    elif case.counting == TOTALS:
        count_totals(case, out, events, value)
    else:
        count(case, out, events, attempt(case, events, case.low, case.high, once), value)


def count_events(case, out, events):
    for b, (low, high) in enumerate(zip(case.edges, case.edges[1:])):
        found = attempt(case, events, max(low, case.low), min(high, case.high), case.entry == 1)
        if found and not found.excluded and in_segment(case, events, found):
            out["buckets"][b][0] += 1
            out["buckets"][b][1] += found.depth == len(case.steps)
            out["buckets"][b][2] += found.pending
    if not case.breakdown[0] or case.attribution == 3:
        count_unit(case, out, events, 0)
    elif case.attribution == 2:
        for value in sorted({value_of(case.breakdown, event) for event in events} - {0}):
            count_unit(case, out, [event for event in events if value_of(case.breakdown, event) == value], value)
    else:
        values = [value_of(case.breakdown, event) for event in events if is_step(case, event)]
        values = [value for value in values if value] or [0]
        count_unit(case, out, events, values[0 if case.attribution == 0 else -1])


def count_actor(case, out, events):
    if not case.hold:
        count_events(case, out, events)
        return
    held = [tuple(value_of(prop, event) for prop in case.hold) for event in events]
    if case.hold_mode == 0:
        wanted = sorted({value for value in held if 0 not in value})
    else:
        wanted = [held[i] for i in range(len(events)) if is_entry(case, events[i], case.low, case.high)][:1]
        wanted = [value for value in wanted if 0 not in value]
    for value in wanted:
        count_events(case, out, [event for event, its in zip(events, held) if its == value])


def rank(case, event):
    steps = event["mask"] & ((1 << len(case.steps)) - 1)
    return ((steps & -steps).bit_length(), steps) if steps else (99, 0)


def with_grace(case, events):
    """Each step goes before the later steps directly before it, at most the grace earlier, whatever of no step lies between; then no time lies before
    the one before."""
    if not case.grace:
        return events
    ordered = []
    for event in events:
        at = len(ordered)
        if is_step(case, event):
            for one in reversed([one for one in ordered if is_step(case, one)]):
                if event["t"] - one["t"] > case.grace or rank(case, one) <= rank(case, event):
                    break
                at = next(i for i, other in enumerate(ordered) if other is one)
        ordered.insert(at, event)
    for one, then in zip(ordered, ordered[1:]):
        then["t"] = max(one["t"], then["t"])
    return ordered


def answer(case):
    if refused(case):
        return "refused"
    n = len(case.steps)
    out = {"rows": {}, "times": [], "buckets": [[0, 0, 0] for _ in case.edges[1:]]}
    history = any(step[2] for step in case.steps)
    for actor in sorted({event[1] for event in case.events}):
        events = [{"t": t, "actor": a, "session": s, "key": key, "mask": case.masks[key] if key < 5 else 0, "kind": case.kinds[key] if key < 5 else 0}
                  for t, a, s, key in sorted(case.events, key=lambda e: (e[0], e[2], e[3])) if a == actor]
        if case.filters:
            for event in events:
                event["mask"] = filters.mask_of(case.filters, event)
                event["kind"] = event["kind"] if event["key"] < 5 else 0
        events.sort(key=lambda event: (event["t"], *rank(case, event)))
        if case.window != -1:
            events = [event for event in events if event["t"] <= case.high - 1 + case.window]
        for k, step in enumerate(case.steps):
            seen = False
            for event in events:
                matches, of_kind = event["mask"] >> k & 1, event["kind"] >> k & 1
                if step[2] and seen:
                    event["mask"] &= ~(1 << k)
                seen |= bool(matches or (step[2] == 1 and of_kind))
        events = with_grace(case, events if history else [event for event in events if event["t"] >= case.low])
        events = [event for event in events if event["t"] >= case.low]
        if events:
            count_actor(case, out, events)
    words = []
    for value in sorted(out["rows"]):
        row = out["rows"][value]
        words += [f"v{value}", *map(str, row[:n]), f"p{row[n]}", f"x{row[n + 1]}"]
    words += [filters.stats(out["times"]), filters.histogram(out["times"]), filters.histogram(out["times"], 3)]
    words += ["b" + ",".join(map(str, map(int, bucket))) for bucket in out["buckets"]]
    return " ".join(words)

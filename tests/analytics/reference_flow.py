"""The journey graph and paths, from the visits of each session."""
import itertools

import reference_filter as filters
from reference_trends import Case

VIEW, ERROR = 1, 2
BASE = 20780 * 86400000
END, MORE, GAP, OTHER = 2**32 - 1, 2**32 - 2, 2**32 - 3, 2**32 - 4


def make(rand, name="flow"):
    """Sessions that are left and taken up again, about midnight; numbers of sessions do not rise with time always."""
    unit = rand.choice([1, 60000, 3600000])
    start = BASE - rand.choice([0, 5, 12]) * unit
    events = [(start + rand.randint(0, 24) * unit, rand.randint(0, 2), rand.randint(0, 3), rand.choice([0, 0, 1, 2, 3, 4, 5]))
              for _ in range(rand.randint(0, 30))]
    n = rand.choice([3, 3, 3, 2000]) if name == "flow" else 3
    screens = [rand.choice([0, 1, 2, 3, n]) for _ in range(5)]
    views = filters.of_keys([rand.random() < 0.9 for _ in range(5)]) if rand.random() < 0.7 else filters.make(rand)
    # All of a range, or a part that cuts sessions.
    low, high = (start, start + 25 * unit) if rand.random() < 0.6 else (start + 4 * unit, start + rand.choice([5, 18, 24]) * unit)
    return Case(name=name, filters=[views, filters.make(rand)], screens=screens, n_screens=n, low=low, high=high, units=int(rand.random() < 0.5),
                keep=[1] + [rand.randint(0, 1) for _ in range(3)] + [0] * (n - 3), n=rand.randint(2, 5), start=rand.choice([0, 0, 1, 2]),
                end=rand.choice([0, 0, 1, 3]), top=rand.choice([0, 0, 1, 2]), middle=rand.randint(0, 3), events=events)


def write(case):
    words = [case.name, len(case.filters)] + [word for tree in case.filters for word in filters.write(tree)]
    words += [len(case.screens), *case.screens, case.n_screens, case.low, case.high]
    if case.name == "flow":
        words += [case.units, len(case.keep), *case.keep]
    else:
        words += [case.n, case.start, case.end, case.top]
    words += [case.middle, len(case.events), *itertools.chain(*case.events)]
    return " ".join(map(str, words))


def visits_of(case):
    """(actor, session, [[screen, began, failed], ...])"""
    for actor, events in filters.read(case).items():
        for session in sorted({e["session"] for e in events}):
            visits = []
            for event in events:
                if event["session"] != session or not case.low <= event["t"] < case.high:
                    continue
                screen = case.screens[event["key"]] if event["mask"] & VIEW and event["key"] < 5 else 0
                if screen and (not visits or visits[-1][0] != screen):
                    visits.append([screen, event["t"], False])
                if visits and event["mask"] & ERROR:
                    visits[-1][2] = True
            if visits:
                yield actor, session, visits


def fold(case, steps):
    """Every screen that is not kept is 0; nothing is collapsed again, so that visits stay."""
    return [screen if case.keep[screen] else 0 for screen in steps]


def answer(case):
    screens = [[0] * 7 for _ in range(case.n_screens + 1)]
    edges, units, n_sessions = {}, [], 0
    folded, folded_edges = [[0] * 3 for _ in range(case.n_screens + 1)], {}
    for actor, session, visits in visits_of(case):
        n_sessions += 1
        steps = [screen for screen, _, _ in visits]
        for row, names in ((screens, steps), (folded, fold(case, steps))):
            row[names[0]][1] += 1
            row[names[-1]][2] += 1
            for name in names:
                row[name][0] += 1
        for screen, _, failed in visits:
            screens[screen][3] += failed
        for (a, began, _), (b, then, _) in zip(visits, visits[1:]):
            edges.setdefault((a, b), []).append((actor, session, then - began))
            screens[a][4] += then - began
        for a, b in zip(fold(case, steps), fold(case, steps)[1:]):
            folded_edges[a, b] = folded_edges.get((a, b), 0) + 1
        if case.units:
            for screen in set(steps):
                screens[screen][5] += 1

            units += [f"u{actor},{session},{a},{b}" for a, b in zip([0] + steps, steps + [0])]
    if case.units:
        for screen in range(1, case.n_screens + 1):
            screens[screen][6] = len({actor for actor, _, visits in visits_of(case) if any(v[0] == screen for v in visits)}) if screens[screen][0] else 0
    for visits, entries, exits, *_ in screens[1:]:
        assert visits >= entries and visits >= exits
    words = [str(n_sessions)] + [f"{i}:" + "/".join(map(str, screen)) for i, screen in enumerate(screens) if screen[0]]
    for (a, b), taken in sorted(edges.items(), key=lambda item: (-len(item[1]), item[0])):
        times = [time for _, _, time in taken]
        words.append(f"{a}>{b}:{len(taken)}/{sum(times)}")
        if case.units:
            words.append(f"{len({(x, s) for x, s, _ in taken})}/{len({x for x, _, _ in taken})}/{filters.stats(times)}")
    words += [f"f{i}:" + "/".join(map(str, screen)) for i, screen in enumerate(folded) if screen[0]]
    words += [f"f{a}>{b}:{count}" for (a, b), count in sorted(folded_edges.items(), key=lambda item: (-item[1], item[0]))]
    return " ".join(words + sorted(units))


class Paths:
    """Paths, edge by edge."""
    @staticmethod
    def make(rand):
        return make(rand, "paths")

    write = staticmethod(write)

    @staticmethod
    def cut(case, visits):
        """(number of the first step, source, steps, sink); None when there is no path."""
        names = [screen for screen, _, _ in visits]
        first, n = 0, case.n
        if case.start:
            if case.start not in names:
                return None
            first = names.index(case.start)
        last = len(names) - 1
        if case.end:
            behind = [i for i in range(first + (1 if case.start else 0), len(names)) if names[i] == case.end]
            if not behind:
                return None
            last = behind[0]
        path = visits[first:last + 1]
        source = MORE if first else 0
        if not case.end:
            return 1, source, path[:n], MORE if len(path) > n else END
        if not case.start:
            kept = path[-n:]
            return n - len(kept) + 1, MORE if len(path) > n else 0, kept, END
        if len(path) > n:
            half = -(-n // 2)
            path = path[:half] + [[GAP, path[half][1], False]] + path[len(path) - (n - half):]
        return 1, source, path, END

    @staticmethod
    def answer(case):
        edges, units, n_paths = {}, [], 0
        for actor, session, visits in visits_of(case):
            found = Paths.cut(case, visits)
            if found is None:
                continue
            first, source, path, sink = found
            n_paths += 1
            steps = [source] + [step for step, _, _ in path] + [sink]
            times = [0] + [then[1] - began[1] for began, then in zip(path, path[1:])] + [0]
            for i, time in enumerate(times):
                edges.setdefault((first - 1 + i, steps[i], steps[i + 1]), []).append(time)
            units.append(f"u{actor},{session}," + ",".join(map(str, steps[1:-1])))
        if case.top:
            sizes = {}
            for (position, _, to), taken in edges.items():
                if 0 < to < OTHER:
                    sizes[position + 1, to] = sizes.get((position + 1, to), 0) + len(taken)
            kept = set()
            for position in {position for position, _ in sizes}:
                here = sorted((-size, step) for (at, step), size in sizes.items() if at == position)
                kept |= {(position, step) for _, step in here[:case.top]}
            name = lambda position, step: step if not 0 < step < OTHER or (position, step) in kept else OTHER
            joined = {}
            for (position, a, b), taken in edges.items():
                joined.setdefault((position, name(position, a), name(position + 1, b)), []).extend(taken)
            edges = joined
        words = [str(n_paths)] + [f"{p}:{a}>{b}:{len(taken)}/{sum(taken)}" for (p, a, b), taken in
                                  sorted(edges.items(), key=lambda item: (item[0][0], -len(item[1]), item[0]))]
        return " ".join(words + sorted(units))

"""Buckets by looking at the clock: an edge is where what the clock shows changes, found by halving. The zones are those whose clocks did
something odd: half hours, no midnight, midnight twice, a day left out."""
import bisect
import datetime
import functools
import zoneinfo

HOUR, DAY, WEEK, MONTH = range(4)
UNITS = (HOUR, DAY, WEEK, MONTH)
# How far to look from the spot, and the step that misses no bucket, in seconds; a bucket is at most as long as the last.
REACH = {HOUR: (4 * 86400, 600, 3600), DAY: (40 * 86400, 21600, 90000), WEEK: (200 * 86400, 86400, 608400), MONTH: (800 * 86400, 86400, 2682000)}
SPOTS = [("Asia/Kolkata", "2026-03-01"), ("UTC", "2026-02-28"), ("America/St_Johns", "2026-03-08"), ("America/St_Johns", "2026-11-01"),
         ("America/St_Johns", "2006-10-29"), ("America/St_Johns", "2007-03-11"), ("Africa/Cairo", "2026-04-24"), ("Africa/Cairo", "2026-10-29"),
         ("Africa/Cairo", "2014-06-26"), ("Pacific/Apia", "2011-12-30"), ("Pacific/Apia", "2021-04-04"), ("Australia/Lord_Howe", "2026-04-05")]


@functools.lru_cache(None)
def zone_of(name):
    return zoneinfo.ZoneInfo(name)


def clock(zone, second):
    return datetime.datetime.fromtimestamp(second, zone_of(zone))


def on_calendar(moment, unit, week_start):
    if unit == MONTH:
        return moment.year * 12 + moment.month
    day = moment.toordinal()
    return day - (moment.isoweekday() - week_start) % 7 if unit == WEEK else day


def shown(zone, second, unit, week_start):
    now = clock(zone, second)
    if unit == HOUR:
        offset = now.utcoffset().total_seconds()
        return (offset, (second + offset) // 3600)
    moments = [now]
    # Where the clock went back over midnight the new day had begun: it does not end again.
    if zone == "America/St_Johns" and now.year < 2012:
        moments += [clock(zone, second - 60 * i) for i in range(1, 62)]
    return max(on_calendar(moment, unit, week_start) for moment in moments)


@functools.lru_cache(None)
def all_edges(zone, spot, unit, week_start):
    reach, step, _ = REACH[unit]
    centre = int(datetime.datetime.fromisoformat(spot).replace(tzinfo=datetime.timezone.utc).timestamp())
    edges = []
    at = centre - reach
    show = functools.lru_cache(None)(lambda second: shown(zone, second, unit, week_start))
    while at < centre + reach:
        high = at + step
        while show(at) != show(high):
            low = at
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if show(middle) == show(at) else (low, middle)
            edges.append(high * 1000)
            at, high = high, at + step if high < at + step else high + step
        at = high
    return edges


def edges(zone, spot, unit, week_start, low, high):
    known = all_edges(zone, spot, unit, week_start)
    first = bisect.bisect_right(known, low) - 1
    last = bisect.bisect_left(known, high)
    assert first >= 0 and last < len(known)
    return known[first:last + 1]


def some_time(rand, known):
    """A time at an edge, beside it, or anywhere."""
    at = rand.randrange(len(known) - 1)
    return rand.choice([known[at] + rand.choice([-1, 0, 0, 1]), rand.randint(known[at], known[at + 1])])


def some_spot(rand):
    """A zone, its spot, a unit, a week start, and the edges about the spot that leave room on both sides."""
    zone, spot = rand.choice(SPOTS)
    unit = rand.choice(UNITS)
    week_start = rand.randint(1, 7) if unit == WEEK else 1
    known = all_edges(zone, spot, unit, week_start)
    middle = len(known) // 2
    return zone, spot, unit, week_start, known[middle - 5:middle + 5]


class Case(dict):
    __getattr__ = dict.__getitem__


def make(rand):
    zone, spot, unit, week_start, near = some_spot(rand)
    low, high = sorted((some_time(rand, near), some_time(rand, near)))
    return Case(zone=zone, spot=spot, unit=unit, week_start=week_start, low=low, high=high)


def write(case):
    return f"buckets {case.zone} {case.unit} {case.week_start} {case.low} {case.high}"


def answer(case):
    if case.low >= case.high:
        return "none"
    return " ".join(map(str, edges(case.zone, case.spot, case.unit, case.week_start, case.low, case.high)))

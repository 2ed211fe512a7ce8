"""Filters as trees of tests, evaluated on each event by itself."""
TEST, ALL, ANY, NOT, EVERY = range(5)
TEXT, NUMBER = range(2)
IS, IS_NOT, CONTAINS, CONTAINS_NOT, STARTS_WITH, ENDS_WITH, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, IS_SET, IS_NOT_SET = range(12)
WORDS = ["a", "ab", "AB", "Ba", "b", "cab"]
TESTS = {
    IS: lambda v, o: v == o, CONTAINS: lambda v, o: o.casefold() in v.casefold(), STARTS_WITH: lambda v, o: v.casefold().startswith(o.casefold()),
    ENDS_WITH: lambda v, o: v.casefold().endswith(o.casefold()), LESS: lambda v, o: v < o, LESS_OR_EQUAL: lambda v, o: v <= o,
    GREATER: lambda v, o: v > o, GREATER_OR_EQUAL: lambda v, o: v >= o,
}


def make_test(rand):
    of = rand.choice([1, 1, 1, 2, 3])
    kind = rand.randint(TEXT, NUMBER)
    n = rand.randint(1, 4)
    # The dictionary may lack values that events have.
    column = [rand.randint(0, n) for _ in range({1: 5, 2: 4, 3: 3}[of])]
    words = [0] + [rand.choice(WORDS) if kind == TEXT else rand.randint(-1, 2) for _ in range(n - 1)]
    op = rand.choice([IS, IS_NOT, IS_SET, IS_NOT_SET] + ([CONTAINS, CONTAINS_NOT, STARTS_WITH, ENDS_WITH] if kind == TEXT else
                                                         [LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL]))
    operands = [] if op in (IS_SET, IS_NOT_SET) else [rand.choice(WORDS) if kind == TEXT else rand.randint(-1, 2) for _ in range(rand.randint(1, 2))]
    return (TEST, of, column, kind, words, op, operands)


def make(rand, depth=0):
    kind = rand.choice([TEST, TEST, TEST, ALL, ANY, NOT]) if depth < 3 else TEST
    if kind == TEST:
        return make_test(rand)
    return (kind, [make(rand, depth + 1) for _ in range(1 if kind == NOT else rand.randint(0, 3))])


def of_keys(wanted):
    """What passes for the keys whose place is true."""
    return (TEST, 1, [int(w) for w in wanted], NUMBER, [0, 1], IS_SET, [])


def write(tree):
    if tree[0] == EVERY:
        return [EVERY]
    if tree[0] != TEST:
        return [tree[0], len(tree[1])] + [word for child in tree[1] for word in write(child)]
    _, of, column, kind, words, op, operands = tree
    return [TEST, of, len(column), *column, kind, len(words), *words, op, len(operands), *operands]


def passes(tree, event):
    if tree[0] == EVERY:
        return True
    if tree[0] == ALL:
        return all(passes(child, event) for child in tree[1])
    if tree[0] == ANY:
        return any(passes(child, event) for child in tree[1])
    if tree[0] == NOT:
        return not passes(tree[1][0], event)
    _, of, column, _, words, op, operands = tree
    number = {1: event["key"], 2: event["session"], 3: event["actor"]}[of]
    value = column[number] if number < len(column) else 0
    there = 0 < value < len(words)
    if op in (IS_SET, IS_NOT_SET):
        return there == (op == IS_SET)
    if op in (IS_NOT, CONTAINS_NOT):
        return not (there and any(TESTS[op - 1](words[value], operand) for operand in operands))
    return there and any(TESTS[op](words[value], operand) for operand in operands)


def asks_of_run(tree):
    """Whether it asks about the session or the actor."""
    return tree[1] in (2, 3) if tree[0] == TEST else tree[0] != EVERY and any(asks_of_run(child) for child in tree[1])


def mask_of(filters, event):
    return sum(1 << i for i, tree in enumerate(filters) if passes(tree, event))


def read(case):
    """The events of a case in the order of parts, with their masks, by actor."""
    actors = {}
    for t, a, s, k in sorted(case["events"], key=lambda e: (e[1], e[0], e[2], e[3])):
        event = {"t": t, "actor": a, "session": s, "key": k}
        event["mask"] = mask_of(case["filters"], event)
        actors.setdefault(a, []).append(event)
    return actors


def quantile(values, q):
    """R-7."""
    values = sorted(values)
    place = q * (len(values) - 1)
    below, above = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
    return below + (above - below) * (place - int(place))


def stats(values):
    if not values:
        return "none"
    quantiles = ":".join(f"{quantile(values, q):.4f}" for q in (0.1, 0.5, 0.9))
    return f"{len(values)}:{sum(values)}:{min(values)}:{max(values)}:{quantiles}"


def histogram(times, bins=0):
    """Of times in ms: the low end and width of a bin in s, then the counts."""
    if not times:
        return "none"
    if not bins:
        while bins ** 3 < len(times):
            bins += 1
        bins = min(bins, 60)
    low, high = min(times) // 1000, -(-max(times) // 1000)
    width = -(-(high - low) // bins) or 60
    counts = [sum(low + i * width <= t / 1000 < low + (i + 1) * width for t in times) for i in range(bins + 1)]
    return f"{low}+{width}:" + ",".join(map(str, counts))

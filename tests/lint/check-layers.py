#!/usr/bin/python3
"""Reads every #include under src/ against the module table of docs/architecture.md, and looks for cycles among headers."""
import re

from tap import TOP, report, sources

ROW = re.compile(r"^\| `([a-z]+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
LIBRARIES = (
    (re.compile(r"^(gtk|gdk|gsk|graphene|adwaita)[-./\w]*$"), "gtk4"),
    (re.compile(r"^libsoup/"), "libsoup"),
    (re.compile(r"^json-glib/"), "json-glib"),
    (re.compile(r"^(libpq|pg_config|postgres|internal/libpq|catalog/)[-./\w]*$"), "libpq"),
    (re.compile(r"^cairo[-\w]*\.h$"), "cairo"),
    (re.compile(r"^pango/"), "pangocairo"),
    (re.compile(r"^j(peglib|error)\.h$"), "libjpeg"),
    (re.compile(r"^webp/"), "libwebp"),
)
EVERYBODYS = re.compile(r"^(glib|gio|gobject|gmodule)[-./\w]*$|^(sys|linux|netinet|arpa|net|bits)/[\w/]+\.h$|^\w+\.h$")


def read_table(text):
    rows = ROW.findall(text[text.index("| module |"):])
    return {name: {use.strip() for use in uses.split(",") if use.strip()} for name, uses in rows}


def includes_of(text):
    return [(quote == "<", path) for quote, path in INCLUDE.findall(text)]


def judge(module, allowed, system, path):
    """Why @module may not include @path, or None."""
    if system:
        for pattern, library in LIBRARIES:
            if pattern.match(path):
                return None if library in allowed else f"{library} is not in the row of {module}"
        return None if EVERYBODYS.match(path) else "a library the table does not know"
    if path == "config.h":
        return None
    if "/" not in path:
        return None if path.endswith("-resources.h") else 'not by its path from src/ ("module/pdg-name.h")'
    other = path.split("/")[0]
    return None if other == module or other in allowed or path in allowed else f"{other} is not in the row of {module}"


def find_cycles(graph):
    """The cycles of {header: [headers]}, each as a chain that ends where it began."""
    done, cycles = set(), []

    def walk(node, chain):
        if node in chain:
            cycles.append(chain[chain.index(node):] + [node])
        elif node not in done:
            for below in graph.get(node, []):
                walk(below, chain + [node])
            done.add(node)

    for node in graph:
        walk(node, [])
    return cycles


def check_own_teeth():
    """Offences that must be found; what is not found is an offence of this check."""
    row = {"base", "libpq", "codec/pdg-codec-error.h"}
    planted = ((False, "codec/pdg-x.h"), (False, "api/pdg-x.h"), (True, "gtk/gtk.h"), (True, "libsoup/soup.h"), (True, "curl/curl.h"), (False, "pdg-x.h"))
    missed = [f"not caught: {path}" for system, path in planted if judge("db", row, system, path) is None]
    fine = ((False, "config.h"), (False, "db/pdg-x.h"), (False, "base/pdg-x.h"), (False, "codec/pdg-codec-error.h"), (True, "libpq-fe.h"),
            (True, "sys/mman.h"))
    missed += [f"wrongly caught: {path}" for system, path in fine if judge("db", row, system, path)]
    if find_cycles({"a": ["b"], "b": ["c"], "c": ["b"]}) != [["b", "c", "b"]]:
        missed.append("not caught: b includes c includes b")
    return missed


def main():
    table = read_table((TOP / "docs/architecture.md").read_text(encoding="utf-8"))
    modules = {path.parent.name for path in sources("src/*/meson.build")}
    layers, graph, n_includes = [], {}, 0
    for path in sources("src/*/*.[ch]"):
        module, name = path.parent.name, str(path.relative_to(TOP / "src"))
        found = includes_of(path.read_text(encoding="utf-8"))
        n_includes += len(found)
        if module in table:
            reasons = ((target, judge(module, table[module], system, target)) for system, target in found)
            layers += [f"src/{name} includes {target}: {reason}" for target, reason in reasons if reason]
        if name.endswith(".h"):
            graph[name] = [target for system, target in found if not system]
    if not n_includes:
        layers.append("no #include was read at all")
    rows = [f"src/{module}/ has no row in docs/architecture.md" for module in sorted(modules - table.keys())]
    unknown = {use.split("/")[0] for uses in table.values() for use in uses} - table.keys() - {library for _, library in LIBRARIES}
    rows += [f"docs/architecture.md: {use} is neither a module nor a known library" for use in sorted(unknown)]
    order = list(table)
    rows += [f"docs/architecture.md: {module} may use {use}, which stands below it in the table"
             for module in order for use in (use.split("/")[0] for use in table[module])
             if use in table and order.index(use) >= order.index(module)]
    report([
        ("layers/catches-planted-offences", check_own_teeth()),
        ("layers/every-module-has-a-row", rows),
        ("layers/includes-follow-the-table", layers),
        ("layers/no-header-cycle", [" -> ".join(cycle) for cycle in find_cycles(graph)]),
    ])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Rules about the text of the sources. Each rule stands with an offence that it has to catch: a rule that does not catch its own
sample fails, so a rule cannot go blind unnoticed."""
import re
import subprocess

from tap import TOP, report, sources

MAX_LINES = 700
MAX_COLUMNS = 160

LISTED = set((TOP / "po/POTFILES.in").read_text(encoding="utf-8").split())
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SQL = re.compile(r"\b(SELECT\s+[\w*(]|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|ROLE|SCHEMA)|ALTER\s+(TABLE|ROLE)"
                 r"|COPY\s+\w+\s*\(|LISTEN\s+\w|NOTIFY\s+\w|BEGIN;|COMMIT;)")
COLOUR = re.compile(r'"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3}){0,1}(?:[0-9a-fA-F]{2})?"|"rgba?\s*\(|cairo_set_source_rgba?\s*\([^,]+,\s*(?!1, 1, 1\b|0, 0, 0\b)[\d.]+\s*,'
                    r"|\(\(?GdkRGBA\)?\s*\{\s*[\d.]")
# Written in pieces, so that this file does not break its own rules.
MARK = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")) + r")\b")
MACHINE = re.compile("|".join((r"/wo" r"rk/(?!\w*\.git)", r"/fa" r"rm/", r"/ho" r"me/\w", r"ba" r"sh_jobs", r"registry\.np" r"mjs", r"deb\.deb" r"ian",
                               r"snapshot\.deb" r"ian")))


def without_comments(text):
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


def each_line(text):
    return enumerate(text.splitlines(), 1)


def lines_that(pattern, text, strings_only=False):
    for number, line in each_line(text):
        haystack = " ".join(STRING.findall(line)) if strings_only else line
        found = pattern.search(haystack)
        if found:
            yield f"line {number}: {found[0]}"


def libpq_in_db(name, text):
    return [] if name.startswith(("src/db/", "tests/db/")) else lines_that(re.compile(r'<libpq[-/\w]*\.h>'), text)


def libsoup_in_http(name, text):
    return [] if name.startswith(("src/http/", "tests/http/")) else lines_that(re.compile(r"<libsoup/"), text)


def sql_in_store(name, text):
    if name.startswith(("src/store/", "src/db/")) or not name.startswith("src/"):
        return []
    return lines_that(SQL, without_comments(text), strings_only=True)


def colours_in_theme(name, text):
    if name in ("src/canvas/pdg-theme.c",) or name.startswith("src/demo/pdg-demo-picture") or not name.startswith("src/"):
        return []
    return lines_that(COLOUR, without_comments(text))


def config_first(name, text):
    if not name.endswith(".c") or not name.startswith("src/"):
        return []
    first = re.search(r'^[ \t]*#[ \t]*include[ \t]*(.*)$', text, re.MULTILINE)
    return [] if first is None or first[1].strip() == '"config.h"' else [f"the first include is {first[1].strip()}"]


def own_header_second(name, text):
    if not name.endswith(".c") or not name.startswith("src/") or not (TOP / name).with_suffix(".h").exists():
        return []
    includes = re.findall(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*)', text, re.MULTILINE)
    own = name[4:-2]
    return [] if includes[1:2] in ([own + ".h"], [own + "-private.h"]) else ["the second include is not its own header"]


def pragma_once(name, text):
    return [] if not name.endswith(".h") or re.match(r"(\s|/\*.*?\*/)*#pragma once", text, re.DOTALL) else ["no #pragma once on top"]


def length(name, text):
    n_lines = text.count("\n")
    if n_lines > MAX_LINES:
        yield f"{n_lines} lines, more than {MAX_LINES}: does it still have one subject?"


def columns(name, text):
    """Rows of a table of data may be longer."""
    for number, line in each_line(text):
        if len(line) > MAX_COLUMNS and not line.lstrip().startswith("{ "):
            yield f"line {number}: {len(line)} columns, more than {MAX_COLUMNS}"


def blanks(name, text):
    yield from lines_that(re.compile(r"[ \t]+$"), text)
    if "\t" in text:
        yield "a tab"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "does not end with one newline"


def gnu_braces(name, text):
    """An opening brace stands on its own line, but for initialisers and macros."""
    return lines_that(re.compile(r"^(?!.*(=|return) \(\w+(\[\])?\) \{$).*(\)|\belse|\bdo)\s*\{\s*$"), text)


def space_before_parenthesis(name, text):
    bare = STRING.sub('""', without_comments(text))
    return lines_that(re.compile(r"(?<![\w#\"])(?!g_auto)(?:if|for|while|switch|return|sizeof|pdg_\w+|g_\w+|gtk_\w+)\("), bare)


def told_to_translators(name, text):
    """What has texts for people stands in po/POTFILES.in."""
    if not name.startswith("src/") or name in LISTED:
        return []
    return lines_that(re.compile(r"(?<!\w)(_|N_|ngettext) \("), text)


C, ANY = "c", "any"
# (name, which files, rule, a file name and a text that break it)
RULES = (
    ("libpq-only-in-db", C, libpq_in_db, "src/api/x.c", "#include <libpq-fe.h>\n"),
    ("libsoup-only-in-http", C, libsoup_in_http, "src/api/x.c", "#include <libsoup/soup.h>\n"),
    ("sql-only-in-store", C, sql_in_store, "src/api/x.c", 'run ("SELECT id FROM event");\n'),
    ("colours-only-in-the-theme", C, colours_in_theme, "src/app/x.c", "  cairo_set_source_rgb (cr, 0.5, 0, 0);\n"),
    ("config-h-first", C, config_first, "src/api/x.c", '#include "api/x.h"\n#include "config.h"\n'),
    ("own-header-second", C, own_header_second, "src/base/pdg-id.c", '#include "config.h"\n#include <string.h>\n#include "base/pdg-id.h"\n'),
    ("texts-in-potfiles", C, told_to_translators, "src/app/x.c", '  label = _ ("Close");\n'),
    ("pragma-once", C, pragma_once, "src/api/x.h", "#ifndef X\n#endif\n"),
    ("file-length", C, length, "src/api/x.c", "int x;\n" * (MAX_LINES + 1)),
    ("line-length", C, columns, "src/api/x.c", "x" * (MAX_COLUMNS + 1) + "\n"),
    ("blanks", C, blanks, "src/api/x.c", "int x; \n"),
    ("gnu-braces", C, gnu_braces, "src/api/x.c", "  if (x) {\n"),
    ("space-before-parenthesis", C, space_before_parenthesis, "src/api/x.c", "  if(x) return;\n"),
    ("no-marks-of-unfinished-work", ANY, lambda name, text: lines_that(MARK, text), "docs/x.md", "TO" "DO: later\n"),
    ("no-machine-paths", ANY, lambda name, text: lines_that(MACHINE, text), "docs/x.md", "see /wo" "rk/x\n"),
)


def all_files():
    """Everything that is or would be committed, as text; what is not UTF-8 is left out."""
    listing = subprocess.run(["git", "-c", "safe.directory=*", "-C", TOP, "ls-files", "-co", "--exclude-standard"], stdout=subprocess.PIPE, check=False)
    names = listing.stdout.decode().splitlines() or [str(path.relative_to(TOP)) for path in sources("*.*", "[!b]*/**/*")]
    for name in names:
        try:
            yield name, (TOP / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


def main():
    files = dict(all_files())
    checks = []
    for title, kind, rule, sample_name, sample in RULES:
        chosen = files if kind == ANY else {name: text for name, text in files.items() if re.match(r"(src|tests)/.*\.[ch]$", name)}
        offences = [f"{name}: {offence}" for name, text in chosen.items() for offence in rule(name, text)]
        if not list(rule(sample_name, sample)):
            offences.append("this rule no longer catches its own sample")
        if not chosen:
            offences.append("no file was read")
        checks.append((f"source/{title}", offences))
    report(checks)


if __name__ == "__main__":
    main()

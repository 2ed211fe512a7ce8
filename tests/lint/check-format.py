#!/usr/bin/python3
"""clang-format on the changed lines of .c files: what this branch adds to origin/main, or the last 20 commits when that is nothing.

It cannot align the columns of prototypes, so headers are left out; and without a column limit it has its own mind about where a table
of data breaks, so only indentation and spacing are compared, not line breaks (braces are a rule of check-source.py)."""
import difflib
import re
import subprocess

from tap import TOP, report

N_COMMITS = 20
HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
# clang-format takes the dashes of G_DEFINE_QUARK for minus signs, has no space in a compound literal,
# and aligns the parts of a conditional its own way.
EXCEPT = re.compile(r"G_DEFINE_QUARK|; ?[;)]|\) \{ |\) \{$|= \(\w+\)|\] ?\(|^ *: | \? ", re.MULTILINE)


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **options)


def git(*arguments):
    return run("git", "-c", "safe.directory=*", "-C", TOP, *arguments).stdout.decode().strip()


def find_base():
    head, base = git("rev-parse", "HEAD"), git("merge-base", "HEAD", "origin/main")
    if base and base != head:
        return base
    return git("rev-list", "--max-count=1", f"--skip={N_COMMITS}", "HEAD") or git("hash-object", "-t", "tree", "/dev/null")


def changed_lines(base, name):
    lines = set()
    for start, count in HUNK.findall(git("diff", "--unified=0", base, "--", name)):
        lines.update(range(int(start), int(start) + int(count or 1)))
    return lines


def normalise(line):
    """The line without what the author may align (runs of blanks inside it, a macro's backslash); g_autoptr and
    gettext's marks need no space."""
    body = line.lstrip(" ")
    body = re.sub(r"\b(g_auto\w*|[NC]?_) \(", r"\1(", re.sub(r" *\\$", "", body))
    return line[:len(line) - len(line.lstrip(" "))] + re.sub(r" +", " ", body)


def judge(name, text, lines):
    """Where clang-format would indent or space one of @lines of @text otherwise."""
    formatted = run("clang-format", f"--assume-filename={TOP}/{name}", "--style=file", input=text.encode()).stdout.decode()
    old, new = text.splitlines(), formatted.splitlines()
    offences = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "replace" or b - a != d - c:
            continue
        for here, there in zip(range(a, b), range(c, d)):
            around = old[max(0, here - 4):here + 1]
            excepted = EXCEPT.search(old[here] + "\n" + new[there]) or any("G_GNUC_" in line for line in around)
            same_text = old[here].replace(" ", "") == new[there].replace(" ", "")
            if here + 1 in lines and same_text and not excepted and normalise(old[here]) != normalise(new[there]):
                offences.append(f"{name}:{here + 1}: should be: {new[there]}")
    return offences


def check_own_teeth():
    sample = "static int\nadd(int a,int b)\n{\n    return a+b;\n}\n"
    return [] if len(judge("src/base/sample.c", sample, set(range(1, 9)))) == 2 else ["a planted offence was not caught"]


def main():
    base = find_base()
    offences, n_files = [], 0
    for name in git("diff", "--name-only", "--diff-filter=d", base, "--", "src/*.c", "tests/*.c").splitlines():
        n_files += 1
        with open(TOP / name, encoding="utf-8") as source:
            offences += judge(name, source.read(), changed_lines(base, name))
    print(f"# {n_files} files changed since {base[:12]}")
    report([
        ("format/catches-planted-offences", check_own_teeth()),
        ("format/changed-lines", offences if base else ["no git history to compare with"]),
    ])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The documents agree with the tree: check-docs.py BUILD_DIR. Generated parts are fresh, links lead somewhere, every target of the
Makefile that a document names exists."""
import pathlib
import re
import subprocess
import sys

from tap import TOP, report, sources

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"`make ([a-z][a-z-]*)`")


def dead_links(path, text):
    targets = (target for target in LINK.findall(text) if "://" not in target)
    return [f"{path.relative_to(TOP)}: {target} is not there" for target in targets if not (path.parent / target).exists()]


def unknown_targets(path, text, makefile):
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    return [f"{path.relative_to(TOP)}: make {target} is not a target" for target in TARGET.findall(text) if target not in known]


def main():
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    documents = {path: path.read_text(encoding="utf-8") for path in sources("*.md", "docs/**/*.md")}
    sample = TOP / "README.md"
    teeth = []
    if not dead_links(sample, "[x](docs/nowhere.md)") or not unknown_targets(sample, "`make nothing`", makefile):
        teeth.append("a planted offence was not caught")
    fresh = subprocess.run([TOP / "build-aux/generate", "--check", pathlib.Path(sys.argv[1])],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    report([
        ("docs/catches-planted-offences", teeth),
        ("docs/links", [offence for path, text in documents.items() for offence in dead_links(path, text)]),
        ("docs/make-targets", [offence for path, text in documents.items() for offence in unknown_targets(path, text, makefile)]),
        ("docs/generated-parts-are-fresh", fresh.stdout.decode().splitlines()[-3:] if fresh.returncode else []),
    ])


if __name__ == "__main__":
    main()

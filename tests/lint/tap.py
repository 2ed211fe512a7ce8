"""The few lines of TAP that the lint checks share."""
import os
import pathlib
import sys

TOP = pathlib.Path(os.environ.get("PDG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))


def sources(*patterns):
    """The files of ours under TOP that match one of the patterns, sorted."""
    return sorted({path for pattern in patterns for path in TOP.glob(pattern) if path.is_file() and "node_modules" not in path.parts})


def report(checks):
    """checks: (name, list of offences). Prints TAP and exits, 1 when there was an offence."""
    print(f"1..{len(checks)}")
    bad = 0
    for number, (name, offences) in enumerate(checks, 1):
        bad += bool(offences)
        print(f"{'not ok' if offences else 'ok'} {number} /lint/{name}")
        for offence in offences:
            print(f"# {offence}")
    sys.exit(1 if bad else 0)

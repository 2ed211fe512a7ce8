#!/usr/bin/python3
"""productgraphd stays free of GTK: check-headless.py BUILD_DIR reads what the linker recorded in the programs, then compiles
productgraphd with -Dgui=disabled (in BUILD_DIR/lint-headless, so that a second run is quick) and reads which headers that took."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tap import TOP, report

TOOLKIT = re.compile(r"lib(gtk|gdk|gsk|adwaita|graphene|X11|wayland)[-\w.]*\.so", re.IGNORECASE)
TOOLKIT_HEADER = re.compile(r"/(gtk|gdk|gsk|libadwaita)(-\d[\w.]*)?/|unix-print")


def needed_by(program):
    """The shared libraries that @program names, or None when it is not there."""
    if not program.exists():
        return None
    run = subprocess.run(["readelf", "--dynamic", program], stdout=subprocess.PIPE, check=True, env={**os.environ, "LC_ALL": "C"})
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run.stdout.decode())


def check_needed(program):
    needed = needed_by(program)
    if not needed:
        return [f"{program} is not there or has no dynamic section"]
    return [f"{program.name} needs {library}" for library in needed if TOOLKIT.search(library)]


def run(*command):
    """None, or the last lines of what @command said when it failed."""
    done = subprocess.run(["nice", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return None if done.returncode == 0 else [" ".join(map(str, command))] + done.stdout.decode(errors="replace").splitlines()[-25:]


def check_compiles(scratch):
    if not (scratch / "build.ninja").exists():
        shutil.rmtree(scratch, ignore_errors=True)
        failure = run("meson", "setup", scratch, TOP, "-Dgui=disabled", "-Dbuildtype=debug", "-Doptimization=0")
        if failure:
            return failure
    return run("ninja", "-C", scratch, "productgraphd") or []


def check_headers(scratch):
    deps = subprocess.run(["ninja", "-C", scratch, "-t", "deps"], stdout=subprocess.PIPE, check=False).stdout.decode().splitlines()
    headers = {line.strip() for line in deps if line.startswith("    ")}
    offences = [f"read {header}" for header in sorted(headers) if TOOLKIT_HEADER.search(header)]
    if not any("glib.h" in header for header in headers):
        offences.append("no header was read at all")
    return offences


def check_own_teeth(build_dir):
    """The same look at the desktop app has to find the toolkit."""
    missed = []
    if not check_needed(build_dir / "productgraph"):
        missed.append("no toolkit seen in productgraph")
    if not TOOLKIT_HEADER.search("/usr/include/gtk-4.0/gtk/gtk.h") or TOOLKIT_HEADER.search("/usr/include/glib-2.0/glib.h"):
        missed.append("a header of GTK is not told from another")
    return missed


def main():
    build_dir = pathlib.Path(sys.argv[1]).resolve()
    scratch = build_dir / "lint-headless"
    compiles = check_compiles(scratch)
    report([
        ("headless/catches-planted-offences", check_own_teeth(build_dir)),
        ("headless/productgraphd-needs-no-toolkit", check_needed(build_dir / "productgraphd")),
        ("headless/compiles-with-gui-disabled", compiles),
        ("headless/reads-no-toolkit-header", check_headers(scratch)),
        ("headless/its-program-needs-no-toolkit", compiles or check_needed(scratch / "productgraphd")),
    ])


if __name__ == "__main__":
    main()

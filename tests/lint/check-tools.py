#!/usr/bin/python3
"""Other people's checkers over our files. Each runs first over a planted offence, and has to complain of it."""
import pathlib
import shutil
import subprocess
import tempfile

from tap import TOP, report, sources

CPPCHECK = [
    "cppcheck", "--quiet", "-j2", "--std=c11", "--library=gtk", "--library=posix", "--enable=warning,portability", "--inline-suppr",
    "--error-exitcode=1", "--template={file}:{line}: {message} [{id}]", f"-I{TOP}/src",
    "-D_GNU_SOURCE", "-DG_DEFINE_QUARK(name,prefix)=", "-DG_GNUC_PRINTF(format,first)=", "-DG_GNUC_NULL_TERMINATED=",
    # GObject hands memory on in ways it cannot follow, and NULL ends every list of arguments on a POSIX system.
    "--suppress=memleak", "--suppress=leakNoVarFunctionCall", "--suppress=varFuncNullUB", "--suppress=nullPointerArithmeticRedundantCheck",
    "--suppress=autoVariables", "--suppress=duplicateAssignExpression", "--suppress=readdirCalled",
    "--suppress=missingInclude", "--suppress=unknownMacro",
]
PLANTED = {
    "x.c": "int f (int n) { int a[2] = { 0, 0 }; a[3] = n; return a[0]; }\n",
    "x.sh": "#!/bin/sh\nrm -rf $1/*\ncd /nonexistent\n",
    "x.desktop": "[Desktop Entry]\nType=Aplication\n",
    "x.metainfo.xml": "<component type='desktop-application'><id>x</id></component>\n",
    "x.ui": "<interface><object class='GtkBox'></interface>\n",
    "x.gschema.xml": "<schemalist><schema id='a.b'><key type='q!' name='x'/></schema></schemalist>\n",
}


def scripts():
    """Shell scripts, by their first line."""
    for path in sources("build-aux/*", ".ci/*", "tests/**/*.sh", "sdk/**/*.sh"):
        with open(path, "rb") as script:
            if script.readline(64).split(b"/")[-1].strip() in (b"sh", b"bash", b"env bash"):
                yield path


def as_final_name(path, folder):
    """What a build makes of a .in file, for checkers that go by the name."""
    if path.suffix != ".in":
        return path
    copy = folder / path.stem
    copy.write_bytes(path.read_bytes())
    return copy


# (name, command, where the files follow the command, files, planted offence)
CHECKS = (
    ("cppcheck", CPPCHECK, lambda: sources("src/*/*.c"), "x.c"),
    ("shellcheck", ["shellcheck"], scripts, "x.sh"),
    ("desktop-file-validate", ["desktop-file-validate"], lambda: sources("data/*.desktop", "data/*.desktop.in"), "x.desktop"),
    ("appstreamcli", ["appstreamcli", "validate", "--no-net"], lambda: sources("data/*.metainfo.xml", "data/*.metainfo.xml.in"), "x.metainfo.xml"),
    ("xmllint", ["xmllint", "--noout", "--nonet"],
     lambda: sources("ui/**/*.ui", "data/**/*.xml", "data/**/*.svg", "data/**/*.in", "src/**/*.gresource.xml", "ui/**/*.gresource.xml"), "x.ui"),
    ("glib-compile-schemas", ["glib-compile-schemas", "--strict", "--dry-run"], lambda: {path.parent for path in sources("data/*.gschema.xml")}, "x.gschema.xml"),
)


def complaints(command, paths):
    run = subprocess.run([*command, *paths], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = run.stdout.decode(errors="replace").replace(f"{TOP}/", "").splitlines()
    return (lines or [f"exit status {run.returncode}"]) if run.returncode else []


def check(name, command, files, planted, folder):
    if shutil.which(command[0]) is None:
        return [f"{command[0]} is not installed: build-aux/install-deps test"]
    paths = [path for path in files()]
    if name == "xmllint":
        paths = [path for path in paths if path.suffix != ".in" or path.stem.endswith(".xml")]
    found = complaints(command, [as_final_name(path, folder) for path in paths]) if paths else []
    bait = folder / planted
    if not complaints(command, [bait.parent if name == "glib-compile-schemas" else bait]):
        found.append("it no longer complains of a planted offence")
    print(f"# {name}: {len(paths)} files")
    return found


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for name, text in PLANTED.items():
            (folder / name).write_text(text, encoding="utf-8")
        report([(f"tools/{name}", check(name, command, files, planted, folder)) for name, command, files, planted in CHECKS])


if __name__ == "__main__":
    main()

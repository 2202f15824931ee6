# SPDX-License-Identifier: Apache-2.0
"""Parts that are Debian's: of a root file system, of an image's layers, of this machine, and inside of our programs."""

import functools
import gzip
import pathlib
import re
import subprocess

from bill.part import Part, quoted

# Of cmake/Dependencies.cmake: what is inside our programs, by Debian's source package.
STATIC = {"boost1.81", "boost1.83", "nlohmann-json3", "spdlog", "fmtlib", "pugixml", "yaml-cpp", "sqlite3", "argon2", "libarchive"}
# What our programs and the workers of functions find on the machine that they are started on.
OF_MACHINE = re.compile(r"libc6|libgcc-s1|libstdc\+\+6|libssl3(t64)?|python3[.\d]*(-minimal)?|libpython3[.\d]*-(minimal|stdlib)|bash|jq|curl")
CHANGELOG = re.compile(r"(\S+) \((\S+)\)")
DOCUMENTS = pathlib.Path("/usr/share/doc")


def licences(copyright_file):
    """The short names of a machine-readable copyright file (DEP 5); of another those whose texts every Debian has, and Python's."""
    text = copyright_file.read_text(errors="replace") if copyright_file.is_file() else ""
    if text.startswith("Format:"):
        return sorted(set(re.findall(r"(?m)^License: *(\S.*?) *$", text)))
    named = {name.rstrip(".") for name in re.findall(r"/usr/share/common-licenses/([\w.-]+)", text)}
    return sorted(named | ({"PSF-2.0"} if "PYTHON SOFTWARE FOUNDATION LICENSE" in text else set()))


def release(system):
    """The number of the Debian whose files these are; empty where it is another distribution's."""
    file = system / "etc/os-release"
    fields = dict(re.findall(r'(?m)^(\w+)="?(.*?)"?$', file.read_text())) if file.is_file() else {}
    return fields.get("VERSION_ID", "") if fields.get("ID") == "debian" else ""


def part(name, version, number, source, copyright_file, architecture=""):
    qualifiers = [f"arch={architecture}"] if architecture else []
    qualifiers += [f"distro=debian-{number}"] if number else []
    purl = f"pkg:deb/debian/{quoted(name)}@{quoted(version)}" + ("?" + "&".join(qualifiers) if qualifiers else "")
    return Part(name, version, purl, source, licences(copyright_file))


def of_system(system):
    """The installed ones of a root file system, by its dpkg."""
    number = release(system)
    for paragraph in (system / "var/lib/dpkg/status").read_text().split("\n\n"):
        fields = dict(re.findall(r"(?m)^([\w-]+): (.*)$", paragraph))
        if fields.get("Status", "").endswith(" installed"):
            name = fields["Package"]
            yield part(name, fields["Version"], number, f"Debian {number}",
                       system / "usr/share/doc" / name / "copyright", fields["Architecture"])


def version_in(folder):
    """Of the newest entry of a package's changelog; a rebuild has one of its own for each architecture."""
    for pattern in ("changelog.Debian.*.gz", "changelog.Debian.gz", "changelog.gz"):
        for file in sorted(folder.glob(pattern)):
            with gzip.open(file, "rt", errors="replace") as lines:
                if match := CHANGELOG.match(lines.readline()):
                    return match[2]
    return None


def of_layer(layer):
    """Those that are unpacked in an image's layer, which has no dpkg: by their documents. Those of base-files' Debian are this machine's."""
    number = release(pathlib.Path("/"))
    for folder in sorted((layer / "usr/share/doc").glob("*")):
        target = folder.resolve() if folder.is_symlink() else folder
        if target.is_dir() and (version := version_in(target)):
            yield part(folder.name, version, number, f"Debian {number}, in container images", target / "copyright")


@functools.cache
def installed():
    """(source package, package, version) of what this machine has; none where dpkg is not."""
    try:
        listed = subprocess.run(["dpkg-query", "-W", "-f", "${source:Package}\t${Package}\t${Version}\t${Status}\n"],
                                check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return []
    rows = (line.split("\t") for line in listed.splitlines())
    return [(source, package, version) for source, package, version, status in rows if status.endswith(" installed")]


def linked():
    """Libraries that our programs have inside, as this machine has them."""
    for source, name, version in installed():
        if source in STATIC and name.endswith("-dev"):
            yield part(name, version, release(pathlib.Path("/")), "Linked into Millrace’s programs", DOCUMENTS / name / "copyright")


def of_machine():
    """What Millrace uses of this machine when it runs on it without an image."""
    for _, name, version in installed():
        if OF_MACHINE.fullmatch(name):
            yield part(name, version, release(pathlib.Path("/")), "This machine", DOCUMENTS / name / "copyright")


def texts(documents, prefix):
    """(name, text) of the copyright files below a folder of documents."""
    for file in sorted(documents.glob("*/copyright")):
        # A link leads inside of that system.
        while file.is_symlink():
            target = pathlib.Path(file.readlink())
            file = documents.parents[2] / target.relative_to("/") if target.is_absolute() else file.parent / target
        if file.is_file():
            yield f"{prefix}/{file.parent.name}", file.read_bytes()

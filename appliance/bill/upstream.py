# SPDX-License-Identifier: Apache-2.0
"""Parts that are no package of Debian's: Go modules, what versions.json pins, npm packages of the page, PowerShell."""

import base64
import functools
import json
import pathlib
import re
import subprocess

from bill.part import Part, quoted

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UPSTREAM = ROOT / "appliance/upstream"
CONSOLE = ROOT / "services/console/web"
GO_REQUIRE = re.compile(r"^(?:require )?\s*([\w.~-]+(?:/[\w.~-]+)*) (v\S+?)(?: // indirect)?$")
GO_REPLACE = re.compile(r"^(?:replace )?\s*(\S+)(?: v\S+)? => (\S+) (v\S+)$")
# Tools that build the page, and whose drawings are in it.
DRAWN_FROM = {"@cds/core"}
MODULE_VERSION = re.compile(r"(?im)^[\s@{;]*ModuleVersion\s*=\s*['\"]([\w.-]+)['\"]")
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|notice)", re.IGNORECASE)
# In this order: what a longer text has of a shorter one decides nothing.
LICENCE_WORDS = (
    ("Apache-2.0", ("Apache License", "Version 2.0")),
    ("MPL-2.0", ("Mozilla Public License", "2.0")),
    ("BSD-3-Clause", ("Redistributions in binary form must reproduce", "Neither the name")),
    ("BSD-3-Clause", ("Redistributions in binary form must reproduce", "names of its contributors")),
    ("BSD-2-Clause", ("Redistributions in binary form must reproduce",)),
    ("ISC", ("Permission to use, copy, modify, and",)),
    ("MIT", ("Permission is hereby granted, free of charge",)),
    ("Unlicense", ("This is free and unencumbered software",)),
    ("CC0-1.0", ("CC0 1.0",)))


def licence_files(folder):
    return sorted(path for path in folder.iterdir() if LICENCE_FILE.match(path.name) and path.is_file()) if folder.is_dir() else []


def licence_names(folder):
    """Those whose words are in the folder's licence files."""
    found = set()
    for file in licence_files(folder):
        text = " ".join(file.read_text(errors="replace").split())
        found.update([next((name for name, words in LICENCE_WORDS if all(word in text for word in words)), None)])
    return sorted(found - {None})


def go_modules(go_mod):
    """{module: version} after its replacements by other modules."""
    required, replaced = {}, {}
    for line in go_mod.read_text().splitlines():
        if match := GO_REPLACE.match(line):
            replaced[match[1]] = (match[2], match[3])
        elif match := GO_REQUIRE.match(line):
            required[match[1]] = match[2]
    return dict(replaced.get(module, (module, version)) for module, version in required.items())


def all_go_modules():
    for go_mod in sorted(UPSTREAM.glob("*/go.mod")):
        for module, version in sorted(go_modules(go_mod).items()):
            yield go_mod, module, version


@functools.cache
def module_cache():
    try:
        found = subprocess.run(["go", "env", "GOMODCACHE"], check=True, capture_output=True, text=True).stdout.strip()
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return pathlib.Path(found)


def module_folder(module, version):
    """Where this machine has a module; None where it has not."""
    name = re.sub("[A-Z]", lambda letter: "!" + letter[0].lower(), f"{module}@{version}")
    return module_cache() / name if module_cache() and (module_cache() / name).is_dir() else None


def go_parts():
    for go_mod, module, version in all_go_modules():
        folder = module_folder(module, version)
        yield Part(module, version, f"pkg:golang/{quoted(module)}@{quoted(version)}", "Go modules", licence_names(folder) if folder else [],
                   address=f"https://proxy.golang.org/{re.sub('[A-Z]', lambda letter: '!' + letter[0].lower(), module)}/@v/{quoted(version)}.zip",
                   pinned=str(go_mod.relative_to(ROOT)))


def pinned_parts():
    path = UPSTREAM / "versions.json"
    for one in json.loads(path.read_text())["components"]:
        yield Part(one["name"], one["version"], f"pkg:generic/{one['name']}@{one['version']}", "PyPI", [one["licence"]], "application",
                   [("SHA-256", one["sha256"])], one["source"], str(path.relative_to(ROOT)))


def npm_packages():
    """(folder, its entry in the lock file): what the console's page has inside, not what only builds it."""
    for place, one in json.loads((CONSOLE / "package-lock.json").read_text())["packages"].items():
        if place and (not one.get("dev") or place.rpartition("node_modules/")[2] in DRAWN_FROM):
            yield place, one


def npm_parts():
    for place, one in npm_packages():
        name = place.rpartition("node_modules/")[2]
        algorithm, _, digest = one.get("integrity", "").partition("-")
        yield Part(name, one["version"], f"pkg:npm/{quoted(name).replace('@', '%40')}@{one['version']}", "npm, in the web page",
                   [one["license"]] if "license" in one else [],
                   hashes=[("SHA-512", base64.b64decode(digest).hex())] if algorithm == "sha512" else [],
                   address=one.get("resolved", ""), pinned="services/console/web/package-lock.json")


def powershell_parts(layer):
    """The PowerShell that an image's layer has, and the modules beside it, brought by who built it."""
    folder, brought = layer / "usr/lib/millrace/powershell", "Brought when the images were built"
    noted = folder / "installed.json"
    if noted.is_file():
        one = json.loads(noted.read_text())
        yield Part("powershell", one["version"], f"pkg:generic/powershell@{one['version']}", brought, ["MIT"],
                   "application", [("SHA-256", one["sha256"])] if one["sha256"] else [], "https://github.com/PowerShell/PowerShell/releases")
    # A module is in a folder of its name, perhaps in one of its version there.
    for manifest in sorted([*folder.glob("modules-*/*/*.psd1"), *folder.glob("modules-*/*/*/*.psd1")]):
        version = MODULE_VERSION.search(manifest.read_text(encoding="utf-8-sig", errors="replace"))
        if version and manifest.stem.lower() in (manifest.parent.name.lower(), manifest.parents[1].name.lower()):
            yield Part(manifest.stem, version[1], f"pkg:nuget/{quoted(manifest.stem)}@{quoted(version[1])}", brought)


def go_texts():
    """(name, text) of those modules that this machine has, and a list of the others."""
    missing = set()
    for _, module, version in all_go_modules():
        folder = module_folder(module, version)
        if folder is None:
            missing.add(f"{module} {version}")
        else:
            yield from ((f"go/{module}@{version}/{path.name}", path.read_bytes()) for path in licence_files(folder))
    if missing:
        yield "go/NOT-INCLUDED", "".join(f"{one}\n" for one in sorted(missing)).encode()


def npm_texts():
    for place, _ in npm_packages():
        for file in licence_files(CONSOLE / place):
            yield f"npm/{place.removeprefix('node_modules/')}/{file.name}", file.read_bytes()


def powershell_texts(layer):
    for file in sorted((layer / "usr/lib/millrace/powershell").glob("*/*.txt")):
        yield f"powershell/{file.name}", file.read_bytes()

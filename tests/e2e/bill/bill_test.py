# SPDX-License-Identifier: Apache-2.0
"""The bill of materials is CycloneDX, and nothing is missing from it: bill_test.py ROOT [unittest options]"""

import gzip
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

STATUS = """Package: zlib1g
Status: install ok installed
Architecture: amd64
Version: 1:1.3.dfsg-2

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""
MIT = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Zlib\n"


def write(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


class Bill(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def build(self, *arguments):
        subprocess.run([ROOT / "appliance/bill-of-materials", self.folder / "bill", *arguments], check=True)

    def make(self, *arguments):
        """The components by name; fails unless the document is valid."""
        self.build(*arguments)
        output = self.folder / "bill"
        text = (output / "parts.cdx.json").read_text()
        self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_5).validate_str(text))
        with tarfile.open(output / "licences.tar.xz") as archive:
            self.texts = set(archive.getnames())
        self.document = json.loads(text)
        self.assertEqual(self.document["metadata"]["component"]["version"], (ROOT / "VERSION").read_text().split()[0])
        return {one["name"]: one for one in self.document["components"]}

    def system(self):
        system = self.folder / "system"
        write(system, {"etc/os-release": 'ID=debian\nVERSION_ID="13"\n', "var/lib/dpkg/status": STATUS,
                       "usr/share/doc/zlib1g/copyright": MIT})
        return system

    def test_local_mode_has_what_is_inside_of_our_programs_and_what_they_use_of_the_machine(self):
        parts = self.make("--machine")
        for name in ("nlohmann-json3-dev", "libsqlite3-dev", "libargon2-dev", "libyaml-cpp-dev", "libpugixml-dev", "libspdlog-dev"):
            self.assertEqual(parts[name]["properties"][0]["value"], "Linked into Millrace’s programs")
            self.assertIn(f"licences/linked/{name}", self.texts)
        self.assertTrue({"preact", "@clr/ui", "@cds/core", "libc6"} <= parts.keys())
        self.assertNotIn("vite", parts)
        self.assertNotIn("envoy", parts)

    def test_the_appliance_has_debians_packages_and_upstreams_modules_with_licences_and_sums(self):
        parts = self.make("--system", self.system())
        self.assertEqual(parts["zlib1g"]["version"], "1:1.3.dfsg-2")
        self.assertEqual(parts["zlib1g"]["purl"], "pkg:deb/debian/zlib1g@1%3A1.3.dfsg-2?arch=amd64&distro=debian-13")
        self.assertEqual(parts["zlib1g"]["licenses"], [{"license": {"name": "Zlib"}}])
        self.assertNotIn("removed", parts)
        self.assertTrue({"k8s.io/kubernetes", "knative.dev/serving", "knative.dev/eventing", "github.com/coredns/coredns",
                         "helm.sh/helm/v3"} <= parts.keys())
        for one in json.loads((ROOT / "appliance/upstream/versions.json").read_text())["components"]:
            part = parts[one["name"]]
            self.assertEqual(part["hashes"], [{"alg": "SHA-256", "content": one["sha256"]}])
            self.assertEqual(part["licenses"], [{"license": {"name": one["licence"]}}])
            self.assertEqual(part["externalReferences"], [{"type": "distribution", "url": one["source"]}])
        self.assertIn("licences/debian/zlib1g", self.texts)

    def test_an_images_layer_has_what_is_unpacked_there_and_a_powershell_that_was_brought(self):
        layer = self.folder / "layer"
        changelog = gzip.compress(b"jq (1.7.1-6) trixie; urgency=medium\n")
        installed = json.dumps({"version": "7.6.9", "sha256": "ab" * 32})
        write(layer, {"usr/share/doc/jq/changelog.Debian.gz": changelog, "usr/share/doc/jq/copyright": MIT,
                      "usr/lib/millrace/powershell/installed.json": installed,
                      "usr/lib/millrace/powershell/modules-1/VMware.PowerCLI/13.3.0/VMware.PowerCLI.psd1": "@{ModuleVersion='13.3.0'}",
                      "usr/lib/millrace/powershell/program/LICENSE.txt": "MIT"})
        parts = self.make("--layer", layer)
        self.assertEqual(parts["jq"]["version"], "1.7.1-6")
        self.assertEqual(parts["powershell"]["version"], "7.6.9")
        self.assertEqual(parts["VMware.PowerCLI"]["purl"], "pkg:nuget/VMware.PowerCLI@13.3.0")
        self.assertEqual(parts["powershell"]["hashes"], [{"alg": "SHA-256", "content": "ab" * 32}])
        self.assertTrue({"licences/images/jq", "licences/powershell/LICENSE.txt"} <= self.texts)

    def test_a_folder_that_is_not_there_is_no_empty_one(self):
        with self.assertRaises(subprocess.CalledProcessError):
            self.build("--layer", self.folder / "none")

    def test_the_same_inputs_give_the_same_bytes(self):
        system = self.system()
        self.build("--system", system)
        files = [self.folder / "bill" / name for name in ("parts.cdx.json", "licences.tar.xz")]
        first = [file.read_bytes() for file in files]
        self.build("--system", system)
        self.assertEqual([file.read_bytes() for file in files], first)


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])

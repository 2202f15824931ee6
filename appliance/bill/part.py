# SPDX-License-Identifier: Apache-2.0
"""One part of Millrace, and how CycloneDX 1.5 has it."""

import dataclasses
import urllib.parse


def quoted(text):
    return urllib.parse.quote(text, safe="/.~-_")


@dataclasses.dataclass
class Part:
    name: str
    version: str
    purl: str
    source: str  # from whom it comes, in words
    licences: list = dataclasses.field(default_factory=list)
    kind: str = "library"
    hashes: list = dataclasses.field(default_factory=list)  # (algorithm, hexadecimal)
    address: str = ""  # where it is handed out
    pinned: str = ""  # the file that says which version

    def component(self):
        properties = [("millrace:source", self.source), ("millrace:pinned", self.pinned)]
        entry = {"type": self.kind, "name": self.name, "version": self.version, "purl": self.purl, "bom-ref": self.purl,
                 "properties": [{"name": name, "value": value} for name, value in properties if value]}
        if self.licences:
            entry["licenses"] = [{"license": {"name": one}} for one in self.licences]
        if self.hashes:
            entry["hashes"] = [{"alg": algorithm, "content": content} for algorithm, content in self.hashes]
        if self.address:
            entry["externalReferences"] = [{"type": "distribution", "url": self.address}]
        return entry

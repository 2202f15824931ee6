# SPDX-License-Identifier: Apache-2.0
"""properties.json fits its JSON schema, and ovagen refuses what the schema refuses."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

OVAGEN = sys.argv[1]
ROOT = pathlib.Path(sys.argv[2])
LIST = json.loads((ROOT / "ova-properties/properties.json").read_text())
SCHEMA = json.loads((ROOT / "ova-properties/properties.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def first_of(changed, kind):
    return next(one for one in changed["properties"] if one["type"] == kind)


# Each takes a rule of the schema away from a copy of the list.
BREAKS = {
    "no groups": lambda changed: changed.pop("groups"),
    "no properties": lambda changed: changed["properties"].clear(),
    "group without a label": lambda changed: changed["groups"][0].pop("label"),
    "property without a key": lambda changed: changed["properties"][0].pop("key"),
    "key in capitals": lambda changed: changed["properties"][0].update(key="HostName"),
    "unknown type": lambda changed: changed["properties"][0].update(type="fqdn"),
    "unknown member": lambda changed: changed["properties"][0].update(colour="red"),
    "help of another type": lambda changed: changed["properties"][0].update(help=5),
    "integer without a range": lambda changed: first_of(changed, "integer").pop("range"),
    "range of a boolean": lambda changed: first_of(changed, "boolean").update(range=[1, 2]),
    "network without prefixes": lambda changed: first_of(changed, "ipv4_network").pop("prefix"),
    "choice without choices": lambda changed: first_of(changed, "choice").pop("choices"),
    "list without a most": lambda changed: first_of(changed, "address_list").pop("items"),
    "password that is shown": lambda changed: first_of(changed, "password").update(secret=False),
    "required as a text": lambda changed: changed["properties"][0].update(required="yes"),
}


def ovagen_says(changed):
    """What ovagen says of a list: its exit code and its sentences."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "ova-properties").mkdir()
        (root / "ova-properties/properties.json").write_text(json.dumps(changed))
        (root / "VERSION").write_text("1.0.0\n")
        done = subprocess.run([OVAGEN, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


class Schema(unittest.TestCase):
    def test_it_is_a_schema_and_the_list_fits_it(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        self.assertEqual([error.message for error in VALIDATOR.iter_errors(LIST)], [])

    def test_ovagen_takes_the_list(self):
        self.assertEqual(ovagen_says(LIST), (0, ""))

    def test_what_the_schema_refuses_ovagen_refuses(self):
        for name, damage in BREAKS.items():
            with self.subTest(name):
                changed = copy.deepcopy(LIST)
                damage(changed)
                self.assertFalse(VALIDATOR.is_valid(changed))
                code, text = ovagen_says(changed)
                self.assertEqual(code, 1, text)
                self.assertRegex(text, r"properties\.json:\n.+")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

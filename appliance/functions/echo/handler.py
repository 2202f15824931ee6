# SPDX-License-Identifier: Apache-2.0
"""Prints each event: the attributes first, then the data."""

import json


def handle(event, context):
    for name, value in sorted(event.attributes.items()):
        print(f"{name}: {value}")
    print("data:", json.dumps(event.data, ensure_ascii=False))

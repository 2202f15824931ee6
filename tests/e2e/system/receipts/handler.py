# SPDX-License-Identifier: Apache-2.0
"""Appends one JSON line a call, in one write: a kill leaves whole lines.

The whole event, or the attributes that RECEIPTS_ATTRIBUTES names: a worker's file may not be larger
than 256 MiB.
"""

import json
import os

FILE = os.open(os.environ["RECEIPTS_FILE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


ATTRIBUTES = os.environ.get("RECEIPTS_ATTRIBUTES", "").split()


def receipt(event):
    if ATTRIBUTES:
        return {name: event.attributes[name] for name in ATTRIBUTES if name in event.attributes}
    return {**event.attributes, "data": event.data}


def handle(event, context):
    os.write(FILE, (json.dumps(receipt(event)) + "\n").encode())

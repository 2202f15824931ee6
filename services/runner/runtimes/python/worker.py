#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worker side of the Python runtime: imports handler.py and calls its handle() for each event.

Frames are JSON lines: requests come on descriptor 3, answers go to descriptor 4, so that what the
handler prints (descriptors 1 and 2) is its log and nothing else.
  request  {"id": 1, "event": {CloudEvent in JSON format}}
  answer   {"id": 1, "status": "ok", "reply": {event} or null}
           {"id": 1, "status": "error", "error": "<last line>"}       the traceback is on stderr
           {"id": 1, "status": "retry", "afterSeconds": 5, "error": "<reason>"}
  first    {"ready": true} or {"ready": false, "error": "<why handler.py cannot be used>"}

handle(event) or handle(event, context) returns None, or a reply: a dict with at least "type".
"""

import base64
import importlib.util
import inspect
import json
import os
import sys
import traceback

CONTEXT_ATTRIBUTES = ("id", "source", "type", "subject", "time", "specversion", "datacontenttype",
                      "dataschema")


class RetryLater(Exception):
    """Raise it (context.retry_later) when the work cannot be done yet: the event comes again."""

    def __init__(self, reason, after_seconds=5):
        super().__init__(reason)
        self.after_seconds = after_seconds


class Event:
    """A CloudEvent: event.type, event.data, event["vmname"], event.get("vmname", "")."""

    def __init__(self, fields):
        self.fields = fields
        if "data_base64" in fields:
            self.data = base64.b64decode(fields["data_base64"])
        else:
            self.data = fields.get("data")

    def __getattr__(self, name):
        if name in CONTEXT_ATTRIBUTES:
            return self.fields.get(name)
        raise AttributeError(name)

    def __getitem__(self, name):
        return self.fields[name]

    def get(self, name, default=None):
        return self.fields.get(name, default)

    @property
    def attributes(self):
        """Everything but the data."""
        return {k: v for k, v in self.fields.items() if k not in ("data", "data_base64")}


class Context:
    """What a handler may ask its host for."""

    RetryLater = RetryLater

    def __init__(self, function):
        self.function = function

    def retry_later(self, reason, after_seconds=5):
        raise RetryLater(reason, after_seconds)


def load_handler(folder):
    path = os.path.join(folder, "handler.py")
    spec = importlib.util.spec_from_file_location("handler", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["handler"] = module
    sys.path.insert(0, folder)
    spec.loader.exec_module(module)
    handle = getattr(module, "handle", None)
    if not callable(handle):
        raise TypeError("handler.py must define a function handle(event, context)")
    return handle


def parameter_count(handle):
    try:
        return len(inspect.signature(handle).parameters)
    except (TypeError, ValueError):
        return 2


def reply_fields(reply):
    if reply is None:
        return None
    if isinstance(reply, Event):
        reply = reply.fields
    if not isinstance(reply, dict) or not isinstance(reply.get("type"), str):
        raise TypeError('handle() must return None or a dict with a "type", such as '
                        '{"type": "my.event", "data": {...}}')
    fields = dict(reply)
    if isinstance(fields.get("data"), bytes):
        fields["data_base64"] = base64.b64encode(fields.pop("data")).decode()
    return fields


def print_failure(error):
    """The traceback as the handler's author wants it: from handler.py on."""
    at = error.__traceback__
    while at and at.tb_frame.f_code.co_filename.startswith((__file__, "<frozen importlib")):
        at = at.tb_next
    traceback.print_exception(type(error), error, at)


def answer_to(request, call):
    answer = {"id": request["id"]}
    try:
        answer.update(status="ok", reply=reply_fields(call(Event(request["event"]))))
        json.dumps(answer)
    except RetryLater as later:
        answer = {"id": request["id"], "status": "retry", "error": str(later),
                  "afterSeconds": later.after_seconds}
    except BaseException as error:  # pylint: disable=broad-except
        print_failure(error)
        last_line = traceback.format_exception_only(type(error), error)[-1].strip()
        answer = {"id": request["id"], "status": "error", "error": last_line}
    return answer


def main():
    requests = os.fdopen(3, "r", encoding="utf-8", closefd=False)
    answers = os.fdopen(4, "w", encoding="utf-8", closefd=False)
    os.set_inheritable(3, False)
    os.set_inheritable(4, False)

    def send(frame):
        answers.write(json.dumps(frame) + "\n")
        answers.flush()

    context = Context(os.environ.get("MILLRACE_FUNCTION", ""))
    try:
        handle = load_handler(os.environ["MILLRACE_CODE"])
    except BaseException as error:  # pylint: disable=broad-except
        print_failure(error)
        last_line = traceback.format_exception_only(type(error), error)[-1].strip()
        send({"ready": False, "error": last_line})
        return 1
    takes_context = parameter_count(handle) >= 2
    send({"ready": True})

    def call(event):
        return handle(event, context) if takes_context else handle(event)

    for line in requests:
        answer = answer_to(json.loads(line), call)
        sys.stdout.flush()
        sys.stderr.flush()
        send(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

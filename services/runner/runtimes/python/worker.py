#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worker side of the Python runtime: imports handler.py and calls its handle() for each event.

Frames are JSON lines: requests come on descriptor 3, answers go to descriptor 4, so that what the
handler prints (descriptors 1 and 2) is its log and nothing else.
  request  {"id": 1, "kind": "json", "event": {CloudEvent in JSON format}}
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
import uuid

CONTEXT_ATTRIBUTES = ("id", "source", "type", "subject", "time", "specversion", "datacontenttype",
                      "dataschema")
REMEDY = ("Only what python3 on this machine has, and the function's own files, can be imported: "
          "add the module's file to the function, or install it for python3.")


class RetryLater(Exception):
    """Raise it (context.retry_later) when the work cannot be done yet: the event comes again."""

    def __init__(self, reason, after_seconds=5):
        super().__init__(reason)
        self.after_seconds = after_seconds


class WrittenFloat(float):
    """A number that Python would write in another way, or not keep: it is passed on as it came."""

    def __new__(cls, text):
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self):
        return WrittenFloat, (self.text,)


def parse_float(text):
    number = float(text)
    return number if repr(number) == text else WrittenFloat(text)


def to_json(value):
    """JSON text in which numbers stand as they came."""
    marker = uuid.uuid4().hex
    has_marker = False

    def mark(part):
        nonlocal has_marker
        if isinstance(part, WrittenFloat):
            has_marker = True
            return marker + part.text
        if isinstance(part, dict):
            return {name: mark(member) for name, member in part.items()}
        if isinstance(part, (list, tuple)):
            return [mark(member) for member in part]
        return part

    text = json.dumps(mark(value), allow_nan=False, separators=(",", ":"))
    if not has_marker:
        return text
    pieces = text.split('"' + marker)
    return pieces[0] + "".join(piece.replace('"', "", 1) for piece in pieces[1:])


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


def place_of(error, folder):
    """(file, line) of the function's own code where it failed, or None."""
    if isinstance(error, SyntaxError) and error.filename:
        places = [(error.filename, error.lineno)]
    else:
        places = [(frame.filename, frame.lineno)
                  for frame in traceback.extract_tb(error.__traceback__)]
    for file, line in reversed(places):
        if file.startswith(folder + os.sep):
            return file[len(folder) + 1:], line
    return None


def sentence_of(error, folder):
    """One line: what failed, where, and what helps."""
    if isinstance(error, SyntaxError):
        text = f"{type(error).__name__}: {error.msg}"
    else:
        text = traceback.format_exception_only(type(error), error)[-1].strip()
    place = place_of(error, folder)
    if place:
        text += f" ({place[0]} line {place[1]})"
    if isinstance(error, ModuleNotFoundError):
        text += ". " + REMEDY
    return text


def print_failure(error, folder):
    """The traceback as the handler's author wants it: from handler.py on, without our folders."""
    at = error.__traceback__
    while at and at.tb_frame.f_code.co_filename.startswith((__file__, "<frozen importlib")):
        at = at.tb_next
    text = "".join(traceback.format_exception(type(error), error, at))
    sys.stderr.write(text.replace(folder + os.sep, ""))


def answer_to(request, call, folder):
    """The answer as JSON text."""
    try:
        reply = reply_fields(call(Event(request["event"])))
        return to_json({"id": request["id"], "status": "ok", "reply": reply})
    except RetryLater as later:
        answer = {"id": request["id"], "status": "retry", "error": str(later),
                  "afterSeconds": later.after_seconds}
    except BaseException as error:  # pylint: disable=broad-except
        print_failure(error, folder)
        answer = {"id": request["id"], "status": "error", "error": sentence_of(error, folder)}
    return json.dumps(answer)


def main():
    requests = os.fdopen(3, "r", encoding="utf-8", closefd=False)
    answers = os.fdopen(4, "w", encoding="utf-8", closefd=False)
    os.set_inheritable(3, False)
    os.set_inheritable(4, False)
    # JSON may hold half a surrogate pair: printing it must not end the call.
    sys.stdout.reconfigure(errors="backslashreplace")
    # A long whole number is data like any other.
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)

    def send(text):
        answers.write(text + "\n")
        answers.flush()

    folder = os.environ["MILLRACE_CODE"]
    context = Context(os.environ.get("MILLRACE_FUNCTION", ""))
    try:
        handle = load_handler(folder)
    except BaseException as error:  # pylint: disable=broad-except
        print_failure(error, folder)
        sys.stderr.flush()
        send(json.dumps({"ready": False, "error": sentence_of(error, folder)}))
        return 1
    takes_context = parameter_count(handle) >= 2
    send('{"ready": true}')

    def call(event):
        return handle(event, context) if takes_context else handle(event)

    for line in requests:
        answer = answer_to(json.loads(line, parse_float=parse_float), call, folder)
        sys.stdout.flush()
        sys.stderr.flush()
        send(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

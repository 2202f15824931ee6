# SPDX-License-Identifier: Apache-2.0
"""The CloudEvents SDK for Python sends to the broker and receives from it.

    broker_test.py <millrace-broker> [unittest options]

Starts a broker of its own on a loopback port and stops it at the end.
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent, from_http

START_SECONDS_MAX = 30
RECEIVE_SECONDS_MAX = 20
KIND = "eventing.knative.dev"


class Receiver:
    """A subscriber that parses what it gets with the SDK; may answer with an event."""

    def __init__(self, reply=None):
        receiver = self
        self.events = []
        self.arrived = threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                event = from_http(dict(self.headers), body)
                with receiver.arrived:
                    receiver.events.append(event)
                    receiver.arrived.notify_all()
                headers, data = ({}, b"") if reply is None else to_binary(reply(event))
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, event_id):
        """The event with this id, once it is there."""
        def found():
            return next((event for event in self.events if event["id"] == event_id), None)
        with self.arrived:
            if not self.arrived.wait_for(found, RECEIVE_SECONDS_MAX):
                raise AssertionError(f"Event {event_id} did not arrive.")
            return found()


class Broker:
    """A running millrace-broker over a folder of its own."""

    def __init__(self, program, triggers):
        self.folder = tempfile.TemporaryDirectory()
        self.write_object("brokers", "Broker", "default", {})
        for name, spec in triggers.items():
            self.write_object("triggers", "Trigger", name, {"broker": "default", **spec})
        address = os.path.join(self.folder.name, "address.json")
        self.process = subprocess.Popen(
            [program, "--state", self.folder.name, "--address-file", address, "--log-level", "warn"])
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready(address):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The broker did not start.")
            time.sleep(0.02)

    def is_ready(self, address):
        try:
            with open(address, encoding="utf-8") as file:
                url = json.load(file)["url"]
            urllib.request.urlopen(url + "/readyz", timeout=2).close()
        except OSError:
            return False
        self.url = url + "/default/default"
        return True

    def write_object(self, plural, kind, name, spec):
        folder = os.path.join(self.folder.name, "objects", f"{plural}.{KIND}", "default")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name + ".yaml"), "w", encoding="utf-8") as file:
            json.dump({"apiVersion": KIND + "/v1", "kind": kind, "spec": spec,
                       "metadata": {"name": name, "namespace": "default"}}, file)

    def post(self, headers, body):
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status

    def stop(self):
        self.process.terminate()
        code = self.process.wait(10)
        self.folder.cleanup()
        return code


def sample(event_id, **more):
    # Attributes in plain ASCII: this SDK neither percent-encodes headers nor decodes them (HTTP
    # binding 3.1.3.2), so what needs it would not arrive as sent.
    return CloudEvent(
        {"id": event_id, "source": "/python", "type": "sample", "subject": "web/01",
         "time": "2026-11-22T10:03:53.472846+00:00", "vmname": "web-01", **more},
        {"text": "Gr\u00fc\u00dfe", "list": [1, 2.5, None, True]})


class SdkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.replying = Receiver(
            reply=lambda event: CloudEvent(
                {"id": "re-" + event["id"], "source": "/reply", "type": "answer"}, {"to": event["id"]}))
        cls.hearing = Receiver()
        cls.broker = Broker(PROGRAM, {
            "ask": {"filter": {"attributes": {"type": "sample"}},
                    "subscriber": {"uri": cls.replying.url}},
            "hear": {"filters": [{"prefix": {"type": "ans"}}],
                     "subscriber": {"uri": cls.hearing.url}}})

    @classmethod
    def tearDownClass(cls):
        assert cls.broker.stop() == 0

    def check_arrives(self, event, sent):
        self.assertEqual(self.broker.post(*sent), 202)
        got = self.replying.get(event["id"])
        for name, value in event.get_attributes().items():
            self.assertEqual(got[name], value, name)
        self.assertEqual(got.data, event.data)

    def test_binary_mode_arrives_as_sent(self):
        event = sample("binary")
        self.check_arrives(event, to_binary(event))

    def test_structured_mode_arrives_as_sent(self):
        event = sample("structured")
        self.check_arrives(event, to_structured(event))

    def test_version_0_3_is_kept(self):
        event = sample("old", specversion="0.3")
        self.check_arrives(event, to_binary(event))
        self.assertEqual(self.replying.get("old")["specversion"], "0.3")

    def test_a_reply_made_with_the_sdk_is_a_new_event(self):
        self.broker.post(*to_binary(sample("question")))
        answer = self.hearing.get("re-question")
        self.assertEqual(answer.data, {"to": "question"})
        self.assertEqual(answer["source"], "/reply")

    def test_what_is_no_event_is_refused(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.broker.post({"content-type": "application/json"}, b"{}")
        self.assertEqual(refused.exception.code, 400)
        refused.exception.close()


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()

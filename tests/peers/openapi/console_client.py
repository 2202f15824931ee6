# SPDX-License-Identifier: Apache-2.0
"""All services of Millrace over a folder of their own, and a client of the console's API."""

import http.client
import json
import os
import subprocess
import tempfile
import time
import urllib.parse

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
ANSWER_SECONDS_MAX = 30
POLL_SECONDS = 0.05


def wait_for(question, seconds_max, what):
    """Asks until the answer is true, and gives it."""
    deadline = time.monotonic() + seconds_max
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not after {seconds_max} s: {what}")
        time.sleep(POLL_SECONDS)


class Millrace:
    """`millrace up` with the simulated data centre, on free loopback ports."""

    def __init__(self, program, root):
        self.folder = tempfile.TemporaryDirectory()
        self.state = os.path.join(self.folder.name, "state")
        web = os.path.join(self.folder.name, "web")
        os.mkdir(web)
        with open(os.path.join(web, "index.html"), "w", encoding="utf-8") as file:
            file.write("<!doctype html><title>console</title>\n")
        self.log_path = os.path.join(self.folder.name, "up.log")
        self.command = [
            program, "up", "--state", self.state, "--console-listen", "127.0.0.1:0",
            "--rate", "5", "--web", web, "--recipes", os.path.join(root, "appliance/functions"),
            "--runtimes", os.path.join(root, "services/runner/runtimes"),
            "--bill", os.path.join(root, "build/bill")]
        self.start()

    def start(self):
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(self._is_up, START_SECONDS_MAX, "millrace up prints its link")
        except AssertionError:
            self.stop()
            raise

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError("millrace up ended: " + self.output())
        return os.path.exists(os.path.join(self.state, "run", "login-url")) and "Open http" in self.output()

    def output(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def login_url(self):
        with open(os.path.join(self.state, "run", "login-url"), encoding="utf-8") as file:
            return file.read().strip()

    def object_path(self, kind, name):
        return os.path.join(self.state, "objects", kind, "default", name + ".yaml")

    def stop(self):
        """Ends everything; the exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return code

    def remove(self):
        self.folder.cleanup()


class Answer:
    """A whole answer, or the headers of one that is still streamed."""

    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def header(self, name):
        return self.headers.get(name)

    def json(self):
        return json.loads(self.body) if self.body else None


class Stream:
    """Server-sent events as they come."""

    def __init__(self, connection, response):
        self.connection = connection
        self.response = response

    def events(self):
        """(event, data, id) each; comments are passed over. Ends with the stream."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            if not line:
                return
            line = line.rstrip("\n")
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line and "data" in fields:
                yield fields.get("event"), json.loads(fields["data"]), fields.get("id")
                fields = {}

    def close(self):
        self.connection.close()


class Client:
    """One browser: its cookie and the headers its page sends."""

    def __init__(self, origin):
        self.origin = origin
        self.host = urllib.parse.urlsplit(origin).netloc
        self.cookie = None

    def request(self, method, path, body=None, headers=None):
        """The connection and the response, its body unread."""
        connection = http.client.HTTPConnection(self.host, timeout=ANSWER_SECONDS_MAX)
        sent = {} if method == "GET" else {"Origin": self.origin, "X-Requested-With": "millrace"}
        text = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            text = json.dumps(body)
        if self.cookie:
            sent["Cookie"] = self.cookie
        sent.update(headers or {})
        connection.request(method, path, text, sent)
        return connection, connection.getresponse()

    def call(self, method, path, body=None, headers=None):
        connection, response = self.request(method, path, body, headers)
        answer = Answer(response, response.read())
        connection.close()
        cookie = answer.header("set-cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        return answer

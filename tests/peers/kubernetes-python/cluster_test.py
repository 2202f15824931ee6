# SPDX-License-Identifier: Apache-2.0
"""Kubernetes' client for Python makes a function as VEBA's manuals do; the CloudEvents SDK for Python sends to its
Broker and receives from it.

    cluster_test.py <kubeconfig> <address of this machine in the cluster's network> <version> [unittest options]
"""

import http.server
import sys
import threading
import time
import unittest
import urllib.request

from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent, from_http
from kubernetes import client, config, watch

NAMESPACE = "vmware-functions"
READY_SECONDS_MAX = 90
RECEIVE_SECONDS_MAX = 60
CODE = """
import os

def handle(event):
    print("secret has", len(os.environ["PYTHON_CLIENT_SECRET"]), "characters")
    return {"type": "test.python.answer", "id": "answer-to-" + event.id, "source": "function", "data": event.data}
"""


class Receiver:
    """A subscriber outside the cluster that parses what it gets with the SDK."""

    def __init__(self, address):
        receiver = self
        self.events = {}
        self.arrived = threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                event = from_http(dict(self.headers), body)
                with receiver.arrived:
                    receiver.events[event["id"]] = event
                    receiver.arrived.notify_all()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.url = f"http://{address}:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, event_id):
        """The event with this id, once it is there."""
        with self.arrived:
            if not self.arrived.wait_for(lambda: event_id in self.events, RECEIVE_SECONDS_MAX):
                raise AssertionError(f"Event {event_id} did not arrive.")
            return self.events[event_id]


class Objects:
    """The objects of one test, taken back at its end."""

    SERVICE = ("serving.knative.dev", "v1", NAMESPACE, "services")
    TRIGGER = ("eventing.knative.dev", "v1", NAMESPACE, "triggers")

    def __init__(self):
        self.core = client.CoreV1Api()
        self.custom = client.CustomObjectsApi()
        self.made = []

    def make(self, kind, body):
        self.made.append((kind, body["metadata"]["name"]))
        self.custom.create_namespaced_custom_object(*kind, body)

    def wait_until_ready(self, kind, name):
        """Watches until the condition Ready is True."""
        status = {}
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            stream = watch.Watch().stream(
                self.custom.list_namespaced_custom_object, *kind, field_selector=f"metadata.name={name}",
                timeout_seconds=READY_SECONDS_MAX)
            try:
                for change in stream:
                    status = change["object"].get("status", {})
                    if any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", [])):
                        return
            except client.exceptions.ApiException as error:
                # A busy API server's cache is behind what it has told already: the client is to ask again.
                if error.status != 504:
                    raise
        raise AssertionError(f"{name} is not ready: {status}")

    def make_function(self, name):
        metadata = client.V1ObjectMeta(name=name)
        self.core.create_namespaced_config_map(
            NAMESPACE, client.V1ConfigMap(metadata=metadata, data={"handler.py": CODE}))
        self.core.create_namespaced_secret(
            NAMESPACE, client.V1Secret(metadata=metadata, string_data={"PYTHON_CLIENT_SECRET": "xyzzy"}))
        container = {
            "image": f"dev.local/millrace/python:{VERSION}",
            "envFrom": [{"secretRef": {"name": name}}],
            "volumeMounts": [{"name": "code", "mountPath": "/function"}],
        }
        volumes = [{"name": "code", "configMap": {"name": name}}]
        self.make(self.SERVICE, {
            "apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"template": {"spec": {"containers": [container], "volumes": volumes}}},
        })

    def make_trigger(self, name, event_type, subscriber):
        self.make(self.TRIGGER, {
            "apiVersion": "eventing.knative.dev/v1", "kind": "Trigger", "metadata": {"name": name},
            "spec": {"broker": "default", "filter": {"attributes": {"type": event_type}}, "subscriber": subscriber},
        })

    def take_back(self, name):
        for kind, made in reversed(self.made):
            self.custom.delete_namespaced_custom_object(*kind, made)
        self.core.delete_namespaced_config_map(name, NAMESPACE)
        self.core.delete_namespaced_secret(name, NAMESPACE)


def post(url, headers, body):
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


class ClusterTest(unittest.TestCase):
    """What clients that nobody here wrote do."""

    def test_a_function_answers_what_the_sdk_sends(self):
        name = "test-python-client"
        receiver = Receiver(ADDRESS)
        objects = Objects()
        try:
            objects.make_function(name)
            function = {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": name}}
            objects.make_trigger(name, "test.python.question", function)
            objects.make_trigger(name + "-answer", "test.python.answer", {"uri": receiver.url})
            objects.wait_until_ready(Objects.SERVICE, name)
            objects.wait_until_ready(Objects.TRIGGER, name)
            objects.wait_until_ready(Objects.TRIGGER, name + "-answer")
            service = objects.core.read_namespaced_service("millrace-broker", "millrace")
            broker = f"http://{service.spec.cluster_ip}/{NAMESPACE}/default"
            for event_id, convert in (("binary", to_binary), ("structured", to_structured)):
                event = CloudEvent(
                    {"id": event_id, "type": "test.python.question", "source": "sdk",
                     "datacontenttype": "application/json"},
                    {"vm": "Ümlaut", "n": 2**53 + 1})
                self.assertEqual(202, post(broker, *convert(event)))
                answer = receiver.get("answer-to-" + event_id)
                self.assertEqual("function", answer["source"])
                self.assertEqual({"vm": "Ümlaut", "n": 2**53 + 1}, answer.data)
            self.assertIn("secret has 5 characters", self.log_of(objects, name))
        finally:
            objects.take_back(name)
            receiver.server.shutdown()

    @staticmethod
    def log_of(objects, name):
        pods = objects.core.list_namespaced_pod(NAMESPACE, label_selector=f"serving.knative.dev/service={name}")
        return objects.core.read_namespaced_pod_log(
            pods.items[0].metadata.name, NAMESPACE, container="user-container")


if __name__ == "__main__":
    config.load_kube_config(sys.argv.pop(1))
    ADDRESS = sys.argv.pop(1)
    VERSION = sys.argv.pop(1)
    unittest.main(verbosity=2)

# SPDX-License-Identifier: Apache-2.0
"""Calls every operation of services/console/api/openapi.yaml on the real console, over all the real
services, and validates each answer against the document.

    contract_test.py <millrace> <source folder> [unittest options]

Fails when an answer has anything the document does not know, and when an operation or a status the
document names was never seen.
"""

import os
import re
import sys
import unittest
import urllib.parse

import yaml

from console_client import Answer, Client, Millrace, Stream, wait_for
from contract import Contract

MAINTENANCE = "host-maintenance"
EFFECT_SECONDS_MAX = 60
EVENTS_READ_MAX = 500
TRIGGERS = "triggers.eventing.knative.dev"
SOURCES = "vspheresources.sources.tanzu.vmware.com"
EVERYTHING = {"types": [], "attributes": []}


class ContractTest(unittest.TestCase):
    """The steps build on each other; they run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.contract = Contract(os.path.join(ROOT, "services/console/api/openapi.yaml"))
        cls.millrace = Millrace(PROGRAM, ROOT)
        cls.client = Client(cls.millrace.login_url().split("/login")[0])

    @classmethod
    def tearDownClass(cls):
        code = cls.millrace.stop()
        output = cls.millrace.output()
        cls.millrace.remove()
        if code != 0:
            raise AssertionError("millrace up did not end well: " + output)

    def check(self, operation_id, answer):
        faults = self.contract.answer_faults(operation_id, answer)
        self.assertEqual(faults, [], f"{operation_id} {answer.status}: {answer.body[:2000]}")
        self.assertEqual(answer.header("cache-control"), "no-store", operation_id)
        self.assertIn("default-src 'none'", answer.header("content-security-policy") or "")

    def url(self, operation_id, **parts):
        method, path, _ = self.contract.operations[operation_id]
        query = parts.pop("query", "")
        for name, value in parts.items():
            path = path.replace("{" + name + "}", urllib.parse.quote(value, safe=""))
        self.assertNotIn("{", path)
        return method, "/api/v1" + path + query

    def call(self, operation_id, status, body=None, headers=None, **parts):
        """The body of the answer, which must have this status and fit the document."""
        if status < 400:
            self.assertEqual(self.contract.request_faults(operation_id, body), [])
        method, url = self.url(operation_id, **parts)
        answer = self.client.call(method, url, body, headers)
        self.check(operation_id, answer)
        self.assertEqual(answer.status, status, f"{operation_id}: {answer.body[:2000]}")
        self.last = answer
        return answer.json()

    def etag(self):
        return {"If-Match": self.last.header("etag")}

    def follow(self, operation_id, wanted, check, **parts):
        """Reads a stream until every kind of event in `wanted` has come."""
        method, url = self.url(operation_id, **parts)
        connection, response = self.client.request(method, url)
        self.check(operation_id, Answer(response, b""))
        self.assertEqual(response.status, 200)
        stream = Stream(connection, response)
        for count, (event, data, identity) in enumerate(stream.events()):
            check(event, data, identity)
            wanted = wanted - {event}
            if not wanted or count > EVENTS_READ_MAX:
                break
        stream.close()
        self.assertEqual(wanted, set())

    def test_01_document(self):
        told = self.call("getOpenApi", 200)
        self.assertEqual(told, self.contract.document)

    def test_02_sign_in(self):
        self.assertFalse(self.call("getSession", 200)["authenticated"])
        self.assertEqual(self.call("getOverview", 401)["code"], "session.required")
        self.call("createSession", 422, {"user": "admin"})
        for _ in range(5):
            self.call("createSession", 401, {"code": "0" * 32})
        self.call("createSession", 429, {"code": "0" * 32})
        link = self.millrace.login_url()

        def signed_in():
            answer = self.client.call(
                "POST", "/api/v1/session", {"code": link.split("#code=")[1]})
            self.check("createSession", answer)
            return answer.status == 201

        wait_for(signed_in, EFFECT_SECONDS_MAX, "the sign-in is let through again")
        session = self.call("getSession", 200)
        self.assertTrue(session["authenticated"])
        self.assertTrue(session["simulated"])

    def test_03_overview_and_sources(self):
        def connected():
            sources = self.call("listSources", 200)["items"]
            return sources and sources[0]["state"] == "Connected" and sources[0]["events"] > 0

        wait_for(connected, EFFECT_SECONDS_MAX, "the source is connected and sends events")
        overview = self.call("getOverview", 200, query="?minutes=5")
        self.assertEqual({one["state"] for one in overview["services"]}, {"up"})
        self.assertGreater(sum(point["received"] for point in overview["rates"]["points"]), 0)

    def test_03_what_it_is_made_of(self):
        about = self.call("getAbout", 200)
        self.assertEqual((about["installation"], about["platformProblem"]), ("local", ""))
        told = self.call("getBillOfMaterials", 200)
        self.assertEqual(len(told["components"]), len(about["parts"]))
        self.assertIn("preact", [part["name"] for part in about["parts"]])
        method, url = self.url("getLicences")
        archive = self.client.call(method, url)
        self.check("getLicences", archive)
        self.assertTrue(archive.body.startswith(b"\xfd7zXZ\0"))

    def test_04_recipes(self):
        for recipe in self.call("listRecipes", 200)["items"]:
            self.call("getRecipe", 200, id=recipe["id"])
        self.call("getRecipe", 404, id="none")

    def test_05_recipe_works_as_it_is_offered(self):
        """In the demo the form of a recipe needs no typing: its defaults mark a host in vROps."""
        self.call("deleteFunction", 204, name=MAINTENANCE)
        self.call("deleteFunction", 404, name=MAINTENANCE)
        recipe = self.call("getRecipe", 200, id=MAINTENANCE)
        filled = {field["name"]: field["default"] for field in recipe["secrets"]}
        for name in ("VROPS_URL", "VROPS_USERNAME", "VROPS_PASSWORD", "VROPS_CA_CERTIFICATE"):
            self.assertTrue(filled[name], name)
        wish = {"name": "demo", "recipe": MAINTENANCE, "triggers": recipe["triggers"],
                "env": {}, "secrets": filled}
        self.call("createFunction", 201, wish)
        self.assertEqual(self.last.header("location"), "/api/v1/functions/demo")
        self.call("createFunction", 409, wish)
        self.wait_until_deployed("demo")
        host = self.mark_a_host()
        self.call("actOnDatacentre", 409, {"action": "enterMaintenance", "target": host["id"]})
        self.call("actOnDatacentre", 404, {"action": "powerOn", "target": "vm-0"})
        problem = self.call("actOnDatacentre", 422, {"action": "explode"})
        self.assertEqual([one["pointer"] for one in problem["errors"]], ["/action", "/target"])
        self.call("actOnDatacentre", 202, {"action": "burst", "count": 20})

    def mark_a_host(self):
        """A host enters maintenance, and the function tells vRealize Operations."""
        host = self.call("getDatacentre", 200)["clusters"][0]["hosts"][0]
        begun = self.call("actOnDatacentre", 202, {"action": "enterMaintenance", "target": host["id"]})
        self.assertEqual(begun["action"], "enterMaintenance")
        wait_for(lambda: self.vrops_state(host["id"]) == "MAINTAINED_MANUAL",
                 EFFECT_SECONDS_MAX, "the host is marked in vRealize Operations")
        return host

    def vrops_state(self, host_id):
        for cluster in self.call("getDatacentre", 200)["clusters"]:
            for host in cluster["hosts"]:
                if host["id"] == host_id:
                    return host["vrops"]["state"]
        return None

    def wait_until_deployed(self, name):
        def done():
            function = self.call("getFunction", 200, name=name)
            self.assertNotEqual(function["deployment"]["state"], "failed", function)
            return function["deployment"]["state"] == "done"

        wait_for(done, EFFECT_SECONDS_MAX, f"{name} is deployed")

    def test_06_functions(self):
        self.assertEqual([one["name"] for one in self.call("listFunctions", 200)["items"]],
                         ["demo", "echo"])
        self.call("getFunction", 404, name="none")
        problem = self.call("createFunction", 422, {
            "name": "new", "recipe": "none", "triggers": [{"types": [""], "attributes": [
                {"attribute": "A B", "op": "like", "value": ""}]}],
            "env": {"1A": "x"}, "secrets": {"a/b": 1}})
        self.assertEqual({one["pointer"] for one in problem["errors"]}, {
            "/name", "/recipe", "/triggers/0/types/0", "/triggers/0/attributes/0/attribute",
            "/triggers/0/attributes/0/op", "/triggers/0/attributes/0/value", "/env/1A",
            "/secrets/a~1b"})

    def test_07_files(self):
        files = self.call("getFiles", 200, name="echo")
        code = files["files"][0]["content"] + "\n# changed\n"
        changed = {"files": [{"path": files["files"][0]["path"], "content": code}]}
        stale = self.etag()
        self.call("putFiles", 428, changed, name="echo")
        self.call("putFiles", 200, changed, stale, name="echo")
        self.call("putFiles", 412, changed, stale, name="echo")
        self.call("getFiles", 200, name="echo")
        fresh = self.etag()
        problem = self.call("putFiles", 422, {"files": [
            {"path": "../x", "content": ""}, {"path": "a", "content": "y" * 600_000}]},
            fresh, name="echo")
        self.assertEqual({one["pointer"] for one in problem["errors"]},
                         {"/files/0/path", "/files/1/content"})
        self.wait_until_deployed("echo")
        revisions = self.call("listRevisions", 200, name="echo")["items"]
        self.assertEqual([one["traffic"] for one in revisions], [100] + [0] * (len(revisions) - 1))

    def test_08_env(self):
        self.call("getEnv", 200, name="echo")
        stale = self.etag()
        settings = {"items": [{"name": "COLOUR", "value": "blue"}]}
        self.call("putEnv", 428, settings, name="echo")
        self.assertEqual(self.call("putEnv", 200, settings, stale, name="echo"), settings)
        self.call("putEnv", 412, settings, stale, name="echo")
        self.call("getEnv", 200, name="echo")
        twice = {"items": [{"name": "A", "value": ""}, {"name": "A", "value": ""},
                           {"name": "B=", "value": ""}]}
        problem = self.call("putEnv", 422, twice, self.etag(), name="echo")
        self.assertEqual([one["pointer"] for one in problem["errors"]],
                         ["/items/1/name", "/items/2/name"])

    def test_09_secrets_are_write_only(self):
        secret = "do-not-tell-4711"
        self.call("patchSecrets", 200, {"set": {"KEY": secret, "OTHER": "x"}, "remove": []},
                  name="echo")
        self.assertNotIn(secret.encode(), self.last.body)
        keys = self.call("listSecrets", 200, name="echo")
        self.assertEqual(keys, {"items": [{"key": "KEY"}, {"key": "OTHER"}]})
        left = self.call("patchSecrets", 200, {"set": {}, "remove": ["OTHER"]}, name="echo")
        self.assertEqual(left, {"items": [{"key": "KEY"}]})
        self.call("patchSecrets", 422, {"set": {"A-B": "x"}, "remove": {}}, name="echo")
        self.wait_until_deployed("echo")

    def test_10_triggers(self):
        first = self.call("listTriggers", 200, name="echo")["items"][0]
        added = self.call("createTrigger", 201, {
            "types": ["a"], "attributes": [{"attribute": "vmname", "op": "prefix", "value": "web-"}]},
            name="echo")
        self.assertEqual(added["name"], "echo-2")
        self.call("createTrigger", 422, {"types": "a"}, name="echo")
        parts = {"name": "echo", "trigger": "echo-2"}
        match = {"If-Match": f'"{added["etag"]}"'}
        self.call("putTrigger", 428, EVERYTHING, **parts)
        self.call("putTrigger", 422, {"types": []}, match, **parts)
        self.call("putTrigger", 200, {"types": ["b"], "attributes": []}, match, **parts)
        self.call("putTrigger", 412, EVERYTHING, match, **parts)
        self.complicate_trigger("echo-2")
        self.assertEqual(self.call("putTrigger", 409, EVERYTHING, match, **parts)["code"],
                         "trigger.notEditable")
        listed = self.call("listTriggers", 200, name="echo")["items"]
        self.assertEqual([one["editable"] for one in listed], [True, False])
        self.call("deleteTrigger", 204, **parts)
        self.assertEqual([one["name"] for one in self.call("listTriggers", 200, name="echo")["items"]],
                         [first["name"]])

    def complicate_trigger(self, name):
        path = self.millrace.object_path(TRIGGERS, name)
        with open(path, encoding="utf-8") as file:
            trigger = yaml.safe_load(file)
        trigger["spec"]["filters"] = [{"not": {"exact": {"type": "a"}}}]
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(trigger, file)

    def test_11_logs(self):
        wait_for(lambda: self.call("getLogs", 200, name="echo", query="?tail=5")["items"],
                 EFFECT_SECONDS_MAX, "echo has printed something")

        def check(event, data, _):
            self.assertEqual(event, "log")
            self.assertEqual(self.contract.component_faults("LogLine", data), [])

        self.follow("followLogs", {"log"}, check, name="echo", query="?tail=3")

    def test_12_events(self):
        page = self.call("listEvents", 200, query="?limit=5")
        self.assertEqual(len(page["items"]), 5)
        older = self.call("listEvents", 200, query="?limit=5&cursor=" + page["next"])
        self.assertGreater(int(page["items"][-1]["seq"]), int(older["items"][0]["seq"]))
        self.assertEqual(self.call("listEvents", 422, query="?limit=x&from=y")["code"],
                         "request.invalid")
        found = self.call("listEvents", 200, query="?type=com.vmware.vsphere.EnteredMaintenanceModeEvent.v0")
        detail = self.call("getEvent", 200, seq=found["items"][0]["seq"])
        verdicts = {one["function"]: one for one in detail["verdicts"]}
        self.assertTrue(verdicts["demo"]["matched"])
        for query in ("?outcome=delivered&function=demo", "?outcome=unmatched&limit=1",
                      "?trigger=default/demo", "?vmname=none", "?q=%22entered%20maintenance%22"):
            self.call("listEvents", 200, query=query)
        self.call("listEvents", 422, query="?outcome=lost")
        other = self.call("listEvents", 200, query="?q=burst&limit=1")["items"][0]
        missed = self.call("getEvent", 200, seq=other["seq"])["verdicts"]
        self.assertIn(False, [one["matched"] for one in missed])
        self.call("getEvent", 404, seq="999999999")
        self.assertIn("com.vmware.vsphere.EnteredMaintenanceModeEvent.v0",
                      [one["type"] for one in self.call("listEventTypes", 200)["items"]])

    def test_13_stream(self):
        components = {"event": "EventRow", "function": "Function", "source": "Source",
                      "overview": "Overview", "datacentre": "Datacentre"}
        row = self.contract.document["components"]["schemas"]["EventRow"]
        delivery = {"type": "object", "required": ["seq", "deliveries"],
                    "additionalProperties": False,
                    "properties": {name: row["properties"][name] for name in ("seq", "deliveries")}}

        def check(event, data, identity):
            if event in components:
                self.assertEqual(self.contract.component_faults(components[event], data), [])
            elif event == "delivery":
                self.assertEqual(self.contract.faults(delivery, data), [])
            else:
                self.assertIn(event, {"dropped", "resync", "functionDeleted"})
            if event == "event":
                self.assertEqual(identity, data["seq"])

        self.follow("openStream", {*components, "delivery"}, check,
                    query="?topics=events,functions,sources,overview,datacentre")
        self.call("openStream", 422, query="?topics=deliveries")
        self.call("openStream", 422, query="?topics=weather")

    def test_14_real_source(self):
        path = self.millrace.object_path(SOURCES, "simulator")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"millrace.dev/simulated: .*", 'millrace.dev/simulated: "false"', text))
        self.assertEqual(self.call("getDatacentre", 404)["code"], "datacentre.notSimulated")
        recipe = self.call("getRecipe", 200, id=MAINTENANCE)
        self.assertEqual({field["default"] for field in recipe["secrets"]}, {""})

    def test_15_sign_out(self):
        self.call("deleteSession", 204)
        self.assertEqual(self.call("deleteSession", 401)["code"], "session.required")
        self.call("listFunctions", 401)

    def test_16_recipe_works_after_a_restart(self):
        """The simulator has another address then: what was filled in follows it."""
        self.assertEqual(self.millrace.stop(), 0)
        self.millrace.start()
        type(self).client = Client(self.millrace.login_url().split("/login")[0])
        self.call("createSession", 201, {"code": self.millrace.login_url().split("#code=")[1]})
        self.wait_until_deployed("demo")
        self.mark_a_host()

    def test_99_everything_was_seen(self):
        self.assertEqual(self.contract.unseen(), [])


if __name__ == "__main__":
    PROGRAM, ROOT = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], failfast=True)

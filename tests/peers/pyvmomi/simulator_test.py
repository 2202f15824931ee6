# SPDX-License-Identifier: Apache-2.0
"""pyvmomi, VMware's own client, against the simulated vCenter over HTTPS.

    simulator_test.py <millrace-simulator> [unittest options]

Starts a simulator of its own on loopback ports and stops it at the end.
"""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

TOKEN = "a-token-for-tests-only"
PASSWORD = "p\u00e4ss<w>&'ord"
START_SECONDS_MAX = 30
Collector = vmodl.query.PropertyCollector


class Simulator:
    """A running millrace-simulator and its control API."""

    def __init__(self, program, *flags):
        self.folder = tempfile.TemporaryDirectory()
        self.write("token", TOKEN)
        self.write("password", PASSWORD)
        self.process = subprocess.Popen(
            [program, "--api-token-file", self.path("token"), "--password-file", self.path("password"),
             "--address-file", self.path("control.json"), "--vcenter-address-file", self.path("vcenter.json"),
             "--certificate-file", self.path("certificate.pem"), "--operation-step", "50ms", *flags])
        deadline = time.monotonic() + START_SECONDS_MAX
        while not os.path.exists(self.path("control.json")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The simulator did not start.")
            time.sleep(0.02)
        self.control = self.read_json("control.json")["url"]
        self.vcenter = self.read_json("vcenter.json")
        self.host, port = self.vcenter["url"].split("/")[2].split(":")
        self.port = int(port)
        self.tls = ssl.create_default_context(cafile=self.path("certificate.pem"))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read_json(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file)

    def connect(self):
        return SmartConnect(host=self.host, port=self.port, user="administrator@vsphere.local",
                            pwd=PASSWORD, sslContext=self.tls)

    def api(self, method, path, body=None):
        request = urllib.request.Request(
            self.control + "/api/v1/" + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=10)
        self.folder.cleanup()
        return code


class WithClient(unittest.TestCase):
    program = None

    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator(cls.program, "--no-story", "--hostile-names")

    @classmethod
    def tearDownClass(cls):
        assert cls.simulator.stop() == 0

    def setUp(self):
        self.client = self.simulator.connect()
        self.content = self.client.RetrieveContent()
        self.addCleanup(Disconnect, self.client)

    def vms(self):
        view = self.content.viewManager.CreateContainerView(
            self.content.rootFolder, [vim.VirtualMachine], True)
        try:
            return {vm.name: vm for vm in view.view}
        finally:
            view.DestroyView()

    def collector(self, **criteria):
        by_entity = vim.event.EventFilterSpec.ByEntity(entity=self.content.rootFolder, recursion="all")
        begin = vim.event.EventFilterSpec.ByTime(beginTime=self.client.CurrentTime())
        spec = vim.event.EventFilterSpec(entity=by_entity, time=begin, **criteria)
        return self.content.eventManager.CreateCollectorForEvents(spec)

    def watch(self, managed_object, *paths):
        spec = Collector.FilterSpec(
            propSet=[Collector.PropertySpec(type=type(managed_object), pathSet=list(paths))],
            objectSet=[Collector.ObjectSpec(obj=managed_object)])
        return self.content.propertyCollector.CreateFilter(spec, False)

    def wait(self, version, seconds):
        return self.content.propertyCollector.WaitForUpdatesEx(
            version, Collector.WaitOptions(maxWaitSeconds=seconds))


class Inventory(WithClient):
    def test_the_server_presents_itself_as_a_vcenter(self):
        about = self.content.about
        self.assertEqual(about.apiType, "VirtualCenter")
        self.assertEqual(about.apiVersion, "8.0.2.0")
        self.assertTrue(about.instanceUuid)
        self.assertEqual(self.content.sessionManager.currentSession.userName,
                         "VSPHERE.LOCAL\\administrator")

    def test_a_walk_from_the_root_reaches_what_a_view_shows(self):
        found = []

        def walk(folder):
            for child in folder.childEntity:
                if isinstance(child, vim.Folder):
                    walk(child)
                else:
                    found.append(child.name)

        for datacenter in self.content.rootFolder.childEntity:
            walk(datacenter.vmFolder)
            for cluster in datacenter.hostFolder.childEntity:
                self.assertTrue(all(host.parent == cluster for host in cluster.host))
                self.assertEqual(cluster.resourcePool.owner, cluster)
        self.assertEqual(sorted(found), sorted(self.vms()))
        self.assertEqual(len(found), 45)

    def test_hostile_names_arrive_as_they_are(self):
        names = self.vms()
        self.assertIn("<img src=x onerror=alert(1)>", names)
        self.assertIn("tab\there, line\nbreak", names)
        self.assertIn("it's \"quoted\" & <b>bold</b>; $(reboot) `id` %0d%0a", names)

    def test_properties_are_typed(self):
        vm = self.vms()["web-01"]
        self.assertEqual(vm.runtime.powerState, vim.VirtualMachine.PowerState.poweredOn)
        self.assertEqual(vm.config.hardware.numCPU, 2)
        self.assertEqual(vm.summary.config.guestFullName, "Debian GNU/Linux 12 (64-bit)")
        self.assertIsInstance(vm.runtime.host, vim.HostSystem)
        self.assertFalse(vm.runtime.host.summary.runtime.inMaintenanceMode)
        self.assertEqual(vm.datastore[0].summary.type, "VMFS")

    def test_objects_are_found_by_path_and_uuid(self):
        vm = self.content.searchIndex.FindByInventoryPath("Berlin/vm/Production/web-01")
        self.assertEqual(vm.name, "web-01")
        self.assertEqual(self.content.searchIndex.FindByUuid(None, vm.config.uuid, True), vm)
        self.assertIsNone(self.content.searchIndex.FindByInventoryPath("Berlin/vm/nobody"))


class Events(WithClient):
    def test_read_next_pages_through_a_burst_without_gap(self):
        collector = self.collector(eventTypeId=["com.vmware.millrace.burst"])
        self.simulator.api("POST", "bursts", {"count": 2500, "entities": 50})
        pages = []
        while page := collector.ReadNextEvents(1000):
            pages.append(page)
        self.assertEqual([len(page) for page in pages], [1000, 1000, 500])
        events = [event for page in pages for event in page]
        keys = [event.key for event in events]
        self.assertEqual(keys, list(range(keys[0], keys[0] + 2500)))
        sequences = {}
        for event in events:
            arguments = {one.key: one.value for one in event.arguments}
            sequences.setdefault(event.vm.vm._moId, []).append(int(arguments["sequence"]))
        self.assertEqual(len(sequences), 50)
        self.assertTrue(all(numbers == list(range(1, 51)) for numbers in sequences.values()))

    def test_pages_beyond_1000_are_refused(self):
        with self.assertRaises(vmodl.fault.InvalidArgument) as caught:
            self.collector().ReadNextEvents(1001)
        self.assertEqual(caught.exception.invalidProperty, "maxCount")

    def test_latest_page_wakes_a_waiting_client(self):
        collector = self.collector(eventTypeId=["VmResettingEvent"], maxCount=10)
        property_filter = self.watch(collector, "latestPage")
        self.addCleanup(property_filter.DestroyPropertyFilter)
        first = self.wait("", 5)
        self.assertEqual(first.filterSet[0].objectSet[0].kind, "enter")
        self.assertIsNone(self.wait(first.version, 1))
        vm = self.vms()["web-01"]
        timer = threading.Timer(0.3, self.simulator.api, (
            "POST", "operations", {"operation": "reset", "target": vm._moId}))
        timer.start()
        begun = time.monotonic()
        second = self.wait(first.version, 20)
        self.assertLess(time.monotonic() - begun, 5)
        timer.join()
        page = second.filterSet[0].objectSet[0].changeSet[0].val
        self.assertIsInstance(page[0], vim.event.VmResettingEvent)
        self.assertEqual(page[0].vm.name, "web-01")
        self.assertEqual([event.key for event in collector.ReadNextEvents(10)], [page[0].key])

    def test_posted_events_get_the_servers_fields(self):
        collector = self.collector()
        posted = vim.event.EventEx(
            key=0, chainId=0, createdTime=self.client.CurrentTime(), userName="nobody",
            eventTypeId="com.example.posted", severity="warning", message="a <message> & more",
            arguments=[vmodl.KeyAnyValue(key="k", value="v")])
        self.content.eventManager.PostEvent(posted, None)
        event = collector.ReadNextEvents(10)[-1]
        self.assertEqual(event.eventTypeId, "com.example.posted")
        self.assertEqual(event.message, "a <message> & more")
        self.assertEqual(event.userName, "VSPHERE.LOCAL\\administrator")
        self.assertGreater(event.key, 7000)
        self.assertEqual(event.arguments[0].value, "v")
        self.assertEqual(self.content.eventManager.latestEvent.key, event.key)

    def test_every_kind_of_event_can_be_read_by_the_client(self):
        collector = self.collector()
        self.content.eventManager.LogUserEvent(self.vms()["web-01"], "said")
        for name in ("VmReconfiguredEvent", "VmGuestRebootEvent", "HostConnectedEvent",
                     "AlarmAcknowledgedEvent", "DrsVmPoweredOnEvent", "GeneralHostErrorEvent"):
            self.simulator.api("POST", "events", {"class": name, "host": "host-21", "message": "m"})
        names = [type(event).__name__.split(".")[-1] for event in collector.ReadNextEvents(100)]
        self.assertEqual(names[-7:], ["GeneralUserEvent", "VmReconfiguredEvent", "VmGuestRebootEvent",
                                      "HostConnectedEvent", "AlarmAcknowledgedEvent",
                                      "DrsVmPoweredOnEvent", "GeneralHostErrorEvent"])


class Operations(WithClient):
    def test_a_vm_is_switched_off_and_on_with_its_events(self):
        vm = self.vms()["web-02"]
        collector = self.collector()
        self.assertEqual(WaitForTask(vm.PowerOffVM_Task()), vim.TaskInfo.State.success)
        self.assertEqual(vm.runtime.powerState, "poweredOff")
        WaitForTask(vm.PowerOnVM_Task())
        events = [event for event in collector.ReadNextEvents(100) if event.vm and event.vm.vm == vm]
        self.assertEqual([type(event) for event in events], [
            vim.event.TaskEvent, vim.event.VmStoppingEvent, vim.event.VmPoweredOffEvent,
            vim.event.TaskEvent, vim.event.VmStartingEvent, vim.event.VmPoweredOnEvent])
        self.assertEqual({event.chainId for event in events[:3]}, {events[0].key})

    def test_what_the_state_forbids_is_the_tasks_fault(self):
        with self.assertRaises(vim.fault.InvalidPowerState):
            WaitForTask(self.vms()["web-03"].PowerOnVM_Task())

    def test_a_snapshot_is_seen_and_removed(self):
        vm = self.vms()["app-01"]
        WaitForTask(vm.CreateSnapshot_Task("before", "the change", False, False))
        tree = vm.snapshot.rootSnapshotList[0]
        self.assertEqual((tree.name, tree.description), ("before", "the change"))
        WaitForTask(tree.snapshot.RemoveSnapshot_Task(False))
        self.assertIsNone(vm.snapshot)

    def test_a_host_enters_and_leaves_maintenance_mode(self):
        host = self.vms()["db-primary"].runtime.host
        collector = self.collector()
        WaitForTask(host.EnterMaintenanceMode_Task(timeout=0))
        self.assertTrue(host.runtime.inMaintenanceMode)
        self.assertFalse([vm for vm in host.vm if vm.runtime.powerState == "poweredOn"])
        WaitForTask(host.ExitMaintenanceMode_Task(timeout=0))
        self.assertFalse(host.runtime.inMaintenanceMode)
        names = [type(event).__name__.split(".")[-1] for event in collector.ReadNextEvents(1000)]
        self.assertEqual(names[1], "EnteringMaintenanceModeEvent")
        self.assertIn("DrsVmMigratedEvent", names)
        self.assertIn("EnteredMaintenanceModeEvent", names)
        self.assertEqual(names[-1], "ExitMaintenanceModeEvent")


class Faults(WithClient):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.simulator.api, "DELETE", "faults")

    def test_a_wrong_password_is_refused(self):
        with self.assertRaises(vim.fault.InvalidLogin):
            SmartConnect(host=self.simulator.host, port=self.simulator.port, user="administrator@vsphere.local",
                         pwd="wrong", sslContext=self.simulator.tls)

    def test_a_killed_session_is_not_authenticated(self):
        collector = self.collector()
        self.simulator.api("POST", "faults", {"kind": "sessionKill"})
        with self.assertRaises(vim.fault.NotAuthenticated):
            collector.ReadNextEvents(1)

    def test_a_killed_session_ends_a_wait(self):
        self.watch(self.vms()["web-01"], "name")
        version = self.wait("", 5).version
        timer = threading.Timer(0.3, self.simulator.api, ("POST", "faults", {"kind": "sessionKill"}))
        timer.start()
        with self.assertRaises(vim.fault.NotAuthenticated):
            self.wait(version, 20)
        timer.join()

    def test_a_collector_that_is_gone_is_not_found(self):
        collector = self.collector()
        self.simulator.api("POST", "faults", {"kind": "collectorGone"})
        with self.assertRaises(vmodl.fault.ManagedObjectNotFound) as caught:
            collector.ReadNextEvents(1)
        self.assertEqual(caught.exception.obj, collector)

    def test_a_silent_collector_stays_empty_while_latest_event_advances(self):
        collector = self.collector()
        collector.ReadNextEvents(100)
        before = self.content.eventManager.latestEvent.key
        self.simulator.api("POST", "faults", {"kind": "silentCollector"})
        self.simulator.api("POST", "bursts", {"count": 5})
        self.assertEqual(collector.ReadNextEvents(100), [])
        self.assertEqual(self.content.eventManager.latestEvent.key, before + 5)

    def test_a_service_that_is_away_answers_503(self):
        self.simulator.api("POST", "faults", {"kind": "soapUnavailable", "count": 1})
        with self.assertRaises(http.client.HTTPException):
            self.client.CurrentTime()
        self.client.CurrentTime()

    def test_a_torn_connection_is_an_error_and_the_next_one_works(self):
        self.simulator.api("POST", "faults", {"kind": "connectionReset", "count": 1})
        with self.assertRaises(Exception) as caught:
            self.client.CurrentTime()
        self.assertNotIsInstance(caught.exception, vmodl.MethodFault)
        self.client.CurrentTime()


class Operations8(WithClient):
    """The REST API of vRealize Operations on the same port."""

    def call(self, method, path, body=None, token=None):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "vRealizeOpsToken " + token
        request = urllib.request.Request(
            self.simulator.vcenter["vropsUrl"] + path, method=method, headers=headers,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30, context=self.simulator.tls) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def test_the_host_maintenance_recipe_works(self):
        token = self.call("POST", "/api/auth/token/acquire",
                          {"username": "admin", "password": PASSWORD})["token"]
        host = self.vms()["web-01"].runtime.host
        found = self.call(
            "GET", "/api/resources?adapterKind=VMWARE&resourceKind=HostSystem&name=" + host.name,
            token=token)["resourceList"]
        self.assertEqual(len(found), 1)
        identifiers = {one["identifierType"]["name"]: one["value"]
                       for one in found[0]["resourceKey"]["resourceIdentifiers"]}
        self.assertEqual(identifiers["VMEntityObjectID"], host._moId)
        self.assertEqual(identifiers["VMEntityVCID"], self.content.about.instanceUuid)
        path = "/api/resources/" + found[0]["identifier"]
        self.call("PUT", path + "/maintained", token=token)
        state = self.call("GET", path, token=token)["resourceStatusStates"][0]["resourceState"]
        self.assertEqual(state, "MAINTAINED_MANUAL")
        self.call("DELETE", path + "/maintained", token=token)
        self.call("POST", "/api/auth/token/release", token=token)
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.call("GET", path, token=token)
        self.assertEqual(caught.exception.code, 401)


class Story(unittest.TestCase):
    def test_its_events_are_readable_and_the_first_is_there_at_once(self):
        simulator = Simulator(WithClient.program, "--rate", "200", "--seed", "5")
        self.addCleanup(simulator.stop)
        client = simulator.connect()
        content = client.RetrieveContent()
        collector = content.eventManager.CreateCollectorForEvents(vim.event.EventFilterSpec())
        events = []
        deadline = time.monotonic() + 20
        while len(events) < 500 and time.monotonic() < deadline:
            events += collector.ReadNextEvents(1000)
        Disconnect(client)
        self.assertGreaterEqual(len(events), 500)
        self.assertEqual([event.key for event in events], list(range(7001, 7001 + len(events))))
        self.assertTrue(all(event.fullFormattedMessage for event in events))


if __name__ == "__main__":
    WithClient.program = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")

# SPDX-License-Identifier: Apache-2.0
"""Switches virtual machines of any vCenter off and on with pyvmomi, VMware's own client.

    vm_power.py <vcenter.json> <certificate.pem> <how many VMs> <how often>

vcenter.json has "url", "username" and "password". Prints one JSON line for each operation that
vCenter has finished: {"operation": "off"|"on", "vm", "id", "host"}.
"""

import json
import ssl
import sys
import urllib.parse

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim


def connect(address, certificate):
    with open(address, encoding="utf-8") as file:
        vcenter = json.load(file)
    url = urllib.parse.urlsplit(vcenter["url"])
    return SmartConnect(host=url.hostname, port=url.port, user=vcenter["username"],
                        pwd=vcenter.get("password", "millrace"),
                        sslContext=ssl.create_default_context(cafile=certificate))


def running_vms(content):
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    try:
        running = [vm for vm in view.view if vm.runtime.powerState == "poweredOn"]
    finally:
        view.DestroyView()
    return sorted(running, key=lambda vm: vm.name)


def main(address, certificate, vm_count, rounds):
    client = connect(address, certificate)
    try:
        vms = running_vms(client.RetrieveContent())[:vm_count]
        for _ in range(rounds):
            for operation in ("off", "on"):
                for vm in vms:
                    WaitForTask(vm.PowerOffVM_Task() if operation == "off" else vm.PowerOnVM_Task())
                    print(json.dumps({"operation": operation, "vm": vm.name, "id": vm._GetMoId(),
                                      "host": vm.runtime.host.name}), flush=True)
    finally:
        Disconnect(client)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

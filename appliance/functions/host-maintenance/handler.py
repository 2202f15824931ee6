# SPDX-License-Identifier: Apache-2.0
"""Marks a host as being maintained in vRealize (Aria, VCF) Operations while it is in maintenance
mode in vCenter, and unmarks it afterwards.

Secret: VROPS_URL, VROPS_USERNAME, VROPS_PASSWORD; optional VROPS_AUTH_SOURCE and, where its
certificate is not signed by a public authority, VROPS_CA_CERTIFICATE (PEM text).
REST calls: vRealize Operations API reference 8.10, /suite-api/api.
"""

import json
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_SECONDS = 10
ENTERED = "EnteredMaintenanceModeEvent"
LEFT = "ExitMaintenanceModeEvent"


class Operations:
    """The few REST calls this function needs, with one token per event."""

    def __init__(self, environment):
        self.base = environment["VROPS_URL"].rstrip("/") + "/suite-api/api"
        self.credentials = {
            "username": environment["VROPS_USERNAME"],
            "password": environment["VROPS_PASSWORD"],
        }
        if environment.get("VROPS_AUTH_SOURCE"):
            self.credentials["authSource"] = environment["VROPS_AUTH_SOURCE"]
        self.tls = ssl.create_default_context(
            cadata=environment.get("VROPS_CA_CERTIFICATE") or None)
        self.token = None

    def call(self, method, path, query=None, body=None):
        url = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(url, method=method)
        request.add_header("Accept", "application/json")
        if self.token:
            request.add_header("Authorization", "vRealizeOpsToken " + self.token)
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        with urllib.request.urlopen(
                request, data=data, timeout=TIMEOUT_SECONDS, context=self.tls) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def __enter__(self):
        self.token = self.call("POST", "/auth/token/acquire", body=self.credentials)["token"]
        return self

    def __exit__(self, *_):
        try:
            self.call("POST", "/auth/token/release")
        except (urllib.error.URLError, OSError) as error:
            print(f"The token was not released: {error}")

    def find_host(self, name, moref):
        """The identifier of the HostSystem resource, or None. Operations also finds names that
        only begin like this one, and the same name can stand in two vCenters: name and managed
        object reference both have to be this host's."""
        answer = self.call("GET", "/resources", {
            "name": name, "adapterKind": "VMWARE", "resourceKind": "HostSystem"})
        hosts = [resource for resource in answer.get("resourceList", [])
                 if resource["resourceKey"]["name"] == name
                 and object_id(resource) in (moref, None)]
        if len(hosts) > 1:
            raise RuntimeError(f"Operations knows {len(hosts)} hosts {name} that cannot be told "
                               "apart; none is marked")
        return hosts[0]["identifier"] if hosts else None


def object_id(resource):
    for identifier in resource["resourceKey"].get("resourceIdentifiers", []):
        if identifier["identifierType"]["name"] == "VMEntityObjectID":
            return identifier["value"]
    return None


def handle(event, context):
    host = (event.data or {}).get("Host")
    if not host or event.subject not in (ENTERED, LEFT):
        print(f"Nothing to do for {event.type}: it names no host or is no maintenance event.")
        return
    name, moref = host["Name"], host["Host"]["Value"]
    try:
        with Operations(os.environ) as operations:
            resource = operations.find_host(name, moref)
            if resource is None:
                context.retry_later(f"Operations does not know the host {name} yet", 30)
            entered = event.subject == ENTERED
            operations.call("PUT" if entered else "DELETE", f"/resources/{resource}/maintained")
            print(f"{name} is {'now' if entered else 'no longer'} marked as being maintained.")
    except urllib.error.HTTPError as error:
        if error.code == 503:
            context.retry_later("Operations is offline (503)", 30)
        raise RuntimeError(f"Operations answered {error.code} to {error.url}") from error
    except KeyError as missing:
        raise RuntimeError(f"The secret has no {missing}; set it in the Configuration tab") from missing
    except (urllib.error.URLError, TimeoutError) as error:
        context.retry_later(f"Operations cannot be reached: {error}", 10)

# SPDX-License-Identifier: Apache-2.0
"""Called once for each event that the function's triggers let through.

event.type, event.subject, event.data, event["vmname"], event.get("hostname", "")
os.environ["NAME"]                           a setting or a secret of the Configuration tab
print(...)                                   goes to the Logs tab
return {"type": "my.event", "data": {...}}   sends an event back to the broker
context.retry_later("why", 30)               the event comes again, in 30 seconds at the earliest
"""


def handle(event, context):
    print(f"{event.subject or event.type} of {event.get('vmname', 'nothing with a name')}")

# SPDX-License-Identifier: Apache-2.0
"""Posts a JSON message {"text": ...} for each event to WEBHOOK_URL: what Slack, Teams, Mattermost
and most ticket systems accept."""

import json
import os
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 10


def message_for(event):
    data = event.data if isinstance(event.data, dict) else {}
    text = data.get("FullFormattedMessage") or event.type
    return {"text": f"{text} ({event.time}, {data.get('UserName') or 'unknown user'})"}


def handle(event, context):
    url = os.environ.get("WEBHOOK_URL")
    if not url:
        raise RuntimeError("The secret has no WEBHOOK_URL; set it in the Configuration tab")
    request = urllib.request.Request(
        url, data=json.dumps(message_for(event)).encode(),
        headers={"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            print(f"Sent; the receiver answered {answer.status}.")
    except urllib.error.HTTPError as error:
        if error.code in (408, 429) or error.code >= 500:
            context.retry_later(f"The receiver answered {error.code}", 10)
        raise RuntimeError(f"The receiver refused the message with {error.code}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        context.retry_later(f"The receiver cannot be reached: {error}", 10)

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# handle is called once for each event. Attributes are variables: CE_TYPE, CE_SUBJECT, CE_VMNAME...;
# the data stands on standard input; settings and secrets are variables, too. What is printed goes to
# the log. Exit status 75 asks for the event again later, any other but 0 is a failure.

handle() {
    local user
    user=$(jq -r '.UserName // "somebody"')
    echo "${CE_SUBJECT:-$CE_TYPE}: ${CE_VMNAME:-nothing with a name}, by $user"
    # A reply goes back to the broker:
    # echo '{"type":"my.event","data":{"done":true}}' >"$REPLY_FILE"
}

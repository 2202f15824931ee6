# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Who has signed in by F2 or F12 of the VM's screen gets its menu (millrace-menu@.service).
[ -z "${MILLRACE_MENU:-}" ] || exec /usr/libexec/millrace/millrace-configurator menu "$MILLRACE_MENU"

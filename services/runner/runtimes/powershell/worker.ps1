# SPDX-License-Identifier: Apache-2.0
# The worker side of the PowerShell runtime: loads handler.ps1, which is written as VEBA's are, and
# calls its Process-Handler for each event. What does it is compiled once, when the runtime is
# installed (compile.ps1); see worker/ for it.
# The protocol is that of the Python worker, and what is printed comes as frames of its own, since
# several events may be handled at once:
#   first    {"ready": true, "stops": true}: it stops a handler itself when "limitMs" is over
#   log      {"log": <id of the request, 0: none>, "stream": "stdout" or "stderr", "text": "<one line>"}
#   answer   {"id": 1, "status": "ok"} or {"id": 1, "status": "error", "error": "<message (handler.ps1 line 3)>"}
#            {"id": 1, "status": "stopped", "error": "<...>"}: at its limit; the next event is handled
param([Parameter(Mandatory)][string]$Assembly)

[Environment]::Exit([System.Reflection.Assembly]::LoadFrom($Assembly).GetType('Millrace.Worker')::Run())

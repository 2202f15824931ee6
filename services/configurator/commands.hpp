// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace::configurator {

/// The commands of the program; `words` are what follows the command's name. They return the exit
/// code: 0; 2 for bad input, a form with faults among it; 3 where there is
/// no OVF environment.

/// Reads the OVF environment and prints every fault and note.
int run_check(std::vector<std::string> const& words);
/// Prints what would be done.
int run_plan(std::vector<std::string> const& words);
/// Does it, with a line a step on standard output and the whole in the status file, and serves the
/// API (api/openapi.yaml) by which a person gives or corrects the form, until it is ended.
int run_serve(std::vector<std::string> const& words);

/// Shows what a configured appliance is set to, or changes it as the web page does: KEY=VALUE, or
/// the name of a secret, which is asked for. 1 where the configurator refuses or undoes it, 4 where
/// nothing differs.
int run_system(std::vector<std::string> const& words);
/// The menu of the VM's own screen.
int run_menu(std::vector<std::string> const& words);

/// Prepares what the node's programs need, before they start: needs /etc/millrace/node.env.
int run_node(std::vector<std::string> const& words);
/// Of it only what a node's programs know each other by, for a node elsewhere (scripts/cluster).
int run_certificates(std::vector<std::string> const& words);
/// Waits until the node's API server lets its administrator in.
int run_ready(std::vector<std::string> const& words);
/// Waits for it, and sees to it that the certificates of Knative's webhooks are valid.
int run_webhooks(std::vector<std::string> const& words);
/// Imports the image archives that are not yet imported.
int run_images(std::vector<std::string> const& words);

/// Gives a copy of another machine an identity of its own, and starts it anew; before anything
/// else of a boot.
int run_identity(std::vector<std::string> const& words);

/// Shows how the machine stands, until it is ended.
int run_screen(std::vector<std::string> const& words);

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "configurator/node/node_settings.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// What the node is made from, in the root file system, and where all that a running one has is.
inline constexpr std::string_view node_templates = "/usr/share/millrace/node";
inline constexpr std::string_view node_folder = "/var/lib/millrace/cluster";
inline constexpr std::string_view container_folder = "/var/lib/millrace/cluster/containerd";

/// With which broker, router and web page ask each other.
inline constexpr std::string_view token_file = "/etc/credstore/console.token";

/// What the node's programs find when they start: folders, configuration, and certificates that are
/// not two thirds through their life, the web page's among them. Performed at each boot, before
/// them, and once a day. `templates`: names of the files below node_templates:
/// "config/kubelet.yaml". `images_are_whole`: else what containerd has is thrown away before it
/// starts, for a cut amid an import leaves files empty that it takes for whole. Pure.
std::vector<Step> node_steps(
    NodeSettings const& settings, std::vector<std::string> const& templates, bool images_are_whole);

/// Credentials are copied when a unit starts (systemd.exec(5)): what makes the web page take
/// others.
Program restart_web_page();

/// Until the API server answers its administrator.
Step ready_step();

/// One step an archive: into containerd, and onto the disk.
std::vector<Step> image_steps(std::vector<std::string> const& archives);

/// The command `images`: what is not in containerd yet.
Program import_images();
/// By their full names; containerd drops what nothing else needs.
Program remove_images(std::vector<std::string> const& names);

}  // namespace millrace::configurator

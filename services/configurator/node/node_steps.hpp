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

/// How far the clock was from the time since the start, when the node's programs were started.
inline constexpr std::string_view clock_offset_file = "/run/millrace/clock-offset";

/// With which broker, router and web page ask each other.
inline constexpr std::string_view token_file = "/etc/credstore/console.token";

/// What node_steps() goes by.
struct NodeState {
    std::vector<std::string> templates;  ///< files below node_templates: "config/kubelet.yaml"
    /// Else what containerd has is thrown away before it starts, for a cut amid an import leaves
    /// files empty that it takes for whole.
    bool images_are_whole = true;
    seconds certificate_life{0};
};

/// What the node's programs find when they start: folders, configuration, and certificates that are
/// in good time, the web page's among them. Performed at each boot, before them, once a day, and
/// when somebody sets the clock. Programs that run are started anew where a certificate or the
/// clock is another: they read new certificates within minutes by themselves, but some also make
/// one of their own when they start (kube-apiserver's lives for three years), and tokens of a
/// clock that was ahead are nobody's. Pods run on meanwhile. Pure.
std::vector<Step> node_steps(NodeSettings const& settings, NodeState const& state);

/// Credentials are copied when a unit starts (systemd.exec(5)): what makes the web page take
/// others.
Program restart_web_page();

/// That Knative's webhooks have certificates which are valid. Their controllers renew them a day
/// before their week is over, and look every ten hours and at their start; none looks when they
/// begin, nor when the clock is set.
Step webhooks_step();

/// Until the API server answers its administrator.
Step ready_step();

/// One step an archive: into containerd, and onto the disk.
std::vector<Step> image_steps(std::vector<std::string> const& archives);

/// The command `images`: what is not in containerd yet. `required`: the name of an archive without
/// which it has not ended well; "": none.
Program import_images(std::string const& required);
/// By their full names; containerd drops what nothing else needs.
Program remove_images(std::vector<std::string> const& names);

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/form/settings.hpp"
#include "configurator/node/node_settings.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// The steps that make a host of what the form says, in their order: each stands on those before
/// it. Pure. Every file is whole: what it had before is not looked at.
std::vector<Step> host_steps(Settings const& settings);

/// /etc/hostname and /etc/hosts. Without a name the one that DHCP gives counts, else os-release's.
Step hostname_step(NetworkSettings const& network);
/// systemd.network(5) of the wired interfaces, and until an address can be used.
Step network_step(NetworkSettings const& network);
/// timesyncd.conf(5); certificates are only made when the clock is right, or cannot be made right.
Step time_step(NetworkSettings const& network);
/// Root's password.
Step passwords_step(AccessSettings const& access);
/// sshd_config(5), root's keys and the door in the firewall; all closed where it is off.
Step ssh_step(AccessSettings const& access);
/// Certificate authorities that the form brings, for everything on the host.
Step trust_step(CertificateSettings const& certificates);
/// Where the certificate of the web page is.
CertificatePaths web_page_certificate();
/// The certificate of the web page: the form's, or one of our own for name and address.
Step certificate_step(CertificateSettings const& certificates, NetworkSettings const& network);
/// rsyslog.conf(5): the journal to a collector.
Step syslog_step(SyslogSettings const& syslog);

/// Who signs in at the web page: the form's user, by the hash of his password.
Step web_page_step(AccessSettings const& access);

/// What runs on the host, in its order: Kubernetes, Knative, Millrace. Performed at each boot, too:
/// what holds is left as it is, and what came with a newer version is applied.
std::vector<Step> cluster_steps(NodeSettings const& node);
/// The node's own address and networks, and its programs, until it is ready.
Step kubernetes_step(NodeSettings const& node);
/// Knative's kinds.
Step definitions_step(NodeSettings const& node);
/// Knative Serving and Eventing.
Step knative_step(NodeSettings const& node);
/// Broker and router, by the chart.
Step millrace_step(NodeSettings const& node);
/// The Secret from which functions learn it, with the cluster's own networks excepted.
Step proxy_step(ProxySettings const& proxy, NetworkSettings const& network);
/// vCenters, Horizon and webhook as objects, with their Secrets.
Step sources_step(SourceSettings const& sources);
/// Whether each vCenter is read. A warning where it is not.
Step vcenter_step(SourceSettings const& sources);

/// All that a form asks for: the host's steps, the cluster's, the sources'.
std::vector<Step> all_steps(Settings const& settings);

}  // namespace millrace::configurator

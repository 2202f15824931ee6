// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// Host and port as they stand in the form, the port of the host winning over the separate one.
std::string target_of(SyslogSettings const& syslog) {
    std::string host = syslog.host;
    std::string port = std::to_string(syslog.port);
    auto const colon = host.rfind(':');
    if (colon != std::string::npos && !host.ends_with(']')) {
        port = host.substr(colon + 1);
        host.resize(colon);
    }
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    return "target=\"" + host + "\" port=\"" + port + "\"";
}

/// rsyslog's names of the two formats.
std::string_view template_of(SyslogSettings const& syslog) {
    return syslog.format == "RFC3164" ? "RSYSLOG_TraditionalForwardFormat"
                                      : "RSYSLOG_SyslogProtocol23Format";
}

/// What cannot be sent waits on the disk, up to 128 MiB: a collector that is away for a night loses
/// nothing, and never holds the appliance up.
std::string rsyslog_file(SyslogSettings const& syslog) {
    bool const is_tls = syslog.protocol == "TLS";
    std::string text =
        "module(load=\"imjournal\" StateFile=\"journal.state\" PersistStateInterval=\"100\")\n";
    if (is_tls)
        text += "global(DefaultNetstreamDriverCAFile=\"/etc/ssl/certs/ca-certificates.crt\")\n";
    text += "action(type=\"omfwd\" " + target_of(syslog) + " protocol=\"" +
            (syslog.protocol == "UDP" ? "udp" : "tcp") + "\" template=\"";
    text.append(template_of(syslog)) += "\"\n";
    if (is_tls)
        text +=
            "       StreamDriver=\"ossl\" StreamDriverMode=\"1\" "
            "StreamDriverAuthMode=\"x509/name\"\n";
    text +=
        "       queue.type=\"LinkedList\" queue.filename=\"collector\" "
        "queue.maxDiskSpace=\"128m\"\n"
        "       queue.saveOnShutdown=\"on\" action.resumeRetryCount=\"-1\")\n";
    return text;
}

}  // namespace

Step syslog_step(SyslogSettings const& syslog) {
    Step step{.id = "syslog", .title = "Syslog"};
    std::string const file = "/etc/rsyslog.d/10-collector.conf";
    if (syslog.host.empty()) {
        step.changes.emplace_back(RemoveFile{file});
        step.programs.push_back(
            {.words = {"/usr/bin/systemctl", "disable", "--now", "rsyslog.service"}});
        return step;
    }
    step.changes.emplace_back(WriteFile{file, Secret(rsyslog_file(syslog)), 0644});
    step.programs.push_back({.words = {"/usr/bin/systemctl", "enable", "rsyslog.service"}});
    step.programs.push_back({.words = {"/usr/bin/systemctl", "restart", "rsyslog.service"}});
    return step;
}

std::vector<Step> host_steps(Settings const& settings) {
    return {
        hostname_step(settings.network),
        network_step(settings.network),
        time_step(settings.network),
        passwords_step(settings.access),
        ssh_step(settings.access),
        trust_step(settings.certificates),
        certificate_step(settings.certificates, settings.network),
        syslog_step(settings.syslog)};
}

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "configurator/command_line.hpp"

#include <cstdio>

namespace millrace::configurator {
namespace {

constexpr Flag environment_flag = {
    .name = "environment",
    .help = "The OVF environment document; else VMware Tools and the CD drive are asked."};
constexpr Flag state_flag = {
    .name = "state",
    .fallback = "/var/lib/millrace/configurator",
    .help = "What is kept from one start to the next."};
constexpr Flag status_flag = {
    .name = "status",
    .fallback = "/run/millrace/status.json",
    .help = "Where the progress is told."};
constexpr Flag code_flag = {
    .name = "code-file",
    .fallback = "/run/millrace/setup-code",
    .help = "Where the set-up code is, for the VM's screen."};
constexpr Flag socket_flag = {
    .name = "socket",
    .fallback = "/run/millrace/configurator.sock",
    .help = "The unix socket on which the API is served."};
constexpr Flag socket_group_flag = {
    .name = "socket-group", .help = "The group that may use the socket; none: this process's."};
constexpr Flag certificate_flag = {
    .name = "certificate",
    .fallback = "/run/millrace-console/certificate.pem",
    .help = "The certificate that the web page is served with."};

void print(std::string_view heading, Faults const& faults) {
    if (!faults.empty())
        std::fprintf(stderr, "%s\n%s\n", std::string(heading).c_str(), to_string(faults).c_str());
}

}  // namespace

std::vector<Flag> form_flags() {
    return {environment_flag};
}

std::vector<Flag> serve_flags() {
    return {environment_flag, state_flag, status_flag, code_flag, socket_flag, socket_group_flag};
}

std::vector<Flag> system_flags() {
    return {
        socket_flag,
        {.name = "keep",
         .kind = Flag::Kind::boolean,
         .fallback = "false",
         .help = "Keeps what is on trial."},
        {.name = "undo",
         .kind = Flag::Kind::boolean,
         .fallback = "false",
         .help = "Undoes what is on trial."},
        {.name = "confirm",
         .kind = Flag::Kind::boolean,
         .fallback = "false",
         .help = "Keeps a change without asking."},
        {.name = "renew-certificate",
         .kind = Flag::Kind::boolean,
         .fallback = "false",
         .help = "Makes the web page's own certificate anew."}};
}

std::vector<Flag> screen_flags() {
    return {status_flag, code_flag, certificate_flag};
}

std::expected<FlagValues, int> read_flags(
    std::string_view command, std::vector<std::string> const& words, std::vector<Flag> const& flags,
    Arguments arguments) {
    if (words == std::vector<std::string>{"--help"}) {
        std::string const usage = "millrace-configurator " + std::string(command) + " [--flag ...]";
        std::fputs(describe_flags(usage, flags).c_str(), stdout);
        return std::unexpected(well);
    }
    auto values = parse_flags(flags, words);
    if (values && !values->arguments.empty() && arguments == Arguments::none)
        values = std::unexpected(Faults{unexpected_word(flags, values->arguments.front())});
    if (!values)
        return std::unexpected(complain(to_string(values.error())));
    return std::move(*values);
}

Transports transports_of(FlagValues const& flags) {
    Transports transports = appliance_transports();
    transports.file = flags.text("environment");
    return transports;
}

int complain(std::string const& sentence) {
    std::fprintf(stderr, "millrace-configurator: %s\n", sentence.c_str());
    return bad_input;
}

ReadSettings read_and_print(PropertyTexts const& form) {
    ReadSettings read = read_settings(form, system_now());
    print("To know:", read.notes);
    if (!read.settings)
        print("To correct:", read.settings.error());
    return read;
}

}  // namespace millrace::configurator

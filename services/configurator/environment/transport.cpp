// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/transport.hpp"

#include <sys/wait.h>

#include "common/base/file.hpp"
#include "common/process/run_to_end.hpp"
#include "configurator/environment/iso_file.hpp"
#include "configurator/environment/ovf_environment.hpp"

namespace millrace::configurator {
namespace {

constexpr seconds tools_limit = 30s;

/// What VMware Tools say where there is nothing to be had: a sentence on a VM without a vApp's
/// properties, nothing at all on what is no VM of VMware's (vmtoolsd of open-vm-tools 12.5,
/// measured).
bool is_absence(ProgramEnd const& end) {
    bool const has_failed = WIFEXITED(end.status) && WEXITSTATUS(end.status) == 1;
    return has_failed &&
           (end.output.empty() || end.output.find("No value found") != std::string::npos);
}

constexpr auto guestinfo = "guestinfo";

Error refusal_of(std::string const& tools, std::string const& what, ProgramEnd const& end) {
    return {
        ErrorCode::unavailable, "VMware Tools did not " + what + " the OVF environment: " + tools +
                                    " " + describe_wait_status(end.status) + "."};
}

Result<std::optional<FoundEnvironment>> ask_tools(std::string const& tools) {
    auto const end =
        run_to_end({.arguments = {tools, "--cmd", "info-get guestinfo.ovfEnv"}}, tools_limit);
    if (!end && end.error().code == ErrorCode::unavailable)
        return std::nullopt;
    if (!end)
        return std::unexpected(end.error());
    if (end->is_well())
        return FoundEnvironment{guestinfo, end->output};
    if (is_absence(*end))
        return std::nullopt;
    return std::unexpected(refusal_of(tools, "give", *end));
}

}  // namespace

Transports appliance_transports() {
    return {.file = {}, .tools = "/usr/bin/vmtoolsd", .disc = "/dev/sr0"};
}

Result<std::optional<FoundEnvironment>> find_environment(Transports const& transports) {
    if (!transports.file.empty()) {
        auto text = read_file(transports.file, environment_bytes_max);
        if (!text)
            return std::unexpected(text.error());
        return FoundEnvironment{transports.file, std::move(*text)};
    }
    if (!transports.tools.empty()) {
        auto found = ask_tools(transports.tools);
        if (!found || *found)
            return found;
    }
    if (transports.disc.empty())
        return std::nullopt;
    auto content = read_environment_disc(transports.disc);
    if (!content)
        return std::unexpected(content.error());
    if (!*content)
        return std::nullopt;
    return FoundEnvironment{transports.disc, std::move(**content)};
}

Result<void> hide_environment(Transports const& transports, FoundEnvironment const& found) {
    if (found.place != guestinfo)
        return {};
    auto const end = run_to_end(
        {.arguments =
             {transports.tools, "--cmd",
              "info-set guestinfo.ovfEnv <Environment "
              "xmlns=\"http://schemas.dmtf.org/ovf/environment/1\"/>"}},
        tools_limit);
    if (!end)
        return std::unexpected(end.error());
    if (!end->is_well())
        return std::unexpected(refusal_of(transports.tools, "take", *end));
    return {};
}

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/transport.hpp"

#include "common/base/file.hpp"
#include "common/process/run_to_end.hpp"
#include "configurator/environment/iso_file.hpp"
#include "configurator/environment/ovf_environment.hpp"

namespace millrace::configurator {
namespace {

constexpr seconds tools_limit = 30s;

/// What VMware Tools say where there is nothing to be had (vmtoolsd of open-vm-tools 12.5): on a
/// VM without a vApp's properties, and on what is no VM of VMware's.
bool is_absence(std::string_view answer) {
    return answer.find("No value found") != std::string_view::npos ||
           answer.find("must be run inside a virtual machine") != std::string_view::npos;
}

Result<std::optional<FoundEnvironment>> ask_tools(std::vector<std::string> const& words) {
    auto const end = run_to_end({.arguments = words}, tools_limit);
    if (!end && end.error().code == ErrorCode::unavailable)
        return std::nullopt;
    if (!end)
        return std::unexpected(end.error());
    if (end->is_well())
        return FoundEnvironment{"guestinfo", end->output};
    if (is_absence(end->output))
        return std::nullopt;
    return failure(
        ErrorCode::unavailable, "VMware Tools did not give the OVF environment: " + words.front() +
                                    " " + describe_wait_status(end->status) + ".");
}

}  // namespace

Transports appliance_transports() {
    return {
        .file = {},
        .guestinfo = {"/usr/bin/vmtoolsd", "--cmd", "info-get guestinfo.ovfEnv"},
        .disc = "/dev/sr0"};
}

Result<std::optional<FoundEnvironment>> find_environment(Transports const& transports) {
    if (!transports.file.empty()) {
        auto text = read_file(transports.file, environment_bytes_max);
        if (!text)
            return std::unexpected(text.error());
        return FoundEnvironment{transports.file, std::move(*text)};
    }
    if (!transports.guestinfo.empty()) {
        auto found = ask_tools(transports.guestinfo);
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

}  // namespace millrace::configurator

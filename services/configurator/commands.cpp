// SPDX-License-Identifier: Apache-2.0
#include "configurator/commands.hpp"

#include <cstdio>

#include "configurator/command_line.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/screen/screen.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// What the form says, or the exit code where there is none.
std::expected<ReadSettings, int> read_form(FlagValues const& flags) {
    auto const found = find_environment(transports_of(flags));
    if (!found)
        return std::unexpected(complain(found.error().detail));
    if (!*found) {
        complain("There is no OVF environment: neither VMware Tools nor the CD drive has one.");
        return std::unexpected(no_environment);
    }
    auto const form = parse_ovf_environment((*found)->xml);
    if (!form)
        return std::unexpected(complain((*found)->place + ": " + form.error().detail));
    return read_and_print(*form);
}

}  // namespace

int run_check(std::vector<std::string> const& words) {
    auto const flags = read_flags("check", words, form_flags());
    if (!flags)
        return flags.error();
    auto const read = read_form(*flags);
    if (!read)
        return read.error();
    return read->settings ? well : bad_input;
}

int run_plan(std::vector<std::string> const& words) {
    auto const flags = read_flags("plan", words, form_flags());
    if (!flags)
        return flags.error();
    auto const read = read_form(*flags);
    if (!read)
        return read.error();
    if (!read->settings)
        return bad_input;
    std::fputs(describe(all_steps(*read->settings)).c_str(), stdout);
    return well;
}

int run_screen(std::vector<std::string> const& words) {
    auto const flags = read_flags("screen", words, screen_flags());
    if (!flags)
        return flags.error();
    auto const shown = show_screen(
        {.status = flags->text("status"),
         .code = flags->text("code-file"),
         .certificate = flags->text("certificate")});
    return shown ? well : complain(shown.error().detail);
}

}  // namespace millrace::configurator

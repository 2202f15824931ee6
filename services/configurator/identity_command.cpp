// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "common/base/encoding.hpp"
#include "configurator/command_line.hpp"
#include "configurator/command_steps.hpp"
#include "configurator/commands.hpp"
#include "configurator/host/kept_file.hpp"
#include "configurator/host/own_certificate.hpp"
#include "configurator/node/node_certificates.hpp"
#include "configurator/steps/identity_steps.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t machine_id_bytes = 16;

Result<std::vector<Step>> steps_of_copy(std::string const& uuid) {
    auto const page = file_content(web_page_certificate().certificate);
    auto const mark = file_content(copy_mark_file);
    if (!page || !mark)
        return std::unexpected((!page ? page : mark).error());
    return copy_steps(
        {.uuid = uuid,
         .machine_id = hex_encode(random_bytes(machine_id_bytes)),
         .web_page = *page ? own_again(**page, node_certificate_life) : std::nullopt,
         .restarts = !mark->has_value()});
}

}  // namespace

int run_identity(std::vector<std::string> const& words) {
    auto const flags = read_flags(
        "identity", words,
        {{.name = "uuid-file",
          .fallback = "/sys/class/dmi/id/product_uuid",
          .help = "Where the machine's UUID is."}});
    if (!flags)
        return flags.error();
    auto const found = file_content(flags->text("uuid-file"));
    auto const kept = file_content(machine_uuid_file);
    if (!found || !kept)
        return complain((!found ? found : kept).error().detail);
    std::string const text = found->value_or("");
    std::string const uuid = text.substr(0, text.find('\n'));
    Origin const origin = origin_of(*kept, uuid);
    if (origin == Origin::unknown || origin == Origin::same)
        return well;
    auto steps = origin == Origin::copy ? steps_of_copy(uuid) : first_identity_steps(uuid);
    if (!steps)
        return complain(steps.error().detail);
    if (origin == Origin::copy)
        std::puts("This machine is a copy of another one: it gets an identity of its own.");
    return perform_all(std::move(*steps));
}

}  // namespace millrace::configurator

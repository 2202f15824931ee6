// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "console/auth/hash_password.hpp"
#include "console/auth/request_guard.hpp"
#include "console/console_service.hpp"
#include "console/setup/setup_service.hpp"

int main(int argument_count, char** arguments) {
    using namespace millrace;
    if (argument_count > 1 && std::string_view(arguments[1]) == "hash-password")
        return console::run_hash_password({arguments + 2, arguments + argument_count});
    ServiceDescription description;
    description.name = "console";
    description.usage =
        "millrace-console [--flag VALUE ...]: the web UI and its API.\n"
        "       millrace-console hash-password --user NAME --into FILE: makes a --password-file.";
    description.flags = console::console_flags();
    description.own_authentication = true;
    description.body_bytes_max = 2 << 20;
    console::add_security_headers(description.answer_headers);
    // Decided by make, which comes before tls.
    bool is_setup = false;
    description.make = [&is_setup](ServiceContext context) -> std::unique_ptr<Service> {
        is_setup = console::needs_setup(context.flags.text("configurator"));
        if (is_setup)
            return std::make_unique<console::SetupService>(context);
        return std::make_unique<console::ConsoleService>(context);
    };
    description.tls = [&is_setup](FlagValues const& flags) {
        return is_setup ? console::own_tls(flags) : console::console_tls(flags);
    };
    return run_service(description, argument_count, arguments);
}

// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "console/auth/hash_password.hpp"
#include "console/auth/request_guard.hpp"
#include "console/console_service.hpp"

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
    description.tls = console::console_tls;
    description.body_bytes_max = 2 << 20;
    console::add_security_headers(description.answer_headers);
    description.make = [](ServiceContext context) {
        return std::make_unique<console::ConsoleService>(context);
    };
    return run_service(description, argument_count, arguments);
}

// SPDX-License-Identifier: Apache-2.0
#include "console/auth/request_guard.hpp"
#include "console/console_service.hpp"

int main(int argument_count, char** arguments) {
    using namespace millrace;
    ServiceDescription description;
    description.name = "console";
    description.usage = "millrace-console [--flag VALUE ...]: the web UI and its API.";
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

// SPDX-License-Identifier: Apache-2.0
#include "router/router_service.hpp"

int main(int argument_count, char** arguments) {
    using namespace millrace;
    ServiceDescription description;
    description.name = "router";
    description.usage =
        "millrace-router [--flag VALUE ...]: reads event sources, posts CloudEvents.";
    description.flags = router::router_flags();
    description.make = [](ServiceContext context) {
        return std::make_unique<router::RouterService>(context);
    };
    return run_service(description, argument_count, arguments);
}

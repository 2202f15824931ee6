// SPDX-License-Identifier: Apache-2.0
#include "common/kube/store/store_choice.hpp"
#include "router/router_service.hpp"
#include "router/source/source_settings.hpp"

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
    description.check = [](FlagValues const& flags) {
        return check_store(flags, kinds::vsphere_source, [](Resource const& source) {
            auto const settings = router::parse_source(source);
            return settings ? Faults() : settings.error();
        });
    };
    return run_service(description, argument_count, arguments);
}

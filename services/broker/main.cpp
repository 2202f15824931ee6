// SPDX-License-Identifier: Apache-2.0
#include "broker/broker_service.hpp"
#include "broker/control/object_specs.hpp"
#include "common/kube/store/store_choice.hpp"

int main(int argument_count, char** arguments) {
    using namespace millrace;
    using namespace millrace::broker;
    ServiceDescription description;
    description.name = "broker";
    description.usage = "millrace-broker [--flag ...]: stores events durably and delivers them.";
    description.flags = broker_flags();
    description.body_bytes_max = 4 << 20;  // a batch; one event may have 1 MiB
    description.hosts = [](FlagValues const& flags) {
        auto const address = address_url(flags);
        return address ? std::vector{address->host} : std::vector<std::string>();
    };
    description.make = make_broker;
    description.check = [](FlagValues const& flags) {
        auto const broker_faults = [](Resource const& broker) {
            // In a folder, one without a class is ours.
            std::string const name = broker_class(broker);
            bool const is_foreign = !name.empty() && name != our_class;
            auto const delivery = read_broker(broker, nullptr);
            return is_foreign || delivery ? Faults() : delivery.error();
        };
        auto const trigger_faults = [](Resource const& trigger) {
            TriggerSpec const spec = read_trigger(trigger);
            Faults faults = spec.faults;
            if (auto const& dependency = spec.dependency; dependency && !*dependency)
                faults.insert(faults.end(), dependency->error().begin(), dependency->error().end());
            if (auto const delivery = read_trigger_delivery(trigger, {}); !delivery)
                faults.insert(faults.end(), delivery.error().begin(), delivery.error().end());
            return faults;
        };
        Faults faults = check_store(flags, kinds::broker, broker_faults);
        Faults const triggers = check_store(flags, kinds::trigger, trigger_faults);
        faults.insert(faults.end(), triggers.begin(), triggers.end());
        return faults;
    };
    return run_service(description, argument_count, arguments);
}

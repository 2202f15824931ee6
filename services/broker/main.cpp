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
    description.make = [](ServiceContext context) -> std::unique_ptr<Service> {
        return std::make_unique<BrokerService>(
            context, open_store(context.io.get_executor(), context.flags));
    };
    description.check = [](FlagValues const& flags) {
        auto const broker_faults = [](Resource const& broker) {
            auto const delivery = read_broker(broker);
            return !is_ours(broker) || delivery ? Faults() : delivery.error();
        };
        auto const trigger_faults = [](Resource const& trigger) {
            Faults faults = read_trigger(trigger).faults;
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

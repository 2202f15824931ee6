// SPDX-License-Identifier: Apache-2.0
#include "broker/object_faults.hpp"

#include "broker/catalog.hpp"

namespace millrace {
namespace {

template <class T>
void add(Faults& to, Checked<T> const& checked) {
    if (!checked)
        to.insert(to.end(), checked.error().begin(), checked.error().end());
}

}  // namespace

Faults broker_faults(Resource const& broker) {
    Faults faults;
    if (is_ours(broker))
        add(faults, parse_delivery(
                        broker.spec(), {.place = "Broker " + broker.name().text(),
                                        .name_space = broker.name().name_space,
                                        .fallback = {}}));
    return faults;
}

Faults trigger_faults(Resource const& trigger) {
    Faults faults;
    ResourceName const name = trigger.name();
    std::string const place = "Trigger " + name.text();
    add(faults, Filter::parse(trigger.spec(), place));
    add(faults, parse_subscriber(trigger));
    add(faults,
        parse_delivery(
            trigger.spec(), {.place = place, .name_space = name.name_space, .fallback = {}}));
    return faults;
}

}  // namespace millrace

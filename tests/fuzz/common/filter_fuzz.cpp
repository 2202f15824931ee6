// SPDX-License-Identifier: Apache-2.0
// A Trigger's spec as JSON, tried on two events.
#include "common/event/filter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

CloudEvent vm_event() {
    CloudEvent event;
    event.id = "1";
    event.source = "https://vc/sdk";
    event.type = "com.vmware.vsphere.VmPoweredOnEvent.v0";
    event.subject = "VmPoweredOnEvent";
    event.set_attribute("vmname", "prod-web-01");
    return event;
}

void check_verdict(Filter const& filter, CloudEvent const& event) {
    auto const mismatch = filter.mismatch(event);
    FUZZ_HOLDS(!mismatch.has_value() == filter.matches(event));
    FUZZ_HOLDS(!mismatch || !mismatch->clause.empty());
}

}  // namespace

void take(std::string_view bytes) {
    auto const spec = parse_json(bytes);
    if (!spec)
        return;
    auto const filter = Filter::parse(*spec, "spec");
    if (!filter)
        return FUZZ_HOLDS(!filter.error().empty());
    check_verdict(*filter, vm_event());
    check_verdict(*filter, CloudEvent());
}

}  // namespace millrace::fuzz

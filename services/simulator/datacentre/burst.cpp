// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/burst.hpp"

#include <algorithm>

namespace millrace::simulator {
namespace {

constexpr milliseconds tick = 10ms;
constexpr std::string_view user = "VSPHERE.LOCAL\\load-generator";

/// The n-th entity: the inventory's VMs first, then invented ones on the same hosts.
EventContext nth_entity(
    EventCatalog const& catalog, std::vector<std::string> const& vms, std::size_t index) {
    auto context = catalog.context_of_vm(vms.at(index % vms.size()));
    if (index >= vms.size()) {
        auto const number = std::to_string(100'000 + index);
        context.vm = {{"VirtualMachine", "vm-" + number}, "burst-" + number};
    }
    return context;
}

}  // namespace

Bursts::Plan Bursts::make_plan(BurstState& state) {
    std::vector<std::string> vms;
    for (auto const& [id, vm] : world_.inventory.virtual_machines)
        vms.push_back(id);
    auto const entities = state.request.entities == 0 ? vms.size() : state.request.entities;
    Plan plan;
    plan.state = states_.size() - 1;
    plan.series =
        world_.events.begin_burst({state.run, state.request.class_name, std::string(user)});
    for (std::size_t i = 0; i < entities; ++i) {
        auto const context = nth_entity(world_.operations.catalog(), vms, i);
        plan.contexts.push_back(world_.events.intern(context));
        state.entities.push_back(context.vm.reference.value);
    }
    return plan;
}

BurstState const& Bursts::start(BurstRequest request, SystemTime now) {
    auto& state = states_.emplace_back();
    state.run = static_cast<std::uint32_t>(states_.size());
    state.request = std::move(request);
    auto plan = make_plan(state);
    plan.begun = now;
    if (state.request.rate <= 0) {
        emit_until(plan, state.request.count, now);
    } else {
        step(std::move(plan), now);
    }
    return state;
}

void Bursts::emit_until(Plan const& plan, std::uint64_t count, SystemTime now) {
    auto& state = states_.at(plan.state);
    for (; state.emitted < count; ++state.emitted) {
        auto const turn = state.emitted / plan.contexts.size();
        world_.events.append(
            BurstEvent{
                .series = plan.series,
                .context = plan.contexts[state.emitted % plan.contexts.size()],
                .sequence = static_cast<std::uint32_t>(turn + 1)},
            now);
    }
}

void Bursts::step(Plan plan, SystemTime now) {
    auto const& request = states_.at(plan.state).request;
    auto const passed = std::chrono::duration<double>(now + tick - plan.begun).count();
    auto const wanted = static_cast<std::uint64_t>(passed * request.rate);
    emit_until(plan, std::min(request.count, wanted), now);
    if (states_.at(plan.state).emitted >= request.count)
        return;
    world_.schedule.at(
        now + tick, [this, next = std::move(plan)](SystemTime when) { step(next, when); });
}

}  // namespace millrace::simulator

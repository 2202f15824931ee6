// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "simulator/datacentre/simulation.hpp"
#include "simulator/properties/property_spec.hpp"

namespace millrace::simulator {

/// What a session of a simulation can read: inventory, managers, tasks and its own objects.
class SessionProperties final : public PropertySource {
public:
    /// Both outlive this; `session` may be null: then only what needs no login.
    SessionProperties(Simulation& world, Session* session) : world_(world), session_(session) {}

    bool exists(ManagedReference const& object) const override;
    std::optional<Value> property(
        ManagedReference const& object, std::string_view path) const override;
    std::vector<std::string_view> property_names(std::string_view type) const override;
    std::uint64_t generation() const override { return world_.generation(); }

private:
    std::optional<Value> top_level(ManagedReference const& object, std::string_view name) const;
    std::optional<Value> collector_property(std::string_view id, std::string_view name) const;
    std::optional<Value> view_property(std::string_view id, std::string_view name) const;
    std::optional<Value> event_manager_property(std::string_view name) const;
    std::optional<Value> session_manager_property(std::string_view name) const;

    Simulation& world_;
    Session* session_;
};

}  // namespace millrace::simulator

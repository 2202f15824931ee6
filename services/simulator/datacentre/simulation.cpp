// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/simulation.hpp"

#include "common/base/encoding.hpp"

namespace millrace::simulator {

Simulation::Simulation(SimulationOptions wanted, SystemTime now)
    : options(std::move(wanted)),
      inventory(build_inventory(options.inventory)),
      events(options.first_event_key),
      operations({inventory, events, tasks, schedule}, options.operation_step),
      sessions(options.session_idle),
      vrops(inventory, now) {}

void Simulation::advance(SystemTime now) {
    schedule.run_until(now);
    sessions.expire(now);
    vrops.advance(now);
}

bool Simulation::accepts(std::string_view user_name, std::string_view password) const {
    return user_name == options.user_name && options.password.matches(password);
}

Session* Simulation::login(LoginFacts facts, std::string_view password, SystemTime now) {
    bool const refused = faults.take(FaultKind::wrong_password, now).has_value();
    bool const known = accepts(facts.user_name, password);
    facts.user_name = displayed_user(facts.user_name);
    if (refused || !known) {
        ++failed_logins;
        events.append(operations.catalog().bad_login(facts.user_name, facts.address), now);
        return nullptr;
    }
    facts.session_key = random_uuid();
    auto* const session = sessions.begin(std::move(facts), now);
    if (!session)
        return nullptr;
    ++logins;
    events.append(operations.catalog().login(session->facts), now);
    return session;
}

void Simulation::logout(Session& session, SystemTime now) {
    events.append(operations.catalog().logout(session.facts), now);
    sessions.end(session.cookie);
}

void Simulation::strike(FaultKind kind) {
    ++strikes_;
    if (kind == FaultKind::session_kill)
        return sessions.end_all();
    for (auto const& [cookie, session] : sessions.all()) {
        if (kind == FaultKind::collector_gone)
            session->collectors.clear();
        if (kind != FaultKind::silent_collector)
            continue;
        for (auto& [id, collector] : session->collectors)
            collector.silence();
    }
}

}  // namespace millrace::simulator

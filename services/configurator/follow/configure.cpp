// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/configure.hpp"

namespace millrace::configurator {
namespace {

/// Performs one command; whether there is another.
class Performer {
public:
    Performer(ConfigurationMachine& machine, Host& host) : machine_(machine), host_(host) {}

    bool operator()(LookAt const& command) const {
        machine_.looked(host_.holds(*command.change));
        return true;
    }
    bool operator()(Make const& command) const {
        machine_.performed(host_.make(*command.change));
        return true;
    }
    bool operator()(Run const& command) const {
        machine_.performed(host_.run(*command.program));
        return true;
    }
    bool operator()(Ask const& command) const {
        auto const holds = host_.ask(*command.proof);
        machine_.asked(holds, host_.now());
        return true;
    }
    bool operator()(Wait const& command) const {
        host_.wait(command.span);
        machine_.waited();
        return true;
    }
    bool operator()(Finished) const { return false; }
    bool operator()(Stuck) const { return false; }

private:
    ConfigurationMachine& machine_;
    Host& host_;
};

}  // namespace

bool perform_next(ConfigurationMachine& machine, Host& host) {
    return std::visit(Performer(machine, host), machine.next());
}

Result<bool> perform(
    ConfigurationMachine& machine, Host& host,
    std::function<Result<void>(ConfigurationMachine const&)> const& before) {
    for (bool goes_on = true; goes_on;) {
        if (auto const ready = before(machine); !ready)
            return std::unexpected(ready.error());
        goes_on = perform_next(machine, host);
    }
    return std::holds_alternative<Finished>(machine.next());
}

}  // namespace millrace::configurator

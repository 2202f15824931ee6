// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/story.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace millrace::simulator {
namespace {

struct Person {
    std::string_view name;
    std::string_view agent;
};
constexpr std::array<Person, 8> people = {{
    {"VSPHERE.LOCAL\\ada", "Mozilla/5.0 (X11; Linux x86_64) vSphere Client/8.0.2"},
    {"VSPHERE.LOCAL\\grace", "Mozilla/5.0 (Windows NT 10.0) vSphere Client/8.0.2"},
    {"VSPHERE.LOCAL\\linus", "govc/0.37.0"},
    {"VSPHERE.LOCAL\\margaret", "PowerCLI/13.2 PowerShell/7.4"},
    {"VSPHERE.LOCAL\\svc-monitoring", "pyvmomi Python/3.11 (Linux)"},
    {"VSPHERE.LOCAL\\svc-inventory", "VMware-client/8.0.0"},
    {"VSPHERE.LOCAL\\svc-capacity", "VMware vim-java 1.0"},
    {"VSPHERE.LOCAL\\svc-tagging", "pyvmomi Python/3.11 (Linux)"},
}};
constexpr std::string_view patcher = "VSPHERE.LOCAL\\svc-lifecycle";
constexpr std::string_view backup = "VSPHERE.LOCAL\\svc-backup";
constexpr std::string_view drs;  // DRS acts without a user
constexpr std::string_view alarm_name = "Host CPU usage";
constexpr std::string_view snapshot_name = "nightly-backup";

/// Beats of each kind; an operation on a VM makes about three events, so its beats count a third.
constexpr std::uint64_t session_weight = 180;
constexpr std::uint64_t task_weight = 90;
constexpr std::uint64_t operation_weight = 10;
constexpr std::size_t beats_per_call_max = 10'000;

AlarmColor next_color(AlarmColor color) {
    if (color == AlarmColor::green)
        return AlarmColor::yellow;
    return color == AlarmColor::yellow ? AlarmColor::red : AlarmColor::green;
}

}  // namespace

Story::Story(Simulation& world, StoryOptions options, SystemTime start)
    : world_(world),
      options_(options),
      random_(options.seed) {
    next_beat_ = start + std::chrono::duration_cast<nanoseconds>(
                             std::chrono::duration<double>(1 / options_.rate));
    open(start);
}

/// The first minute shows cause and effect; later chapters come again and again.
void Story::open(SystemTime start) {
    chapters_.at(start, [this](SystemTime now) {
        log_in(people[0].name, people[0].agent, now);
        balance(now);
    });
    chapters_.at(start + 20s, [this](SystemTime now) { patch_a_host(now); });
    chapters_.at(start + 50s, [this](SystemTime now) { worry_about_a_host(now); });
    chapters_.at(start + 120s, [this](SystemTime now) { back_up(now); });
}

SystemTime Story::next() const {
    return std::min(next_beat_, chapters_.next().value_or(next_beat_));
}

void Story::advance(SystemTime now) {
    chapters_.run_until(now);
    for (std::size_t i = 0; next_beat_ <= now && i < beats_per_call_max; ++i) {
        auto const before = world_.events.size();
        beat(now);
        auto const made = std::max<std::size_t>(world_.events.size() - before, 1);
        auto const pause = std::chrono::duration<double>(static_cast<double>(made) / options_.rate);
        next_beat_ += std::chrono::duration_cast<nanoseconds>(pause);
    }
    // After a suspended laptop wakes up, life goes on; it is not made up for.
    if (next_beat_ + 60s < now)
        next_beat_ = now;
}

void Story::beat(SystemTime now) {
    auto const choice = roll(session_weight + task_weight + operation_weight);
    if (choice < session_weight)
        return log_someone_in_or_out(now);
    if (choice < session_weight + task_weight)
        return task_or_alarm(now);
    operate_vm(now);
}

void Story::log_someone_in_or_out(SystemTime now) {
    auto const& person = people.at(roll(people.size()));
    if (present_.contains(std::string(person.name))) {
        log_out(person.name, now);
    } else {
        log_in(person.name, person.agent, now);
    }
}

void Story::log_in(std::string_view who, std::string_view agent, SystemTime now) {
    LoginFacts facts;
    facts.user_name = who;
    facts.address = "10.20.0." + std::to_string(10 + roll(200));
    facts.user_agent = agent;
    facts.session_key = "52" + std::to_string(random_());
    facts.login_time = now;
    world_.events.append(world_.operations.catalog().login(facts), now);
    present_[std::string(who)] = std::move(facts);
}

void Story::log_out(std::string_view who, SystemTime now) {
    auto const found = present_.find(std::string(who));
    if (found == present_.end())
        return;
    found->second.call_count = 1 + roll(400);
    world_.events.append(world_.operations.catalog().logout(found->second), now);
    present_.erase(found);
}

void Story::task_or_alarm(SystemTime now) {
    auto host = world_.inventory.hosts.begin();
    std::advance(host, static_cast<std::ptrdiff_t>(roll(world_.inventory.hosts.size())));
    if (roll(4) == 0) {
        auto const color = alarms_.try_emplace(host->first, AlarmColor::green).first->second;
        return set_alarm(host->first, next_color(color), now);
    }
    TaskRecord task;
    task.method = "RescanAllHba";
    task.description_id =
        roll(2) == 0 ? "host.StorageSystem.rescanAllHba" : "host.StorageSystem.rescanVmfs";
    task.entity = world_.inventory.named(host->first);
    task.user_name = people.at(roll(people.size())).name;
    task.queued = now;
    auto& begun = world_.tasks.begin(std::move(task));
    begun.chain = world_.events.append(world_.operations.catalog().task(begun), now);
    world_.tasks.succeed(begun.id, {}, now);
}

void Story::operate_vm(SystemTime now) {
    auto const& who = people.at(roll(4)).name;
    auto const choice = roll(8);
    if (choice < 3)
        return balance(now);
    if (choice < 5)
        return run(OperationKind::reconfigure, any_vm(PowerState::on), who, now);
    if (choice == 5)
        return run(OperationKind::reset, any_vm(PowerState::on), who, now);
    auto const off = any_vm(PowerState::off);
    if (!off.empty())
        return run(OperationKind::power_on, off, who, now);
    run(OperationKind::power_off, any_vm(PowerState::on), who, now);
}

void Story::balance(SystemTime now) {
    run(OperationKind::drs_migrate, any_vm(PowerState::on), drs, now);
}

void Story::run(OperationKind kind, std::string target, std::string_view who, SystemTime now) {
    OperationRequest request;
    request.kind = kind;
    request.target = std::move(target);
    request.user_name = who;
    request.name = snapshot_name;
    if (!world_.operations.check(request))
        return;  // the user has got there first
    auto const task = world_.operations.start(request, now);
    MILLRACE_ASSERT(task.has_value());
}

/// Empty where there is none in that state.
std::string Story::any_vm(PowerState power) {
    std::vector<std::string> found;
    for (auto const& [id, vm] : world_.inventory.virtual_machines) {
        if (vm.power == power)
            found.push_back(id);
    }
    return found.empty() ? std::string() : found.at(roll(found.size()));
}

void Story::patch_a_host(SystemTime now) {
    chapters_.at(now + 300s, [this](SystemTime when) { patch_a_host(when); });
    auto host = world_.inventory.hosts.begin();
    auto const turn = hosts_patched_++ % world_.inventory.hosts.size();
    std::advance(host, static_cast<std::ptrdiff_t>(turn));
    if (host->second.maintenance != Maintenance::none)
        return;
    log_in(patcher, "vSphere Lifecycle/8.0.2", now);
    run(OperationKind::enter_maintenance, host->first, patcher, now);
    chapters_.at(
        now + 90s, [this, id = host->first](SystemTime when) { finish_patching(id, when); });
}

void Story::finish_patching(std::string const& host, SystemTime now) {
    run(OperationKind::exit_maintenance, host, patcher, now);
    log_out(patcher, now);
}

void Story::back_up(SystemTime now) {
    chapters_.at(now + 600s, [this](SystemTime when) { back_up(when); });
    log_in(backup, "Backup Proxy/12.1", now);
    for (auto const* name : {"db-primary", "erp-sql", "fileserver-01"}) {
        for (auto const& [id, vm] : world_.inventory.virtual_machines) {
            if (world_.inventory.name_of(id) != name)
                continue;
            run(OperationKind::create_snapshot, id, backup, now);
            break;
        }
    }
    chapters_.at(now + 60s, [this](SystemTime when) { remove_snapshots(when); });
}

void Story::remove_snapshots(SystemTime now) {
    std::vector<std::string> ours;
    for (auto const& [id, vm] : world_.inventory.virtual_machines) {
        for (auto const& snapshot : vm.snapshots) {
            if (snapshot.name == snapshot_name)
                ours.push_back(snapshot.reference.value);
        }
    }
    for (auto const& snapshot : ours)
        run(OperationKind::remove_snapshot, snapshot, backup, now);
    log_out(backup, now);
}

void Story::worry_about_a_host(SystemTime now) {
    chapters_.at(now + 240s, [this](SystemTime when) { worry_about_a_host(when); });
    auto host = world_.inventory.hosts.begin();
    std::advance(host, static_cast<std::ptrdiff_t>(roll(world_.inventory.hosts.size())));
    set_alarm(host->first, AlarmColor::yellow, now);
    chapters_.at(now + 20s, [this, id = host->first](SystemTime when) {
        set_alarm(id, AlarmColor::red, when);
    });
    chapters_.at(now + 50s, [this, id = host->first](SystemTime when) {
        set_alarm(id, AlarmColor::green, when);
    });
}

void Story::set_alarm(std::string const& entity, AlarmColor color, SystemTime now) {
    auto& current = alarms_.try_emplace(entity, AlarmColor::green).first->second;
    if (current == color)
        return;
    world_.events.append(
        world_.operations.catalog().alarm(alarm_name, entity, current, color), now);
    current = color;
}

}  // namespace millrace::simulator

// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "common/base/file.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int machines = 3;
constexpr int rounds = 4;
constexpr std::size_t file_bytes_max = 1 << 20;

/// Programs of others, made by scripts/build-peers.
std::filesystem::path peers() {
    char const* cache = std::getenv("MILLRACE_CACHE");
    std::filesystem::path const folder =
        cache == nullptr ? std::filesystem::path(MILLRACE_SOURCE_DIR "/.cache") : cache;
    return folder / "peers";
}

ChildLaunch vcsim_launch(Installation const& installation) {
    return {
        .program = peers() / "vcsim",
        .arguments =
            {"-address-file=" + installation.run_file("vcenter.json").string(),
             "-certificate-file=" + installation.run_file("vcenter.pem").string()},
        .log_file = installation.folder.path() / "vcsim.log",
        .address_file = installation.run_file("vcenter.json"),
        .has_listen_flag = false,
        .probe = ""};
}

ChildLaunch client_launch(Installation const& installation) {
    return {
        .program = peers() / "pyvmomi-venv" / "bin" / "python",
        .arguments =
            {std::string(MILLRACE_SOURCE_DIR) + "/tests/peers/pyvmomi/vm_power.py",
             installation.run_file("vcenter.json").string(),
             installation.run_file("vcenter.pem").string(), std::to_string(machines),
             std::to_string(rounds)},
        .log_file = installation.folder.path() / "operations.jsonl",
        .has_listen_flag = false,
        .probe = ""};
}

struct Operation {
    std::string vm;
    std::string id;
    std::string host;
    bool on = false;
};

std::vector<Operation> read_operations(std::string const& lines) {
    std::vector<Operation> operations;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        auto const json = parse_json(line);
        if (!json)
            FAIL("The client says: " << lines);
        operations.push_back(
            {string_at(*json, "vm"), string_at(*json, "id"), string_at(*json, "host"),
             string_at(*json, "operation") == "on"});
    }
    return operations;
}

/// The client's power events among the receipts, in the order they were received. vcsim itself
/// switches its machines on, as nobody, when it starts.
std::vector<Json> power_events(std::vector<Receipt> const& receipts) {
    std::vector<Json> events;
    for (Receipt const& receipt : receipts) {
        auto event = parse_json(receipt.line);
        std::string const subject = string_at(*event, "subject");
        bool const is_power = subject == "VmPoweredOnEvent" || subject == "VmPoweredOffEvent";
        if (is_power && !string_at(*event, "username").empty())
            events.push_back(std::move(*event));
    }
    return events;
}

void check_event(Json const& event, Operation const& operation, std::string const& source) {
    std::string const name = operation.on ? "VmPoweredOnEvent" : "VmPoweredOffEvent";
    INFO(dump_json(event));
    CHECK(string_at(event, "type") == "com.vmware.vsphere." + name + ".v0");
    CHECK(string_at(event, "subject") == name);
    CHECK(string_at(event, "source") == source);
    CHECK(string_at(event, "eventclass") == "event");
    CHECK(string_at(event, "vmname") == operation.vm);
    CHECK(string_at(event, "hostname") == operation.host);
    CHECK(string_at(event, "partitionkey") == operation.id);
    CHECK(string_at(event, "data/Vm/Name") == operation.vm);
    CHECK(string_at(event, "data/Vm/Vm/Type") == "VirtualMachine");
    CHECK(string_at(event, "data/Vm/Vm/Value") == operation.id);
    CHECK(string_at(event, "data/Host/Name") == operation.host);
    CHECK(string_at(event, "data/Datacenter/Name") == "DC0");
    CHECK(std::to_string(integer_at(event, "data/Key").value_or(0)) == string_at(event, "id"));
    CHECK(string_at(event, "time") == string_at(event, "data/CreatedTime"));
    CHECK(find_json(event, "data/FullFormattedMessage") != nullptr);
}

Task<void> start_all(Installation& installation, ChildService& vcsim) {
    co_await vcsim.start();
    auto const address =
        parse_json(read_file(installation.run_file("vcenter.json"), file_bytes_max).value_or(""));
    auto const certificate = read_file(installation.run_file("vcenter.pem"), file_bytes_max);
    REQUIRE(address);
    REQUIRE(certificate);
    co_await installation.put_broker();
    co_await installation.put_receipts_function();
    co_await installation.put_source(
        {.address = string_at(*address, "url"),
         .user = string_at(*address, "username"),
         .password = string_at(*address, "password"),
         .authorities_pem = *certificate});
    co_await installation.broker.start();
    co_await installation.runner.start();
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
}

Task<void> check_power_operations(Installation& installation, ChildService& vcsim) {
    co_await start_all(installation, vcsim);
    ChildService client(client_launch(installation));
    client.spawn();
    CHECK(co_await client.wait_for_end(60s) == 0);
    auto const operations_ended = steady_now();
    auto const operations = read_operations(client.log());
    REQUIRE(operations.size() == machines * rounds * 2);
    ReceiptsFile receipts(installation.receipts_file());
    auto const all_came = [&] {
        receipts.read_more();
        return power_events(receipts.all()).size() >= operations.size();
    };
    CHECK(co_await comes_true(all_came, 30s));
    // vCenter wakes the router; it does not only ask again from time to time, after 30 s.
    CHECK(steady_now() - operations_ended < 10s);
    // Stopped in order, nothing is on its way any more: what came twice would have come by now.
    for (ChildService* service : {&installation.router, &installation.broker, &installation.runner})
        CHECK(co_await service->stop() == 0);
    receipts.read_more();
    CHECK(receipts.keys().size() == receipts.all().size());
    auto const events = power_events(receipts.all());
    REQUIRE(events.size() == operations.size());
    // Order is promised for each machine, not among them.
    std::map<std::string, std::vector<Operation>> done;
    std::map<std::string, std::size_t> next;
    for (Operation const& operation : operations)
        done[operation.id].push_back(operation);
    for (Json const& event : events) {
        std::string const id = string_at(event, "partitionkey");
        REQUIRE(next[id] < done[id].size());
        check_event(event, done[id][next[id]++], vcsim.url());
    }
}

}  // namespace

TEST_CASE(
    "System: VM power operations in vcsim reach a Python function once, in order, complete",
    "[system][vcsim]") {
    if (!std::filesystem::exists(peers() / "vcsim"))
        FAIL("There is no " << peers() / "vcsim" << "; scripts/build-peers makes it.");
    Installation installation;
    ChildService vcsim(vcsim_launch(installation));
    run_task(installation.io, check_power_operations(installation, vcsim), 150s);
}

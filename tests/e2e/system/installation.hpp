// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/kube/directory/directory_store.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/service_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// How the router finds its vCenter and its sink.
struct SourceSpec {
    std::string address;
    std::string user = "administrator@vsphere.local";
    std::string password = "millrace";
    std::string authorities_pem;  ///< trusted besides the system's
    std::string sink_url;         ///< empty: Broker default
};

/// A Trigger of Broker default with a subscriber outside of Millrace.
struct TriggerSpec {
    std::string name;
    Json filter_attributes = Json::object();
    std::string subscriber_url;
};

/// Millrace by hand: a state folder with its objects, and each service a process of its own that
/// the test starts and kills as it likes.
class Installation {
public:
    explicit Installation(
        std::vector<std::string> simulator_flags = {}, std::vector<std::string> broker_flags = {});

    Task<void> put_broker();
    Task<void> put_source(SourceSpec spec);
    Task<void> put_trigger(TriggerSpec spec);
    /// The function of tests/e2e/system/receipts, with its Trigger. `attributes`, a space between
    /// two: what it writes down of an event; none: everything.
    Task<void> put_receipts_function(std::string attributes = {});
    /// In the one folder that functions share: they see nothing else of the installation.
    std::filesystem::path receipts_file() const { return shared_folder() / "receipts.jsonl"; }
    std::filesystem::path shared_folder() const { return folder.path() / "shared"; }

    /// The simulated vCenter's ".../sdk".
    std::string vcenter_url() const;
    /// A path of a file in run/.
    std::filesystem::path run_file(std::string const& name) const;
    /// How many Triggers the broker says are ready; 0 while it does not answer.
    Task<std::size_t> ready_triggers();
    /// The router's view of its only source, from /status; null while it does not answer.
    Task<Json> source_status();
    /// Waits until the source has this state; fails the test after 30 s.
    Task<void> wait_for_source(std::string state);

    asio::io_context io;
    TemporaryFolder folder;
    DirectoryStore store;
    ServiceClient client;
    ChildService simulator;
    ChildService broker;
    ChildService router;
    ChildService runner;

private:
    Task<void> apply(ResourceKind const& kind, Resource resource);
    ChildLaunch launch_of(std::string const& service, std::vector<std::string> more) const;
};

}  // namespace millrace::test

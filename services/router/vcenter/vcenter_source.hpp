// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/base/secret.hpp"
#include "common/base/telemetry.hpp"
#include "common/net/task_group.hpp"
#include "router/delivery/delivery_pool.hpp"
#include "router/source/source_settings.hpp"
#include "router/vcenter/vim_types.hpp"

namespace millrace::router {

struct Credentials {
    std::string user;
    Secret password;
};

struct VcenterSourceOptions {
    SourceSettings settings;
    Credentials credentials;
    Url sink;
    std::filesystem::path data_folder;  ///< of checkpoint and dead letters
    std::size_t lanes = 64;
    int page_size = 500;  ///< ReadNextEvents, 1 to 1000
};

/// What a person wants to know of a source.
struct SourceReport {
    std::string state;  ///< "Connecting", "Reading", "Waiting", "Failing", "SinkFailing"
    std::string problem;
    std::string api_version;
    SystemTime last_event_time;
    SystemTime low_water;
    /// Of the last event: from its time to the sink taking it.
    std::optional<milliseconds> lag;
    std::uint64_t received = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dead_lettered = 0;
    std::uint64_t duplicates_dropped = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t requests = 0;  ///< to the sink; fewer than events where it takes batches
    std::uint64_t retries = 0;
    std::size_t in_flight = 0;
    unsigned logins = 0;
};

/// Reads one vCenter without losing an event: performs what VcenterSession decides, converts pages,
/// hands events to a DeliveryPool and moves the checkpoint behind what the sink took.
class VcenterSource {
public:
    /// Throws StartupError if the checkpoint cannot be opened or the settings cannot work.
    /// `types` and `telemetry` outlive the source.
    VcenterSource(
        asio::any_io_executor executor, VcenterSourceOptions options, VimTypes const& types,
        Telemetry& telemetry);
    ~VcenterSource();

    void start();
    /// Lets what is in flight finish, writes the checkpoint, logs out. Within about 4 s.
    Task<void> stop();
    SourceReport report() const;
    VcenterSourceOptions const& options() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::router

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.hpp"
#include "router/source/source_feed.hpp"
#include "router/source/source_settings.hpp"
#include "router/vcenter/vim_types.hpp"

namespace millrace::router {

struct Credentials {
    std::string user;
    Secret password;
};

struct VcenterReaderOptions {
    SourceSettings settings;
    Credentials credentials;
    SourceFeedOptions feed;
    int page_size = 500;  ///< ReadNextEvents, 1 to 1000
    /// Called when report().problem, or whether there is a session, is another.
    std::function<void()> changed = [] {};
};

/// Reads one vCenter without losing an event: performs what VcenterSession decides, converts pages
/// and gives the events to its SourceFeed.
class VcenterReader {
public:
    /// Throws StartupError if the checkpoint cannot be opened or the settings cannot work.
    /// `types` and `telemetry` outlive the reader.
    VcenterReader(
        asio::any_io_executor executor, VcenterReaderOptions options, VimTypes const& types,
        Telemetry& telemetry);
    ~VcenterReader();

    void start();
    /// Lets what is in flight finish, writes the checkpoint, logs out. Within about 4 s.
    Task<void> stop();
    SourceReport report() const;
    VcenterReaderOptions const& options() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::router

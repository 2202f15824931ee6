// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/json.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "tests/bench/router/latency_sink.hpp"
#include "tests/bench/router/measured_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::bench {

struct RigOptions {
    bool tls = false;         ///< between vCenter and router
    std::int64_t events = 0;  ///< of the backlog
    std::int64_t entities = 1000;
    int router_cpu = -1;  ///< < 0: not pinned
};

/// What one drain of the backlog cost.
struct Drain {
    double events_per_s = 0;
    double cpu_us_per_event = 0;
    double peak_mib = 0;
    double bytes_per_event = 0;
    double events_per_request = 0;
    double cpu_share = 0;  ///< of one core, while events came
};

/// A simulated vCenter whose history holds a backlog that a router with a checkpoint has yet to
/// read, and that router, started anew for each drain. Throws std::runtime_error when a part does
/// not do its part.
class RouterRig {
public:
    explicit RouterRig(RigOptions options);
    ~RouterRig();

    /// Starts the router at the checkpoint before the backlog and waits until the sink has it all.
    Drain drain(nanoseconds sink_latency, bool sink_takes_batches);

private:
    Task<void> wait_for_file(std::filesystem::path file) const;
    Task<Json> call(std::string method, std::string path, Json body);
    Task<void> wait_for_source();
    Task<void> make_backlog();
    Task<void> put_source(std::uint16_t sink_port);
    void start_simulator();
    void make_checkpoint();
    std::unique_ptr<MeasuredProcess> start_router() const;
    std::string url_in(std::string const& file) const;
    std::vector<std::string> words_of(
        std::string const& service, std::vector<std::string> more) const;

    RigOptions options_;
    test::TemporaryFolder folder_;
    asio::io_context io_{1};
    DirectoryStore store_;
    std::unique_ptr<MeasuredProcess> simulator_;
    std::int32_t first_key_ = 0;
    std::int32_t last_key_ = 0;
};

}  // namespace millrace::bench

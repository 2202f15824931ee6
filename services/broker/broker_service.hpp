// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "broker/api/api.hpp"
#include "broker/control/controller.hpp"
#include "broker/delivery/dispatchers.hpp"
#include "broker/history/word_index.hpp"
#include "broker/intake/acceptor.hpp"
#include "broker/intake/ingress.hpp"
#include "common/service/folder_lock.hpp"
#include "common/service/service.hpp"

namespace millrace::broker {

/// The flags of the broker beside those of every service.
std::vector<Flag> broker_flags();

/// Where Brokers are reached by --address-url, without a slash at its end; nothing where there is
/// none. Throws StartupError for what is no http(s) URL of a host.
std::optional<Url> address_url(FlagValues const& flags);

/// The broker, which waits for the Lease of --lease where there is one. Throws StartupError.
std::unique_ptr<Service> make_broker(ServiceContext const& context);

/// The broker: ingress, log, dispatchers, API, and the controller that connects them to the store.
/// Events are refused with 503 until every Trigger is known: none may pass unseen.
class BrokerService : public Service {
public:
    /// Throws StartupError if the data folder cannot be used.
    BrokerService(ServiceContext const& context, std::unique_ptr<ResourceStore> store);
    ~BrokerService() override;

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    void stored(EventBatch const& batch);
    void settled(DeliveryState state);
    void catalog_changed(Catalog& catalog);
    void given_up(std::uint64_t count);
    SavedTotals saved_totals();
    Task<void> save_each_second();
    void save();
    DispatcherParts dispatcher_parts();

    asio::io_context& io_;
    std::string const& url_;      ///< where we listen
    std::optional<Url> address_;  ///< where Brokers are reached; nothing: where we listen
    ControllerOptions options_;
    std::unique_ptr<ResourceStore> store_;
    SegmentDirectory segments_;
    std::filesystem::path data_;
    FolderLock lock_;
    EventLog log_;
    TotalsFile totals_file_;
    WordIndexer indexer_;
    Rates rates_;
    TypeCounts types_;
    Matcher matcher_;
    RecentEvents recent_;
    WorkerThread reading_;
    WorkerThread searching_;
    History delivery_history_;
    History search_history_;
    Writer writer_;
    Acceptor acceptor_;
    SubscriberClients clients_;
    Dispatchers dispatchers_;
    Ingress ingress_;
    LiveNews news_;
    Api api_;
    Controller controller_;
    TaskGroup tasks_;
    std::int64_t head_ = 0;  ///< newest event that was stored
    std::int64_t saved_head_ = -1;
    std::map<std::string, std::string> brokers_;  ///< broker to its fault, for /status
    Counter& delivered_total_;
    Counter& failed_total_;
    Counter& dead_lettered_total_;
    Counter& retried_total_;
    Gauge& pending_;
    Gauge& triggers_;
    Gauge& queued_;
    Gauge& log_bytes_;
};

}  // namespace millrace::broker

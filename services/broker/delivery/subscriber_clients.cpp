// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/subscriber_clients.hpp"

namespace millrace::broker {

SubscriberClients::SubscriberClients(
    asio::any_io_executor executor, std::function<HttpClientOptions()> options)
    : executor_(std::move(executor)),
      options_(std::move(options)) {
    auto made = make({});
    if (!made)
        throw StartupError(made.error().detail);
    common_ = std::move(*made);
}

Result<std::shared_ptr<HttpClient>> SubscriberClients::make(
    std::string const& authorities_pem) const {
    HttpClientOptions options = options_();
    auto tls = TlsContext::client({.verify = true, .authorities_pem = authorities_pem});
    if (!tls)
        return std::unexpected(tls.error());
    options.tls = std::move(*tls);
    return std::make_shared<HttpClient>(executor_, std::move(options));
}

Result<std::shared_ptr<HttpClient>> SubscriberClients::get(std::string const& authorities_pem) {
    if (authorities_pem.empty())
        return common_;
    if (auto const known = by_authorities_.find(authorities_pem); known != by_authorities_.end())
        if (auto client = known->second.lock())
            return client;
    std::erase_if(by_authorities_, [](auto const& entry) { return entry.second.expired(); });
    auto made = make(authorities_pem);
    if (made)
        by_authorities_[authorities_pem] = *made;
    return made;
}

}  // namespace millrace::broker

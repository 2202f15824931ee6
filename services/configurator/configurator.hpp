// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/api/setup_api.hpp"
#include "configurator/api/system_api.hpp"

namespace millrace::configurator {

/// What its API is served with.
struct ApiOptions {
    std::string code;                   ///< make_setup_code's
    std::filesystem::path certificate;  ///< the web page's
};

/// An appliance's whole life: its form followed to its end, its boot, then changes of it; and the
/// API for that.
class Configurator {
public:
    /// `host` outlives it.
    Configurator(
        asio::any_io_executor io, Journal journal, Host& host, Following following,
        ApiOptions options);

    /// Until it is cancelled. Ends by itself only where the journal cannot be written.
    Task<Result<void>> run();
    /// api/openapi.yaml.
    Task<HttpAnswer> handle(HttpRequest& request);

    bool sealed() const { return form_.sealed(); }

private:
    WorkerThread worker_;
    Journal journal_;
    FormFollower form_;
    SystemFollower system_;
    SetupApi setup_api_;
    SystemApi system_api_;
};

}  // namespace millrace::configurator

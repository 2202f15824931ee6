// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/api/image_api.hpp"
#include "configurator/api/setup_api.hpp"
#include "configurator/api/system_api.hpp"

namespace millrace::configurator {

/// What its API is served with.
struct ApiOptions {
    std::string code;                   ///< make_setup_code's
    std::filesystem::path certificate;  ///< the web page's
};

/// The machine, once for each of the two that change it at the same time.
struct Hosts {
    Host& configuration;
    Host& images;
};

/// Where what it follows and keeps is, and what its API is served with.
struct ConfiguratorOptions {
    Following following;
    ImageOptions images;
    ApiOptions api;
};

/// An appliance's whole life: its form followed to its end, its boot, then changes of it; beside
/// that its images; and the API for both.
class Configurator {
public:
    /// `hosts` outlive it.
    Configurator(
        asio::any_io_executor io, Journal journal, Hosts hosts, ConfiguratorOptions options);

    /// Until it is cancelled. Ends by itself only where the journal cannot be written.
    Task<Result<void>> run();
    /// The same for its images, until it is cancelled.
    Task<void> keep_images() { return images_.run(); }
    /// api/openapi.yaml.
    Task<HttpAnswer> handle(HttpRequest& request);

    bool sealed() const { return form_.sealed(); }

private:
    WorkerThread worker_;
    Journal journal_;
    FormFollower form_;
    SystemFollower system_;
    ImageKeeper images_;
    SetupApi setup_api_;
    SystemApi system_api_;
    ImageApi image_api_;
};

}  // namespace millrace::configurator

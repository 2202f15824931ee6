// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/http_message.hpp"
#include "common/base/json.hpp"
#include "simulator/datacentre/simulation.hpp"

namespace millrace::simulator {

/// The REST API below /suite-api without its sockets: JSON over the calls a function that marks
/// hosts as being maintained needs.
class VropsApi {
public:
    /// `world` outlives this.
    explicit VropsApi(Simulation& world) : world_(world) {}

    HttpResponse answer(HttpRequest const& request, SystemTime now);

private:
    HttpResponse acquire(HttpRequest const& request, SystemTime now);
    HttpResponse list(HttpRequest const& request);
    HttpResponse maintain(
        HttpRequest const& request, std::vector<std::string> const& ids, SystemTime now);
    HttpResponse one(std::string_view id);
    HttpResponse with_token(HttpRequest const& request, std::string_view path, SystemTime now);

    Simulation& world_;
};

/// A resource as the REST API shows it.
Json vrops_resource_json(Vrops const& vrops, VropsResource const& resource);

/// Every value of a query parameter, decoded.
std::vector<std::string> query_values(HttpRequest const& request, std::string_view name);

}  // namespace millrace::simulator

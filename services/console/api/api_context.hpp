// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/function/recipe.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/task_group.hpp"
#include "console/api/problem.hpp"
#include "console/functions/function_view.hpp"
#include "console/host/function_host.hpp"
#include "console/upstream/upstream.hpp"

namespace millrace::console {

/// One request of the API below /api/v1, already authenticated.
/// Its path begins with a noun; path and method are some of openapi.yaml's.
struct ApiRequest {
    HttpRequest const& http;
    std::vector<std::string> path;  ///< segments behind /api/v1, percent-decoded
    Json body;                      ///< parsed; null where there is none
    std::string session_id;
};

/// What the API's parts work with. References outlive them.
struct ApiContext {
    asio::any_io_executor executor;
    ResourceStore& store;
    Upstream& upstream;
    FunctionHost& host;
    std::vector<Recipe> const& recipes;
    std::string name_space;    ///< of all functions, with their code, Secrets and Triggers
    std::string image_prefix;  ///< of the runtimes' images
    std::string proxy_secret;  ///< what new functions read where there is one; "": none

    ResourceName in_namespace(std::string name) const { return {name_space, std::move(name)}; }
    Selector of_functions() const { return {.name_space = name_space, .name = {}, .labels = {}}; }
};

/// Reads everything function_view needs. A service that does not answer leaves its part empty.
/// Errors: those of the store.
Task<Result<FunctionFacts>> gather_facts(ApiContext& context);

/// The Service of a function. Errors: `not_found` also for a Service that is no function.
Task<Result<Resource>> get_function(ApiContext& context, std::string name);

/// True where the source is the simulator. Errors: those of the store.
Task<Result<bool>> is_simulated(ApiContext& context);

/// Checks If-Match against an ETag's value: nothing if it fits, else 428 or 412.
std::optional<HttpAnswer> check_if_match(HttpRequest const& request, std::string const& etag);

}  // namespace millrace::console

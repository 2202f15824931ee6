// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/kube/resource.hpp"

namespace millrace::console {

/// Everything that is known of the functions at one moment, from three places. Pure data.
struct FunctionFacts {
    std::vector<Resource> services;  ///< labelled millrace.dev/runtime
    std::vector<Resource> triggers;
    Json functions = Json::array();  ///< as their FunctionHost tells them
    Json broker = Json::array();     ///< items of the broker's /api/v1/triggers
    std::string host_problem;        ///< why their host cannot be asked; empty: it answers
};

/// Whether a Service is a function of ours.
bool is_function(Resource const& service);

/// The Triggers whose subscriber is this function.
std::vector<Resource const*> triggers_of(
    std::vector<Resource> const& triggers, std::string const& function);

/// API schema FunctionSummary.
Json function_summary(FunctionFacts const& facts, Resource const& service);
/// API schema Function: the summary, when it was made and how far its newest revision has come.
Json function_detail(FunctionFacts const& facts, Resource const& service);
/// API schema Revision of each of the host's `records`, newest first.
Json revision_views(FunctionFacts const& facts, Resource const& service, Json const& records);
/// API schema Trigger.
Json trigger_view(FunctionFacts const& facts, Resource const& trigger);

/// A strong ETag's value (unquoted) of any JSON value.
std::string etag_of(Json const& value);

}  // namespace millrace::console

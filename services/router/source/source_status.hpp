// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/kube/resource.hpp"
#include "router/source/source_report.hpp"

namespace millrace::router {

/// How it stands with a source.
struct SourceStanding {
    SourceReport report;
    std::string problem;      ///< empty: none
    bool is_running = false;  ///< it is read; else `problem` says why not
    std::string sink;         ///< URL that its events go to; empty where it does not run
};

/// The status that the object shall show: conditions AuthReady, AdapterReady and Ready, sinkUri
/// (Knative's duck type Source), and what kubectl's columns show: state, lag, lastEventTime.
/// `basis` is what it shows now, for the times of conditions. Pure.
Json source_status(Json basis, std::int64_t generation, SourceStanding const& standing);

}  // namespace millrace::router

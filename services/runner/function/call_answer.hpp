// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/http_server.hpp"
#include "runner/worker/worker_protocol.hpp"

namespace millrace::runner {

/// What the caller hears of how its call ended: 200 with the reply, 202, 500, 504 when the handler
/// took too long, 503 with Retry-After when it asked to be called later, or, as when all workers
/// are busy, when the worker ended through no fault of this event (`canceled`).
HttpAnswer call_answer(Result<WorkerFrame> const& outcome);

/// 503 with Retry-After: 1. Nothing is wrong, there are only fewer workers than calls.
HttpAnswer busy_answer(std::size_t workers);

}  // namespace millrace::runner

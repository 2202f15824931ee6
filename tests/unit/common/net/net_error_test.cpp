// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/error.hpp>

#include "common/net/task.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Network errors: each means what its reader has to do about it") {
    struct Case {
        asio::error::basic_errors error;
        ErrorCode code;
    };
    for (Case const& one : std::vector<Case>{
             {asio::error::operation_aborted, ErrorCode::canceled},
             {asio::error::timed_out, ErrorCode::timed_out},
             {asio::error::connection_reset, ErrorCode::closed},
             {asio::error::broken_pipe, ErrorCode::closed},
             {asio::error::connection_refused, ErrorCode::unavailable},
             {asio::error::host_unreachable, ErrorCode::unavailable},
             {asio::error::no_descriptors, ErrorCode::unavailable}}) {
        Error const error = to_error(one.error, "Cannot read");
        INFO(error.detail);
        CHECK(error.code == one.code);
        CHECK(error.detail.starts_with("Cannot read: "));
        CHECK(error.detail.ends_with('.'));
    }
    CHECK(to_error(asio::error::eof, "Cannot read").code == ErrorCode::closed);
    CHECK(to_error(asio::error::host_not_found, "Cannot connect").code == ErrorCode::unavailable);
}

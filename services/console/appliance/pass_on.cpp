// SPDX-License-Identifier: Apache-2.0
#include "console/appliance/pass_on.hpp"

#include "console/api/problem.hpp"

namespace millrace::console {
namespace {

void copy_header(Headers const& from, Headers& into, char const* name) {
    if (from.contains(name))
        into.add(name, std::string(from.get(name)));
}

}  // namespace

Task<HttpAnswer> pass_on(
    ConfiguratorClient& configurator, HttpRequest const& request, std::string_view prefix) {
    HttpRequest passed;
    passed.method = request.method;
    passed.body = request.body;
    for (char const* const name : {"X-Millrace-Setup-Code", "Content-Type"})
        copy_header(request.headers, passed.headers, name);
    std::string const query = request.query.empty() ? "" : "?" + request.query;
    auto const answered =
        co_await configurator.send(passed, "/api/v1/" + request.path.substr(prefix.size()) + query);
    if (!answered)
        co_return make_problem(Error(ErrorCode::unavailable, answered.error().detail), "notFound");
    HttpAnswer answer;
    answer.status = answered->status;
    answer.body = answered->body;
    answer.headers.add("Cache-Control", "no-store");
    for (char const* const name : {"Content-Type", "Retry-After", "Allow"})
        copy_header(answered->headers, answer.headers, name);
    co_return answer;
}

}  // namespace millrace::console

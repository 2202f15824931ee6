// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_events.hpp"

#include "console/api/whole_number.hpp"

namespace millrace::console {

Task<HttpAnswer> handle_events(ApiContext& context, ApiRequest const& request) {
    if (request.path.size() == 2 && !whole_number(request.path[1]))
        co_return make_problem(404, "event.notFound", "There is no such event.");
    bool const is_one = request.path.size() == 2;
    std::string path = "/api/v1/" + request.path[0];
    if (is_one)
        path += "/" + request.path[1];
    else if (!request.http.query.empty())
        path += "?" + request.http.query;
    // The broker answers in this API's schema, so its text is passed on as it is: nothing is lost
    // of it, not a digit.
    auto answer = co_await context.upstream.get_text("broker", std::move(path));
    if (answer)
        co_return json_text_body(std::move(*answer));
    if (is_one && answer.error().code == ErrorCode::not_found)
        co_return make_problem(
            404, "event.notFound",
            "This event does not exist, or is older than the history keeps.");
    co_return make_problem(answer.error(), "notFound");
}

}  // namespace millrace::console

// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/system_api.hpp"

#include "common/base/file.hpp"
#include "configurator/api/api_routes.hpp"
#include "configurator/api/system_view.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t certificate_bytes_max = std::size_t{1} << 20;

HttpAnswer unavailable(std::string const& why) {
    HttpAnswer answer = problem_answer(503, "system.unavailable", why);
    answer.headers.add("Retry-After", "5");
    return answer;
}

/// `code`: of a conflict.
HttpAnswer refusal_of(Error const& error, std::string_view code) {
    if (error.code == ErrorCode::conflict)
        return problem_answer(409, code, error.detail);
    return unavailable(error.detail);
}

HttpAnswer accepted() {
    HttpAnswer answer = empty_answer();
    answer.status = 202;
    return answer;
}

}  // namespace

Task<HttpAnswer> SystemApi::handle(HttpRequest const& request) {
    if (!follower_.is_ready())
        co_return unavailable("The appliance is still starting; try again in a moment.");
    if (request.path == "/api/v1/system/power")
        co_return co_await power(request);
    if (request.path == "/api/v1/system/confirm") {
        auto const kept = co_await follower_.confirm();
        co_return kept ? empty_answer() : refusal_of(kept.error(), "system.noTrial");
    }
    if (request.path == "/api/v1/system/undo") {
        auto const begun = follower_.take_back();
        co_return begun ? empty_answer() : refusal_of(begun.error(), "system.noTrial");
    }
    if (request.path == "/api/v1/system/renew-certificate") {
        auto change = certificate_renewal(follower_.form(), system_now());
        co_return change ? co_await begin(std::move(*change))
                         : refusal_of(change.error(), "system.foreignCertificate");
    }
    co_return request.method == "PUT" ? co_await put(request) : view(200);
}

HttpAnswer SystemApi::view(int status) const {
    auto const pem = read_file(certificate_, certificate_bytes_max);
    return json_answer(
        status,
        dump_json(system_view(follower_, pem ? std::optional(*pem) : std::nullopt, steady_now())));
}

Task<HttpAnswer> SystemApi::put(HttpRequest const& request) {
    auto const body = parse_json(request.body);
    if (!body)
        co_return problem_answer(400, "request.malformed", body.error().detail);
    auto change = change_of(follower_.form(), *body, system_now());
    if (!change)
        co_return invalid_form(change.error());
    if (change->apply.empty())
        co_return problem_answer(409, "system.unchanged", "Nothing differs from what is in force.");
    co_return co_await begin(std::move(*change));
}

Task<HttpAnswer> SystemApi::begin(SystemChange change) {
    auto const begun = co_await follower_.begin(std::move(change));
    co_return begun ? view(202) : refusal_of(begun.error(), "system.busy");
}

Task<HttpAnswer> SystemApi::power(HttpRequest const& request) {
    auto const body = parse_json(request.body);
    if (!body)
        co_return problem_answer(400, "request.malformed", body.error().detail);
    std::string const action = string_at(*body, "action");
    if (action != "restart" && action != "shutDown")
        co_return problem_answer(
            422, "power.invalid", "Nothing was done.",
            {{"/action", "invalid", "must be restart or shutDown."}});
    auto const begun = co_await follower_.perform(
        {.words = {
             "/usr/bin/systemctl", "--no-block", action == "restart" ? "reboot" : "poweroff"}});
    co_return begun ? accepted() : refusal_of(begun.error(), "system.busy");
}

}  // namespace millrace::configurator

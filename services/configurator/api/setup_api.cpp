// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/setup_api.hpp"

#include "common/base/encoding.hpp"
#include "configurator/api/api_routes.hpp"
#include "configurator/api/form_view.hpp"
#include "configurator/form/given_values.hpp"
#include "configurator/form/settings.hpp"

namespace millrace::configurator {
namespace {

constexpr auto code_header = "x-millrace-setup-code";
/// A little longer than most programs of a step may take.
constexpr seconds follow_limit{40};

HttpAnswer refusal_of(Error const& error) {
    if (error.code == ErrorCode::conflict)
        return problem_answer(409, "setup.conflict", error.detail);
    HttpAnswer answer = problem_answer(503, "setup.unavailable", error.detail);
    answer.headers.add("Retry-After", "5");
    return answer;
}

}  // namespace

Task<HttpAnswer> SetupApi::handle(HttpRequest& request) {
    if (request.path == "/api/v1/status")
        co_return status(request);
    if (follower_.sealed())
        co_return problem_answer(
            409, "setup.sealed", "This appliance is configured; sign in to change it.");
    if (auto refused = check_code(request))
        co_return std::move(*refused);
    co_return co_await with_code(request);
}

/// What everybody may see, or the whole for who has the code.
HttpAnswer SetupApi::status(HttpRequest const& request) {
    bool const shows_code = request.headers.contains(code_header) && !follower_.sealed();
    if (shows_code)
        if (auto refused = check_code(request))
            return std::move(*refused);
    Json status = shows_code ? follower_.status() : public_status(follower_.status());
    status["form"] = follower_.form().has_value();
    status["configured"] = follower_.sealed();
    return json_answer(200, dump_json(status));
}

std::optional<HttpAnswer> SetupApi::check_code(HttpRequest const& request) {
    std::string_view const given = request.headers.get(code_header);
    if (given.empty())
        return problem_answer(
            401, "setupCode.required", "This needs the set-up code that is on the VM's screen.");
    switch (code_.check(given, steady_now())) {
        case SetupCode::Verdict::right:
            return std::nullopt;
        case SetupCode::Verdict::wrong:
            return problem_answer(
                401, "setupCode.wrong",
                "This is not the set-up code that is on the VM's screen. It is another one after "
                "each start.");
        case SetupCode::Verdict::wait:
            break;
    }
    std::string const wait = std::to_string(code_.wait_for(steady_now()).count());
    HttpAnswer answer = problem_answer(
        429, "setupCode.throttled", "Too many wrong codes. Try again in " + wait + " s.");
    answer.headers.add("Retry-After", wait);
    return answer;
}

Task<HttpAnswer> SetupApi::with_code(HttpRequest const& request) {
    if (request.path == "/api/v1/code")
        co_return empty_answer();
    if (request.path == "/api/v1/log")
        co_return log(request);
    if (request.path == "/api/v1/retry") {
        auto const begun = follower_.retry();
        co_return begun ? empty_answer() : refusal_of(begun.error());
    }
    if (request.method == "PUT")
        co_return co_await put_form(request);
    co_return json_answer(200, dump_json(form_view(follower_.form(), follower_.status())));
}

Task<HttpAnswer> SetupApi::put_form(HttpRequest const& request) {
    auto const body = parse_json(request.body);
    if (!body)
        co_return problem_answer(400, "request.malformed", body.error().detail);
    auto form = with_values(follower_.form().value_or(PropertyTexts()), *body);
    if (!form)
        co_return invalid_form(form.error());
    if (auto const read = read_settings(*form, system_now()); !read.settings)
        co_return invalid_form(read.settings.error());
    auto const kept = co_await follower_.follow(std::move(*form), follow_limit);
    co_return kept ? empty_answer() : refusal_of(kept.error());
}

HttpAnswer SetupApi::log(HttpRequest const& request) const {
    std::string const step = request.query_value("step");
    auto text = follower_.log().text(step);
    if (!text)
        return problem_answer(
            404, "log.none",
            "No program of a step \"" + to_valid_utf8(step.substr(0, 80)) + "\" has run.");
    HttpAnswer answer = text_answer(200, std::move(*text));
    answer.headers.set("Cache-Control", "no-store");
    return answer;
}

}  // namespace millrace::configurator

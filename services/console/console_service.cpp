// SPDX-License-Identifier: Apache-2.0
#include "console/console_service.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/host_name.hpp"
#include "common/base/log.hpp"
#include "common/base/yaml.hpp"
#include "common/kube/store/store_choice.hpp"
#include "console/api/api_datacentre.hpp"
#include "console/api/api_events.hpp"
#include "console/api/api_functions.hpp"
#include "console/api/api_overview.hpp"
#include "console/api/api_recipes.hpp"
#include "console/api/api_sources.hpp"
#include "console/auth/password.hpp"
#include "console/auth/request_guard.hpp"
#include "console/openapi_document.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t streams_max = 8;
constexpr std::size_t hashes_waiting_max = 8;
constexpr std::string_view api_prefix = "/api/v1/";

Json parse_openapi() {
    auto documents = parse_yaml(openapi_yaml, "openapi.yaml");
    if (!documents)
        throw StartupError(to_string(documents.error()));
    return std::move(documents->front().value);
}

/// Each member there and of a length that is worth a look.
FieldFaults check_login(Json const& body, bool by_password) {
    FieldFaults faults;
    auto const check = [&](std::string const& key, std::size_t bytes_max) {
        std::size_t const bytes = string_at(body, key).size();
        if (bytes == 0 || bytes > bytes_max)
            faults.push_back(
                {"/" + key, "invalid",
                 "must have 1 to " + std::to_string(bytes_max) + " characters."});
    };
    if (by_password) {
        check("user", 100);
        check("password", 1000);
    } else {
        check("code", 500);
    }
    return faults;
}

/// A code, or the whole link that has it.
std::string code_in(std::string const& text) {
    constexpr std::string_view mark = "#code=";
    auto const at = text.find(mark);
    return at == std::string::npos ? text : text.substr(at + mark.size());
}

HttpAnswer throttled(std::string const& why, seconds wait) {
    HttpAnswer answer = make_problem(
        429, "login.throttled", why + " Try again in " + std::to_string(wait.count()) + " s.");
    answer.headers.add("Retry-After", std::to_string(wait.count()));
    return answer;
}

/// Of the set-up page, which a browser may have kept: there is nothing left to set up.
HttpAnswer to_first_page() {
    HttpAnswer answer = empty_answer();
    answer.status = 302;
    answer.headers.add("Location", "/");
    return answer;
}

bool is_background(HttpRequest const& request) {
    return request.headers.contains("x-millrace-background") || request.path.ends_with("/stream");
}

}  // namespace

ConsoleService::ConsoleService(ServiceContext context)
    : context_(context),
      store_(open_store(context.io.get_executor(), context.flags)),
      upstream_(
          context.io.get_executor(), service_places(context.flags), read_token(context.flags)),
      host_(open_function_host(context.io.get_executor(), context.flags, *store_, upstream_)),
      recipes_(load_recipes(context.flags.text("recipes"))),
      files_(context.flags.text("web")),
      bill_(context.flags.text("bill")),
      openapi_(parse_openapi()),
      routes_(openapi_),
      sessions_(session_limits(context.flags)),
      hosts_(allowed_hosts(context.flags)),
      tls_(
          context.flags.given("tls-certificate-file") ||
          !is_loopback(context.flags.text("listen"))),
      login_(load_login(context.flags)),
      api_{
          context.io.get_executor(),
          *store_,
          upstream_,
          *host_,
          recipes_,
          context.flags.text("namespace"),
          context.flags.text("image-prefix"),
          context.flags.text("proxy-secret")},
      appliance_(context.io.get_executor(), context.flags.text("configurator")),
      feed_(api_),
      tasks_(context.io.get_executor()),
      hashing_(context.io.get_executor(), hashes_waiting_max, "sign-in") {}

Task<void> ConsoleService::start() {
    publish_login_url();
    tasks_.spawn_essential("change feed", feed_.run());
    co_return;
}

Task<void> ConsoleService::stop() {
    co_await tasks_.stop();
}

Json ConsoleService::status() const {
    Json status = Json::object();
    status["version"] = MILLRACE_VERSION;
    status["recipes"] = recipes_.size();
    return status;
}

void ConsoleService::publish_login_url() {
    std::string const file = context_.flags.text("login-url-file");
    if (login_.by_password() || file.empty())
        return;
    std::string const url =
        context_.url + "/login#code=" + sessions_.issue_code(system_now()) + "\n";
    if (auto const written = write_file_atomic(file, url, 0600); !written)
        log::error("Login URL not written.", {{"reason", written.error().detail}});
}

Task<HttpAnswer> ConsoleService::handle(HttpRequest& request) {
    HttpAnswer answer;
    if (auto const refusal = check_request(request, hosts_))
        answer = make_problem(refusal->status, refusal->code, refusal->detail);
    else if (request.path.starts_with("/api/"))
        answer = co_await handle_api(request);
    else if (request.path == "/setup" || request.path == "/setup.html")
        answer = to_first_page();
    else
        answer = files_.serve(request);
    co_return answer;
}

std::optional<HttpAnswer> ConsoleService::check_route(
    HttpRequest const& request, std::vector<std::string> const& path) const {
    auto const methods =
        request.path.starts_with(api_prefix) ? routes_.methods(path) : std::vector<std::string>();
    if (methods.empty())
        return make_problem(
            404, "notFound", "There is nothing at " + request.path.substr(0, 200) + ".");
    if (std::ranges::find(methods, request.method) != methods.end())
        return std::nullopt;
    std::string allow;
    for (std::string const& method : methods)
        allow += (allow.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
    HttpAnswer answer =
        make_problem(405, "request.method", request.method + " is not known here; try " + allow);
    answer.headers.add("Allow", allow);
    return answer;
}

Task<HttpAnswer> ConsoleService::handle_api(HttpRequest const& request) {
    if (request.method == "HEAD") {
        HttpRequest as_get = request;
        as_get.method = "GET";
        co_return co_await handle_api(as_get);
    }
    std::string const id = cookie_value(request, cookie_name());
    // Its paths are those of another document.
    if (request.path.starts_with(ApplianceApi::prefix)) {
        if (auto refused = check_session(request, id))
            co_return std::move(*refused);
        co_return co_await appliance_.handle(request);
    }
    std::vector<std::string> path = path_segments(
        std::string_view(request.path)
            .substr(std::min<std::size_t>(request.path.size(), api_prefix.size() - 1)));
    if (auto refused = check_route(request, path))
        co_return std::move(*refused);
    if (path.front() == "openapi.json")
        co_return json_body(openapi_);
    if (path.front() == "session")
        co_return co_await handle_session(request, id);
    if (auto refused = check_session(request, id))
        co_return std::move(*refused);
    ApiRequest api{request, std::move(path), Json(), id};
    if (!request.body.empty()) {
        auto body = parse_json(request.body);
        if (!body)
            co_return make_problem(400, "request.malformed", body.error().detail);
        api.body = std::move(*body);
    }
    co_return co_await route(api);
}

/// Nothing if the request has a session that lives.
std::optional<HttpAnswer> ConsoleService::check_session(
    HttpRequest const& request, std::string const& id) {
    switch (sessions_.check(id, system_now(), !is_background(request))) {
        case SessionStore::State::none:
            return make_problem(401, "session.required", "Sign in first.");
        case SessionStore::State::expired:
            return make_problem(401, "session.expired", "The session has ended; sign in again.");
        case SessionStore::State::valid:
            break;
    }
    return std::nullopt;
}

/// check_route has let through only what the document has.
Task<HttpAnswer> ConsoleService::route(ApiRequest const& request) {
    std::string const& noun = request.path.front();
    if (noun == "functions")
        co_return co_await handle_functions(api_, request);
    if (noun == "datacentre")
        co_return co_await handle_datacentre(api_, request);
    if (noun == "about")
        co_return co_await handle_about(api_, request, bill_, installation());
    if (noun == "overview")
        co_return co_await handle_overview(api_, request);
    if (noun == "events" || noun == "event-types")
        co_return co_await handle_events(api_, request);
    if (noun == "recipes")
        co_return co_await handle_recipes(api_, request);
    if (noun == "sources")
        co_return co_await handle_sources(api_, request);
    if (noun == "stream")
        co_return open_stream(request);
    co_return make_problem(500, "internal", "Nothing answers " + request.http.path + ".");
}

Installation ConsoleService::installation() const {
    if (appliance_.is_there())
        return Installation::appliance;
    return is_in_kubernetes(context_.flags) ? Installation::cluster : Installation::local;
}

HttpAnswer ConsoleService::open_stream(ApiRequest const& request) {
    auto wish = read_stream_wish(request.http);
    if (!wish)
        return make_problem(
            422, "request.invalid",
            "topics must name events, functions, sources, overview or datacentre, or deliveries "
            "with a seq.");
    Session* const session = sessions_.find(request.session_id);
    if (session->streams >= streams_max)
        return make_problem(429, "stream.limit", "This session has 8 streams open already.");
    ++session->streams;
    std::string const id = request.session_id;
    return feed_.open(
        std::move(*wish),
        [this, id] {
            return sessions_.check(id, system_now(), false) == SessionStore::State::valid;
        },
        [this, id] {
            if (Session* const ended = sessions_.find(id))
                --ended->streams;
        });
}

Task<HttpAnswer> ConsoleService::describe_session(std::string session_id, int status) {
    Session const* const session = sessions_.find(session_id);
    Json json = Json::object();
    json["authenticated"] = session != nullptr;
    json["mode"] = login_.by_password() ? "password" : "loopback";
    json["version"] = MILLRACE_VERSION;
    if (std::string name = host_name(); !name.empty())
        json["hostname"] = std::move(name);
    if (session == nullptr)
        co_return json_body(json, status);
    json["user"] = session->user;
    json["permissions"] = {"events.read", "functions.read", "functions.write", "secrets.write",
                           "logs.read",   "sources.read",   "datacentre.read", "datacentre.act"};
    json["idleExpiresAt"] = format_rfc3339(sessions_.idle_expiry(*session));
    json["absoluteExpiresAt"] = format_rfc3339(sessions_.absolute_expiry(*session));
    auto const simulated = co_await is_simulated(api_);
    if (!simulated)
        co_return make_problem(simulated.error(), "notFound");
    json["simulated"] = *simulated;
    json["appliance"] = appliance_.is_there();
    co_return json_body(json, status);
}

Task<HttpAnswer> ConsoleService::handle_session(
    HttpRequest const& request, std::string session_id) {
    if (request.method == "GET") {
        sessions_.check(session_id, system_now(), !is_background(request));
        co_return co_await describe_session(session_id, 200);
    }
    if (request.method == "POST")
        co_return co_await log_in(request);
    // Nobody else's: it would void the link that has been printed.
    if (auto refused = check_session(request, session_id))
        co_return std::move(*refused);
    sessions_.end(session_id);
    // Who signs out of the loopback console gets back in by a new link.
    publish_login_url();
    HttpAnswer answer = empty_answer();
    answer.headers.add(
        "Set-Cookie", std::string(cookie_name()) +
                          "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" +
                          (tls_ ? "; Secure" : ""));
    co_return answer;
}

Task<Result<bool>> ConsoleService::check_password(Secret password) {
    co_return co_await hashing_.run([encoded = login_.password_hash, given = std::move(password)] {
        return Result<bool>(verify_password(encoded, given));
    });
}

Task<HttpAnswer> ConsoleService::log_in(HttpRequest const& request) {
    std::string const client = request.peer.substr(0, request.peer.rfind(':'));
    if (seconds const wait = throttle_.wait_for(client, system_now()); wait > 0s)
        co_return throttled("Too many failed tries.", wait);
    auto const body = parse_json(request.body);
    if (!body)
        co_return make_problem(400, "request.malformed", body.error().detail);
    if (FieldFaults const faults = check_login(*body, login_.by_password()); !faults.empty())
        co_return make_problem(422, "request.invalid", "This is no sign-in.", faults);
    if (hashes_waiting_ >= hashes_waiting_max)
        co_return throttled("Many are signing in at this moment.", 1s);
    // Counted before it is known to be one: tries that run at the same time count as well.
    throttle_.failed(client, system_now());
    bool accepted = false;
    if (!login_.by_password()) {
        accepted = sessions_.redeem_code(code_in(string_at(*body, "code")), system_now());
    } else {
        // The hash is computed for an unknown user, too: the same answer after the same time.
        ++hashes_waiting_;
        auto const fits = co_await check_password(Secret(string_at(*body, "password")));
        --hashes_waiting_;
        if (!fits)
            co_return throttled("The console is stopping.", 1s);
        accepted = *fits && string_at(*body, "user") == login_.user;
    }
    if (!accepted) {
        throttle_.told(client, system_now());
        log::warn("Sign-in refused.", {{"client", client}});
        co_return make_problem(
            401, "login.refused",
            !login_.by_password()
                ? "This link does not work any more: a link works once. The next one stands in the "
                  "file run/login-url of Millrace's state folder."
                : "The name or the password is wrong.");
    }
    throttle_.succeeded(client);
    std::string const id = sessions_.begin(login_.user, system_now());
    log::info("Signed in.", {{"client", client}});
    publish_login_url();
    HttpAnswer answer = co_await describe_session(id, 201);
    answer.headers.add(
        "Set-Cookie", std::string(cookie_name()) + "=" + id +
                          "; Path=/; HttpOnly; SameSite=Strict" + (tls_ ? "; Secure" : ""));
    co_return answer;
}

}  // namespace millrace::console

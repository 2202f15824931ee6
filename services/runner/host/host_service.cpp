// SPDX-License-Identifier: Apache-2.0
#include "runner/host/host_service.hpp"

#include <limits>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/next_change.hpp"
#include "common/kube/store/store_choice.hpp"
#include "runner/host/function_routes.hpp"
#include "runner/host/given_powershell.hpp"

namespace millrace::runner {
namespace {

/// Changes of functions within this are one message to those who listen.
constexpr milliseconds publish_interval = 250ms;
constexpr nanoseconds for_ever = std::chrono::hours(24);
/// All of them: code that hangs while it is loaded keeps no other function waiting.
constexpr std::size_t functions_at_once = std::numeric_limits<std::size_t>::max();

/// Workers run in their code's folder: a relative path would not be found there.
std::filesystem::path runtimes_folder(FlagValues const& flags) {
    auto const runtimes = std::filesystem::absolute(flags.text("runtimes"));
    std::error_code error;
    if (!std::filesystem::exists(runtimes / "python" / "worker.py", error))
        throw StartupError(
            "--runtimes: there is no python/worker.py in " + runtimes.string() + ".");
    return runtimes;
}

std::filesystem::path data_folder(FlagValues const& flags) {
    return std::filesystem::path(flags.text("state")) / "runner";
}

/// Nothing where this kernel cannot keep workers from the machine's files: said once, here.
std::optional<Isolation> make_isolation(FlagValues const& flags) {
    Isolation isolation(flags.text("state"), flags.text("shared-folder"));
    auto const possible = isolation.sandbox({"/usr"}, "/usr", "/dev/null");
    if (possible)
        return isolation;
    log::warn(
        "Functions can read what this user can read, the state folder too.",
        {{"reason", possible.error().detail}});
    return std::nullopt;
}

}  // namespace

std::vector<Flag> host_flags() {
    return {
        store_flag(),
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder with the workers of the runtimes."},
        {.name = "idle-timeout",
         .kind = Flag::Kind::duration_ms,
         .fallback = "60s",
         .help = "A function without a call for so long is stopped until the next.",
         .low = 100},
        {.name = "powershell",
         .help = "Folder where PowerShell was installed (install-powershell); none: its functions "
                 "say that it is missing."},
        {.name = "shared-folder",
         .help = "Folder that all functions may read and write beside their own; none: they see "
                 "their own alone."},
    };
}

HostService::HostService(ServiceContext context)
    : HostService(context, open_store(context.io.get_executor(), context.flags)) {}

HostService::HostService(ServiceContext context, std::unique_ptr<ResourceStore> store)
    : lock_(lock_folder(data_folder(context.flags))),
      store_(std::move(store)),
      isolation_(make_isolation(context.flags)),
      powershell_(given_powershell(context.flags)),
      changed_(context.io.get_executor()),
      ended_(context.io.get_executor()),
      feed_(context.io.get_executor()),
      reconciler_(
          context.io.get_executor(), {.name = "functions", .concurrent_max = functions_at_once},
          [this](ResourceName name) { return reconcile(std::move(name)); }),
      shared_{
          .executor = context.io.get_executor(),
          .store = *store_,
          .reconciler = reconciler_,
          .telemetry = context.telemetry,
          .changed = changed_,
          .url = context.url,
          .data = data_folder(context.flags),
          .runtimes = runtimes_folder(context.flags),
          .idle_limit = context.flags.duration("idle-timeout"),
          .isolation = isolation_ ? &*isolation_ : nullptr,
          .powershell = powershell_ ? &*powershell_ : nullptr},
      unsynced_{kinds::service.kind, kinds::config_map.kind, kinds::secret.kind},
      watches_(context.io.get_executor()) {
    become_subreaper();
}

std::string HostService::not_ready_reason() const {
    return unsynced_.contains(kinds::service.kind) ? "The functions have not been read yet." : "";
}

Json HostService::list_functions() const {
    Json functions = Json::array();
    for (auto const& [name, hosted] : functions_)
        if (Function const* function = hosted->function())
            functions.push_back(function->describe());
    return functions;
}

Json HostService::status() const {
    Json status = Json::object();
    status["version"] = MILLRACE_VERSION;
    status["isolation"] = isolation_.has_value();
    status["runtimes"] = describe_runtimes(powershell_ ? &*powershell_ : nullptr);
    status["functions"] = list_functions();
    return status;
}

Task<void> HostService::start() {
    reconciler_.start();
    watches_.spawn("watch services", watch_services());
    watches_.spawn("watch code", watch_code());
    watches_.spawn("watch secrets", watch_secrets());
    watches_.spawn("publish functions", publish_changes());
    co_return;
}

Task<void> HostService::stop() {
    stopping_ = true;
    co_await watches_.stop();
    for (auto const& [name, hosted] : functions_)
        hosted->stop();
    while (!functions_.empty())
        if (auto const waited = co_await ended_.wait(for_ever); !waited)
            break;
    co_await reconciler_.stop();
    kill_orphans();
}

HostedFunction& HostService::hosted(ResourceName const& name) {
    std::unique_ptr<HostedFunction>& entry = functions_[name];
    if (!entry)
        entry = std::make_unique<HostedFunction>(shared_, name);
    return *entry;
}

Task<Result<Reconciler::InLine>> HostService::reconcile(ResourceName name) {
    auto const found = functions_.find(name);
    if (found == functions_.end())
        co_return Reconciler::InLine();
    auto const reconciled = co_await found->second->reconcile();
    if (found->second->is_over()) {
        functions_.erase(found);
        ended_.notify();
        changed_.notify();
    }
    co_return reconciled;
}

Task<void> HostService::watch_services() {
    auto const watch = store_->watch(kinds::service, {});
    for (;;) {
        auto event = co_await next_change(*watch);
        if (!event || stopping_)
            co_return;
        auto const found = functions_.find(event->name);
        bool const is_known = found != functions_.end();
        if (event->type == WatchEvent::Type::synced)
            unsynced_.erase(kinds::service.kind);
        else if (event->type == WatchEvent::Type::deleted && is_known)
            found->second->seen_deleted();
        else if (is_known || !event->resource.label(runtime_label).empty())
            hosted(event->name).seen(std::move(event->resource), std::move(event->faults));
    }
}

Task<void> HostService::watch_code() {
    auto const watch = store_->watch(kinds::config_map, {});
    while (auto const event = co_await next_change(*watch))
        for (auto const& [name, hosted] : functions_)
            if (name.name_space == event->name.name_space)
                hosted->seen_code(event->name.name);
}

Task<void> HostService::watch_secrets() {
    auto const watch = store_->watch(kinds::secret, {});
    while (auto const event = co_await next_change(*watch))
        for (auto const& [name, hosted] : functions_)
            if (name.name_space == event->name.name_space)
                hosted->seen_secret(event->name.name);
}

/// Tells those who listen when something changed, a few times a second at most.
Task<void> HostService::publish_changes() {
    std::string told;
    for (;;) {
        if (auto const waited = co_await changed_.wait(for_ever); !waited)
            co_return;
        if (auto const slept = co_await sleep_for(publish_interval); !slept)
            co_return;
        if (feed_.readers() == 0) {
            told.clear();
            continue;
        }
        std::string text = functions_message();
        if (text == told)
            continue;
        told = std::move(text);
        feed_.publish("functions", told);
    }
}

std::string HostService::functions_message() const {
    Json list = Json::object();
    list["items"] = list_functions();
    return format_sse("functions", dump_json(list));
}

Function* HostService::find(std::string const& name_space, std::string const& name) const {
    auto const found = functions_.find({name_space, name});
    return found == functions_.end() ? nullptr : found->second->function();
}

HttpAnswer HostService::handle_api(HttpRequest const& request) {
    if (request.path == "/api/v1/functions") {
        Json list = Json::object();
        list["items"] = list_functions();
        return json_answer(200, dump_json(list));
    }
    if (request.path == "/api/v1/runtimes") {
        Json list = Json::object();
        list["items"] = describe_runtimes(powershell_ ? &*powershell_ : nullptr);
        return json_answer(200, dump_json(list));
    }
    if (request.path == "/api/v1/functions/stream")
        return feed_.subscribe([](std::string_view) { return true; }, functions_message());
    auto const parts = path_parts(request.path, "/api/v1/functions/");
    Function* const function = parts.size() == 3 ? find(parts[0], parts[1]) : nullptr;
    if (function != nullptr && parts[2] == "revisions")
        return json_answer(
            200, dump_json(function->revisions().describe(function->serving_revision())));
    if (function != nullptr && parts[2] == "logs")
        return request.query_value("follow") == "1"
                   ? function->log().follow(line_count(request))
                   : json_answer(200, function->log().page(line_count(request)));
    return problem_answer(404, "notFound", "There is nothing at " + request.path + ".");
}

Task<HttpAnswer> HostService::handle(HttpRequest& request) {
    if (request.path.starts_with("/api/"))
        co_return handle_api(request);
    auto const parts = path_parts(request.path, "/");
    Function* const function = parts.size() == 2 ? find(parts[0], parts[1]) : nullptr;
    if (function == nullptr)
        co_return problem_answer(404, "notFound", "There is no function " + request.path + ".");
    co_return co_await function->handle(request);
}

}  // namespace millrace::runner

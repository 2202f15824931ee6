// SPDX-License-Identifier: Apache-2.0
#include "runner/host_service.hpp"

#include <charconv>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "runner/revision_content.hpp"

namespace millrace::runner {
namespace {

/// Code and Secrets are looked at this often; a changed Service is seen at once by the watch.
constexpr milliseconds reconcile_interval = 300ms;
constexpr std::size_t log_lines_max = 2'000;

/// "/api/v1/functions/<ns>/<name>/<what>" or "/<ns>/<name>" behind `prefix`, in its parts.
std::vector<std::string> path_parts(std::string_view path, std::string_view prefix) {
    std::vector<std::string> parts;
    if (!path.starts_with(prefix))
        return parts;
    path.remove_prefix(prefix.size());
    while (!path.empty()) {
        std::string_view const part = path.substr(0, path.find('/'));
        parts.emplace_back(part);
        path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return parts;
}

std::size_t line_count(HttpRequest const& request) {
    std::string const text = request.query_value("tail");
    std::size_t count = 200;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return std::min(count, log_lines_max);
}

/// Workers run in their code's folder: a relative path would not be found there.
std::filesystem::path runtimes_folder(FlagValues const& flags) {
    return std::filesystem::absolute(flags.text("runtimes"));
}

HttpAnswer revisions_answer(Function const& function) {
    Json items = Json::array();
    for (RevisionRecord const& record : function.revisions()) {
        Json item = Json::object();
        item["name"] = record.name;
        item["code"] = record.code;
        item["createdAt"] = record.created;
        item["ready"] = record.ready;
        item["problem"] = record.problem;
        item["serving"] = record.name == function.serving_revision();
        items.push_back(std::move(item));
    }
    Json list = Json::object();
    list["items"] = std::move(items);
    return json_answer(200, dump_json(list));
}

}  // namespace

std::vector<Flag> host_flags() {
    return {
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder with the workers of the runtimes."},
        {.name = "idle-timeout",
         .kind = Flag::Kind::duration_ms,
         .fallback = "60s",
         .help = "A function without a call for so long is stopped until the next.",
         .low = 100},
    };
}

HostService::HostService(ServiceContext context)
    : context_(context),
      store_(
          std::make_unique<DirectoryStore>(context.io.get_executor(), context.flags.text("state"))),
      tasks_(context.io.get_executor()) {
    std::filesystem::path const runtimes = runtimes_folder(context.flags);
    if (!std::filesystem::exists(runtimes / "python" / "worker.py"))
        throw StartupError(
            "--runtimes: there is no python/worker.py in " + runtimes.string() + ".");
    become_subreaper();
}

std::filesystem::path HostService::function_folder(ResourceName const& name) const {
    return std::filesystem::path(context_.flags.text("state")) / "runner" /
           (name.name_space + "." + name.name);
}

std::string HostService::not_ready_reason() const {
    return synced_ ? "" : "The functions have not been read yet.";
}

Json HostService::status() const {
    Json functions = Json::array();
    for (auto const& [name, entry] : entries_)
        if (entry.function)
            functions.push_back(entry.function->describe());
    Json status = Json::object();
    status["version"] = MILLRACE_VERSION;
    status["functions"] = std::move(functions);
    return status;
}

Task<void> HostService::start() {
    tasks_.spawn("watch services", watch_services());
    tasks_.spawn("reconcile", reconcile());
    co_return;
}

Task<void> HostService::stop() {
    co_await tasks_.stop();
    for (auto& [name, entry] : entries_)
        if (entry.function)
            co_await entry.function->stop();
    kill_orphans();
}

Task<void> HostService::watch_services() {
    auto const watch = store_->watch(kinds::service);
    for (;;) {
        auto event = co_await watch->next();
        if (!event)
            co_return;
        bool const is_ours =
            !event->resource.label(runtime_label).empty() || entries_.contains(event->name);
        if (event->type == WatchEvent::Type::synced) {
            synced_ = true;
        } else if (event->type == WatchEvent::Type::deleted) {
            if (is_ours)
                entries_[event->name].deleted = true;
        } else if (is_ours) {
            Entry& entry = entries_[event->name];
            entry.deleted = false;
            entry.service = std::move(event->resource);
            entry.faults = std::move(event->faults);
        }
    }
}

Task<void> HostService::forget(ResourceName name) {
    auto const found = entries_.find(name);
    if (found->second.function)
        co_await found->second.function->stop();
    std::error_code ignored;
    std::filesystem::remove_all(function_folder(name), ignored);
    bool const came_back = !found->second.deleted;
    found->second.function.reset();
    found->second.deployed.reset();
    if (!came_back)
        entries_.erase(found);
}

Task<void> HostService::reconcile() {
    for (;;) {
        // Only this task removes entries, and none that is worked on.
        std::vector<ResourceName> deleted;
        for (auto& [name, entry] : entries_) {
            if (entry.busy)
                continue;
            if (entry.deleted) {
                deleted.push_back(name);
                continue;
            }
            // A task each: code that hangs while it is loaded keeps nobody else waiting.
            entry.busy = true;
            tasks_.spawn("reconcile function", reconcile_one(name, entry));
        }
        for (ResourceName const& name : deleted)
            co_await forget(name);
        if (auto const slept = co_await sleep_for(reconcile_interval); !slept)
            co_return;
    }
}

Task<void> HostService::reconcile_one(ResourceName name, Entry& entry) {
    struct Done {
        Entry& entry;
        ~Done() { entry.busy = false; }
    } const done{entry};
    co_await bring_up(name, entry);
    if (entry.function)
        co_await entry.function->stop_idle(context_.flags.duration("idle-timeout"));
    co_await write_status(name, entry);
}

/// What should run now. Errors: why there is nothing, for the function's status.
Task<Result<RevisionContent>> HostService::wanted_content(ResourceName name, Entry& entry) {
    auto definition = entry.faults.empty()
                          ? parse_function(entry.service)
                          : Checked<FunctionDefinition>(std::unexpected(entry.faults));
    if (!definition)
        co_return failure(ErrorCode::invalid, to_string(definition.error()));
    co_return co_await gather_content(
        *store_, std::move(*definition), function_folder(name) / "code");
}

Task<void> HostService::bring_up(ResourceName name, Entry& entry) {
    if (!entry.function) {
        auto const folder = function_folder(name);
        if (auto made = make_directories(folder, 0700); !made) {
            log::error("Function cannot be kept.", {{"reason", made.error().detail}});
            co_return;
        }
        entry.function = std::make_unique<Function>(
            context_.io.get_executor(), name, folder, runtimes_folder(context_.flags),
            context_.telemetry);
    }
    auto content = co_await wanted_content(name, entry);
    if (!content) {
        entry.hindered = true;
        co_return entry.function->set_problem(content.error().detail);
    }
    bool const was_hindered = std::exchange(entry.hindered, false);
    bool const is_same = entry.deployed == *content;
    if (is_same && !entry.retry.failing()) {
        // What was missing is back as it was: nothing has to start.
        if (was_hindered)
            entry.function->set_problem({});
        co_return;
    }
    if (is_same && !was_hindered && !entry.retry.due(steady_now()))
        co_return;
    if (!is_same) {
        entry.retry.reset();
        entry.function->set_problem({});
    }
    entry.deployed = *content;
    co_await entry.function->deploy(std::move(*content));
    if (entry.function->problem().empty())
        entry.retry.reset();
    else
        entry.retry.failed(steady_now());
}

Task<void> HostService::write_status(ResourceName name, Entry& entry) {
    if (!entry.function || !entry.faults.empty())
        co_return;
    Function const& function = *entry.function;
    Json status = entry.written_status.is_object() ? entry.written_status : entry.service.status();
    std::string const url = context_.url + "/" + name.text();
    std::string const state = function.problem().empty() ? "True" : "False";
    std::string const reason = function.problem().empty() ? "" : "RevisionFailed";
    status["observedGeneration"] = entry.service.generation();
    set_condition(status, "ConfigurationsReady", state, reason, function.problem());
    set_condition(status, "RoutesReady", function.ready() ? "True" : "False", "", "");
    set_condition(status, "Ready", function.ready() ? state : "False", reason, function.problem());
    status["latestCreatedRevisionName"] = function.latest_revision();
    status["latestReadyRevisionName"] = function.serving_revision();
    status["url"] = url;
    status["address"]["url"] = url;
    if (status == entry.written_status)
        co_return;
    auto const put = co_await store_->put_status(kinds::service, name, status);
    if (put)
        entry.written_status = std::move(status);
    else if (put.error().code != ErrorCode::not_found)
        log::warn(
            "Status not written.", {{"function", name.text()}, {"reason", put.error().detail}});
}

HttpAnswer HostService::list_functions() const {
    Json list = Json::object();
    list["items"] = *find_json(status(), "functions");
    return json_answer(200, dump_json(list));
}

HttpAnswer HostService::handle_api(HttpRequest const& request) {
    auto const parts = path_parts(request.path, "/api/v1/functions/");
    if (request.path == "/api/v1/functions")
        return list_functions();
    auto const found = parts.size() == 3 ? entries_.find({parts[0], parts[1]}) : entries_.end();
    if (found == entries_.end() || !found->second.function)
        return problem_answer(404, "notFound", "There is nothing at " + request.path + ".");
    Function& function = *found->second.function;
    if (parts[2] == "revisions")
        return revisions_answer(function);
    if (parts[2] != "logs")
        return problem_answer(404, "notFound", "There is nothing at " + request.path + ".");
    return request.query_value("follow") == "1"
               ? function.log().follow(line_count(request))
               : json_answer(200, function.log().page(line_count(request)));
}

Task<HttpAnswer> HostService::handle(HttpRequest& request) {
    if (request.path.starts_with("/api/"))
        co_return handle_api(request);
    auto const parts = path_parts(request.path, "/");
    auto const found = parts.size() == 2 ? entries_.find({parts[0], parts[1]}) : entries_.end();
    if (found == entries_.end() || !found->second.function || found->second.deleted)
        co_return problem_answer(404, "notFound", "There is no function " + request.path + ".");
    co_return co_await found->second.function->handle(request);
}

}  // namespace millrace::runner

// SPDX-License-Identifier: Apache-2.0
#include "runner/function.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/event/http_binding.hpp"

namespace millrace::runner {
namespace {

constexpr std::size_t waiting_max = 200;
/// Below the broker's delivery timeout (30 s): a caller that has given up would call again.
constexpr milliseconds wait_limit = 10s;
constexpr std::size_t revisions_kept = 20;

WorkerCommand worker_command(
    RevisionContent const& content, std::filesystem::path const& runtimes) {
    WorkerCommand command;
    if (content.definition.runtime == "python")
        command.arguments = {
            "/usr/bin/env", "python3", "-u", (runtimes / "python" / "worker.py").string()};
    else
        command.arguments = {"/usr/bin/env", "bash", (runtimes / "shell" / "worker.sh").string()};
    command.environment = content.environment;
    command.environment["MILLRACE_CODE"] = content.code_folder.string();
    command.environment["MILLRACE_FUNCTION"] = content.definition.name.text();
    command.environment["PYTHONDONTWRITEBYTECODE"] = "1";
    command.environment.try_emplace(
        "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.environment.try_emplace("HOME", "/tmp");
    command.environment.try_emplace("LANG", "C.UTF-8");
    command.folder = content.code_folder.string();
    return command;
}

HttpAnswer busy_answer(std::string_view detail) {
    HttpAnswer answer = problem_answer(503, "busy", detail);
    answer.headers.add("Retry-After", "1");
    return answer;
}

}  // namespace

Function::Function(
    asio::any_io_executor executor, ResourceName name, std::filesystem::path folder,
    std::filesystem::path runtimes, Telemetry& telemetry)
    : executor_(executor),
      name_(std::move(name)),
      folder_(std::move(folder)),
      runtimes_(std::move(runtimes)),
      log_(executor, folder_ / "log.jsonl"),
      calls_(telemetry.counter(
          "millrace_function_calls_total", "Events given to the handler.",
          {{"function", name_.text()}})),
      failures_(telemetry.counter(
          "millrace_function_failures_total", "Calls that ended with an error.",
          {{"function", name_.text()}})),
      retiring_(executor) {
    load_revisions();
}

void Function::load_revisions() {
    constexpr std::size_t revisions_bytes_max = 1 << 20;
    auto const text = read_file(folder_ / "revisions.json", revisions_bytes_max);
    auto const list = text ? parse_json(*text) : Result<Json>(Json::array());
    if (!list || !list->is_array())
        return;
    for (Json const& item : *list)
        revisions_.push_back(
            {string_at(item, "name"), string_at(item, "code"), string_at(item, "created"),
             bool_at(item, "ready", false), string_at(item, "problem")});
}

void Function::save_revisions() const {
    Json list = Json::array();
    for (RevisionRecord const& record : revisions_) {
        Json item = Json::object();
        item["name"] = record.name;
        item["code"] = record.code;
        item["created"] = record.created;
        item["ready"] = record.ready;
        item["problem"] = record.problem;
        list.push_back(std::move(item));
    }
    if (auto const saved = write_file_atomic(folder_ / "revisions.json", dump_json(list), 0600);
        !saved)
        log::warn("Revisions not saved.", {{"reason", saved.error().detail}});
}

std::unique_ptr<Instance> Function::make_instance(RevisionContent const& content) {
    InstanceOptions options;
    options.command = worker_command(content, runtimes_);
    options.function = "/functions/" + name_.text();
    options.revision = content.definition.revision;
    options.call_limit = content.definition.timeout;
    return std::make_unique<Instance>(executor_, std::move(options), log_);
}

Task<void> Function::retire(std::vector<std::unique_ptr<Instance>> instances) {
    for (auto& instance : instances) {
        // A call under way is let finish; its own deadline ends it.
        while (instance->busy())
            if (auto const slept = co_await sleep_for(20ms); !slept)
                break;
        co_await instance->stop();
    }
}

Task<void> Function::deploy(RevisionContent content) {
    starting_ = true;
    std::string const revision = content.definition.revision;
    bool const is_new = revisions_.empty() || revisions_.back().name != revision;
    if (is_new)
        revisions_.push_back(
            {revision, content.definition.code,
             format_rfc3339(std::chrono::floor<seconds>(system_now()))});
    if (revisions_.size() > revisions_kept)
        revisions_.erase(revisions_.begin());
    auto instance = make_instance(content);
    auto const started = co_await instance->start();
    starting_ = false;
    revisions_.back().ready = started.has_value();
    revisions_.back().problem = started ? "" : started.error().detail;
    save_revisions();
    if (!started) {
        problem_ = "Revision " + revision + " cannot be loaded: " + started.error().detail;
        co_return;
    }
    problem_.clear();
    if (serving_)
        retiring_.spawn("retire revision", retire(std::move(serving_->instances)));
    serving_.emplace();
    serving_->content = std::move(content);
    serving_->instances.push_back(std::move(instance));
    log_.append(
        {format_rfc3339(system_now()), "system", "Revision " + revision + " serves.", revision,
         ""});
    wake_one();
}

void Function::wake_one() {
    if (!waiting_.empty())
        waiting_.front()->cancel();
}

Instance* Function::free_instance() {
    if (!serving_)
        return nullptr;
    auto const idle = std::ranges::find_if(
        serving_->instances, [](auto const& instance) { return !instance->busy(); });
    if (idle != serving_->instances.end())
        return idle->get();
    if (serving_->instances.size() >= serving_->content.definition.instances_max)
        return nullptr;
    serving_->instances.push_back(make_instance(serving_->content));
    return serving_->instances.back().get();
}

Task<Instance*> Function::wait_for_instance() {
    // Who waits already goes first.
    if (waiting_.empty())
        if (Instance* const instance = free_instance())
            co_return instance;
    asio::steady_timer turn(executor_, wait_limit);
    waiting_.push_back(&turn);
    Instance* instance = nullptr;
    for (bool late = false; instance == nullptr && !late;) {
        auto const [code] = co_await turn.async_wait(as_result);
        late = !code;
        if (waiting_.front() == &turn)
            instance = free_instance();
    }
    std::erase(waiting_, &turn);
    co_return instance;
}

HttpAnswer Function::to_answer(Result<WorkerFrame> const& frame) {
    last_call_at_ = system_now();
    bool const is_ok = frame && frame->kind == WorkerFrame::Kind::ok;
    last_call_failed_ = !is_ok;
    last_error_ = is_ok ? "" : frame ? frame->error : frame.error().detail;
    if (!is_ok)
        failures_.increment();
    if (!frame)
        return problem_answer(
            frame.error().code == ErrorCode::timed_out ? 504 : 500, "handlerFailed",
            frame.error().detail);
    if (frame->kind == WorkerFrame::Kind::retry) {
        HttpAnswer answer = problem_answer(503, "retryLater", frame->error);
        answer.headers.add("Retry-After", std::to_string(frame->retry_after.count()));
        return answer;
    }
    if (!is_ok)
        return problem_answer(500, "handlerFailed", frame->error);
    HttpAnswer answer;
    answer.status = frame->has_reply ? 200 : 202;
    if (frame->has_reply) {
        answer.headers = binary_headers(frame->reply);
        answer.body = frame->reply.data;
    }
    return answer;
}

Task<HttpAnswer> Function::handle(HttpRequest const& request) {
    if (request.method != "POST")
        co_return problem_answer(405, "methodNotAllowed", "Events are posted.");
    auto const events = read_events(request.headers, request.body, 1);
    if (!events)
        co_return problem_answer(events.error());
    if (!serving_)
        co_return busy_answer(problem_.empty() ? "The function is starting." : problem_);
    if (waiting_.size() >= waiting_max)
        co_return busy_answer("Too many events wait for this function.");
    Instance* const instance = co_await wait_for_instance();
    if (instance == nullptr)
        co_return busy_answer("All workers of this function were busy for 10 s.");
    calls_.increment();
    HttpAnswer answer = to_answer(co_await instance->call(events->front()));
    wake_one();
    co_return answer;
}

Task<void> Function::stop_idle(nanoseconds limit) {
    if (!serving_)
        co_return;
    auto& instances = serving_->instances;
    auto const oldest = steady_now() - limit;
    std::vector<std::unique_ptr<Instance>> idle;
    while (instances.size() > serving_->content.definition.instances_min) {
        auto const found = std::ranges::find_if(instances, [&](auto const& instance) {
            return !instance->busy() && instance->running() && instance->last_used() < oldest;
        });
        if (found == instances.end())
            break;
        idle.push_back(std::move(*found));
        instances.erase(found);
    }
    co_await retire(std::move(idle));
}

Task<void> Function::stop() {
    if (serving_)
        for (auto& instance : serving_->instances)
            co_await instance->stop();
    co_await retiring_.stop();
}

std::string Function::serving_revision() const {
    return serving_ ? serving_->content.definition.revision : "";
}

std::string Function::latest_revision() const {
    return revisions_.empty() ? "" : revisions_.back().name;
}

Json Function::describe() const {
    bool const running = serving_ && std::ranges::any_of(serving_->instances, [](auto const& one) {
                             return one->running();
                         });
    Json json = Json::object();
    json["name"] = name_.name;
    json["namespace"] = name_.name_space;
    json["state"] = !problem_.empty()   ? "Error"
                    : starting_         ? "Starting"
                    : last_call_failed_ ? "Failing"
                    : running           ? "Running"
                                        : "Idle";
    json["cause"] = !problem_.empty() ? problem_ : last_error_;
    json["revision"] = serving_revision();
    json["latestRevision"] = latest_revision();
    json["runtime"] = serving_ ? serving_->content.definition.runtime : "";
    json["calls"] = calls_.value();
    json["failures"] = failures_.value();
    bool const called = last_call_at_ != SystemTime();
    json["lastCallAt"] = called ? Json(format_rfc3339(last_call_at_)) : Json();
    return json;
}

}  // namespace millrace::runner

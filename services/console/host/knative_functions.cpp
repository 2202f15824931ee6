// SPDX-License-Identifier: Apache-2.0
#include "console/host/knative_functions.hpp"

#include <algorithm>
#include <optional>

namespace millrace::console {
namespace {

/// The function's container of a pod, as the kubelet reports it; nullptr before that.
Json const* container_of(Resource const& pod) {
    Json const* statuses = find_json(pod.status(), "containerStatuses");
    if (statuses == nullptr || !statuses->is_array())
        return nullptr;
    for (Json const& status : *statuses)
        if (string_at(status, "name") == function_container)
            return &status;
    return nullptr;
}

bool is_ready(Resource const& pod) {
    return condition_state(pod.status(), "Ready") == "True";
}

std::string last_line(std::string const& text) {
    auto const end = text.find_last_not_of('\n');
    if (end == std::string::npos)
        return {};
    // The fault is the last thing that a program says.
    auto const before = text.rfind('\n', end);
    return text.substr(before == std::string::npos ? 0 : before + 1, end - before);
}

/// Why an instance does not run; nothing where it does, or where it is about to.
std::optional<std::string> trouble_of(Resource const& pod) {
    Json const* container = container_of(pod);
    if (container == nullptr) {
        Condition const scheduled = condition(pod.status(), "PodScheduled");
        if (scheduled.state == "False")
            return "No node has room for it: " + scheduled.message;
        return std::nullopt;
    }
    std::string const waits = string_at(*container, "state/waiting/reason");
    if (waits == "ErrImageNeverPull" || waits == "ImagePullBackOff" || waits == "ErrImagePull")
        return "Its image " + string_at(*container, "image") +
               " is not there. On the appliance, bring its archive under System, Images. The node "
               "says: " +
               string_at(*container, "state/waiting/message");
    if (waits == "CreateContainerConfigError" || waits == "CreateContainerError")
        return "It cannot be started: " + string_at(*container, "state/waiting/message");
    for (auto const* state : {"state/terminated", "lastState/terminated"}) {
        Json const* ended = find_json(*container, state);
        bool const is_over =
            ended != nullptr && !is_ready(pod) && integer_at(*ended, "exitCode").value_or(0) != 0;
        if (!is_over)
            continue;
        std::string const last = last_line(string_at(*ended, "message"));
        return last.empty() ? "It ended with exit code " +
                                  std::to_string(integer_at(*ended, "exitCode").value_or(0)) +
                                  " (" + string_at(*ended, "reason") + ")."
                            : last;
    }
    return std::nullopt;
}

/// Knative's reasons (serving's pkg/apis/serving/v1, revision_lifecycle.go) in plain words.
std::string in_words(Condition const& condition) {
    std::string const& message = condition.message;
    if (condition.reason == "ProgressDeadlineExceeded")
        return "It did not get ready in time: " + message;
    if (condition.reason == "ContainerMissing")
        return "Its image is not there: " + message;
    constexpr std::string_view said = "Container failed with: ";
    auto const at = message.find(said);
    if (at != std::string::npos)
        return last_line(message.substr(at + said.size()));
    return message.empty() ? "Knative says " + condition.reason + "." : message;
}

/// Why a revision cannot serve; empty where it can, or where nothing is known yet.
std::string problem_of(KnativeObjects const& objects, Resource const& revision) {
    Condition const ready = condition(revision.status(), "Ready");
    for (Resource const& pod : objects.pods)
        if (pod.label(revision_label) == revision.name().name && ready.state != "True")
            if (auto trouble = trouble_of(pod))
                return std::move(*trouble);
    return ready.state == "False" ? in_words(ready) : "";
}

char const* revision_state(KnativeObjects const& objects, Resource const& revision) {
    bool const runs = std::ranges::any_of(objects.pods, [&revision](Resource const& pod) {
        return pod.label(revision_label) == revision.name().name && is_ready(pod);
    });
    bool const starts = condition_state(revision.status(), "Ready") == "Unknown";
    return runs ? "Running" : starts ? "Starting" : "Idle";
}

Resource const* find_revision(
    KnativeObjects const& objects, Resource const& service, std::string const& name) {
    for (Resource const& revision : objects.revisions)
        if (revision.name() == ResourceName{service.name().name_space, name})
            return &revision;
    return nullptr;
}

struct State {
    char const* word;
    std::string cause;
};

State state_of(KnativeObjects const& objects, Resource const& service) {
    Json const& status = service.status();
    std::string const newest = string_at(status, "latestCreatedRevisionName");
    Resource const* revision = find_revision(objects, service, newest);
    std::string problem = revision == nullptr ? "" : problem_of(objects, *revision);
    if (!service.is_observed())
        return {"Starting", ""};
    if (!problem.empty())
        return {"Error", "Revision " + newest + " cannot be loaded: " + std::move(problem)};
    Condition const ready = condition(status, "Ready");
    if (ready.state == "False")
        return {"Error", in_words(ready)};
    if (ready.state != "True")
        return {"Starting", ready.message};
    std::string trouble;
    for (Resource const& pod : objects.pods) {
        if (pod.label(service_label) != service.name().name)
            continue;
        if (is_ready(pod))
            return {"Running", ""};
        trouble = trouble_of(pod).value_or(trouble);
    }
    if (!trouble.empty())
        return {"Failing", std::move(trouble)};
    return {"Idle", ""};
}

std::int64_t traffic_of(Resource const& service, std::string const& revision) {
    Json const* targets = find_json(service.status(), "traffic");
    std::int64_t percent = 0;
    if (targets != nullptr && targets->is_array())
        for (Json const& target : *targets)
            if (string_at(target, "revisionName") == revision)
                percent += integer_at(target, "percent").value_or(0);
    return percent;
}

}  // namespace

Json function_reports(KnativeObjects const& objects) {
    Json reports = Json::array();
    for (Resource const& service : objects.services) {
        State state = state_of(objects, service);
        Json report = Json::object();
        report["name"] = service.name().name;
        report["state"] = state.word;
        report["cause"] = std::move(state.cause);
        report["revision"] = string_at(service.status(), "latestReadyRevisionName");
        report["latestRevision"] = string_at(service.status(), "latestCreatedRevisionName");
        reports.push_back(std::move(report));
    }
    return reports;
}

Json revision_records(KnativeObjects const& objects, Resource const& service) {
    std::vector<Resource const*> revisions;
    for (Resource const& revision : objects.revisions)
        if (revision.label(service_label) == service.name().name)
            revisions.push_back(&revision);
    auto const generation = [](Resource const* revision) {
        std::string const text = revision->label("serving.knative.dev/configurationGeneration");
        return std::pair(text.size(), text);
    };
    std::ranges::sort(revisions, {}, generation);
    Json records = Json::array();
    for (Resource const* revision : revisions) {
        Json record = Json::object();
        record["name"] = revision->name().name;
        record["createdAt"] = string_at(revision->object, "metadata/creationTimestamp");
        record["traffic"] = traffic_of(service, revision->name().name);
        record["state"] = revision_state(objects, *revision);
        record["problem"] = problem_of(objects, *revision);
        records.push_back(std::move(record));
    }
    return records;
}

std::int64_t restarts_of(Resource const& pod) {
    Json const* container = container_of(pod);
    return container == nullptr ? 0 : integer_at(*container, "restartCount").value_or(0);
}

std::vector<Resource const*> pods_with_log(
    std::vector<Resource> const& pods, std::string const& function) {
    std::vector<Resource const*> found;
    for (Resource const& pod : pods) {
        Json const* container = container_of(pod);
        bool const has_begun =
            container != nullptr && (find_json(*container, "state/running") != nullptr ||
                                     find_json(*container, "state/terminated") != nullptr);
        if (pod.label(service_label) == function && has_begun)
            found.push_back(&pod);
    }
    return found;
}

}  // namespace millrace::console

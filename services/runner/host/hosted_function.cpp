// SPDX-License-Identifier: Apache-2.0
#include "runner/host/hosted_function.hpp"

#include "common/base/file.hpp"
#include "common/base/log.hpp"

namespace millrace::runner {
namespace {

/// Calls under way when a function is deleted or the host ends.
constexpr milliseconds close_grace = 2s;
constexpr std::size_t uid_bytes_max = 256;

std::set<std::string> secrets_of(FunctionDefinition const& definition) {
    std::set<std::string> names;
    for (SecretReference const& secret : definition.secrets)
        names.insert(secret.name);
    for (auto const& [variable, reference] : definition.secret_keys)
        names.insert(reference.first);
    return names;
}

}  // namespace

HostedFunction::HostedFunction(HostContext const& context, ResourceName name)
    : context_(context),
      name_(std::move(name)) {}

std::filesystem::path HostedFunction::folder() const {
    return context_.data / (name_.name_space + "." + name_.name);
}

void HostedFunction::touch() {
    context_.reconciler.add(name_);
}

void HostedFunction::seen(Resource service, Faults faults) {
    bool const is_new = faults.empty() && service.uid() != uid_ && !uid_.empty();
    // Our own status, written back to us, is no change.
    bool const is_same = !seen_deleted_ && !is_new && faults.empty() && faults_.empty() &&
                         content_hash(service) == content_hash(service_);
    seen_deleted_ = false;
    if (faults.empty())
        service_ = std::move(service);
    faults_ = std::move(faults);
    if (is_new && function_)
        function_->begin_close();
    if (!is_same)
        touch();
}

void HostedFunction::seen_deleted() {
    seen_deleted_ = true;
    touch();
}

void HostedFunction::seen_code(std::string const& config_map) {
    if (config_map == code_)
        touch();
}

void HostedFunction::seen_secret(std::string const& secret) {
    if (secrets_.contains(secret))
        touch();
}

void HostedFunction::stop() {
    stopping_ = true;
    if (function_)
        function_->begin_close();
    touch();
}

Task<Result<Reconciler::InLine>> HostedFunction::reconcile() {
    if (stopping_) {
        co_await dismiss(false);
        is_over_ = true;
        co_return Reconciler::InLine();
    }
    auto const deleted = seen_deleted_ ? co_await is_deleted() : Result<bool>(false);
    if (!deleted)
        co_return failure(
            deleted.error().code,
            "It was reported as deleted, but the store cannot be read; it stays: " +
                deleted.error().detail);
    if (*deleted) {
        co_await dismiss(true);
        // It may have come back meanwhile: then it is looked at once more.
        is_over_ = seen_deleted_ || stopping_;
        co_return Reconciler::InLine();
    }
    bool const is_another =
        function_ && !uid_.empty() && !service_.uid().empty() && service_.uid() != uid_;
    if (is_another) {
        co_await dismiss(true);
        touch();
        co_return Reconciler::InLine();
    }
    if (auto const settled = co_await settle(); !settled)
        co_return std::unexpected(settled.error());
    Reconciler::InLine in_line;
    if (retry_.failing())
        in_line.after = retry_.next() - steady_now();
    co_return in_line;
}

/// An error is no deletion: only "there is none", or another uid, is.
Task<Result<bool>> HostedFunction::is_deleted() {
    auto now = co_await context_.store.get(kinds::service, name_);
    if (now) {
        bool const is_same = now->uid() == uid_;
        seen_deleted_ = false;
        service_ = std::move(*now);
        co_return !is_same && !uid_.empty();
    }
    if (now.error().code == ErrorCode::not_found)
        co_return true;
    co_return std::unexpected(now.error());
}

Task<void> HostedFunction::dismiss(bool for_good) {
    is_closing_ = true;
    if (function_)
        co_await function_->close(close_grace);
    function_.reset();
    is_closing_ = false;
    deployed_.reset();
    retry_.reset();
    status_.forget();
    uid_.clear();
    context_.changed.notify();
    std::error_code error;
    if (for_good)
        std::filesystem::remove_all(folder(), error);
    if (error)
        log::warn(
            "The folder of a deleted function cannot be removed.",
            {{"folder", folder().string()}, {"reason", error.message()}});
}

Result<void> HostedFunction::make_function() {
    auto const uid_file = folder() / "uid";
    auto const known = read_file(uid_file, uid_bytes_max);
    std::string const uid = service_.uid();
    std::error_code error;
    if (known && !uid.empty() && *known != uid)
        std::filesystem::remove_all(folder(), error);
    auto made = make_directories(folder(), 0700);
    bool const has_to_note = made && !uid.empty() && (!known || *known != uid);
    if (has_to_note)
        made = write_file_atomic(uid_file, uid, 0600);
    if (!made)
        return made;
    uid_ = uid;
    FunctionOptions options;
    options.name = name_;
    options.folder = folder();
    options.runtimes = context_.runtimes;
    options.idle_limit = context_.idle_limit;
    options.isolation = context_.isolation;
    options.powershell = context_.powershell;
    function_ = std::make_unique<Function>(
        context_.executor, std::move(options), context_.telemetry, context_.changed);
    return {};
}

Task<Result<void>> HostedFunction::settle() {
    // One that was never readable has no uid yet, and no folder.
    if (auto const made = function_ ? Result<void>() : make_function(); !made)
        co_return made;
    auto const brought_up = co_await bring_up();
    auto const written = co_await write_status();
    co_return brought_up ? written : brought_up;
}

/// What should run now. Errors: why there is nothing, for the function's status.
Task<Result<RevisionContent>> HostedFunction::wanted_content() {
    auto definition = faults_.empty() ? parse_function(service_)
                                      : Checked<FunctionDefinition>(std::unexpected(faults_));
    if (!definition)
        co_return failure(ErrorCode::invalid, to_sentences(definition.error()));
    code_ = definition->code;
    secrets_ = secrets_of(*definition);
    co_return co_await gather_content(
        context_.store, std::move(*definition), std::filesystem::absolute(folder() / "code"));
}

Task<Result<void>> HostedFunction::bring_up() {
    auto content = co_await wanted_content();
    if (!content) {
        hindered_ = true;
        function_->set_problem(content.error().detail);
        co_return std::unexpected(content.error());
    }
    co_await deploy_if_due(std::move(*content));
    co_return Result<void>();
}

Task<void> HostedFunction::deploy_if_due(RevisionContent content) {
    bool const was_hindered = std::exchange(hindered_, false);
    bool const is_same = deployed_ == content;
    if (is_same && !retry_.failing()) {
        // What was missing is back as it was: nothing has to start.
        if (was_hindered)
            function_->set_problem({});
        co_return;
    }
    if (is_same && !was_hindered && !retry_.due(steady_now()))
        co_return;
    if (!is_same) {
        retry_.reset();
        function_->set_problem({});
    }
    auto const code_folder = content.code_folder;
    deployed_ = content;
    co_await function_->deploy(std::move(content));
    if (!function_->problem().empty()) {
        retry_.failed(steady_now());
        co_return;
    }
    retry_.reset();
    // Workers of the revision before may still be at their last call: they have read their code.
    if (function_->serving_revision() == deployed_->definition.revision)
        remove_code_beside(code_folder.parent_path(), {code_folder});
}

Task<Result<void>> HostedFunction::write_status() {
    // One that cannot be read keeps the status it has.
    if (stopping_ || seen_deleted_ || !faults_.empty())
        co_return Result<void>();
    Function const& function = *function_;
    Json status = status_.basis(service_);
    std::string const problem = function.problem();
    std::string const url = context_.url + "/" + name_.text();
    std::string const state = problem.empty() ? "True" : "False";
    std::string const reason = problem.empty() ? "" : "RevisionFailed";
    status["observedGeneration"] = service_.generation();
    set_condition(status, "ConfigurationsReady", state, reason, problem);
    set_condition(status, "RoutesReady", function.ready() ? "True" : "False", "", "");
    set_condition(status, "Ready", function.ready() ? state : "False", reason, problem);
    status["latestCreatedRevisionName"] = function.revisions().latest();
    status["latestReadyRevisionName"] = function.serving_revision();
    status["url"] = url;
    status["address"]["url"] = url;
    auto const put =
        co_await status_.put(context_.store, kinds::service, service_, std::move(status));
    if (!put)
        co_return failure(put.error().code, "Its status cannot be written: " + put.error().detail);
    co_return put;
}

}  // namespace millrace::runner

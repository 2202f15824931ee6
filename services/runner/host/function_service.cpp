// SPDX-License-Identifier: Apache-2.0
#include "runner/host/function_service.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "runner/host/given_powershell.hpp"

namespace millrace::runner {
namespace {

constexpr milliseconds close_grace = 2s;
/// The kubelet reads no more.
constexpr std::size_t termination_bytes_max = 4'096;

/// Here nobody says which variables a Secret has set: one that is a JSON object, as VEBA's Secrets
/// are, or whose name says so, counts as one.
void add_variable(RevisionContent& content, std::string const& name, std::string const& value) {
    auto const json = value.starts_with('{') ? parse_json(value) : Result<Json>(Json());
    bool is_secret = json && json->is_object();
    for (auto const* word : {"SECRET", "PASSWORD", "TOKEN", "CREDENTIAL", "WEBHOOK"})
        is_secret |= name.find(word) != std::string::npos;
    if (is_secret)
        content.secret_variables.insert(name);
    content.environment[name] = Secret(value);
}

RevisionContent content_from(FlagValues const& flags) {
    RevisionContent content;
    content.definition.name = {"default", flags.text("name")};
    content.definition.revision = flags.text("name");
    content.definition.runtime = flags.text("runtime");
    content.definition.timeout = flags.duration("timeout");
    content.definition.instances_min = 1;
    content.definition.instances_max = static_cast<std::size_t>(flags.integer("workers"));
    content.definition.concurrency = static_cast<std::size_t>(flags.integer("concurrency"));
    content.code_folder = std::filesystem::absolute(flags.text("code"));
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        std::string_view const text = *variable;
        auto const equals = text.find('=');
        if (equals != std::string_view::npos)
            add_variable(
                content, std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
    }
    if (content.definition.concurrency > 1 && content.definition.runtime != "powershell")
        throw StartupError(
            "--concurrency " + std::to_string(content.definition.concurrency) + ": a worker of " +
            content.definition.runtime +
            " handles one event at a time; use --workers for several at once.");
    // pwsh does not start without a home it can write to; a container's may be read-only.
    Secret& home = content.environment["HOME"];
    if (content.definition.runtime == "powershell" && ::access(home.reveal().c_str(), W_OK) != 0)
        home = Secret("/tmp");
    if (!std::filesystem::is_directory(content.code_folder))
        throw StartupError("--code: there is no folder " + content.code_folder.string() + ".");
    return content;
}

std::filesystem::path data_folder(FlagValues const& flags) {
    return std::filesystem::path(flags.text("state")) / flags.text("name");
}

/// Its container keeps it from other files, decides how long it lives, and keeps its log.
FunctionOptions function_options(
    FlagValues const& flags, std::optional<PowerShellRuntime> const& powershell) {
    FunctionOptions options;
    options.name = {"default", flags.text("name")};
    options.folder = data_folder(flags);
    options.runtimes = std::filesystem::absolute(flags.text("runtimes"));
    options.idle_limit = std::chrono::hours(24);
    options.log_copy = stdout;
    options.powershell = powershell ? &*powershell : nullptr;
    return options;
}

}  // namespace

std::vector<Flag> function_flags() {
    return {
        {.name = "name", .help = "Name of the function.", .required = true},
        {.name = "runtime",
         .help = "What runs the handler.",
         .required = true,
         .choices = "python|shell|powershell"},
        {.name = "code", .fallback = "/function", .help = "Folder with the handler."},
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder with the workers of the runtimes."},
        {.name = "powershell",
         .help = "Folder where PowerShell was installed (install-powershell)."},
        {.name = "termination-log",
         .help = "File that gets the reason when the code does not load and the process ends."},
        {.name = "timeout",
         .kind = Flag::Kind::duration_ms,
         .fallback = "30s",
         .help = "How long one call may take.",
         .low = 10},
        {.name = "workers",
         .kind = Flag::Kind::integer,
         .fallback = "1",
         .help = "Processes that handle events at the same time.",
         .low = 1,
         .high = 8},
        {.name = "concurrency",
         .kind = Flag::Kind::integer,
         .fallback = "1",
         .help = "Events that each worker of PowerShell handles at the same time, in a runspace "
                 "each; as the Service's containerConcurrency.",
         .low = 1,
         .high = concurrency_most},
    };
}

FunctionService::FunctionService(ServiceContext context)
    : content_(content_from(context.flags)),
      termination_log_(context.flags.text("termination-log")),
      powershell_(given_powershell(context.flags)),
      lock_(lock_folder(data_folder(context.flags))),
      changed_(context.io.get_executor()),
      function_(
          context.io.get_executor(), function_options(context.flags, powershell_),
          context.telemetry, changed_) {
    become_subreaper();
}

Task<HttpAnswer> FunctionService::handle(HttpRequest& request) {
    co_return co_await function_.handle(request);
}

std::string FunctionService::not_ready_reason() const {
    if (function_.ready())
        return {};
    return function_.problem().empty() ? "The function is starting." : function_.problem();
}

Json FunctionService::status() const {
    return function_.describe();
}

/// Code that does not load ends the process: what runs the container says so at once by the
/// termination message, keeps an older revision in service, and tries again, later and later.
Task<void> FunctionService::start() {
    co_await function_.deploy(content_);
    std::string const problem = function_.problem();
    if (function_.ready() || problem.empty())
        co_return;
    write_termination_message(problem);
    throw StartupError(problem);
}

/// In place: in a container it is a mount of one file.
void FunctionService::write_termination_message(std::string const& problem) const {
    if (termination_log_.empty())
        return;
    std::ofstream file(termination_log_);
    file << problem.substr(0, termination_bytes_max) << std::flush;
    if (!file)
        log::error("Termination message not written.", {{"file", termination_log_.string()}});
}

Task<void> FunctionService::stop() {
    co_await function_.close(close_grace);
}

}  // namespace millrace::runner

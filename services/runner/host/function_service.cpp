// SPDX-License-Identifier: Apache-2.0
#include "runner/host/function_service.hpp"

#include <unistd.h>

#include "common/base/file.hpp"

namespace millrace::runner {
namespace {

constexpr milliseconds close_grace = 2s;

RevisionContent content_from(FlagValues const& flags) {
    RevisionContent content;
    content.definition.name = {"default", flags.text("name")};
    content.definition.revision = flags.text("name");
    content.definition.runtime = flags.text("runtime");
    content.definition.timeout = flags.duration("timeout");
    content.definition.instances_min = 1;
    content.definition.instances_max = static_cast<std::size_t>(flags.integer("workers"));
    content.code_folder = std::filesystem::absolute(flags.text("code"));
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        std::string_view const text = *variable;
        auto const equals = text.find('=');
        if (equals != std::string_view::npos)
            content.environment[std::string(text.substr(0, equals))] =
                Secret(std::string(text.substr(equals + 1)));
    }
    if (!std::filesystem::is_directory(content.code_folder))
        throw StartupError("--code: there is no folder " + content.code_folder.string() + ".");
    return content;
}

std::filesystem::path data_folder(FlagValues const& flags) {
    return std::filesystem::path(flags.text("state")) / flags.text("name");
}

/// Its container keeps it from other files, and decides how long it lives.
FunctionOptions function_options(FlagValues const& flags) {
    FunctionOptions options;
    options.name = {"default", flags.text("name")};
    options.folder = data_folder(flags);
    options.runtimes = std::filesystem::absolute(flags.text("runtimes"));
    options.idle_limit = std::chrono::hours(24);
    return options;
}

}  // namespace

std::vector<Flag> function_flags() {
    return {
        {.name = "name", .help = "Name of the function.", .required = true},
        {.name = "runtime",
         .help = "What runs the handler.",
         .required = true,
         .choices = "python|shell"},
        {.name = "code", .fallback = "/function", .help = "Folder with the handler."},
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder with the workers of the runtimes."},
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
    };
}

FunctionService::FunctionService(ServiceContext context)
    : content_(content_from(context.flags)),
      lock_(lock_folder(data_folder(context.flags))),
      changed_(context.io.get_executor()),
      function_(
          context.io.get_executor(), function_options(context.flags), context.telemetry, changed_) {
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

Task<void> FunctionService::start() {
    co_await function_.deploy(content_);
}

Task<void> FunctionService::stop() {
    co_await function_.close(close_grace);
}

}  // namespace millrace::runner

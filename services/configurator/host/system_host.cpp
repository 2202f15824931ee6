// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/system_host.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "common/process/run_to_end.hpp"
#include "configurator/host/kept_file.hpp"

namespace millrace::configurator {
namespace {

// kubectl, whose program is read from a disk that is slow and busy.
constexpr seconds ask_limit = 30s;

/// The end of what a program printed, in one line.
std::string last_words(std::string output) {
    constexpr std::size_t shown_bytes_max = 300;
    std::ranges::replace(output, '\n', ' ');
    output.resize(output.find_last_not_of(' ') + 1);
    if (output.size() > shown_bytes_max)
        output = "..." + output.substr(output.size() - shown_bytes_max);
    return output;
}

ChildCommand command_of(std::vector<std::string> const& words) {
    return {
        .arguments = words,
        .environment = std::map<std::string, Secret>{
            {"PATH", Secret("/usr/sbin:/usr/bin:/sbin:/bin")}, {"LC_ALL", Secret("C.UTF-8")}}};
}

}  // namespace

std::filesystem::path SystemHost::at(std::string const& path) const {
    return root_ / std::filesystem::path(path).relative_path();
}

Result<bool> SystemHost::holds(Change const& change) {
    return std::visit([this](auto const& one) { return has(one); }, change);
}

Result<Change> SystemHost::present(std::string const& path) {
    auto content = file_content(at(path));
    if (!content)
        return std::unexpected(content.error());
    if (!*content)
        return RemoveFile{path};
    auto const mode = file_mode(at(path));
    if (!mode)
        return failure(ErrorCode::storage, "Cannot look at " + path + ".");
    return WriteFile{path, Secret(std::move(**content)), *mode};
}

Result<void> SystemHost::make(Change const& change) {
    return std::visit([this](auto const& one) { return bring(one); }, change);
}

Result<void> SystemHost::run(Program const& program) {
    auto const end = run_to_end(command_of(program.words), program.limit, program.input);
    printed_ = end ? end->output : end.error().detail;
    if (!end)
        return std::unexpected(end.error());
    if (end->is_well()) {
        // What it has written is nobody's to sync but ours: the step counts as done from here on.
        ::sync();
        return {};
    }
    return failure(
        ErrorCode::unavailable, program.words.front() + " " + describe_wait_status(end->status) +
                                    ": " + last_words(end->output) + ".");
}

Result<bool> SystemHost::ask(Proof const& proof) {
    auto const end = run_to_end(command_of(proof.words), ask_limit);
    printed_ = end ? end->output : end.error().detail;
    if (!end)
        return std::unexpected(end.error());
    return end->is_well() && (proof.output.empty() || last_words(end->output) == proof.output);
}

void SystemHost::wait(nanoseconds span) {
    ::poll(nullptr, 0, static_cast<int>(std::chrono::ceil<milliseconds>(span).count()));
}

}  // namespace millrace::configurator

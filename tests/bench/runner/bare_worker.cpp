// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/runner/bare_worker.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "common/process/spawn.hpp"
#include "runner/powershell/powershell_environment.hpp"

namespace millrace::bench {

BareWorker::BareWorker(
    runner::PowerShellRuntime const& powershell, std::filesystem::path const& home) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("Cannot make a pipe.");
    FileDescriptor const their_in(in[0]);
    FileDescriptor const their_out(out[1]);
    to_ = FileDescriptor(in[1]);
    from_ = ::fdopen(out[0], "r");
    auto const folder = std::filesystem::path(MILLRACE_SOURCE_DIR) / "tests/bench/runner";
    ChildCommand command;
    command.arguments = {
        powershell.program.string(),
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-File",
        (folder / "bare_worker.ps1").string(),
        (powershell.compiled / "worker.dll").string(),
        (folder / "echo" / "handler.ps1").string()};
    command.environment.emplace();
    for (auto const& [name, value] : runner::powershell_basics(powershell.has_icu))
        (*command.environment)[name] = Secret(value);
    (*command.environment)["HOME"] = Secret(home.string());
    (*command.environment)["PATH"] = Secret("/usr/bin:/bin");
    command.descriptors = {their_in.get(), their_out.get(), STDERR_FILENO};
    auto const started = spawn_child(command);
    if (!started)
        throw std::runtime_error(started.error().detail);
    pid_ = *started;
}

BareWorker::~BareWorker() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::fclose(from_);
}

void BareWorker::handle(std::string const& event) {
    std::string const line = event + "\n";
    if (::write(to_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("The bare worker takes no event.");
    std::array<char, 4096> answer{};
    while (std::fgets(answer.data(), answer.size(), from_) != nullptr)
        if (std::string_view(answer.data()) == "handled\n")
            return;
    throw std::runtime_error("The bare worker has ended.");
}

}  // namespace millrace::bench

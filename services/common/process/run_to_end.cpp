// SPDX-License-Identifier: Apache-2.0
#include "common/process/run_to_end.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace millrace {
namespace {

constexpr std::size_t output_bytes_max = 256 * 1024;

/// Until the program has closed it, or the time is over (false).
bool read_until(int from, SteadyTime deadline, std::string& output) {
    std::array<char, 4096> piece{};
    for (;;) {
        auto const left = std::chrono::ceil<milliseconds>(deadline - steady_now()).count();
        if (left <= 0)
            return false;
        pollfd waited{.fd = from, .events = POLLIN, .revents = 0};
        int const ready = ::poll(&waited, 1, static_cast<int>(std::min<long>(left, 60'000)));
        if (ready <= 0)
            continue;
        ssize_t const got = ::read(from, piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        std::size_t const room = output_bytes_max - output.size();
        output.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
    }
}

/// A file without a name that holds `input`, to be read from its begin.
Result<FileDescriptor> file_of(Secret const& input) {
    FileDescriptor file(::memfd_create("input", MFD_CLOEXEC));
    std::string_view rest = input.reveal();
    while (file.is_open() && !rest.empty()) {
        ssize_t const written = ::write(file.get(), rest.data(), rest.size());
        if (written <= 0)
            return std::unexpected(storage_error("Cannot hand over a program's input"));
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!file.is_open() || ::lseek(file.get(), 0, SEEK_SET) != 0)
        return std::unexpected(storage_error("Cannot hand over a program's input"));
    return file;
}

}  // namespace

Result<ProgramEnd> run_to_end(ChildCommand command, nanoseconds limit, Secret const& input) {
    auto const given = file_of(input);
    if (!given)
        return std::unexpected(given.error());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return std::unexpected(storage_error("Cannot make a pipe"));
    FileDescriptor const from(ends[0]);
    FileDescriptor to(ends[1]);
    command.descriptors = {given->get(), to.get(), to.get()};
    command.own_session = true;
    auto const pid = spawn_child(command);
    to.close();
    if (!pid)
        return std::unexpected(pid.error());
    ProgramEnd end;
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    bool const in_time = read_until(from.get(), deadline, end.output);
    // What has closed its output has nothing left to do for us.
    if (!in_time)
        ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, &end.status, 0);
    ::kill(-*pid, SIGKILL);
    // To a subreaper what is left of the session becomes a child: it is not to stay as a zombie.
    while (::waitpid(-*pid, nullptr, 0) > 0) {
    }
    if (in_time)
        return end;
    return failure(
        ErrorCode::timed_out,
        command.arguments.front() + " was not done within " +
            std::to_string(std::chrono::duration_cast<seconds>(limit).count()) + " s.");
}

}  // namespace millrace

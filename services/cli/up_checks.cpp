// SPDX-License-Identifier: Apache-2.0
#include "cli/up_checks.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/file.hpp"
#include "common/net/task.hpp"
#include "common/process/spawn.hpp"

namespace millrace::cli {
namespace {

bool runs_already(UpOptions const& options) {
    FileDescriptor const lock(::open((options.state / "run" / "lock").c_str(), O_RDWR | O_CLOEXEC));
    return lock.is_open() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
}

/// Binds it, as the console will; what else is wrong with the address it will say itself.
bool is_in_use(std::string const& address, std::string const& port) {
    using asio::ip::tcp;
    asio::io_context io;
    tcp::acceptor acceptor(io);
    boost::system::error_code code;
    auto const ip = asio::ip::make_address(address, code);
    if (code)
        return false;
    auto const number = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
    tcp::endpoint const endpoint(ip, number);
    acceptor.open(endpoint.protocol(), code);
    acceptor.set_option(tcp::acceptor::reuse_address(true), code);
    acceptor.bind(endpoint, code);
    return code == asio::error::address_in_use;
}

void check_port(UpOptions const& options, Faults& faults) {
    auto const colon = options.console_listen.rfind(':');
    std::string const port = options.console_listen.substr(colon + 1);
    if (port != "0" && is_in_use(options.console_listen.substr(0, colon), port))
        faults.push_back(
            {"--console-listen", options.console_listen +
                                     " is used by another program; stop that, or choose another "
                                     "port, such as 127.0.0.1:8081."});
}

struct Output {
    std::string text;
    bool ended_well = false;  ///< with a status that --check has
};

/// Runs a program to its end.
Output output_of(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    FileDescriptor const from(ends[0]);
    FileDescriptor to(ends[1]);
    ChildCommand command;
    command.arguments = std::move(words);
    command.descriptors = {STDIN_FILENO, to.get(), STDERR_FILENO};
    auto const pid = spawn_child(command);
    to.close();
    if (!pid)
        return {};
    Output output;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(from.get(), piece.data(), piece.size())) > 0;)
        output.text.append(piece.data(), static_cast<std::size_t>(got));
    int status = 0;
    ::waitpid(*pid, &status, 0);
    output.ended_well = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2);
    return output;
}

}  // namespace

std::string check_objects_by_services(UpOptions const& options) {
    std::error_code ignored;
    if (!std::filesystem::exists(options.state / "objects", ignored))
        return {};
    std::string all;
    for (auto const* service : {"broker", "router", "runner"}) {
        std::string const program = (options.programs / "millrace-").string() + service;
        std::vector<std::string> words = {program};
        if (service == std::string_view("runner"))
            words.emplace_back("host");
        words.emplace_back("--check");
        words.push_back("--state=" + options.state.string());
        Output const output = output_of(std::move(words));
        all += output.ended_well ? output.text : program + ": cannot be run.\n";
    }
    return all;
}

Faults check_start(UpOptions const& options) {
    Faults faults;
    if (runs_already(options))
        faults.push_back(
            {"--state", "Millrace runs already with " + options.state.string() +
                            "; stop it, or choose another --state."});
    else
        check_port(options, faults);
    return faults;
}

}  // namespace millrace::cli

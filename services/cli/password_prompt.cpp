// SPDX-License-Identifier: Apache-2.0
#include "cli/password_prompt.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <iostream>

#include "common/base/file.hpp"
#include "common/base/result.hpp"

namespace millrace::cli {
namespace {

/// While it lives, nothing typed is shown, and signals that would end the process wait to be read.
class SilentTerminal {
public:
    SilentTerminal() {
        sigset_t ending{};
        ::sigemptyset(&ending);
        for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            ::sigaddset(&ending, number);
        ::sigprocmask(SIG_BLOCK, &ending, &mask_before_);
        signals_ = FileDescriptor(::signalfd(-1, &ending, SFD_CLOEXEC));
        ::tcgetattr(STDIN_FILENO, &before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    SilentTerminal(SilentTerminal const&) = delete;
    SilentTerminal& operator=(SilentTerminal const&) = delete;
    ~SilentTerminal() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    }

    /// One line of what is typed, without its end; a signal that came meanwhile, or 0.
    int read_line(std::string& line) const {
        std::array<pollfd, 2> ready = {
            {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals_.get(), .events = POLLIN}}};
        for (char typed = 0; ::poll(ready.data(), ready.size(), -1) > 0;) {
            signalfd_siginfo told{};
            if ((ready[1].revents & POLLIN) != 0 &&
                ::read(signals_.get(), &told, sizeof told) == sizeof told)
                return static_cast<int>(told.ssi_signo);
            if (::read(STDIN_FILENO, &typed, 1) != 1 || typed == '\n')
                break;
            line += typed;
        }
        return 0;
    }

private:
    termios before_{};
    sigset_t mask_before_{};
    FileDescriptor signals_;
};

}  // namespace

Secret ask_password(std::string const& user) {
    if (::isatty(STDIN_FILENO) == 0)
        throw StartupError("--password-file is needed: there is no terminal to ask on.");
    std::cout << "Password of " << user << ": " << std::flush;
    std::string password;
    int signal = 0;
    {
        SilentTerminal const silent;
        signal = silent.read_line(password);
    }
    // The terminal is as it was: now it may end the process as it would have.
    if (signal != 0)
        ::raise(signal);
    std::cout << "\n";
    if (password.empty())
        throw StartupError("The password must not be empty.");
    return Secret(std::move(password));
}

}  // namespace millrace::cli

// SPDX-License-Identifier: Apache-2.0
#include "cli/password_prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <iostream>

#include "common/base/result.hpp"

namespace millrace::cli {
namespace {

/// What a signal handler gives the terminal back; there is one terminal.
termios before{};

/// Only calls that are safe in a signal handler (signal-safety(7)).
void restore_and_end(int number) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    std::signal(number, SIG_DFL);
    ::raise(number);
}

/// While it lives, nothing typed is shown.
class SilentTerminal {
public:
    SilentTerminal() {
        ::tcgetattr(STDIN_FILENO, &before);
        for (int const number : signals)
            std::signal(number, restore_and_end);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    SilentTerminal(SilentTerminal const&) = delete;
    SilentTerminal& operator=(SilentTerminal const&) = delete;
    ~SilentTerminal() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        for (int const number : signals)
            std::signal(number, SIG_DFL);
    }

private:
    static constexpr std::array<int, 4> signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
};

}  // namespace

Secret ask_password(std::string const& user) {
    if (::isatty(STDIN_FILENO) == 0)
        throw StartupError("--password-file is needed: there is no terminal to ask on.");
    std::cout << "Password of " << user << ": " << std::flush;
    std::string password;
    {
        SilentTerminal const silent;
        std::getline(std::cin, password);
    }
    std::cout << "\n";
    if (password.empty())
        throw StartupError("The password must not be empty.");
    return Secret(std::move(password));
}

}  // namespace millrace::cli

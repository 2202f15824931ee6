// SPDX-License-Identifier: Apache-2.0
#include "common/base/typed_secret.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace millrace {
namespace {

/// While there is one, what is typed does not appear.
class NoEcho {
public:
    NoEcho() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (is_terminal_)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    NoEcho(NoEcho const&) = delete;
    NoEcho& operator=(NoEcho const&) = delete;
    ~NoEcho() {
        if (is_terminal_)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }

private:
    termios before_{};
    bool is_terminal_;
};

}  // namespace

bool is_typed() {
    return ::isatty(STDIN_FILENO) != 0;
}

Secret read_typed_secret(std::string const& question) {
    std::fputs(question.c_str(), stderr);
    NoEcho const quiet;
    std::string line;
    std::getline(std::cin, line);
    std::fputs("\n", stderr);
    return Secret(std::move(line));
}

}  // namespace millrace

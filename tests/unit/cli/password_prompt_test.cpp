// SPDX-License-Identifier: Apache-2.0
#include "cli/password_prompt.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "common/base/file.hpp"
#include "common/base/result.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

/// A child that asks on a terminal of its own.
struct Prompt {
    Prompt() {
        int terminal = -1;
        pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
        if (pid == 0) {
            // The test program has a handler of its own.
            std::signal(SIGINT, SIG_DFL);
            Secret const password = cli::ask_password("alice");
            ::_exit(password.matches("secret") ? 0 : 1);
        }
        master = FileDescriptor(terminal);
        // Ours as well: the settings would go with the last who has it open.
        std::array<char, 64> name{};
        REQUIRE(::ptsname_r(terminal, name.data(), name.size()) == 0);
        kept = FileDescriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    }
    bool shows_typing() const {
        termios now{};
        REQUIRE(::tcgetattr(master.get(), &now) == 0);
        return (now.c_lflag & ECHO) != 0;
    }
    void wait_until_silent() const {
        std::array<char, 256> piece{};
        // It asks first, then hides what is typed.
        REQUIRE(::read(master.get(), piece.data(), piece.size()) > 0);
        while (shows_typing())
            ::sched_yield();
    }
    void type(std::string_view text) const {
        REQUIRE(::write(master.get(), text.data(), text.size()) == std::ssize(text));
    }
    int end() const {
        int status = 0;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        return status;
    }

    pid_t pid = -1;
    FileDescriptor master;
    FileDescriptor kept;
};

}  // namespace

TEST_CASE("Password: what is typed is not shown, and the terminal is as it was afterwards") {
    Prompt const prompt;
    prompt.wait_until_silent();
    prompt.type("secret\n");
    CHECK(prompt.end() == 0);
    CHECK(prompt.shows_typing());
}

// review 4.20
TEST_CASE("Password: Ctrl-C at the prompt leaves a terminal that shows what is typed") {
    Prompt const prompt;
    prompt.wait_until_silent();
    prompt.type("\x03");
    int const status = prompt.end();
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT));
    CHECK(prompt.shows_typing());
}

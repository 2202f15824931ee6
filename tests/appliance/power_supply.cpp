// SPDX-License-Identifier: Apache-2.0
// The power supply, serial console and first screen of a machine that is booted in namespaces:
//   power_supply FOLDER COMMAND...
// runs COMMAND, which becomes the machine's first process, with a terminal as its console
// (FOLDER/console.log) and a second one, named by TTY1, as its screen (FOLDER/tty1.log); what is
// typed there comes from FOLDER/console.in and FOLDER/tty1.in. The command ends by the signal that
// reboot(2) in a pid namespace turns into: SIGHUP for a reboot, then it runs again; SIGINT for
// power off; by anything else the power was cut. FOLDER/power.log has a line for each.
//   power_supply --lose-unwritten FILE
// makes the file system of FILE, on a loop device, forget what is not on the disk yet.
#include <fcntl.h>
#include <linux/major.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int failed = 2;

int complain(std::string const& what) {
    std::fprintf(stderr, "power_supply: %s: %s\n", what.c_str(), std::strerror(errno));
    return failed;
}

/// A terminal of 25 lines of 80 characters, with the log of what is written to it and its keyboard.
struct Terminal {
    int master = -1;
    int log = -1;
    int keys = -1;
    std::string name;
};

/// `path`: of its files, without what follows the dot.
bool open_terminal(std::string const& path, Terminal& terminal) {
    winsize const size{.ws_row = 25, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    std::array<char, 128> name{};
    int slave = -1;
    terminal.log = ::open((path + ".log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    terminal.keys = ::open((path + ".in").c_str(), O_RDWR | O_CLOEXEC);
    if (terminal.log < 0 || terminal.keys < 0 ||
        ::openpty(&terminal.master, &slave, name.data(), nullptr, &size) != 0)
        return false;
    ::close(slave);
    ::fcntl(terminal.master, F_SETFD, FD_CLOEXEC);
    terminal.name = name.data();
    return true;
}

/// Copies what there is.
void copy(int from, int to) {
    std::array<char, 4096> piece{};
    ssize_t const got = ::read(from, piece.data(), piece.size());
    for (ssize_t done = 0; done < got;) {
        ssize_t const written =
            ::write(to, piece.data() + done, static_cast<std::size_t>(got - done));
        if (written <= 0)
            return;
        done += written;
    }
}

/// The command with the console as its terminal. It does not lead a session: a shell that does
/// takes the terminal for its own, and is killed when systemd hangs it up.
pid_t start(std::vector<char*> const& command, Terminal const& console) {
    pid_t const child = ::fork();
    if (child != 0)
        return child;
    // Opened anew for each boot: a machine that goes down hangs its terminals up.
    int const slave = ::open(console.name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    for (int descriptor = 0; descriptor < 3; ++descriptor)
        ::dup2(slave, descriptor);
    ::execvp(command.front(), command.data());
    ::_exit(complain(command.front()));
}

std::string describe(int status) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP)
        return "reboot";
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        return "poweroff";
    return "cut (" + std::to_string(status) + ")";
}

/// Serves both terminals until the command has ended. How.
std::string run(
    std::vector<char*> const& command, Terminal const& console, Terminal const& screen) {
    pid_t const child = start(command, console);
    std::array<bool, 2> is_hung_up{};
    for (;;) {
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) == child)
            return describe(status);
        // A terminal that is hung up is ready without end until somebody opens it again: it is left
        // out once, so that the look takes its time.
        std::array<pollfd, 4> waited{
            {{.fd = is_hung_up[0] ? -1 : console.master, .events = POLLIN, .revents = 0},
             {.fd = is_hung_up[1] ? -1 : screen.master, .events = POLLIN, .revents = 0},
             {.fd = console.keys, .events = POLLIN, .revents = 0},
             {.fd = screen.keys, .events = POLLIN, .revents = 0}}};
        // A child's end is seen at the next look.
        constexpr int look_ms = 50;
        ::poll(waited.data(), waited.size(), look_ms);
        for (std::size_t index = 0; index < is_hung_up.size(); ++index)
            is_hung_up[index] = waited[index].revents == POLLHUP;
        if ((waited[0].revents & POLLIN) != 0)
            copy(console.master, console.log);
        if ((waited[1].revents & POLLIN) != 0)
            copy(screen.master, screen.log);
        if ((waited[2].revents & POLLIN) != 0)
            copy(console.keys, console.master);
        if ((waited[3].revents & POLLIN) != 0)
            copy(screen.keys, screen.master);
    }
}

int supply(std::string const& folder, std::vector<char*> const& command) {
    Terminal console;
    Terminal screen;
    if (!open_terminal(folder + "/console", console) || !open_terminal(folder + "/tty1", screen))
        return complain("no terminal");
    ::setenv("TTY1", screen.name.c_str(), 1);
    std::string end;
    do {
        end = run(command, console, screen);
        std::FILE* const log = std::fopen((folder + "/power.log").c_str(), "a");
        if (log == nullptr)
            return complain(folder + "/power.log");
        std::fprintf(log, "%s\n", end.c_str());
        std::fclose(log);
    } while (end == "reboot");
    return 0;
}

/// EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h), which no header has.
int lose_unwritten(char const* file) {
    constexpr unsigned long shutdown = _IOR('X', 125, std::uint32_t);
    std::uint32_t without_flush = 2;
    int const descriptor = ::open(file, O_RDONLY | O_CLOEXEC);
    struct stat status{};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
        return complain(file);
    // Never this machine's own disk.
    if (major(status.st_dev) != LOOP_MAJOR) {
        std::fprintf(stderr, "power_supply: %s is not on a loop device\n", file);
        return failed;
    }
    return ::ioctl(descriptor, shutdown, &without_flush) == 0 ? 0 : complain(file);
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count == 3 && std::string(arguments[1]) == "--lose-unwritten")
        return lose_unwritten(arguments[2]);
    if (argument_count < 3) {
        std::fputs("power_supply FOLDER COMMAND... | --lose-unwritten FILE\n", stderr);
        return failed;
    }
    std::vector<char*> command(arguments + 2, arguments + argument_count);
    command.push_back(nullptr);
    return supply(arguments[1], command);
}

// SPDX-License-Identifier: Apache-2.0
#include "configurator/screen/screen.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>

#include "common/base/file.hpp"
#include "common/base/host_name.hpp"
#include "common/base/log.hpp"
#include "common/net/certificate.hpp"
#include "common/process/run_to_end.hpp"
#include "configurator/screen/function_key.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;
constexpr milliseconds look_period{1000};
constexpr int looks_after_change = 60;
constexpr seconds menu_limit{10};

/// Addresses of wired interfaces; those of a link alone reach nobody else.
std::vector<std::string> own_addresses() {
    std::vector<std::string> addresses;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return addresses;
    for (ifaddrs const* one = list; one != nullptr; one = one->ifa_next) {
        std::string_view const name = one->ifa_name;
        if (one->ifa_addr == nullptr || !(name.starts_with("en") || name.starts_with("eth")))
            continue;
        std::array<char, INET6_ADDRSTRLEN> text{};
        if (one->ifa_addr->sa_family == AF_INET) {
            auto const* const address = reinterpret_cast<sockaddr_in const*>(one->ifa_addr);
            ::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
            addresses.emplace_back(text.data());
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            auto const* const address = reinterpret_cast<sockaddr_in6 const*>(one->ifa_addr);
            if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr))
                continue;
            ::inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
            addresses.push_back("[" + std::string(text.data()) + "]");
        }
    }
    ::freeifaddrs(list);
    return addresses;
}

/// Whether a program listens on TCP 443: proc(5), a line a socket; state 0A is LISTEN.
bool has_listener() {
    for (char const* const file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream lines(file);
        for (std::string line; std::getline(lines, line);)
            if (line.find(":01BB ") != std::string::npos && line.find(" 0A ") != std::string::npos)
                return true;
    }
    return false;
}

std::string fingerprint_of(std::filesystem::path const& certificate) {
    auto const pem = read_file(certificate, file_bytes_max);
    return pem ? certificate_fingerprint(*pem).value_or("") : "";
}

ScreenSize terminal_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40 || size.ws_row < 10)
        return {};
    return {.columns = size.ws_col, .rows = size.ws_row};
}

/// The unit that asks who is there and shows the menu; it ends this screen, and starts it again.
std::string menu_unit(FunctionKey key) {
    return std::string("millrace-menu@") + (key == FunctionKey::f2 ? "all" : "power") + ".service";
}

/// Standard input where that is a terminal: each key comes at once, and is not shown. As long as it
/// is there.
class Keyboard {
public:
    Keyboard() : is_there_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_there_)
            return;
        termios raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    Keyboard(Keyboard&& other) noexcept
        : is_there_(std::exchange(other.is_there_, false)),
          before_(other.before_) {}
    Keyboard& operator=(Keyboard&&) = delete;
    ~Keyboard() {
        if (is_there_)
            ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }

    /// -1 where there is none.
    int descriptor() const { return is_there_ ? STDIN_FILENO : -1; }
    /// Pre: something was typed.
    void heed() const {
        std::array<char, 256> typed{};
        ssize_t const got = ::read(STDIN_FILENO, typed.data(), typed.size());
        auto const key = function_key_in(
            std::string_view(typed.data(), got > 0 ? static_cast<std::size_t>(got) : 0));
        if (!key)
            return;
        ChildCommand command{
            .arguments = {"/usr/bin/systemctl", "--no-block", "start", menu_unit(*key)}};
        if (auto const begun = run_to_end(std::move(command), menu_limit); !begun)
            log::warn("The menu does not start.", {{"reason", begun.error().detail}});
    }

private:
    bool is_there_;
    termios before_{};
};

/// What wakes the screen up.
struct Watches {
    FileDescriptor folder;     ///< the status file's
    FileDescriptor addresses;  ///< of the machine's interfaces
    FileDescriptor signals;
    Keyboard keyboard;

    /// Until something comes, or the time is over. Whether it goes on: false when a signal came.
    /// Of what came keys are heeded, the rest is taken and not looked at.
    bool wait(std::optional<milliseconds> limit) const {
        std::array<pollfd, 4> waited{
            {{.fd = folder.get(), .events = POLLIN, .revents = 0},
             {.fd = addresses.get(), .events = POLLIN, .revents = 0},
             {.fd = keyboard.descriptor(), .events = POLLIN, .revents = 0},
             {.fd = signals.get(), .events = POLLIN, .revents = 0}}};
        ::poll(waited.data(), waited.size(), limit ? static_cast<int>(limit->count()) : -1);
        std::array<char, 4096> taken{};
        for (FileDescriptor const* one : {&folder, &addresses})
            while (::read(one->get(), taken.data(), taken.size()) > 0) {
            }
        if (waited[2].revents == POLLIN)
            keyboard.heed();
        return waited[3].revents == 0;
    }
};

Result<Watches> watch(std::filesystem::path const& status_file) {
    Watches watches;
    if (auto made = make_directories(status_file.parent_path(), 0755); !made)
        return std::unexpected(made.error());
    watches.folder = FileDescriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    auto const folder = status_file.parent_path().string();
    if (::inotify_add_watch(watches.folder.get(), folder.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
        return std::unexpected(storage_error("Cannot watch " + folder));
    watches.addresses = FileDescriptor(
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (::bind(
            watches.addresses.get(), reinterpret_cast<sockaddr const*>(&groups), sizeof groups) !=
        0)
        return std::unexpected(storage_error("Cannot watch the machine's addresses"));
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    ::sigprocmask(SIG_BLOCK, &ends, nullptr);
    watches.signals = FileDescriptor(::signalfd(-1, &ends, SFD_CLOEXEC));
    if (!watches.signals.is_open())
        return std::unexpected(storage_error("Cannot wait for signals"));
    return watches;
}

}  // namespace

ScreenFacts look_at_machine(ScreenFiles const& files) {
    ScreenFacts facts;
    facts.version = MILLRACE_VERSION;
    facts.host_name = host_name();
    facts.addresses = own_addresses();
    facts.has_web_page = has_listener();
    facts.fingerprint = fingerprint_of(files.certificate);
    if (auto const code = read_file(files.code, file_bytes_max))
        facts.setup_code = code->substr(0, code->find('\n'));
    if (auto const text = read_file(files.status, file_bytes_max))
        facts.status = parse_json(*text).value_or(Json());
    return facts;
}

Result<void> show_screen(ScreenFiles const& files) {
    auto const watches = watch(files.status);
    if (!watches)
        return std::unexpected(watches.error());
    std::string shown;
    int looks = 0;
    do {
        std::string frame = screen_frame(screen_text(look_at_machine(files), terminal_size()));
        ++looks;
        if (frame == shown)
            continue;
        // The first frame begins on an empty screen, without a cursor.
        std::fputs(((shown.empty() ? "\x1b[2J\x1b[?25l" : "") + frame).c_str(), stdout);
        std::fflush(stdout);
        shown = std::move(frame);
        looks = 0;
    } while (watches->wait(looks < looks_after_change ? std::optional(look_period) : std::nullopt));
    return {};
}

}  // namespace millrace::configurator

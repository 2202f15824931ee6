// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/router/latency_sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <deque>
#include <future>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "common/base/file.hpp"

namespace millrace::bench {
namespace {

constexpr std::string_view answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view batch_answer =
    "HTTP/1.1 202 Accepted\r\nAccept-Post: application/cloudevents-batch+json\r\n"
    "Content-Length: 0\r\n\r\n";
constexpr std::size_t read_bytes = 262'144;

FileDescriptor checked(int descriptor, char const* what) {
    if (descriptor < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return FileDescriptor(descriptor);
}

/// The number after `name`, as the router writes its headers; 0 if there is none.
template <class Number>
Number number_after(std::string_view head, std::string_view name) {
    Number value = 0;
    std::size_t const at = head.find(name);
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), value);
    return value;
}

}  // namespace

class LatencySink::Loop {
public:
    explicit Loop(SinkOptions options);
    ~Loop() { stop(); }

    std::uint16_t port() const { return port_; }
    bool wait_for_all(nanoseconds limit) {
        return all_came_.wait_for(limit) == std::future_status::ready;
    }
    SinkResult stop();

private:
    struct Connection {
        FileDescriptor socket;
        std::string input;
    };
    struct Due {
        SteadyTime at;
        int socket = 0;
    };

    void watch(int descriptor);
    void run();
    void accept_one();
    void receive(int socket);
    void take(std::string_view request, std::size_t head_bytes);
    void take_event(std::int32_t key);
    void answer_to(int socket);
    void answer_due();
    void arm();

    SinkOptions options_;
    std::string_view answer_;
    FileDescriptor listener_;
    FileDescriptor epoll_;
    FileDescriptor timer_;
    FileDescriptor ending_;
    std::uint16_t port_ = 0;
    std::map<int, Connection> connections_;
    std::deque<Due> due_;  ///< in order: the latency is the same for all
    std::vector<char> received_ = std::vector<char>(read_bytes);
    std::vector<bool> seen_;
    SteadyTime first_;
    SteadyTime last_;
    SinkResult result_;
    std::promise<void> all_;
    std::future<void> all_came_ = all_.get_future();
    std::thread thread_;
};

LatencySink::Loop::Loop(SinkOptions options)
    : options_(options),
      answer_(options.takes_batches ? batch_answer : answer),
      listener_(
          checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(
          checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create")),
      ending_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      seen_(static_cast<std::size_t>(options.last_key - options.first_key + 1)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 512) != 0 ||
        ::getsockname(listener_.get(), any, &size) != 0)
        throw std::system_error(errno, std::generic_category(), "listen");
    port_ = ::ntohs(address.sin_port);
    for (FileDescriptor const* one : {&listener_, &timer_, &ending_})
        watch(one->get());
    thread_ = std::thread([this] { run(); });
}

SinkResult LatencySink::Loop::stop() {
    if (thread_.joinable()) {
        ::eventfd_write(ending_.get(), 1);
        thread_.join();
        result_.seconds = std::chrono::duration<double>(last_ - first_).count();
    }
    return result_;
}

void LatencySink::Loop::watch(int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void LatencySink::Loop::run() {
    std::array<epoll_event, 128> events{};
    for (;;) {
        int const count =
            ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            int const ready = events[static_cast<std::size_t>(i)].data.fd;
            if (ready == ending_.get())
                return;
            if (ready == listener_.get())
                accept_one();
            else if (ready == timer_.get())
                answer_due();
            else
                receive(ready);
        }
    }
}

void LatencySink::Loop::accept_one() {
    FileDescriptor socket(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open())
        return;
    int const on = 1;
    int const number = socket.get();
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    watch(number);
    connections_.insert_or_assign(number, Connection{std::move(socket), {}});
}

void LatencySink::Loop::receive(int socket) {
    Connection& connection = connections_.at(socket);
    auto const got = ::recv(socket, received_.data(), received_.size(), 0);
    if (got <= 0) {
        connections_.erase(socket);
        return;
    }
    connection.input.append(received_.data(), static_cast<std::size_t>(got));
    for (;;) {
        std::size_t const end = connection.input.find("\r\n\r\n");
        if (end == std::string::npos)
            return;
        std::string_view const head(connection.input.data(), end + 2);
        std::size_t const whole = end + 4 + number_after<std::size_t>(head, "Content-Length: ");
        if (connection.input.size() < whole)
            return;
        take(std::string_view(connection.input).substr(0, whole), end + 4);
        connection.input.erase(0, whole);
        if (options_.latency == 0ns) {
            answer_to(socket);
            continue;
        }
        due_.push_back({steady_now() + options_.latency, socket});
        if (due_.size() == 1)
            arm();
    }
}

/// The router writes the id first, into a header or a JSON event.
void LatencySink::Loop::take(std::string_view request, std::size_t head_bytes) {
    constexpr std::string_view json_id = "{\"id\":\"";
    std::uint64_t const before = result_.distinct;
    std::string_view const head = request.substr(0, head_bytes);
    if (head.contains("ce-id: "))
        take_event(number_after<std::int32_t>(head, "ce-id: "));
    else
        for (std::size_t at = request.find(json_id, head_bytes); at != std::string_view::npos;
             at = request.find(json_id, at + 1))
            take_event(number_after<std::int32_t>(request.substr(at), json_id));
    if (result_.distinct > before)
        result_.bytes += request.size();
    ++result_.requests;
    if (result_.distinct == seen_.size() && before < seen_.size())
        all_.set_value();
}

void LatencySink::Loop::take_event(std::int32_t key) {
    if (key < options_.first_key || key > options_.last_key)
        return;
    auto const index = static_cast<std::size_t>(key - options_.first_key);
    if (seen_[index]) {
        ++result_.duplicates;
        return;
    }
    seen_[index] = true;
    last_ = steady_now();
    if (result_.distinct == 0)
        first_ = last_;
    ++result_.distinct;
}

void LatencySink::Loop::answer_to(int socket) {
    if (connections_.contains(socket))
        ::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL);
}

void LatencySink::Loop::answer_due() {
    std::uint64_t times = 0;
    [[maybe_unused]] auto const got = ::read(timer_.get(), &times, sizeof(times));
    while (!due_.empty() && due_.front().at <= steady_now()) {
        answer_to(due_.front().socket);
        due_.pop_front();
    }
    if (!due_.empty())
        arm();
}

void LatencySink::Loop::arm() {
    auto const since_epoch = duration_cast<nanoseconds>(due_.front().at.time_since_epoch());
    itimerspec at{};
    at.it_value.tv_sec = since_epoch / 1s;
    at.it_value.tv_nsec = (since_epoch % 1s).count();
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

LatencySink::LatencySink(SinkOptions options) : loop_(std::make_unique<Loop>(options)) {}

LatencySink::~LatencySink() = default;

std::uint16_t LatencySink::port() const {
    return loop_->port();
}

bool LatencySink::wait_for_all(nanoseconds limit) {
    return loop_->wait_for_all(limit);
}

SinkResult LatencySink::stop() {
    return loop_->stop();
}

}  // namespace millrace::bench

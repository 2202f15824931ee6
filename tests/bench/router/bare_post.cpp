// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/router/bare_post.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "common/base/file.hpp"
#include "tests/bench/router/measured_process.hpp"

namespace millrace::bench {
namespace {

constexpr std::size_t connections = 64;

void must(bool done, char const* what) {
    if (!done)
        throw std::system_error(errno, std::generic_category(), what);
}

FileDescriptor connected_to(std::uint16_t port) {
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(port);
    must(
        ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0,
        "connect");
    int const on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

/// A request whose key is written into its place for each event.
class Request {
public:
    explicit Request(std::size_t bytes) {
        text_ = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nce-id: ";
        key_at_ = text_.size();
        text_ += std::string(key_digits, '0') + "\r\nContent-Length: ";
        std::size_t const body = bytes - std::min(bytes, text_.size() + 8);
        text_ += std::to_string(body) + "\r\n\r\n" + std::string(body, 'x');
    }

    std::string const& with_key(std::int32_t key) {
        for (std::size_t i = key_at_ + key_digits; i > key_at_; --i) {
            text_[i - 1] = static_cast<char>('0' + key % 10);
            key /= 10;
        }
        return text_;
    }

private:
    static constexpr std::size_t key_digits = 10;
    std::string text_;
    std::size_t key_at_ = 0;
};

double thread_cpu_us() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double post_all(std::uint16_t port, std::int32_t count, std::size_t bytes) {
    std::vector<FileDescriptor> sockets;
    FileDescriptor const epoll(::epoll_create1(EPOLL_CLOEXEC));
    Request request(bytes);
    std::int32_t next = 1;
    auto const send_next = [&](int socket) {
        std::string const& text = request.with_key(next++);
        must(
            ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()),
            "send");
    };
    for (std::size_t i = 0; i < connections; ++i) {
        sockets.push_back(connected_to(port));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = sockets.back().get();
        must(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.data.fd, &event) == 0, "epoll_ctl");
    }
    double const begun = thread_cpu_us();
    for (std::size_t i = 0; i < connections && next <= count; ++i)
        send_next(sockets[i].get());
    std::array<epoll_event, connections> ready{};
    for (std::int32_t answered = 0; answered < count;) {
        int const found = ::epoll_wait(epoll.get(), ready.data(), connections, -1);
        for (int i = 0; i < found; ++i, ++answered) {
            int const socket = ready[static_cast<std::size_t>(i)].data.fd;
            std::array<char, 1024> answer{};
            must(::recv(socket, answer.data(), answer.size(), 0) > 0, "recv");
            if (next <= count)
                send_next(socket);
        }
    }
    return (thread_cpu_us() - begun) / count;
}

}  // namespace

double bare_post_us(std::uint16_t port, int cpu, std::int32_t count, std::size_t bytes) {
    double us = 0;
    std::exception_ptr failed;
    std::thread([&] {
        try {
            if (cpu >= 0)
                pin_to_cpu(cpu);
            us = post_all(port, count, bytes);
        } catch (std::system_error const&) {
            failed = std::current_exception();
        }
    }).join();
    if (failed)
        std::rethrow_exception(failed);
    return us;
}

}  // namespace millrace::bench

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/broker/load.hpp"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/net/task.hpp"

namespace millrace::bench {
namespace {

using asio::ip::tcp;

tcp::endpoint loopback(std::uint16_t port) {
    return {asio::ip::address_v4::loopback(), port};
}

std::string request_of(std::uint64_t number, unsigned entities) {
    std::string const id = std::to_string(number);
    std::string const entity = "vm-" + std::to_string(number % entities);
    std::string const data = sample_data(entity);
    return "POST /default/default HTTP/1.1\r\nHost: 127.0.0.1\r\nce-specversion: 1.0\r\nce-id: " +
           id +
           "\r\nce-source: https://vcenter.example.com/sdk\r\n"
           "ce-type: com.vmware.vsphere.VmPoweredOnEvent.v0\r\nce-subject: VmPoweredOnEvent\r\n"
           "ce-time: 2026-11-22T10:03:53.472846Z\r\nce-eventclass: event\r\nce-vmname: " +
           entity + "\r\nce-partitionkey: " + entity +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(data.size()) +
           "\r\n\r\n" + data;
}

std::string json_event_of(std::uint64_t number, unsigned entities) {
    std::string const entity = "vm-" + std::to_string(number % entities);
    return R"({"id":")" + std::to_string(number) +
           R"(","source":"https://vcenter.example.com/sdk",)"
           R"("type":"com.vmware.vsphere.VmPoweredOnEvent.v0",)"
           R"("time":"2026-11-22T10:03:53.472846Z","subject":"VmPoweredOnEvent",)"
           R"("eventclass":"event","partitionkey":")" +
           entity + R"(","vmname":")" + entity +
           R"(","specversion":"1.0","datacontenttype":"application/json","data":)" +
           sample_data(entity) + "}";
}

std::string batch_of(std::uint64_t first, std::uint64_t count, unsigned entities) {
    std::string body;
    for (std::uint64_t i = 0; i < count; ++i)
        body += (i == 0 ? "[" : ",") + json_event_of(first + i, entities);
    body += ']';
    return "POST /default/default HTTP/1.1\r\nHost: 127.0.0.1\r\n"
           "Content-Type: application/cloudevents-batch+json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Shared {
    LoadOptions options;
    std::uint64_t next = 0;
    LoadResult result;
};

Task<void> one_connection(tcp::socket socket, Shared& shared) {
    std::string answer;
    while (shared.next < shared.options.events) {
        std::uint64_t const first = shared.next;
        std::uint64_t const count =
            std::min<std::uint64_t>(shared.options.batch, shared.options.events - first);
        shared.next += count;
        std::string const request = shared.options.batch == 1
                                        ? request_of(first, shared.options.entities)
                                        : batch_of(first, count, shared.options.entities);
        co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
        std::size_t const end = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(answer), "\r\n\r\n", asio::use_awaitable);
        bool const taken = answer.starts_with("HTTP/1.1 202");
        (taken ? shared.result.answered : shared.result.refused) += count;
        // Only 202 has no body; after anything else the run is worth nothing.
        if (!taken)
            throw std::runtime_error("Refused: " + answer.substr(0, end));
        answer.erase(0, end);
    }
}

/// Length of the body by its header; the broker always sends one.
std::size_t content_length(std::string_view head) {
    std::size_t const at = head.find("Content-Length: ");
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
    return length;
}

/// Counts on one thread; another waits for a number.
class Count {
public:
    void add_one() {
        if (++value_ < wanted_)
            return;
        // Taking the lock keeps the wake-up from falling between the waiter's look and its wait.
        std::scoped_lock const lock(mutex_);
        reached_.notify_one();
    }
    std::uint64_t value() const { return value_; }
    bool wait_for(std::uint64_t wanted, nanoseconds limit) {
        std::unique_lock lock(mutex_);
        wanted_ = wanted;
        bool const reached =
            reached_.wait_for(lock, limit, [this, wanted] { return value_ >= wanted; });
        wanted_ = UINT64_MAX;
        return reached;
    }

private:
    std::atomic<std::uint64_t> value_ = 0;
    std::atomic<std::uint64_t> wanted_ = UINT64_MAX;
    std::mutex mutex_;
    std::condition_variable reached_;
};

Task<void> serve(tcp::socket socket, Count& count) {
    std::string const answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    std::string input;
    for (;;) {
        auto const [code, end] = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(input), "\r\n\r\n", as_result);
        if (code)
            co_return;
        std::size_t const whole = end + content_length(std::string_view(input).substr(0, end));
        while (input.size() < whole) {
            char more[16'384];
            auto const [read_code, got] =
                co_await socket.async_read_some(asio::buffer(more), as_result);
            if (read_code)
                co_return;
            input.append(more, got);
        }
        input.erase(0, whole);
        count.add_one();
        auto const [write_code, written] =
            co_await asio::async_write(socket, asio::buffer(answer), as_result);
        if (write_code)
            co_return;
    }
}

Task<void> accept_all(tcp::acceptor& acceptor, Count& count) {
    for (;;) {
        auto [code, socket] = co_await acceptor.async_accept(as_result);
        if (code)
            co_return;
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), count), [](auto) {});
    }
}

}  // namespace

std::string sample_data(std::string const& name) {
    std::string data =
        R"({"Key":7311,"ChainId":7309,"CreatedTime":"2026-11-22T10:03:53.472846Z","UserName":"VSPHERE.LOCAL\\ada","Datacenter":{"Name":"DC0","Datacenter":{"Type":"Datacenter","Value":"datacenter-2"}},"ComputeResource":{"Name":"DC0_C0","ComputeResource":{"Type":"ClusterComputeResource","Value":"domain-c29"}},"Host":{"Name":"esx-01.example.com","Host":{"Type":"HostSystem","Value":"host-21"}},"Vm":{"Name":")" +
        name + R"(","Vm":{"Type":"VirtualMachine","Value":")" + name +
        R"("}},"Ds":null,"Net":null,"Dvs":null,"FullFormattedMessage":")" + name +
        R"( on esx-01.example.com in DC0 is powered on","ChangeTag":"","Template":false)";
    std::string const padding = ",\"Padding\":\"";
    constexpr std::size_t wanted = 784;
    if (data.size() + padding.size() + 2 < wanted)
        data += padding + std::string(wanted - data.size() - padding.size() - 2, '.') + "\"";
    return data + "}";
}

LoadResult run_load(LoadOptions const& options) {
    asio::io_context io(1);
    Shared shared{.options = options};
    std::exception_ptr failed;
    for (unsigned i = 0; i < options.connections; ++i) {
        tcp::socket socket(io);
        socket.connect(loopback(options.port));
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(
            io, one_connection(std::move(socket), shared), [&](std::exception_ptr failure) {
                if (failure)
                    failed = failure;
            });
    }
    auto const begin = steady_now();
    io.run();
    shared.result.seconds = std::chrono::duration<double>(steady_now() - begin).count();
    if (failed)
        std::rethrow_exception(failed);
    return shared.result;
}

struct CountingSink::State {
    asio::io_context io{1};
    tcp::acceptor acceptor{io, loopback(0)};
    Count count;
    std::thread thread;
};

CountingSink::CountingSink() : state_(std::make_unique<State>()) {
    asio::co_spawn(state_->io, accept_all(state_->acceptor, state_->count), [](auto) {});
    state_->thread = std::thread([this] { state_->io.run(); });
}

CountingSink::~CountingSink() {
    state_->io.stop();
    state_->thread.join();
}

std::uint64_t CountingSink::count() const {
    return state_->count.value();
}

bool CountingSink::wait_for(std::uint64_t count, nanoseconds limit) {
    return state_->count.wait_for(count, limit);
}

std::uint16_t CountingSink::port() const {
    return state_->acceptor.local_endpoint().port();
}

}  // namespace millrace::bench

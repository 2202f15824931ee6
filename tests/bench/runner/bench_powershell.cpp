// SPDX-License-Identifier: Apache-2.0
// A PowerShell function as it runs in a container, `millrace-runner function` with its worker: from
// the start of the process to the first answered event, then what an event costs. Beside it, in
// turn, a bare pwsh worker with the same handler.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <stdexcept>

#include "common/base/json.hpp"
#include "common/base/log.hpp"
#include "common/net/http_client.hpp"
#include "common/process/spawn.hpp"
#include "runner/powershell/install_powershell.hpp"
#include "tests/bench/read_flags.hpp"
#include "tests/bench/runner/bare_worker.hpp"
#include "tests/bench/runner/process_tree.hpp"

namespace {

using namespace millrace;
using namespace millrace::bench;

constexpr milliseconds poll_interval = 2ms;
constexpr seconds start_limit = 60s;
constexpr char const* event_data =
    R"({"Key":7039,"ChainId":7039,"CreatedTime":"2026-11-22T10:03:53.47284644Z",)"
    R"("UserName":"VSPHERE.LOCAL\\alice","Vm":{"Name":"web-01","Vm":{"Type":"VirtualMachine",)"
    R"("Value":"vm-57"}},"FullFormattedMessage":"web-01 on esx-01 in Munich is powered on"})";

std::vector<Flag> const flags = {
    {.name = "archive", .help = "PowerShell; none: the pwsh on the PATH."},
    {.name = "folder", .help = "Where it is installed for this.", .required = true},
    {.name = "warm", .kind = Flag::Kind::integer, .fallback = "1000", .help = "Events before."},
    {.name = "events",
     .kind = Flag::Kind::integer,
     .fallback = "3000",
     .help = "Events that are measured.",
     .low = 1},
    {.name = "rounds",
     .kind = Flag::Kind::integer,
     .fallback = "5",
     .help = "Starts of each; the middle one counts.",
     .low = 1},
};

/// What one start of a worker showed.
struct Run {
    double first_answer_s = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    double cpu_ms = 0;  ///< an event
    double pss_mib = 0;
};

double seconds_since(SteadyTime from) {
    return std::chrono::duration<double>(steady_now() - from).count();
}

/// `handle` has one event handled, and does not return before.
template <class Handle>
Run measure(FlagValues const& values, SteadyTime begun, pid_t process, Handle handle) {
    Run run;
    handle();
    run.first_answer_s = seconds_since(begun);
    for (std::int64_t i = 0; i < values.integer("warm"); ++i)
        handle();
    TreeCost const before = cost_of_tree(process);
    std::vector<double> times;
    for (std::int64_t i = 0; i < values.integer("events"); ++i) {
        auto const from = steady_now();
        handle();
        times.push_back(seconds_since(from) * 1e3);
    }
    TreeCost const after = cost_of_tree(process);
    std::ranges::sort(times);
    run.p50_ms = times[times.size() / 2];
    run.p99_ms = times[times.size() * 99 / 100];
    run.cpu_ms = std::chrono::duration<double, std::milli>(after.cpu - before.cpu).count() /
                 static_cast<double>(times.size());
    run.pss_mib = after.pss_mib;
    return run;
}

/// `millrace-runner function` with the echo; ended with the object.
class RunningFunction {
public:
    RunningFunction(std::string const& powershell, std::filesystem::path state)
        : address_(state / "address.json") {
        std::filesystem::remove_all(state);
        std::filesystem::create_directories(state);
        std::string const source = MILLRACE_SOURCE_DIR;
        ChildCommand command;
        command.arguments = {
            std::string(MILLRACE_BINARY_DIR) + "/millrace-runner",
            "function",
            "--name=echo",
            "--runtime=powershell",
            "--code=" + source + "/tests/bench/runner/echo",
            "--runtimes=" + source + "/services/runner/runtimes",
            "--powershell=" + powershell,
            "--state=" + state.string(),
            "--listen=127.0.0.1:0",
            "--log-level=error",
            "--address-file=" + address_.string()};
        auto const started = spawn_child(command);
        if (!started)
            throw std::runtime_error(started.error().detail);
        pid_ = *started;
    }
    ~RunningFunction() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }
    RunningFunction(RunningFunction const&) = delete;
    RunningFunction& operator=(RunningFunction const&) = delete;

    pid_t pid() const { return pid_; }
    /// Posts one event; until the worker is ready it is posted again.
    void handle() {
        auto const deadline = steady_now() + start_limit;
        while (steady_now() < deadline) {
            int const status = post();
            if (status == 202)
                return;
            if (status != 0 && status != 503)
                throw std::runtime_error("The function answered " + std::to_string(status) + ".");
        }
        throw std::runtime_error("The function does not answer.");
    }

private:
    /// The status; 0: nobody listens yet.
    int post() {
        int status = 0;
        asio::co_spawn(
            io_,
            [](RunningFunction& self, int& into) -> Task<void> {
                into = co_await self.post_once();
            }(*this, status),
            [](std::exception_ptr fault) {
                if (fault)
                    std::rethrow_exception(fault);
            });
        io_.restart();
        while (!done_)
            io_.run_one();
        done_ = false;
        return status;
    }

    Task<int> post_once() {
        int status = 0;
        if (url_.empty())
            url_ = string_at(
                parse_json(read_file(address_, 4096).value_or("")).value_or(Json()), "url");
        if (!url_.empty()) {
            HttpRequest request;
            request.method = "POST";
            request.headers = {
                {"ce-specversion", "1.0"},
                {"ce-id", "7039"},
                {"ce-source", "https://vcenter.example.com/sdk"},
                {"ce-type", "com.vmware.vsphere.VmPoweredOnEvent.v0"},
                {"ce-subject", "VmPoweredOnEvent"},
                {"Content-Type", "application/json"}};
            request.body = event_data;
            auto const answer = co_await client_.send(parse_url(url_).value(), request, 20s);
            status = answer ? answer->status : 0;
        }
        if (status != 202)
            co_await sleep_for(poll_interval);
        done_ = true;
        co_return status;
    }

    std::filesystem::path address_;
    pid_t pid_ = -1;
    asio::io_context io_{1};
    HttpClient client_{io_.get_executor(), {}};
    std::string url_;
    bool done_ = false;
};

double median(std::vector<Run> const& runs, double Run::* what) {
    std::vector<double> values;
    for (Run const& run : runs)
        values.push_back(run.*what);
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void print(std::string const& who, std::vector<Run> const& runs) {
    struct Figure {
        char const* name;
        char const* unit;
        double Run::* what;
    };
    for (auto const& [name, unit, what] :
         {Figure{"process start to first answered event", "s", &Run::first_answer_s},
          Figure{"warm echo p50", "ms", &Run::p50_ms}, Figure{"warm echo p99", "ms", &Run::p99_ms},
          Figure{"CPU", "ms/event", &Run::cpu_ms}, Figure{"PSS", "MiB", &Run::pss_mib}}) {
        Json line = Json::object();
        line["bench"] = who + ": " + name;
        line["value"] = median(runs, what);
        line["unit"] = unit;
        line["rounds"] = Json::array();
        for (Run const& run : runs)
            line["rounds"].push_back(run.*what);
        std::printf("%s\n", dump_json(line).c_str());
    }
}

void run_all(FlagValues const& values) {
    std::filesystem::path const folder = values.text("folder");
    auto const powershell = runner::install_powershell(
        {.archive = values.text("archive"),
         .sha256 = {},
         .modules = {},
         .runtime =
             std::filesystem::path(MILLRACE_SOURCE_DIR) / "services/runner/runtimes/powershell",
         .folder = folder});
    if (!powershell)
        throw std::runtime_error(powershell.error().detail);
    auto const home = folder / "bench-home";
    // Where pwsh keeps what it has learned of a start, if it is there.
    std::filesystem::create_directories(home / ".cache" / "powershell");
    std::string const event =
        std::string(R"({"id":"7039","source":"https://vcenter.example.com/sdk",)") +
        R"("type":"com.vmware.vsphere.VmPoweredOnEvent.v0",)"
        R"("subject":"VmPoweredOnEvent","data":)" +
        dump_json(Json(event_data)) + "}";
    std::vector<Run> ours;
    std::vector<Run> bare;
    for (std::int64_t round = 0; round < values.integer("rounds"); ++round) {
        auto const begun = steady_now();
        RunningFunction function(folder.string(), folder / "bench-state");
        ours.push_back(measure(values, begun, function.pid(), [&] { function.handle(); }));
        auto const bare_begun = steady_now();
        BareWorker worker(*powershell, home);
        bare.push_back(measure(values, bare_begun, worker.pid(), [&] { worker.handle(event); }));
    }
    print("powershell", ours);
    print("bare pwsh worker, for comparison", bare);
}

}  // namespace

int main(int argument_count, char** arguments) {
    FlagValues const values = read_flags("bench_powershell", flags, argument_count, arguments);
    log::configure("bench", log::Level::warn, log::Format::text);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        run_all(values);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "simulator/simulator_service.hpp"

#include <charconv>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "simulator/control_api.hpp"
#include "simulator/datacentre/burst.hpp"
#include "simulator/datacentre/story.hpp"
#include "simulator/vcenter_listener.hpp"

namespace millrace::simulator {
namespace {

constexpr std::size_t password_bytes_max = 4'096;
constexpr std::size_t soap_body_bytes_max = 4 << 20;
constexpr milliseconds tick_max = 1s;
constexpr int certificate_days = 3650;
constexpr std::string_view default_password = "millrace";

std::vector<Flag> simulator_flags() {
    using Kind = Flag::Kind;
    return {
        {.name = "vcenter-listen",
         .fallback = "127.0.0.1:0",
         .help = "Address and port of the simulated vCenter; port 0: any."},
        {.name = "vcenter-address-file", .help = "File that gets the vCenter's URL as JSON."},
        {.name = "certificate-file", .help = "File that gets the vCenter's certificate as PEM."},
        {.name = "tls",
         .kind = Kind::boolean,
         .fallback = "true",
         .help = "HTTPS with an own certificate; --no-tls: plain HTTP, for benchmarks."},
        {.name = "username",
         .fallback = "administrator@vsphere.local",
         .help = "User the vCenter accepts."},
        {.name = "vrops-username",
         .fallback = "admin",
         .help = "User vRealize Operations accepts."},
        {.name = "password-file", .help = "File with the password of both; none: \"millrace\"."},
        {.name = "session-idle",
         .kind = Kind::duration_ms,
         .fallback = "30m",
         .help = "Idle sessions end after this.",
         .low = 100},
        {.name = "operation-step",
         .kind = Kind::duration_ms,
         .fallback = "400ms",
         .help = "Pause between the steps of an operation; 0: none.",
         .high = 60'000},
        {.name = "first-event-key",
         .kind = Kind::integer,
         .fallback = "7001",
         .help = "Key of the first event.",
         .low = 1,
         .high = INT32_MAX},
        {.name = "story",
         .kind = Kind::boolean,
         .fallback = "true",
         .help = "Everyday life in the data centre; --no-story: only what is asked for."},
        {.name = "rate", .fallback = "1", .help = "The story's events per second, 0.01 to 10000."},
        {.name = "seed", .kind = Kind::integer, .fallback = "1", .help = "The story's seed."},
        {.name = "hostile-names",
         .kind = Kind::boolean,
         .help = "Adds virtual machines whose names break careless consumers."}};
}

Secret read_password(std::string const& file) {
    if (file.empty())
        return Secret(std::string(default_password));
    auto content = read_file(file, password_bytes_max);
    if (!content)
        throw StartupError("--password-file: " + content.error().detail);
    while (content->ends_with('\n') || content->ends_with('\r'))
        content->pop_back();
    if (content->empty())
        throw StartupError("--password-file: " + file + " is empty.");
    return Secret(std::move(*content));
}

double read_rate(std::string const& text) {
    double rate = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), rate);
    if (code != std::errc() || end != text.data() + text.size() || rate < 0.01 || rate > 1e4) {
        throw StartupError("--rate: \"" + text + "\" must be a number from 0.01 to 10000.");
    }
    return rate;
}

void write_or_throw(std::string_view flag, std::string const& file, std::string const& content) {
    if (file.empty())
        return;
    auto const written = write_file_atomic(file, content, 0600);
    if (!written)
        throw StartupError("--" + std::string(flag) + ": " + written.error().detail);
}

SimulationOptions options_of(FlagValues const& flags) {
    SimulationOptions options;
    options.inventory.hostile_names = flags.boolean("hostile-names");
    options.first_event_key = static_cast<std::int32_t>(flags.integer("first-event-key"));
    options.operation_step = flags.duration("operation-step");
    options.session_idle = flags.duration("session-idle");
    options.user_name = flags.text("username");
    options.vrops_user_name = flags.text("vrops-username");
    options.password = read_password(flags.text("password-file"));
    return options;
}

/// `certificate_pem` gets the certificate it serves; empty without TLS.
HttpServerOptions server_options(FlagValues const& flags, std::string& certificate_pem) {
    auto const& text = flags.text("vcenter-listen");
    auto const colon = text.rfind(':');
    auto const* const end = text.data() + text.size();
    auto const* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
    unsigned port = 0;
    auto const [rest, fault] = std::from_chars(digits, end, port);
    if (colon == 0 || fault != std::errc() || rest != end || port > 65'535) {
        throw StartupError(
            "--vcenter-listen: \"" + text + "\" must be ADDRESS:PORT, such as 127.0.0.1:0.");
    }
    HttpServerOptions options;
    options.address = text.substr(0, colon);
    options.port = static_cast<std::uint16_t>(port);
    options.body_bytes_max = soap_body_bytes_max;
    if (!flags.boolean("tls"))
        return options;
    auto const certificate =
        make_self_signed_certificate({"localhost", "127.0.0.1", options.address}, certificate_days);
    if (!certificate)
        throw StartupError("--tls: " + certificate.error().detail);
    auto context = TlsContext::server(*certificate);
    if (!context)
        throw StartupError("--tls: " + context.error().detail);
    options.tls = std::move(*context);
    certificate_pem = certificate->certificate_pem;
    write_or_throw("certificate-file", flags.text("certificate-file"), certificate_pem);
    return options;
}

class SimulatorService final : public Service {
public:
    explicit SimulatorService(ServiceContext context)
        : world_(options_of(context.flags), system_now()),
          bursts_(world_),
          changed_(context.io.get_executor()),
          listener_(world_, changed_),
          control_(world_, bursts_),
          server_(
              context.io.get_executor(), server_options(context.flags, certificate_pem_),
              [this](HttpRequest& request) { return listener_.handle(request); }),
          tasks_(context.io.get_executor()),
          rate_(read_rate(context.flags.text("rate"))),
          seed_(static_cast<std::uint64_t>(context.flags.integer("seed"))),
          tells_story_(context.flags.boolean("story")),
          events_(context.telemetry.gauge(
              "millrace_simulator_events", "Events made since the start.")) {
        // A new history, whose keys begin anew, is another vCenter to whoever knew the one before.
        world_.inventory.instance_uuid = random_uuid();
        write_address(context.flags);
    }

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override { return {}; }
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    void write_address(FlagValues const& flags);
    Json connection() const;
    Task<void> run();
    nanoseconds pause_until_next(SystemTime now) const;

    Simulation world_;
    Bursts bursts_;
    AsyncSignal changed_;
    VcenterListener listener_;
    ControlApi control_;
    std::string certificate_pem_;
    HttpServer server_;
    TaskGroup tasks_;
    double rate_;
    std::uint64_t seed_;
    bool tells_story_;
    std::optional<Story> story_;
    Gauge& events_;
};

void SimulatorService::write_address(FlagValues const& flags) {
    Json const address{
        {"url", server_.url() + "/sdk"},
        {"vropsUrl", server_.url() + "/suite-api"},
        {"certificateFile", flags.text("certificate-file")},
        {"username", flags.text("username")},
        {"vropsUsername", flags.text("vrops-username")}};
    write_or_throw(
        "vcenter-address-file", flags.text("vcenter-address-file"), dump_json_pretty(address));
    log::info("The simulated vCenter listens.", {{"url", server_.url() + "/sdk"}});
}

/// All a client needs. The password is that of a simulation, told only to who has the token.
Json SimulatorService::connection() const {
    return Json{
        {"vcenterUrl", server_.url() + "/sdk"},
        {"vcenterUsername", world_.options.user_name},
        {"vcenterPassword", world_.options.password.reveal()},
        {"operationsUrl", server_.url()},
        {"operationsUsername", world_.options.vrops_user_name},
        {"operationsPassword", world_.options.password.reveal()},
        {"certificateAuthority", certificate_pem_}};
}

Task<HttpAnswer> SimulatorService::handle(HttpRequest& request) {
    if (request.method == "GET" && request.path == "/api/v1/connection")
        co_return json_answer(200, dump_json(connection()));
    auto const before = world_.generation();
    auto const answer = control_.answer(request, system_now());
    if (world_.generation() != before)
        changed_.notify();
    if (answer.problem_code.empty())
        co_return json_answer(answer.status, answer.json);
    co_return problem_answer(answer.status, answer.problem_code, answer.problem_detail);
}

Json SimulatorService::status() const {
    return Json{
        {"vcenter", server_.url() + "/sdk"},
        {"events", world_.events.size()},
        {"eventBytes", world_.events.bytes()},
        {"sessions", world_.sessions.all().size()},
        {"story", tells_story_}};
}

Task<void> SimulatorService::start() {
    server_.start();
    if (tells_story_)
        story_.emplace(world_, StoryOptions{seed_, rate_}, system_now());
    tasks_.spawn("simulation", run());
    co_return;
}

Task<void> SimulatorService::stop() {
    co_await tasks_.stop(1s);
    co_await server_.stop(1s);
}

nanoseconds SimulatorService::pause_until_next(SystemTime now) const {
    auto next = now + tick_max;
    if (auto const due = world_.schedule.next())
        next = std::min(next, *due);
    if (story_)
        next = std::min(next, story_->next());
    return std::max<nanoseconds>(next - now, 0ns);
}

/// Time's hand: does what is due, tells those who wait, sleeps until something is due again or a
/// call has put something new into the schedule.
Task<void> SimulatorService::run() {
    for (bool go_on = true; go_on;) {
        auto const now = system_now();
        auto const before = world_.generation();
        world_.advance(now);
        if (story_)
            story_->advance(now);
        events_.set(static_cast<std::int64_t>(world_.events.size()));
        if (world_.generation() != before)
            changed_.notify();
        go_on = (co_await changed_.wait(pause_until_next(system_now()))).has_value();
    }
}

}  // namespace

ServiceDescription simulator_description() {
    return {
        .name = "simulator",
        .usage =
            "millrace-simulator [--flag ...]: a vCenter and a vRealize Operations to try "
            "things with",
        .flags = simulator_flags(),
        .make = make_simulator};
}

std::unique_ptr<Service> make_simulator(ServiceContext context) {
    return std::make_unique<SimulatorService>(context);
}

}  // namespace millrace::simulator

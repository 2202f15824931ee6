// SPDX-License-Identifier: Apache-2.0
#include "cli/up_plan.hpp"

#include <charconv>

#include "common/net/http_client.hpp"

namespace millrace::cli {
namespace {

using Kind = Flag::Kind;

void check_file(Faults& faults, char const* flag, std::filesystem::path const& path) {
    if (!std::filesystem::exists(path))
        faults.push_back({flag, "There is no " + path.string() + "."});
}

bool is_rate(std::string_view text) {
    double rate = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
    return error == std::errc() && stop == text.data() + text.size() && rate >= 0.01 &&
           rate <= 10'000;
}

bool is_address_and_port(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
        return false;
    std::string_view const digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    auto const [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return !digits.empty() && error == std::errc() && stop == digits.data() + digits.size();
}

void check_texts(UpOptions const& options, Faults& faults) {
    if (!is_rate(options.rate))
        faults.push_back(
            {"--rate", "\"" + options.rate + "\" must be a number from 0.01 to 10000."});
    if (!is_address_and_port(options.console_listen))
        faults.push_back(
            {"--console-listen",
             "\"" + options.console_listen + "\" must be ADDRESS:PORT, such as 127.0.0.1:8080."});
}

void read_source(FlagValues const& flags, UpOptions& options, Faults& faults) {
    bool const has_vcenter = flags.given("vcenter");
    options.source = has_vcenter              ? SourceMode::vcenter
                     : flags.boolean("vcsim") ? SourceMode::vcsim
                                              : SourceMode::simulator;
    if (has_vcenter && flags.boolean("vcsim"))
        faults.push_back({"--vcsim", "does not go with --vcenter; choose one."});
    if (has_vcenter) {
        if (auto const url = parse_url(options.vcenter); !url)
            faults.push_back({"--vcenter", url.error().detail});
        if (options.user.empty())
            faults.push_back({"--username", "is needed with --vcenter."});
    }
    for (auto const* name : {"username", "password-file", "ca-file", "insecure"})
        if (flags.given(name) && !has_vcenter)
            faults.push_back({"--" + std::string(name), "goes only with --vcenter."});
    if (!options.password_file.empty())
        check_file(faults, "--password-file", options.password_file);
    if (!options.authorities_file.empty())
        check_file(faults, "--ca-file", options.authorities_file);
    if (options.source == SourceMode::vcsim)
        check_file(faults, "--vcsim-program", options.vcsim_program);
}

void read_powershell(FlagValues const& flags, UpOptions& options, Faults& faults) {
    options.powershell = flags.text("powershell");
    options.powershell_sha256 = flags.text("powershell-sha256");
    options.powershell_modules = flags.text("powershell-modules");
    if (!options.powershell.empty())
        check_file(faults, "--powershell", options.powershell);
    if (!options.powershell_modules.empty())
        check_file(faults, "--powershell-modules", options.powershell_modules);
    if (flags.given("powershell-sha256") && options.powershell.empty())
        faults.push_back({"--powershell-sha256", "goes only with --powershell."});
}

class Planner {
public:
    explicit Planner(UpOptions const& options) : options_(options), run_(options.state / "run") {}

    PlannedService service(std::string const& name, std::vector<std::string> more) const {
        PlannedService planned;
        planned.name = name;
        planned.listen = "127.0.0.1:0";
        planned.address_file = run_ / (name + ".json");
        planned.arguments = {(options_.programs / ("millrace-" + name)).string()};
        // The runner's mode comes before its flags.
        if (name == "runner")
            planned.arguments.emplace_back("host");
        for (auto const& [flag, value] : std::vector<std::pair<std::string, std::string>>{
                 {"--state", options_.state.string()},
                 {"--address-file", planned.address_file.string()},
                 {"--api-token-file", (run_ / "token").string()}}) {
            planned.arguments.push_back(flag);
            planned.arguments.push_back(value);
        }
        planned.arguments.insert(planned.arguments.end(), more.begin(), more.end());
        return planned;
    }

    PlannedService simulator() const {
        std::vector<std::string> more = {
            "--vcenter-address-file",
            (run_ / "vcenter.json").string(),
            "--certificate-file",
            (run_ / "vcenter.pem").string(),
            "--rate",
            options_.rate};
        if (options_.hostile_names)
            more.emplace_back("--hostile-names");
        return service("simulator", more);
    }

    PlannedService vcsim() const {
        PlannedService planned;
        planned.name = "vcsim";
        planned.is_millrace = false;
        planned.address_file = run_ / "vcenter.json";
        planned.arguments = {
            options_.vcsim_program.string(), "-address-file", planned.address_file.string(),
            "-certificate-file", (run_ / "vcenter.pem").string()};
        return planned;
    }

private:
    UpOptions const& options_;
    std::filesystem::path run_;
};

}  // namespace

std::vector<Flag> up_flags() {
    return {
        {.name = "state", .fallback = ".millrace", .help = "Folder of objects, events and logs."},
        {.name = "console-listen",
         .fallback = "127.0.0.1:8080",
         .help = "Address and port of the web UI."},
        {.name = "vcenter", .help = "URL of a real vCenter to read instead of the simulated one."},
        {.name = "username", .help = "Its user."},
        {.name = "password-file", .help = "File with the password; without it, it is asked for."},
        {.name = "ca-file", .help = "PEM file of the authority that signed its certificate."},
        {.name = "insecure", .kind = Kind::boolean, .help = "Do not verify its certificate."},
        {.name = "vcsim", .kind = Kind::boolean, .help = "Read govmomi's vcsim instead."},
        {.name = "vcsim-program", .help = "Where vcsim is; scripts/run sets it."},
        {.name = "rate", .fallback = "1", .help = "Events per second of the simulated vCenter."},
        {.name = "hostile-names",
         .kind = Kind::boolean,
         .help = "Simulated virtual machines get names that break careless programs."},
        {.name = "web", .fallback = "services/console/web/dist", .help = "Folder of the web UI."},
        {.name = "bill", .help = "Folder of the bill of materials; scripts/run sets it."},
        {.name = "recipes", .fallback = "appliance/functions", .help = "Folder of the recipes."},
        {.name = "runtimes",
         .fallback = "services/runner/runtimes",
         .help = "Folder of the runtimes' workers."},
        {.name = "powershell",
         .help =
             "PowerShell for functions: its archive, powershell-7.x.y-linux-x64.tar.gz; it stays "
             "in the state. Without it the pwsh on the PATH is used."},
        {.name = "powershell-sha256", .help = "SHA-256 that this archive must have."},
        {.name = "powershell-modules",
         .help =
             "Folder, .zip, .tar.gz or .nupkg of more modules for PowerShell functions: PowerCLI."},
        {.name = "help", .kind = Kind::boolean, .help = "Shows this text."},
    };
}

Checked<UpOptions> read_up_options(FlagValues const& flags, std::filesystem::path programs) {
    UpOptions options;
    Faults faults;
    options.state = std::filesystem::absolute(flags.text("state"));
    options.programs = std::move(programs);
    options.web = flags.text("web");
    options.recipes = flags.text("recipes");
    options.bill = flags.text("bill");
    options.runtimes = flags.text("runtimes");
    options.console_listen = flags.text("console-listen");
    options.vcenter = flags.text("vcenter");
    options.user = flags.text("username");
    options.password_file = flags.text("password-file");
    options.authorities_file = flags.text("ca-file");
    options.verify_tls = !flags.boolean("insecure");
    options.vcsim_program = flags.text("vcsim-program");
    read_powershell(flags, options, faults);
    options.rate = flags.text("rate");
    options.hostile_names = flags.boolean("hostile-names");
    check_texts(options, faults);
    read_source(flags, options, faults);
    check_file(faults, "--web", options.web / "index.html");
    check_file(faults, "--recipes", options.recipes);
    check_file(faults, "--runtimes", options.runtimes);
    if (!options.bill.empty())
        check_file(faults, "--bill", options.bill);
    for (std::string const& argument : flags.arguments)
        faults.push_back(unexpected_word(up_flags(), argument));
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return options;
}

std::filesystem::path powershell_folder(UpOptions const& options) {
    return options.state / "powershell";
}

std::vector<PlannedService> plan_services(UpOptions const& options, bool has_powershell) {
    Planner const planner(options);
    std::vector<PlannedService> services;
    if (options.source == SourceMode::simulator)
        services.push_back(planner.simulator());
    if (options.source == SourceMode::vcsim)
        services.push_back(planner.vcsim());
    services.push_back(planner.service("broker", {}));
    std::vector<std::string> runner = {"--runtimes", options.runtimes.string()};
    if (has_powershell) {
        runner.emplace_back("--powershell");
        runner.push_back(powershell_folder(options).string());
    }
    services.push_back(planner.service("runner", std::move(runner)));
    services.push_back(planner.service("router", {}));
    // A vCenter that cannot be reached must not keep the web UI from coming up to say so.
    services.back().probe = "/healthz";
    services.push_back(planner.service(
        "console", {"--web", options.web.string(), "--recipes", options.recipes.string(), "--bill",
                    options.bill.string(), "--login-url-file",
                    (options.state / "run" / "login-url").string()}));
    services.back().listen = options.console_listen;
    return services;
}

}  // namespace millrace::cli

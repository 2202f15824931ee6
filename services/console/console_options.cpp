// SPDX-License-Identifier: Apache-2.0
#include "console/console_options.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/host_name.hpp"
#include "common/base/log.hpp"
#include "common/kube/store/store_choice.hpp"
#include "console/auth/kept_certificate.hpp"
#include "console/functions/function_edit.hpp"
#include "console/host/knative_host.hpp"
#include "console/host/runner_host.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t secret_file_bytes_max = 4096;
constexpr std::size_t certificate_bytes_max = std::size_t{1} << 20;

std::string read_line(char const* flag, std::string const& file) {
    auto content = read_file(file, secret_file_bytes_max);
    if (!content)
        throw StartupError(std::string(flag) + ": " + content.error().detail);
    while (content->ends_with('\n') || content->ends_with('\r'))
        content->pop_back();
    return std::move(*content);
}

/// What the console may be called by, but for addresses that stand for every one.
std::vector<std::string> certificate_names(FlagValues const& flags) {
    std::vector<std::string> names;
    for (std::string name : allowed_hosts(flags)) {
        if (name.starts_with('[') && name.ends_with(']'))
            name = name.substr(1, name.size() - 2);
        if (!name.empty() && name != "0.0.0.0" && name != "::")
            names.push_back(std::move(name));
    }
    return names;
}

/// For who shows by what the console can be known.
void copy_certificate(FlagValues const& flags, std::string const& chain_pem) {
    std::string const& file = flags.text("certificate-copy");
    if (file.empty())
        return;
    if (auto const written = write_file_atomic(file, chain_pem, 0644, Durability::process);
        !written)
        throw StartupError("--certificate-copy: " + written.error().detail);
    // Whatever the umask: nothing of it is secret.
    using std::filesystem::perms;
    std::filesystem::permissions(
        file, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
}

}  // namespace

bool is_loopback(std::string const& listen) {
    return listen.starts_with("127.") || listen.starts_with("[::1]") ||
           listen.starts_with("localhost:");
}

Secret read_token(FlagValues const& flags) {
    std::string const& file = flags.text("api-token-file");
    if (file.empty())
        throw StartupError("--api-token-file is needed to ask the other services.");
    return Secret(read_line("--api-token-file", file));
}

std::vector<Recipe> load_recipes(std::filesystem::path const& folder) {
    std::vector<Recipe> recipes;
    Faults faults;
    auto const entries = list_folder(folder);
    if (!entries)
        throw StartupError("--recipes: " + entries.error().detail);
    for (std::filesystem::path const& entry : *entries) {
        std::error_code unknown;
        if (!std::filesystem::is_directory(entry, unknown))
            continue;
        auto recipe = load_recipe(entry);
        if (recipe)
            recipes.push_back(std::move(*recipe));
        else
            faults.insert(faults.end(), recipe.error().begin(), recipe.error().end());
    }
    if (!faults.empty())
        throw StartupError("--recipes:\n" + to_string(faults));
    std::ranges::sort(recipes, {}, &Recipe::title);
    return recipes;
}

SessionLimits session_limits(FlagValues const& flags) {
    SessionLimits limits;
    limits.idle = std::chrono::ceil<seconds>(flags.duration("session-idle"));
    limits.absolute = std::chrono::ceil<seconds>(flags.duration("session-age"));
    limits.code_age = std::chrono::ceil<seconds>(flags.duration("login-url-age"));
    return limits;
}

Login load_login(FlagValues const& flags) {
    std::string const& file = flags.text("password-file");
    if (file.empty() && is_loopback(flags.text("listen")))
        return {};
    if (file.empty())
        throw StartupError("--password-file is needed where the console listens beyond loopback.");
    auto login = parse_login(read_line("--password-file", file));
    if (!login)
        throw StartupError("--password-file: " + login.error().detail);
    return std::move(*login);
}

std::set<std::string> allowed_hosts(FlagValues const& flags) {
    std::set<std::string> hosts = {"127.0.0.1", "localhost", "[::1]"};
    if (std::string name = host_name(); !name.empty())
        hosts.insert(std::move(name));
    std::string const& listen = flags.text("listen");
    hosts.insert(listen.substr(0, listen.rfind(':')));
    for (std::string& host : flags.list("host"))
        hosts.insert(std::move(host));
    return hosts;
}

std::vector<Flag> console_flags() {
    return {
        store_flag(),
        {.name = "namespace",
         .fallback = "default",
         .help = "Namespace of the functions, with their code, Secrets and Triggers."},
        {.name = "image-prefix",
         .fallback = built_image_prefix,
         .help = "Where new functions get the runtimes' images from."},
        {.name = "proxy-secret",
         .help = "Secret that new functions read where there is one: HTTP_PROXY and the like."},
        {.name = "broker-url", .help = "Where the broker is; none: its file in run of --state."},
        {.name = "router-url", .help = "Where the router is; none: its file in run of --state."},
        {.name = "simulator-url",
         .help = "Where the simulator is; none: its file in run of --state."},
        {.name = "web", .fallback = "services/console/web/dist", .help = "Folder of the web UI."},
        {.name = "recipes", .fallback = "appliance/functions", .help = "Folder of the recipes."},
        {.name = "bill",
         .help = "Folder of what this installation is made of (appliance/bill-of-materials); none: "
                 "the page About shows nothing of it."},
        {.name = "login-url-file", .help = "File that gets the one-time login URL."},
        {.name = "password-file",
         .help = "File with the password of \"admin\", or what hash-password writes; needed beyond "
                 "loopback."},
        {.name = "host", .help = "More names the console is called by, separated by commas."},
        {.name = "tls-certificate-file", .help = "PEM file of the certificate chain."},
        {.name = "tls-key-file", .help = "PEM file of its private key."},
        {.name = "certificate-copy",
         .help = "File that gets the certificate which is served, for others to show."},
        {.name = "configurator",
         .help = "Socket of the appliance's configurator: until it is configured, the console "
                 "serves the set-up page alone; then who has signed in can change it."},
        {.name = "session-idle",
         .kind = Flag::Kind::duration_ms,
         .fallback = "30m",
         .help = "A session that is not used for so long ends.",
         .low = 1'000,
         .high = 8L * 3'600'000},
        {.name = "session-age",
         .kind = Flag::Kind::duration_ms,
         .fallback = "12h",
         .help = "A session ends after this at the latest.",
         .low = 1'000,
         .high = 24L * 3'600'000},
        {.name = "login-url-age",
         .kind = Flag::Kind::duration_ms,
         .fallback = "24h",
         .help = "How long the one-time login URL works.",
         .low = 1'000,
         .high = 7 * 24L * 3'600'000},
    };
}

std::optional<TlsContext> console_tls(FlagValues const& flags) {
    std::string const& file = flags.text("tls-certificate-file");
    if (file.empty())
        return own_tls(flags);
    auto context = TlsContext::server(CertificateFiles{file, flags.text("tls-key-file")});
    if (!context)
        throw StartupError("TLS: " + context.error().detail);
    auto const chain = read_file(file, certificate_bytes_max);
    if (!chain)
        throw StartupError("TLS: " + chain.error().detail);
    copy_certificate(flags, *chain);
    return std::move(*context);
}

std::optional<TlsContext> own_tls(FlagValues const& flags) {
    if (is_loopback(flags.text("listen")))
        return std::nullopt;
    auto const kept = keep_certificate(
        std::filesystem::path(flags.text("state")) / "console", certificate_names(flags),
        system_now());
    if (!kept)
        throw StartupError("TLS: " + kept.error().detail);
    auto context = TlsContext::server(*kept);
    if (!context)
        throw StartupError("TLS: " + context.error().detail);
    copy_certificate(flags, kept->certificate_pem);
    log::info(
        "Serving a self-signed certificate.",
        {{"sha256", certificate_fingerprint(kept->certificate_pem).value_or("")}});
    return std::move(*context);
}

ServicePlaces service_places(FlagValues const& flags) {
    ServicePlaces places;
    if (!is_in_kubernetes(flags))
        places.run_folder = std::filesystem::path(flags.text("state")) / "run";
    for (std::string const service : {"broker", "router", "simulator"})
        if (std::string const& url = flags.text(service + "-url"); !url.empty()) {
            if (auto const parsed = parse_url(url); !parsed)
                throw StartupError("--" + service + "-url: " + parsed.error().detail);
            places.urls[service] = url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
        }
    places.remedy = is_in_kubernetes(flags)
                        ? "Kubernetes starts it again by itself; if it stays away, kubectl logs "
                          "says why."
                        : "It is started again by itself; if it stays away, its log says why.";
    return places;
}

std::unique_ptr<FunctionHost> open_function_host(
    asio::any_io_executor executor, FlagValues const& flags, ResourceStore& store,
    Upstream& upstream) {
    std::string const& name_space = flags.text("namespace");
    if (is_in_kubernetes(flags))
        return std::make_unique<KnativeHost>(
            executor, store, open_pod_logs(executor, flags), open_cluster_versions(executor, flags),
            name_space);
    return std::make_unique<RunnerHost>(upstream, name_space);
}

}  // namespace millrace::console

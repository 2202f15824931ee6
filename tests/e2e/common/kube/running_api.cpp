// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/common/kube/running_api.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::test {
namespace {

constexpr milliseconds ready_limit = 30s;

std::string folder_of_environment(char const* name) {
    char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value == nullptr)
        throw std::runtime_error(std::string(name) + " is not set; run scripts/test kubernetes");
    return value;
}

std::filesystem::path program(std::string const& name) {
    return std::filesystem::path(folder_of_environment("MILLRACE_UPSTREAM")) / name;
}

std::uint16_t free_port() {
    asio::io_context io;
    asio::ip::tcp::acceptor const acceptor(
        io, {asio::ip::address_v4::loopback(), 0}, /*reuse_addr=*/true);
    return acceptor.local_endpoint().port();
}

std::string run_or_fail(std::string const& line) {
    auto const ended = run_shell(line);
    INFO(line << "\n" << ended.output);
    REQUIRE(ended.status == "ended with status 0");
    return ended.output;
}

void make_credentials(std::filesystem::path const& folder) {
    run_or_fail(
        MILLRACE_SOURCE_DIR "/tests/e2e/common/kube/make-credentials '" + folder.string() + "' " +
        std::string(token_without_rights) + " 2>&1");
}

void write_kubeconfig(std::filesystem::path const& file, std::string const& server) {
    std::string const text =
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
        "contexts: [{name: test, context: {cluster: test, user: admin}}]\n"
        "clusters: [{name: test, cluster: {server: '" +
        server +
        "', certificate-authority: ca.crt}}]\n"
        "users: [{name: admin, user: {client-certificate: admin.crt, client-key: admin.key}}]\n";
    REQUIRE(write_file_atomic(file, text, 0600));
}

ChildLaunch etcd_launch(std::filesystem::path const& folder, std::uint16_t port) {
    std::string const client = "http://127.0.0.1:" + std::to_string(port);
    std::string const peer = "http://127.0.0.1:" + std::to_string(free_port());
    return {
        .program = "/usr/bin/etcd",
        .arguments =
            {"--data-dir", (folder / "etcd").string(), "--listen-client-urls", client,
             "--advertise-client-urls", client, "--listen-peer-urls", peer,
             "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer,
             "--unsafe-no-fsync"},
        .log_file = folder / "etcd.log",
        .address_file = {},
        .has_listen_flag = false};
}

ChildLaunch api_server_launch(
    std::filesystem::path const& folder, std::uint16_t port, std::uint16_t etcd_port) {
    auto const file = [&](char const* name) { return (folder / name).string(); };
    return {
        .program = program("kube-apiserver"),
        .arguments =
            {"--etcd-servers=http://127.0.0.1:" + std::to_string(etcd_port),
             "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
             "--secure-port=" + std::to_string(port), "--service-cluster-ip-range=10.96.0.0/24",
             "--tls-cert-file=" + file("server.crt"),
             "--tls-private-key-file=" + file("server.key"), "--client-ca-file=" + file("ca.crt"),
             "--token-auth-file=" + file("tokens.csv"), "--authorization-mode=RBAC",
             "--service-account-issuer=https://test",
             "--service-account-key-file=" + file("sa.pub"),
             "--service-account-signing-key-file=" + file("sa.key")},
        .log_file = folder / "kube-apiserver.log",
        .address_file = {},
        .has_listen_flag = false};
}

/// Asks until the API server says that it can be used.
Task<void> wait_until_ready(ApiAccess access, ChildService const& server) {
    HttpClientOptions options;
    options.tls = TlsContext::client(access.trust, access.certificate).value();
    HttpClient client(co_await asio::this_coro::executor, std::move(options));
    Url url = access.server;
    url.target = "/readyz";
    SteadyTime const deadline = steady_now() + ready_limit;
    for (;;) {
        auto const answer = co_await client.send(url, HttpRequest(), 2s);
        if (answer && answer->status == 200)
            co_return;
        if (steady_now() > deadline)
            FAIL("The API server does not become ready: " << server.log());
        co_await sleep_for(20ms);
    }
}

}  // namespace

RunningApi::RunningApi()
    : port_(free_port()),
      etcd_port_(free_port()),
      etcd_(etcd_launch(folder_.path(), etcd_port_)),
      api_server_(api_server_launch(folder_.path(), port_, etcd_port_)) {
    make_credentials(folder_.path());
    write_kubeconfig(kubeconfig(), "https://127.0.0.1:" + std::to_string(port_));
    start();
    kubectl("create namespace other");
    std::filesystem::path const crds = folder_of_environment("MILLRACE_KNATIVE_CRDS");
    for (auto const* file : {"broker.yaml", "trigger.yaml", "service.yaml"})
        kubectl("create -f '" + (crds / file).string() + "'");
    kubectl("wait --for=condition=Established --timeout=20s --all crd");
}

void RunningApi::start() {
    if (!etcd_.is_running())
        etcd_.spawn();
    if (!api_server_.is_running())
        api_server_.spawn();
    asio::io_context io;
    run_task(io, wait_until_ready(find_api_access(kubeconfig()), api_server_));
}

ApiAccess RunningApi::with_token(std::string token) const {
    ApiAccess access = find_api_access(kubeconfig());
    access.certificate.reset();
    access.token = Secret(std::move(token));
    return access;
}

std::string RunningApi::kubectl(std::string const& arguments) const {
    return run_or_fail(
        "'" + program("kubectl").string() + "' --kubeconfig '" + kubeconfig().string() +
        "' --cache-dir '" + (folder_.path() / "kubectl").string() + "' " + arguments + " 2>&1");
}

void RunningApi::send(std::string const& verb, std::string const& yaml) const {
    TemporaryFolder const folder;
    auto const file = folder.path() / "objects.yaml";
    REQUIRE(write_file_atomic(file, yaml, 0600));
    kubectl(verb + " -f '" + file.string() + "'");
}

RunningApi& running_api() {
    static RunningApi api;
    return api;
}

}  // namespace millrace::test

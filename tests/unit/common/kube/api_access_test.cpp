// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_access.hpp"

#include <map>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"

using namespace millrace;

namespace {

using Files = std::map<std::string, std::string>;

ReadText from(Files files) {
    return [files = std::move(files)](std::filesystem::path const& path) -> Result<std::string> {
        auto const found = files.find(path.string());
        if (found == files.end())
            return failure(ErrorCode::not_found, "There is no " + path.string() + ".");
        return found->second;
    };
}

constexpr std::string_view kubeconfig = R"(apiVersion: v1
kind: Config
current-context: lab
contexts:
- name: other
  context: {cluster: missing, user: missing}
- name: lab
  context: {cluster: lab, user: admin}
clusters:
- name: lab
  cluster:
    server: https://10.0.0.1:6443/k8s/
    certificate-authority: pki/ca.crt
users:
- name: admin
  user:
    client-certificate-data: Q0VSVA==
    client-key: /pki/admin.key
    token: abc
)";

std::string faults_of(std::string text, Files files = {}) {
    auto const read = read_kubeconfig(text, "/etc/config", from(std::move(files)));
    REQUIRE_FALSE(read);
    return to_string(read.error());
}

/// A kubeconfig whose cluster and user hold these lines.
std::string config_with(std::string const& cluster, std::string const& user) {
    return "current-context: c\ncontexts:\n- name: c\n  context: {cluster: k, user: u}\n"
           "clusters:\n- name: k\n  cluster: {" +
           cluster + "}\nusers:\n- name: u\n  user: {" + user + "}\n";
}

}  // namespace

TEST_CASE("Kubeconfig: the current context's cluster and user, files beside it or by full path") {
    auto const access = read_kubeconfig(
        kubeconfig, "/etc/config", from({{"/etc/pki/ca.crt", "CA"}, {"/pki/admin.key", "KEY"}}));
    REQUIRE(access);
    CHECK(access->server.origin() == "https://10.0.0.1:6443");
    CHECK(access->server.target == "/k8s");
    CHECK(access->trust.verify);
    CHECK(access->trust.authorities_pem == "CA");
    REQUIRE(access->certificate);
    CHECK(access->certificate->certificate_pem == "CERT");
    CHECK(access->certificate->key_pem.reveal() == "KEY");
    CHECK(access->token.reveal() == "abc");
}

TEST_CASE("Kubeconfig: all that is wrong is told at once, with its line") {
    std::string const faults = faults_of(std::string(kubeconfig));
    CHECK(
        faults.find("/etc/config:13: certificate-authority: There is no /etc/pki/ca.crt.") !=
        std::string::npos);
    CHECK(
        faults.find("/etc/config:18: client-key: There is no /pki/admin.key.") !=
        std::string::npos);
}

TEST_CASE("Kubeconfig: a context, cluster or user that is not there is named") {
    CHECK(faults_of("a: 1").find("current-context") != std::string::npos);
    CHECK(faults_of("current-context: x").find("no entry \"x\"") != std::string::npos);
    std::string const faults =
        faults_of("current-context: c\ncontexts:\n- name: c\n  context: {cluster: k, user: u}\n");
    CHECK(faults.find("no entry \"k\" with a \"cluster\"") != std::string::npos);
    CHECK(faults.find("no entry \"u\" with a \"user\"") != std::string::npos);
}

TEST_CASE("Kubeconfig: ways to sign in that we do not know are refused with one that works") {
    for (auto const* user : {"exec: {command: aws}", "auth-provider: {name: gcp}", "username: a"}) {
        std::string const faults = faults_of(config_with("server: https://a", user));
        CHECK(faults.find("is not supported; give it a token") != std::string::npos);
    }
    std::string const faults =
        faults_of(config_with("server: https://a, proxy-url: http://p, tls-server-name: b", ""));
    CHECK(faults.find("without a proxy") != std::string::npos);
    CHECK(faults.find("what its certificate is for") != std::string::npos);
}

TEST_CASE("Kubeconfig: a certificate needs its key, and base64 must be base64") {
    CHECK(
        faults_of(config_with("server: https://a", "client-certificate-data: Q0VSVA=="))
            .find("needs both client-certificate and client-key") != std::string::npos);
    CHECK(
        faults_of(config_with("server: ftp://a, certificate-authority-data: '%'", ""))
            .find("ftp://a") != std::string::npos);
}

TEST_CASE("Kubeconfig: verification is on unless the kubeconfig says otherwise") {
    auto const access = read_kubeconfig(
        config_with("server: https://a, insecure-skip-tls-verify: true", "tokenFile: t"),
        "/etc/config", from({}));
    REQUIRE(access);
    CHECK_FALSE(access->trust.verify);
    CHECK(access->token_file == "/etc/t");
}

TEST_CASE("Service account: a pod speaks by the files that are mounted into it") {
    std::string const folder = "/var/run/secrets/kubernetes.io/serviceaccount/";
    auto const access = read_service_account(
        "fd00::1", "443", from({{folder + "ca.crt", "CA"}, {folder + "token", "T"}}));
    REQUIRE(access);
    CHECK(access->server.origin() == "https://[fd00::1]");
    CHECK(access->server.target.empty());
    CHECK(access->trust.authorities_pem == "CA");
    CHECK(access->token_file == folder + "token");
    auto const missing = read_service_account("10.96.0.1", "443", from({}));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().size() == 2);
}

// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_certificates.hpp"

#include "common/base/file.hpp"
#include "common/base/flags.hpp"

namespace millrace::configurator {
namespace {

CertificatePaths paths_in(std::string const& folder, std::string_view name) {
    std::string const base = folder + "/certificates/" + std::string(name);
    return {base + ".crt", base + ".key"};
}

KeepCertificate issued(
    std::string const& folder, std::string_view name, std::string common_name,
    std::string organisation = "", std::vector<std::string> names = {}) {
    return {
        .paths = paths_in(folder, name),
        .request =
            {.common_name = std::move(common_name),
             .organisation = std::move(organisation),
             .names = std::move(names)},
        .authority = node_authority(folder)};
}

}  // namespace

CertificatePaths node_authority(std::string const& folder) {
    return paths_in(folder, "ca");
}

WriteFile kubeconfig(
    std::string path, std::string const& name, std::string const& address,
    CertificatePaths const& own, std::string const& authority) {
    return {
        .path = std::move(path),
        .content = Secret(
            "apiVersion: v1\nkind: Config\n"
            "clusters: [{name: millrace, cluster: {server: \"https://" +
            address + ":6443\", certificate-authority: " + authority + "}}]\nusers: [{name: " +
            name + ", user: {client-certificate: " + own.certificate + ", client-key: " + own.key +
            "}}]\ncontexts: [{name: millrace, context: {cluster: " + "millrace, user: " + name +
            "}}]\ncurrent-context: millrace\n"),
        .mode = 0600};
}

Result<seconds> parse_certificate_life(std::string_view text) {
    auto const life = parse_duration(text.substr(0, text.find('\n')));
    if (life && *life >= 1min && *life <= node_certificate_life)
        return std::chrono::floor<seconds>(*life);
    return failure(
        ErrorCode::invalid, std::string(certificate_life_file) +
                                " must be a duration from 1m to 8760h. Without the file it is "
                                "8760h, a year.");
}

Result<seconds> read_certificate_life() {
    constexpr std::size_t life_bytes_max = 100;
    auto const text = read_file(certificate_life_file, life_bytes_max);
    if (!text && text.error().code == ErrorCode::not_found)
        return node_certificate_life;
    if (!text)
        return std::unexpected(text.error());
    return parse_certificate_life(*text);
}

Step certificates_step(std::string const& folder, NodeAddresses const& addresses, seconds life) {
    Step step{.id = "node-certificates", .title = "Kubernetes: certificates"};
    std::string const node(node_name);
    std::string const& address = addresses.node;
    step.changes.emplace_back(KeepCertificate{
        .paths = node_authority(folder),
        .request = {
            .common_name = "millrace-node",
            .is_authority = true,
            .life = CertificateRequest::endless}});
    step.changes.emplace_back(KeepKeyPair{
        folder + "/certificates/service-account.key",
        folder + "/certificates/service-account.pub"});
    // Secrets are nobody's who gets hold of etcd's data alone.
    step.changes.emplace_back(KeepKey{
        folder + "/certificates/encryption.yaml",
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"
        "resources: [{resources: [secrets], providers: [{secretbox: {keys: [{name: node, "
        "secret: \"",
        "\"}]}}, {identity: {}}]}]\n"});
    for (KeepCertificate& one : std::vector<KeepCertificate>{
             issued(
                 folder, "kube-apiserver", "kube-apiserver", "",
                 {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                  "kubernetes.default.svc.cluster.local", address, addresses.api, "127.0.0.1"}),
             issued(
                 folder, "kube-apiserver-kubelet-client", "kube-apiserver-kubelet-client",
                 "system:masters"),
             issued(folder, "front-proxy", "front-proxy"),
             issued(folder, "admin", "admin", "system:masters"),
             issued(folder, "kubelet", "system:node:" + node, "system:nodes", {address, node}),
             issued(folder, "kube-controller-manager", "system:kube-controller-manager"),
             issued(folder, "kube-scheduler", "system:kube-scheduler"),
             issued(folder, "kube-proxy", "system:kube-proxy"),
             issued(folder, "coredns", "system:coredns")}) {
        one.request.life = life;
        step.changes.emplace_back(std::move(one));
    }
    for (auto const* client :
         {"admin", "kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy", "coredns"})
        step.changes.emplace_back(kubeconfig(
            folder + "/kubeconfig/" + client, client, address, paths_in(folder, client),
            node_authority(folder).certificate));
    return step;
}

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_steps.hpp"

#include "configurator/node/kubectl.hpp"

namespace millrace::configurator {
namespace {

constexpr uid_t pods_user = 65532;  // of our images
constexpr seconds authority_life = std::chrono::days(3650);
constexpr seconds certificate_life = std::chrono::days(365);
constexpr seconds import_limit = 300s;

std::string in_node(std::string_view name) {
    return std::string(node_folder) + "/" + std::string(name);
}

CertificatePaths paths_of(std::string_view name) {
    std::string const base = in_node("certificates/") + std::string(name);
    return {base + ".crt", base + ".key"};
}

Step files_step(
    NodeSettings const& settings, std::vector<std::string> const& templates,
    bool images_are_whole) {
    Step step{.id = "node-files", .title = "Kubernetes: files"};
    if (!images_are_whole)
        step.changes.emplace_back(EmptyFolder{std::string(container_folder)});
    step.changes.emplace_back(KeepDirectory{in_node("etcd"), 0700});
    for (auto const* volume : {"volumes/broker", "volumes/router"})
        step.changes.emplace_back(KeepDirectory{in_node(volume), 0700, pods_user});
    for (std::string const& name : templates)
        step.changes.emplace_back(FillTemplate{
            std::string(node_templates) + "/" + name, in_node(name), node_values(settings)});
    step.changes.emplace_back(KeepToken{std::string(token_file)});
    return step;
}

KeepCertificate issued(
    std::string_view name, std::string common_name, std::string organisation = "",
    std::vector<std::string> names = {}) {
    return {
        .paths = paths_of(name),
        .request =
            {.common_name = std::move(common_name),
             .organisation = std::move(organisation),
             .names = std::move(names),
             .life = certificate_life},
        .authority = paths_of("ca")};
}

/// A kubeconfig(5) of the client with that certificate.
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

Step certificates_step(NodeSettings const& settings) {
    Step step{.id = "node-certificates", .title = "Kubernetes: certificates"};
    NodeAddresses const addresses = node_addresses(settings);
    std::string const node(node_name);
    std::string const& address = addresses.node;
    step.changes.emplace_back(KeepCertificate{
        .paths = paths_of("ca"),
        .request = {.common_name = "millrace-node", .is_authority = true, .life = authority_life}});
    step.changes.emplace_back(KeepKeyPair{
        in_node("certificates/service-account.key"), in_node("certificates/service-account.pub")});
    // Secrets are nobody's who gets hold of etcd's data alone.
    step.changes.emplace_back(KeepKey{
        in_node("certificates/encryption.yaml"),
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"
        "resources: [{resources: [secrets], providers: [{secretbox: {keys: [{name: node, "
        "secret: \"",
        "\"}]}}, {identity: {}}]}]\n"});
    for (KeepCertificate& one : std::vector<KeepCertificate>{
             issued(
                 "kube-apiserver", "kube-apiserver", "",
                 {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                  "kubernetes.default.svc.cluster.local", address, addresses.api, "127.0.0.1"}),
             issued(
                 "kube-apiserver-kubelet-client", "kube-apiserver-kubelet-client",
                 "system:masters"),
             issued("front-proxy", "front-proxy"), issued("admin", "admin", "system:masters"),
             issued("kubelet", "system:node:" + node, "system:nodes", {address, node}),
             issued("kube-controller-manager", "system:kube-controller-manager"),
             issued("kube-scheduler", "system:kube-scheduler"),
             issued("kube-proxy", "system:kube-proxy"), issued("coredns", "system:coredns")})
        step.changes.emplace_back(std::move(one));
    for (auto const* client :
         {"admin", "kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy", "coredns"})
        step.changes.emplace_back(kubeconfig(
            in_node("kubeconfig/") + client, client, address, paths_of(client),
            paths_of("ca").certificate));
    return step;
}

/// What the web page's unit imports, and what it sees of that.
Step web_step(NodeSettings const& settings) {
    std::string const kept = "/etc/credstore/console.";
    std::string const seen = "/run/credentials/millrace-console.service/console.";
    std::string const name = "millrace-console";
    Step step{.id = "node-web", .title = "Web page: certificates"};
    step.changes.emplace_back(KeepDirectory{"/etc/credstore", 0700});
    step.changes.emplace_back(RenewCertificate{{kept + "crt", kept + "key"}, certificate_life});
    KeepCertificate client = issued("console", name);
    client.paths = {kept + "client.crt", kept + "client.key"};
    step.changes.emplace_back(std::move(client));
    step.changes.emplace_back(kubeconfig(
        kept + "kubeconfig", name, node_addresses(settings).node,
        {seen + "client.crt", seen + "client.key"}, seen + "authority.crt"));
    step.changes.emplace_back(CopyFile{paths_of("ca").certificate, kept + "authority.crt"});
    // Credentials are copied when a unit starts.
    step.programs.push_back(
        {.words = {"/usr/bin/systemctl", "--no-block", "try-restart", name + ".service"}});
    return step;
}

}  // namespace

std::vector<Step> node_steps(
    NodeSettings const& settings, std::vector<std::string> const& templates,
    bool images_are_whole) {
    return {
        files_step(settings, templates, images_are_whole), certificates_step(settings),
        web_step(settings)};
}

Step ready_step() {
    Step step{.id = "ready", .title = "Kubernetes: API server", .attempts_max = 1};
    step.proofs.push_back(
        {.words = kubectl({"get", "--raw=/readyz"}),
         .limit = 120s,
         .otherwise = "The API server does not answer: journalctl -u millrace-kube-apiserver, "
                      "and -u millrace-etcd, say why."});
    return step;
}

std::vector<Step> image_steps(std::vector<std::string> const& archives) {
    std::vector<Step> steps;
    for (std::string const& archive : archives) {
        std::string const name = archive.substr(archive.rfind('/') + 1);
        Step step{.id = name, .title = "Image archive " + name};
        std::vector<std::string> const control = {
            "/usr/bin/ctr", "--address", "/run/containerd/containerd.sock", "--namespace",
            "k8s.io"};
        auto const run = [&](std::vector<std::string> words) {
            words.insert(words.begin(), control.begin(), control.end());
            step.programs.push_back({.words = std::move(words), .limit = import_limit});
        };
        run({"images", "import", "--all-platforms", archive});
        // Its layers are unpacked then, and their packed form is not needed.
        run({"content", "prune", "references"});
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace millrace::configurator

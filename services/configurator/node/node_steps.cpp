// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_steps.hpp"

#include "configurator/node/kubectl.hpp"
#include "configurator/node/node_certificates.hpp"

namespace millrace::configurator {
namespace {

constexpr uid_t pods_user = 65532;  // of our images
constexpr seconds import_limit = 300s;
constexpr seconds imports_limit = 900s;
constexpr std::string_view certificate_template =
    R"({{with .data}}{{with index . "server-cert.pem"}}{{base64decode .}}{{end}}{{end}})";

std::string in_node(std::string_view name) {
    return std::string(node_folder) + "/" + std::string(name);
}

Program containerd_control(std::vector<std::string> words) {
    words.insert(
        words.begin(),
        {"/usr/bin/ctr", "--address", "/run/containerd/containerd.sock", "--namespace", "k8s.io"});
    return {.words = std::move(words), .limit = import_limit};
}

Step files_step(NodeSettings const& settings, NodeState const& state) {
    Step step{.id = "node-files", .title = "Kubernetes: files"};
    if (!state.images_are_whole)
        step.changes.emplace_back(EmptyFolder{std::string(container_folder)});
    step.changes.emplace_back(KeepDirectory{in_node("etcd"), 0700});
    for (auto const* volume : {"volumes/broker", "volumes/router"})
        step.changes.emplace_back(KeepDirectory{in_node(volume), 0700, pods_user});
    for (std::string const& name : state.templates)
        step.changes.emplace_back(FillTemplate{
            std::string(node_templates) + "/" + name, in_node(name), node_values(settings)});
    step.changes.emplace_back(KeepToken{std::string(token_file)});
    return step;
}

/// What the web page's unit imports, and what it sees of that.
Step web_step(NodeSettings const& settings, seconds certificate_life) {
    std::string const kept = "/etc/credstore/console.";
    std::string const seen = "/run/credentials/millrace-console.service/console.";
    std::string const name = "millrace-console";
    Step step{.id = "node-web", .title = "Web page: certificates"};
    step.changes.emplace_back(KeepDirectory{"/etc/credstore", 0700});
    step.changes.emplace_back(RenewCertificate{{kept + "crt", kept + "key"}, certificate_life});
    step.changes.emplace_back(KeepCertificate{
        .paths = {kept + "client.crt", kept + "client.key"},
        .request = {.common_name = name, .life = certificate_life},
        .authority = node_authority(std::string(node_folder))});
    step.changes.emplace_back(kubeconfig(
        kept + "kubeconfig", name, node_addresses(settings).node,
        {seen + "client.crt", seen + "client.key"}, seen + "authority.crt"));
    step.changes.emplace_back(
        CopyFile{node_authority(std::string(node_folder)).certificate, kept + "authority.crt"});
    step.programs.push_back(restart_web_page());
    return step;
}

}  // namespace

std::vector<Step> node_steps(NodeSettings const& settings, NodeState const& state) {
    Step certificates = certificates_step(
        std::string(node_folder), node_addresses(settings), state.certificate_life);
    // Last: who finds it as it is can take the certificates for made.
    certificates.changes.emplace_back(KeepClockOffset{std::string(clock_offset_file)});
    certificates.programs.push_back(
        {.words = {
             "/usr/bin/systemctl", "--no-block", "try-restart", "millrace-kube-apiserver.service",
             "millrace-kubernetes.service", "millrace-coredns.service"}});
    return {
        files_step(settings, state), std::move(certificates),
        web_step(settings, state.certificate_life)};
}

Step webhooks_step() {
    Step step{.id = "webhooks", .title = "Knative: webhooks", .attempts_max = 8};
    for (auto const& [name_space, name] :
         {std::pair{"knative-serving", "webhook-certs"},
          std::pair{"knative-eventing", "eventing-webhook-certs"}}) {
        std::string const place = std::string("--namespace=") + name_space;
        step.changes.emplace_back(KeepSecretValid{
            .secret = std::string(name_space) + "/" + name,
            .show = kubectl(
                {"get", place, "secret", name, "--ignore-not-found",
                 "--output=go-template=" + std::string(certificate_template)}),
            .empty = kubectl(
                {"patch", place, "secret", name, "--type=merge", R"(--patch={"data":null})"})});
    }
    return step;
}

Program restart_web_page() {
    return {
        .words = {"/usr/bin/systemctl", "--no-block", "try-restart", "millrace-console.service"}};
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
        steps.push_back(
            {.id = name,
             .title = "Image archive " + name,
             // Its layers are unpacked then, and their packed form is not needed.
             .programs = {
                 containerd_control({"images", "import", archive}),
                 containerd_control({"content", "prune", "references"})}});
    }
    return steps;
}

Program import_images(std::string const& required) {
    Program program{
        .words = {"/usr/libexec/millrace/millrace-configurator", "images"}, .limit = imports_limit};
    if (!required.empty())
        program.words.push_back("--required=" + required);
    return program;
}

Program remove_images(std::vector<std::string> const& names) {
    std::vector<std::string> words = {"images", "remove", "--sync"};
    words.insert(words.end(), names.begin(), names.end());
    return containerd_control(std::move(words));
}

}  // namespace millrace::configurator

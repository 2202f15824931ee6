// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "configurator/node/kubectl.hpp"
#include "configurator/node/node_steps.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

std::string const folder = std::string(node_folder);

// Seconds where the machine is quick. One that is cut off leaves its work to the next, which begins
// from the start: on a slow machine no attempt would end.
constexpr seconds apply_limit = 600s;

/// The node's file that is made of the template of that name.
FillTemplate from_template(std::string const& name, NodeSettings const& node) {
    return {
        .template_path = std::string(node_templates) + "/" + name,
        .path = folder + "/" + name,
        .values = node_values(node)};
}

/// What these say is in force. A newer version's files differ, and are applied again.
void apply(Step& step, std::vector<std::string> const& files, NodeSettings const& node) {
    std::vector<std::string> words = {"apply", "--server-side", "--force-conflicts"};
    for (std::string const& file : files) {
        step.changes.emplace_back(from_template("objects/" + file, node));
        words.push_back("--filename=" + folder + "/objects/" + file);
    }
    step.programs.push_back({.words = kubectl(std::move(words)), .limit = apply_limit});
}

Proof are_available(std::string const& name_space, std::string const& otherwise) {
    return {
        .words = kubectl(
            {"wait", "--namespace=" + name_space, "--for=condition=Available", "deployment",
             "--all", "--timeout=5s"}),
        .limit = 180s,
        .otherwise = otherwise};
}

/// Of all in one answer: `kubectl wait` asks for each of the thirty by itself, and holds itself
/// back.
Proof are_established() {
    return {
        .words = kubectl(
            {"get", "customresourcedefinitions",
             "--output=go-template={{range .items}}{{$is := false}}{{range .status.conditions}}"
             "{{if and (eq .type \"Established\") (eq .status \"True\")}}{{$is = "
             "true}}{{end}}{{end}}"
             "{{if not $is}}{{.metadata.name}} is not. {{end}}{{end}}All are asked."}),
        .output = "All are asked.",
        .limit = 10s,
        .otherwise = "The API server does not take Knative's definitions."};
}

/// systemd.network(5): the node's own address; and a route for Services, or the host has none to
/// them where the form names no gateway. kube-proxy answers for each of their addresses.
std::string node_network_file(NodeSettings const& node) {
    std::string const address = node_addresses(node).node;
    return "[Match]\nName=lo\n\n[Network]\nAddress=" + address +
           "/32\n\n[Route]\nDestination=" + node.services.text() + "\nPreferredSource=" + address +
           "\nScope=link\n";
}

}  // namespace

Step kubernetes_step(NodeSettings const& node) {
    Step step{.id = "kubernetes", .title = "Kubernetes"};
    step.changes.emplace_back(
        WriteFile{std::string(node_environment_file), Secret(node_environment(node))});
    step.changes.emplace_back(
        WriteFile{"/etc/systemd/network/20-node.network", Secret(node_network_file(node))});
    step.programs.push_back({.words = {"/usr/bin/networkctl", "reload"}});
    step.programs.push_back(
        // Images are imported meanwhile, which a slow disk makes long.
        {.words = {"/usr/bin/systemctl", "enable", "--now", "millrace-cluster.target"},
         .limit = 600s});
    step.proofs = ready_step().proofs;
    step.proofs.push_back(
        {.words = kubectl({"wait", "--for=condition=Ready", "node/millrace", "--timeout=5s"}),
         .limit = 120s,
         .otherwise = "The node does not become ready: journalctl -u millrace-kubernetes, and "
                      "-u millrace-containerd, say why."});
    return step;
}

Step definitions_step(NodeSettings const& node) {
    Step step{.id = "definitions", .title = "Knative: definitions", .attempts_max = 8};
    apply(step, {"node.yaml", "definitions.yaml"}, node);
    // One that a power cut leaves between NamesAccepted and Established stays so for five minutes,
    // until something about it changes (measured).
    for (auto const* word : {"millrace.dev/woken-", "millrace.dev/woken=yes"})
        step.remedies.push_back(
            {.words = kubectl({"annotate", "--overwrite", "crd", "--all", word}), .limit = 60s});
    step.proofs.push_back(are_established());
    return step;
}

Step knative_step(NodeSettings const& node) {
    Step step{.id = "knative", .title = "Knative", .attempts_max = 12};
    // Some are refused until webhooks in pods that others of them make are up: it is tried again.
    apply(step, {"knative.yaml", "ingress.yaml"}, node);
    step.proofs.push_back(are_available(
        "knative-serving",
        "Knative Serving does not come up: kubectl get pods -n knative-serving."));
    step.proofs.push_back(are_available(
        "knative-eventing",
        "Knative Eventing does not come up: kubectl get pods -n knative-eventing."));
    return step;
}

Step millrace_step(NodeSettings const& node) {
    Step step{.id = "millrace", .title = "Broker and router", .attempts_max = 6};
    apply(step, {"volumes.yaml"}, node);
    step.changes.emplace_back(from_template("config/chart-values.yaml", node));
    step.programs.push_back(
        {.words =
             {"/usr/libexec/millrace/helm", "upgrade", "millrace", "/usr/share/millrace/chart",
              "--install", "--namespace=millrace", "--create-namespace",
              "--kubeconfig=" + folder + "/kubeconfig/admin",
              "--values=" + folder + "/config/chart-values.yaml",
              "--set-file=token.value=" + std::string(token_file)},
         .limit = apply_limit});
    // Helm refuses to go on after one that a power cut has ended.
    step.remedies.push_back(
        {.words = kubectl(
             {"delete", "secret", "--namespace=millrace",
              "--selector=owner=helm,status in "
              "(pending-install,pending-upgrade,pending-rollback)"}),
         .limit = 60s});
    step.proofs.push_back(are_available(
        "millrace", "Broker or router do not come up: kubectl get pods -n millrace."));
    return step;
}

std::vector<Step> cluster_steps(NodeSettings const& node) {
    // Before what the webhooks are asked about.
    return {
        kubernetes_step(node), definitions_step(node), webhooks_step(), knative_step(node),
        millrace_step(node)};
}

std::vector<Step> all_steps(Settings const& settings) {
    std::vector<Step> steps = host_steps(settings);
    steps.push_back(web_page_step(settings.access));
    std::ranges::move(
        cluster_steps({settings.network.pods, settings.network.services}),
        std::back_inserter(steps));
    steps.push_back(proxy_step(settings.proxy, settings.network));
    steps.push_back(sources_step(settings.sources));
    steps.push_back(vcenter_step(settings.sources));
    return steps;
}

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/kubectl.hpp"
#include "configurator/steps/cluster_objects.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// "vcenter", "vcenter2".
std::string vcenter_name(std::size_t index) {
    return index == 0 ? "vcenter" : "vcenter" + std::to_string(index + 1);
}

Json broker_sink() {
    return {
        {"ref",
         {{"apiVersion", "eventing.knative.dev/v1"}, {"kind", "Broker"}, {"name", "default"}}}};
}

Json source_object(std::string const& kind, std::string const& name, ServerSettings const& server) {
    return {
        {"apiVersion", "sources.tanzu.vmware.com/v1alpha1"},
        {"kind", kind},
        {"metadata", object_metadata(name)},
        {"spec",
         {{"address", "https://" + server.address},
          {"skipTLSVerify", !server.verify_tls},
          {"secretRef", {{"name", name}}},
          {"sink", broker_sink()}}}};
}

}  // namespace

Step sources_step(SourceSettings const& sources) {
    Step step{.id = "sources", .title = "Event sources"};
    Json objects = Json::array();
    for (std::size_t index = 0; index < sources.vcenters.size(); ++index) {
        ServerSettings const& server = sources.vcenters[index];
        std::string const name = vcenter_name(index);
        objects.push_back(secret_object(
            name, {{"username", server.user}, {"password", server.password.reveal()}}));
        Json source = source_object("VSphereSource", name, server);
        source["spec"]["checkpointConfig"] = {
            {"maxAgeSeconds", sources.age_max.count()},
            {"periodSeconds", sources.checkpoint_period.count()}};
        objects.push_back(std::move(source));
    }
    if (sources.horizon) {
        ServerSettings const& server = *sources.horizon;
        objects.push_back(secret_object(
            "horizon", {{"domain", sources.horizon_domain},
                        {"username", server.user},
                        {"password", server.password.reveal()}}));
        objects.push_back(source_object("HorizonSource", "horizon", server));
    }
    if (sources.webhook) {
        Json spec = {{"sink", broker_sink()}};
        if (!sources.webhook_user.empty()) {
            objects.push_back(secret_object(
                "webhook", {{"username", sources.webhook_user},
                            {"password", sources.webhook_password.reveal()}}));
            spec["secretRef"] = {{"name", "webhook"}};
        }
        objects.push_back(
            {{"apiVersion", "sources.millrace.dev/v1alpha1"},
             {"kind", "WebhookSource"},
             {"metadata", object_metadata("webhook")},
             {"spec", std::move(spec)}});
    }
    if (!objects.empty())
        step.programs.push_back(apply_objects(std::move(objects)));
    return step;
}

Step vcenter_step(SourceSettings const& sources) {
    Step step{.id = "vcenter", .title = "vCenter", .attempts_max = 1, .is_optional = true};
    for (std::size_t index = 0; index < sources.vcenters.size(); ++index) {
        std::string const name = vcenter_name(index);
        step.proofs.push_back(
            {.words = kubectl(
                 {"wait", "--namespace=" + std::string(functions_namespace),
                  "--for=condition=Ready", "vspheresource/" + name, "--timeout=5s"}),
             .limit = 10s,
             .otherwise = sources.vcenters[index].address +
                          " is not read yet: is it up, and are user and password right? It is "
                          "tried on; the web page's sources say how it stands."});
    }
    return step;
}

}  // namespace millrace::configurator

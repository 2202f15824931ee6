// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/cluster_objects.hpp"

#include "configurator/node/kubectl.hpp"

namespace millrace::configurator {

Json object_metadata(std::string const& name) {
    return {
        {"name", name},
        {"namespace", functions_namespace},
        {"labels", {{"app.kubernetes.io/managed-by", "millrace-configurator"}}}};
}

Json secret_object(std::string const& name, std::map<std::string, std::string> const& values) {
    return {
        {"apiVersion", "v1"},
        {"kind", "Secret"},
        {"metadata", object_metadata(name)},
        {"type", values.size() == 2 ? "kubernetes.io/basic-auth" : "Opaque"},
        {"stringData", values}};
}

Program apply_objects(Json objects) {
    Json const list = {{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(objects)}};
    return {
        .words = kubectl({"apply", "--server-side", "--force-conflicts", "--filename=-"}),
        .input = Secret(dump_json(list)),
        .limit = 60s};
}

}  // namespace millrace::configurator

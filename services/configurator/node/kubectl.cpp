// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/kubectl.hpp"

#include "configurator/node/node_steps.hpp"

namespace millrace::configurator {

std::vector<std::string> kubectl(std::vector<std::string> words) {
    words.insert(
        words.begin(), {"/usr/libexec/millrace/kubectl",
                        "--kubeconfig=" + std::string(node_folder) + "/kubeconfig/admin",
                        "--cache-dir=/run/millrace/kubectl"});
    return words;
}

}  // namespace millrace::configurator

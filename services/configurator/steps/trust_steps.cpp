// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/pem.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr int console_certificate_days = 365;

std::string const console_certificate = "/etc/millrace/tls/console.crt";
std::string const console_key = "/etc/millrace/tls/console.key";

}  // namespace

Step trust_step(CertificateSettings const& certificates) {
    Step step{.id = "trust", .title = "Trusted certificates"};
    // update-ca-certificates(8) wants a file for each.
    KeepFolder folder{.path = "/usr/local/share/ca-certificates/millrace"};
    auto const blocks = read_pem(certificates.authorities_pem);
    for (std::size_t index = 0; blocks && index < blocks->size(); ++index)
        folder.files.push_back(
            {folder.path + "/" + std::to_string(index + 1) + ".crt",
             Secret((*blocks)[index].text())});
    step.changes.emplace_back(std::move(folder));
    // It starts a process for each authority there is: more than half a minute on a busy host.
    step.programs.push_back({.words = {"/usr/sbin/update-ca-certificates"}, .limit = 180s});
    return step;
}

Step certificate_step(CertificateSettings const& certificates, NetworkSettings const& network) {
    Step step{.id = "certificate", .title = "Certificate of the web page"};
    if (!certificates.chain_pem.empty()) {
        step.changes.emplace_back(WriteFile{console_key, certificates.key_pem, 0600});
        step.changes.emplace_back(WriteFile{console_certificate, Secret(certificates.chain_pem)});
        return step;
    }
    KeepCertificate keep{
        .certificate_path = console_certificate,
        .key_path = console_key,
        .days = console_certificate_days};
    if (std::string const& name = network.hostname; !name.empty()) {
        keep.names.push_back(name);
        if (auto const dot = name.find('.'); dot != std::string::npos)
            keep.names.push_back(name.substr(0, dot));
    } else {
        keep.names.emplace_back("millrace");
    }
    if (network.ipv4)
        keep.names.push_back(format_ipv4(network.ipv4->address));
    if (!network.ipv6.empty())
        keep.names.push_back(network.ipv6.substr(0, network.ipv6.find('/')));
    step.changes.emplace_back(std::move(keep));
    return step;
}

}  // namespace millrace::configurator

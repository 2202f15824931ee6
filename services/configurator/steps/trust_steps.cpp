// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/pem.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr seconds console_certificate_life = std::chrono::days(365);

}  // namespace

CertificatePaths web_page_certificate() {
    return {.certificate = "/etc/credstore/console.crt", .key = "/etc/credstore/console.key"};
}

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
    CertificatePaths paths = web_page_certificate();
    if (!certificates.chain_pem.empty()) {
        step.changes.emplace_back(WriteFile{paths.key, certificates.key_pem, 0600});
        step.changes.emplace_back(WriteFile{paths.certificate, Secret(certificates.chain_pem)});
        return step;
    }
    CertificateRequest request{
        .organisation = std::string(own_organisation),
        .usage = "serverAuth",
        .life = console_certificate_life};
    std::vector<std::string>& names = request.names;
    if (std::string const& name = network.hostname; !name.empty()) {
        names.push_back(name);
        if (auto const dot = name.find('.'); dot != std::string::npos)
            names.push_back(name.substr(0, dot));
    } else {
        names.emplace_back("millrace");
    }
    if (network.ipv4)
        names.push_back(format_ipv4(network.ipv4->address));
    if (!network.ipv6.empty())
        names.push_back(network.ipv6.substr(0, network.ipv6.find('/')));
    request.common_name = names.front();
    step.changes.emplace_back(
        KeepCertificate{.paths = std::move(paths), .request = std::move(request)});
    return step;
}

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "common/base/encoding.hpp"
#include "configurator/node/kubectl.hpp"
#include "configurator/steps/cluster_objects.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// What new functions read where it is there: --proxy-secret of the web page's unit names it.
constexpr auto proxy_secret = "millrace-proxy";

/// With user and password, each as a URL has it (RFC 3986, 3.2.1); "" stays.
std::string with_user(std::string url, ProxySettings const& proxy) {
    if (url.empty() || proxy.user.empty())
        return url;
    std::string const who =
        percent_encode(proxy.user) + ":" + percent_encode(proxy.password.reveal()) + "@";
    return url.insert(url.find("//") + 2, who);
}

/// What never goes through it: the machine and its cluster, then what the form says.
std::string exceptions_of(ProxySettings const& proxy, NetworkSettings const& network) {
    std::vector<std::string> all = {
        "localhost",
        "127.0.0.1",
        "::1",
        ".svc",
        ".cluster.local",
        network.pods.text(),
        network.services.text()};
    if (!network.hostname.empty())
        all.push_back(network.hostname);
    if (network.ipv4)
        all.push_back(format_ipv4(network.ipv4->address));
    all.insert(all.end(), proxy.exceptions.begin(), proxy.exceptions.end());
    std::string text;
    for (std::string const& one : all)
        text += (text.empty() ? "" : ",") + one;
    return text;
}

}  // namespace

Step proxy_step(ProxySettings const& proxy, NetworkSettings const& network) {
    Step step{.id = "proxy", .title = "Proxy of functions"};
    if (proxy.http.empty() && proxy.https.empty()) {
        step.programs.push_back(
            {.words = kubectl(
                 {"delete", "secret", proxy_secret, "--ignore-not-found",
                  "--namespace=" + std::string(functions_namespace)})});
        return step;
    }
    // Programs read one spelling or the other: curl takes http_proxy in lower case alone.
    std::map<std::string, std::string> values;
    auto const give = [&](char const* upper, char const* lower, std::string const& value) {
        if (!value.empty())
            values[upper] = values[lower] = value;
    };
    give("HTTP_PROXY", "http_proxy", with_user(proxy.http, proxy));
    give("HTTPS_PROXY", "https_proxy", with_user(proxy.https, proxy));
    give("NO_PROXY", "no_proxy", exceptions_of(proxy, network));
    step.programs.push_back(apply_objects(Json::array({secret_object(proxy_secret, values)})));
    return step;
}

}  // namespace millrace::configurator

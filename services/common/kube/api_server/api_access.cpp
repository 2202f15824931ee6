// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_access.hpp"

#include <cstdlib>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/yaml.hpp"

namespace millrace {
namespace {

constexpr std::size_t text_bytes_max = 1 << 20;
constexpr std::string_view service_account = "/var/run/secrets/kubernetes.io/serviceaccount";

/// One entry of a kubeconfig's lists, and its path in the document.
struct Entry {
    Json const* value = nullptr;
    std::string path;
};

/// Reads one document and collects what is wrong with it.
class Kubeconfig {
public:
    Kubeconfig(YamlDocument const& document, std::filesystem::path file, ReadText const& read)
        : document_(document),
          file_(std::move(file)),
          read_(read) {}

    Checked<ApiAccess> access();

private:
    void fault(std::string const& path, std::string problem) {
        faults_.push_back({document_.place(file_.string(), path), std::move(problem)});
    }
    std::string text(Entry const& entry, std::string const& key) const {
        return string_at(*entry.value, key);
    }
    Entry find(std::string const& list, std::string const& member, std::string const& name);
    std::string pem(Entry const& entry, std::string const& key);
    void refuse(Entry const& entry, std::string const& key, std::string_view instead);
    void read_cluster(Entry const& cluster, ApiAccess& access);
    void read_user(Entry const& user, ApiAccess& access);

    YamlDocument const& document_;
    std::filesystem::path file_;
    ReadText const& read_;
    Faults faults_;
};

/// `member` of the entry of `list` with that name.
Entry Kubeconfig::find(
    std::string const& list, std::string const& member, std::string const& name) {
    Json const* entries = find_json(document_.value, list);
    if (entries != nullptr && entries->is_array())
        for (std::size_t i = 0; i < entries->size(); ++i) {
            Json const* value = find_json((*entries)[i], member);
            if (string_at((*entries)[i], "name") == name && value != nullptr && value->is_object())
                return {value, list + "/" + std::to_string(i) + "/" + member};
        }
    fault(list, list + " has no entry \"" + name + "\" with a \"" + member + "\".");
    return {};
}

/// The PEM text at KEY-data (base64) or in the file at KEY; empty where there is neither.
std::string Kubeconfig::pem(Entry const& entry, std::string const& key) {
    if (std::string const data = text(entry, key + "-data"); !data.empty()) {
        auto decoded = base64_decode(data);
        if (decoded)
            return std::move(*decoded);
        fault(entry.path + "/" + key + "-data", key + "-data: " + decoded.error().detail);
        return {};
    }
    std::string const name = text(entry, key);
    if (name.empty())
        return {};
    auto content = read_(file_.parent_path() / name);
    if (content)
        return std::move(*content);
    fault(entry.path + "/" + key, key + ": " + content.error().detail);
    return {};
}

void Kubeconfig::refuse(Entry const& entry, std::string const& key, std::string_view instead) {
    if (entry.value->contains(key))
        fault(entry.path + "/" + key, key + " is not supported; " + std::string(instead));
}

void Kubeconfig::read_cluster(Entry const& cluster, ApiAccess& access) {
    std::string const server = text(cluster, "server");
    auto url = parse_url(server);
    if (!url)
        fault(cluster.path + "/server", "server \"" + server + "\": " + url.error().detail);
    else
        access.server = std::move(*url);
    while (access.server.target.ends_with('/'))
        access.server.target.pop_back();
    access.trust.verify = !bool_at(*cluster.value, "insecure-skip-tls-verify", false);
    access.trust.authorities_pem = pem(cluster, "certificate-authority");
    refuse(cluster, "proxy-url", "the API server must be reachable without a proxy.");
    refuse(cluster, "tls-server-name", "\"server\" must name what its certificate is for.");
}

void Kubeconfig::read_user(Entry const& user, ApiAccess& access) {
    constexpr std::string_view use_token =
        "give it a token (kubectl create token NAME) or a client certificate.";
    for (auto const* key : {"exec", "auth-provider", "username", "password"})
        refuse(user, key, use_token);
    access.token = Secret(text(user, "token"));
    if (std::string const name = text(user, "tokenFile"); !name.empty())
        access.token_file = (file_.parent_path() / name).string();
    std::string certificate = pem(user, "client-certificate");
    Secret key(pem(user, "client-key"));
    if (certificate.empty() != key.empty())
        fault(user.path, "user needs both client-certificate and client-key, or neither.");
    else if (!key.empty())
        access.certificate = {std::move(certificate), std::move(key)};
}

Checked<ApiAccess> Kubeconfig::access() {
    std::string const current = string_at(document_.value, "current-context");
    if (current.empty()) {
        fault(
            "current-context",
            "current-context is missing: kubectl config use-context NAME sets it.");
        return std::unexpected(std::move(faults_));
    }
    ApiAccess access;
    if (Entry const context = find("contexts", "context", current); context.value != nullptr) {
        Entry const cluster = find("clusters", "cluster", text(context, "cluster"));
        if (cluster.value != nullptr)
            read_cluster(cluster, access);
        Entry const user = find("users", "user", text(context, "user"));
        if (user.value != nullptr)
            read_user(user, access);
    }
    if (!faults_.empty())
        return std::unexpected(std::move(faults_));
    return access;
}

std::string environment(char const* name) {
    char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): at start only
    return value == nullptr ? "" : value;
}

Result<std::string> read_text(std::filesystem::path const& file) {
    return read_file(file, text_bytes_max);
}

ApiAccess must_be_read(Checked<ApiAccess> access) {
    if (!access)
        throw StartupError("--store kubernetes: " + to_string(access.error()));
    return std::move(*access);
}

ApiAccess must_be_kubeconfig(std::filesystem::path const& file) {
    auto const text = read_text(file);
    if (!text)
        throw StartupError("--store kubernetes: " + text.error().detail);
    return must_be_read(read_kubeconfig(*text, file, read_text));
}

}  // namespace

Checked<ApiAccess> read_kubeconfig(
    std::string_view text, std::filesystem::path const& file, ReadText const& read) {
    auto const documents = parse_yaml(text, file.string());
    if (!documents)
        return std::unexpected(documents.error());
    if (documents->size() != 1 || !documents->front().value.is_object())
        return std::unexpected(Faults{{file.string(), "must hold exactly one YAML mapping."}});
    return Kubeconfig(documents->front(), file, read).access();
}

Checked<ApiAccess> read_service_account(
    std::string const& host, std::string const& port, ReadText const& read) {
    ApiAccess access;
    Faults faults;
    bool const is_v6 = host.find(':') != std::string::npos;
    auto url = parse_url("https://" + (is_v6 ? "[" + host + "]" : host) + ":" + port);
    if (url)
        access.server = std::move(*url);
    else
        faults.push_back({"KUBERNETES_SERVICE_HOST", url.error().detail});
    access.server.target.clear();
    auto const text_of = [&](std::string const& file) {
        auto text = read(file);
        if (!text)
            faults.push_back({file, text.error().detail});
        return text.value_or("");
    };
    std::string const folder(service_account);
    access.trust.authorities_pem = text_of(folder + "/ca.crt");
    // Read for its faults alone: it is read again whenever it may have been replaced.
    access.token_file = folder + "/token";
    static_cast<void>(text_of(access.token_file));
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return access;
}

ApiAccess find_api_access(std::filesystem::path const& file) {
    if (!file.empty())
        return must_be_kubeconfig(file);
    if (std::string const named = environment("KUBECONFIG"); !named.empty())
        return must_be_kubeconfig(named);
    std::filesystem::path const own =
        std::filesystem::path(environment("HOME")) / ".kube" / "config";
    std::error_code unreadable;
    if (std::filesystem::exists(own, unreadable))
        return must_be_kubeconfig(own);
    std::string const host = environment("KUBERNETES_SERVICE_HOST");
    if (host.empty())
        throw StartupError(
            "--store kubernetes: there is no kubeconfig: $KUBECONFIG is empty, " + own.string() +
            " is not there, and this is no pod. Name one: --store kubernetes:FILE.");
    return must_be_read(
        read_service_account(host, environment("KUBERNETES_SERVICE_PORT"), read_text));
}

}  // namespace millrace

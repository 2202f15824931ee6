// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "common/base/json.hpp"
#include "common/base/secret.hpp"
#include "common/net/http_client.hpp"
#include "common/service/restart_record.hpp"

namespace millrace::console {

/// Where the other services are. Those without an address are found by the address files in the
/// state's run folder, which are read anew for each call, so a restarted service is found again.
struct ServicePlaces {
    std::filesystem::path run_folder;         ///< empty: what has no address is not there
    std::map<std::string, std::string> urls;  ///< by the service's name, without a path
    std::string remedy;  ///< a sentence on what to do about one that does not answer
};

/// The other services, asked with the token.
class Upstream {
public:
    Upstream(asio::any_io_executor executor, ServicePlaces places, Secret token);

    /// GET of a JSON document. Errors: `unavailable` when the service is not there or answers
    /// nonsense, `not_found`; else the status' own meaning with the service's words.
    Task<Result<Json>> get(std::string service, std::string path);
    /// The same, as the text it is; its caller knows that the service answers JSON.
    Task<Result<std::string>> get_text(std::string service, std::string path);
    /// POST of a JSON document.
    Task<Result<Json>> post(std::string service, std::string path, Json body);
    /// A GET whose body is read piece by piece (SSE), beginning after the event `last_event_id`;
    /// empty: now.
    Task<Result<StreamedResponse>> open(
        std::string service, std::string path, std::string last_event_id = {});
    /// GET without the token, of a plain text: /readyz. The status and the text.
    Task<Result<HttpResponse>> probe(std::string service, std::string path);
    /// False for what this installation goes without: our broker where another one delivers.
    /// delivers.
    bool has(std::string const& service) const {
        return !places_.run_folder.empty() || places_.urls.contains(service);
    }
    /// How often each was restarted. Errors: `not_found` where that is not noted.
    Result<RestartRecord> restarts() const;

private:
    Result<std::string> address_of(std::string const& service) const;
    Result<Url> locate(std::string const& service, std::string const& path) const;
    Error no_answer(std::string const& service, Error const& error) const;
    HttpRequest make_request(std::string method) const;
    Task<Result<std::string>> exchange_text(
        std::string service, std::string path, HttpRequest request);
    Task<Result<Json>> exchange(std::string service, std::string path, HttpRequest request);

    HttpClient client_;
    ServicePlaces places_;
    Secret token_;
};

}  // namespace millrace::console

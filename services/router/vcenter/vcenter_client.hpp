// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.hpp"
#include "common/net/http_client.hpp"
#include "router/vcenter/soap.hpp"

namespace millrace::router {

/// One SOAP answer with the memory its nodes point into.
struct SoapDocument {
    std::string text;
    pugi::xml_document document;
    soap::Answer answer;
};

/// SOAP over one HTTP client with vCenter's session cookie. Performs, decides nothing.
class VcenterClient {
public:
    /// `url` is ".../sdk".
    VcenterClient(asio::any_io_executor executor, Url url, std::optional<TlsContext> tls);

    /// Sends an envelope. A SOAP fault is an answer, not an error. Errors: those of HttpClient,
    /// and `invalid` when the answer is no XML (an HTML error page, say).
    Task<Result<std::unique_ptr<SoapDocument>>> call(std::string envelope, nanoseconds limit);
    /// Forgets the session.
    void forget_session() { cookie_.clear(); }

private:
    Url url_;
    HttpClient client_;
    std::string cookie_;
};

}  // namespace millrace::router

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/net/http_client.hpp"
#include "router/vcenter/cookie_jar.hpp"
#include "router/vcenter/soap.hpp"

namespace millrace::router {

/// What an answer that is no SOAP is, in words: its status, where it redirects to, its type and how
/// it begins. Pure.
std::string describe_answer(HttpResponse const& response);

/// SOAP over one HTTP client with the cookies of vCenter and of what stands before it. Performs,
/// decides nothing.
class VcenterClient {
public:
    /// `url` is ".../sdk".
    VcenterClient(asio::any_io_executor executor, Url url, std::optional<TlsContext> tls);

    /// Sends an envelope; the text of the envelope that answers it. Errors: those of HttpClient,
    /// and `unavailable` when the answer is no SOAP: a login or error page, a redirect.
    Task<Result<std::string>> exchange(std::string envelope, nanoseconds limit);
    /// The same, parsed. A SOAP fault is an answer, not an error. Errors: also `invalid`.
    Task<Result<std::unique_ptr<soap::Document>>> call(std::string envelope, nanoseconds limit);
    /// Forgets the session.
    void forget_session() { cookies_.clear(); }

private:
    Url url_;
    HttpClient client_;
    CookieJar cookies_;
};

}  // namespace millrace::router

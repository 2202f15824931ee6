// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "common/net/tls.hpp"

namespace millrace {

struct TlsContext::Native {
    explicit Native(boost::asio::ssl::context::method method) : context(method) {}
    boost::asio::ssl::context context;
    bool verify = true;
};

}  // namespace millrace

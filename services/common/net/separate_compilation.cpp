// SPDX-License-Identifier: Apache-2.0
// Asio, Beast and Boost.URL are compiled here and nowhere else.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/url/src.hpp>

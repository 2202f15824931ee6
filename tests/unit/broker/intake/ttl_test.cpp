// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/ttl.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

int ttl_of(std::string const& extension) {
    CloudEvent event;
    event.set_attribute(ttl_attribute, extension);
    int const ttl = take_ttl(event);
    CHECK(event.attribute(ttl_attribute).empty());
    return ttl;
}

}  // namespace

TEST_CASE("TTL: starts at 255, counts down, is never shown", "[broker]") {
    CHECK(ttl_of("") == 255);
    CHECK(ttl_of("255") == 254);
    CHECK(ttl_of("2") == 1);
    CHECK(ttl_of("1") == 0);
    CHECK(ttl_of("-9") < 0);
    CHECK(ttl_of("many") == 255);
    CHECK(ttl_of("1000000") == 255);
}

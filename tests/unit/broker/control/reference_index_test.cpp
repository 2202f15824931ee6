// SPDX-License-Identifier: Apache-2.0
#include "broker/control/reference_index.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

ObjectReference service(std::string name) {
    return {
        .api_version = "v1", .kind = "Service", .name_space = "default", .name = std::move(name)};
}

ResourceName const first{"default", "first"};
ResourceName const second{"default", "second"};

}  // namespace

TEST_CASE("Reference index: it knows who refers to what, by object and by kind", "[broker]") {
    ReferenceIndex index;
    index.set(first, {service("a"), service("b")});
    index.set(second, {service("b")});
    CHECK(index.users_of(service("a")) == std::set{first});
    CHECK(index.users_of(service("b")) == std::set{first, second});
    CHECK(index.users_of(service("c")).empty());
    CHECK(index.kinds() == std::set{KindWords{"v1", "Service"}});
    CHECK(index.references_to({"v1", "Service"}) == std::vector{service("a"), service("b")});
    CHECK(index.references_to({"v1", "ServiceOther"}).empty());
}

TEST_CASE("Reference index: who refers to others, or to none, is not of the first", "[broker]") {
    ReferenceIndex index;
    index.set(first, {service("a")});
    index.set(first, {service("b")});
    CHECK(index.users_of(service("a")).empty());
    CHECK(index.users_of(service("b")) == std::set{first});
    index.set(first, {});
    CHECK(index.kinds().empty());
}

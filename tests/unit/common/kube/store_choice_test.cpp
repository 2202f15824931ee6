// SPDX-License-Identifier: Apache-2.0
#include "common/kube/store/store_choice.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Store: a folder, or Kubernetes by a kubeconfig or as kubectl finds one") {
    using Kind = StoreChoice::Kind;
    CHECK(read_store_choice("", "/state") == StoreChoice{Kind::directory, "/state"});
    CHECK(read_store_choice("directory:/a:b", "/s") == StoreChoice{Kind::directory, "/a:b"});
    CHECK(read_store_choice("kubernetes", "/s") == StoreChoice{Kind::kubernetes, ""});
    CHECK(read_store_choice("kubernetes:/k", "/s") == StoreChoice{Kind::kubernetes, "/k"});
}

TEST_CASE("Store: anything else is refused with what may be written") {
    for (auto const* text : {"directory", "directory:", "kubernetes:", "/state", "etcd:/a"}) {
        auto const choice = read_store_choice(text, "/s");
        REQUIRE_FALSE(choice);
        CHECK(choice.error().detail.find(text) != std::string::npos);
        CHECK(choice.error().detail.find("kubernetes:KUBECONFIG") != std::string::npos);
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/lease_holder.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

TEST_CASE("Lease holder: who is started again with the same folder is the same one") {
    test::TemporaryFolder const folder;
    std::string const first = find_lease_holder(folder.path() / "lease").identity;
    CHECK(first.find('_') != std::string::npos);
    CHECK(find_lease_holder(folder.path() / "lease").identity == first);
    CHECK(find_lease_holder(folder.path() / "another").identity != first);
}

TEST_CASE("Lease holder: two processes are never the same one, also with one folder") {
    test::TemporaryFolder const folder;
    LeaseHolder const first = find_lease_holder(folder.path());
    CHECK(first.lock);
    LeaseHolder const second = find_lease_holder(folder.path());
    CHECK_FALSE(second.lock);
    CHECK(second.identity != first.identity);
    CHECK(find_lease_holder(folder.path()).identity != second.identity);
}

TEST_CASE("Lease holder: without a folder that can be written it is a new one each time") {
    test::TemporaryFolder const folder;
    std::ofstream(folder.path() / "file") << "no folder";
    LeaseHolder const first = find_lease_holder(folder.path() / "file");
    CHECK_FALSE(first.identity.empty());
    CHECK(find_lease_holder(folder.path() / "file").identity != first.identity);
}

TEST_CASE("Lease holder: who it was is not written over where that cannot be read") {
    test::TemporaryFolder const folder;
    std::filesystem::create_directory(folder.path() / "holder");
    LeaseHolder const holder = find_lease_holder(folder.path());
    CHECK_FALSE(holder.lock);
    CHECK(std::filesystem::is_directory(folder.path() / "holder"));
}

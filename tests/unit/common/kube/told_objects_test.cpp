// SPDX-License-Identifier: Apache-2.0
#include "common/kube/told_objects.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

ResourceName const echo{"default", "echo"};

Resource object(std::string const& version, std::string const& uid = "u-1") {
    return {
        .object = {{"metadata", {{"name", "echo"}, {"uid", uid}, {"resourceVersion", version}}}}};
}

ToldObjects::Read problem(ErrorCode code) {
    return std::unexpected(ObjectProblem{.code = code, .faults = {{"echo.yaml", "a problem"}}});
}

}  // namespace

TEST_CASE("Watch: an object is told once, and once for each change") {
    ToldObjects told;
    CHECK(told.update(echo, object("1")));
    CHECK(told.take().type == WatchEvent::Type::added);
    CHECK(told.update(echo, object("1")));
    CHECK_FALSE(told.has_event());
    CHECK(told.update(echo, object("2")));
    CHECK(told.take().resource.resource_version() == "2");
}

// Review 4.4.
TEST_CASE("Watch: what cannot be read now is neither gone nor changed") {
    ToldObjects told;
    told.update(echo, object("1"));
    told.take();
    CHECK_FALSE(told.update(echo, problem(ErrorCode::storage)));
    CHECK_FALSE(told.has_event());
    told.update(echo, object("2"));
    CHECK(told.take().type == WatchEvent::Type::added);
}

TEST_CASE("Watch: an object that certainly does not exist any more is gone, with its uid") {
    ToldObjects told;
    told.update(echo, object("1", "u-1"));
    told.take();
    CHECK(told.update(echo, problem(ErrorCode::not_found)));
    auto const gone = told.take();
    CHECK(gone.type == WatchEvent::Type::deleted);
    CHECK(gone.resource.name() == echo);
    CHECK(gone.resource.uid() == "u-1");
    told.update(echo, problem(ErrorCode::not_found));
    CHECK_FALSE(told.has_event());
    told.update(echo, object("1"));
    CHECK(told.take().type == WatchEvent::Type::added);
}

TEST_CASE("Watch: an object that cannot be used is told with its faults, once") {
    ToldObjects told;
    told.update(echo, object("1"));
    told.take();
    told.update(echo, problem(ErrorCode::invalid));
    CHECK(told.take().type == WatchEvent::Type::invalid);
    told.update(echo, problem(ErrorCode::invalid));
    CHECK_FALSE(told.has_event());
    told.update(echo, object("1"));
    CHECK(told.take().type == WatchEvent::Type::added);
}

// Review 4.5.
TEST_CASE("Watch: another object of the same name is told as a deletion and a new one") {
    ToldObjects told;
    told.update(echo, object("1", "u-1"));
    told.take();
    told.update(echo, object("2", "u-2"));
    auto const gone = told.take();
    CHECK(gone.type == WatchEvent::Type::deleted);
    CHECK(gone.resource.uid() == "u-1");
    CHECK(told.take().resource.uid() == "u-2");
    told.update(echo, object("3", ""));
    CHECK(told.take().type == WatchEvent::Type::added);
    CHECK_FALSE(told.has_event());
}

TEST_CASE("Watch: after a whole listing what is not in it is gone") {
    ToldObjects told;
    ResourceName const other{"default", "other"};
    told.update(echo, object("1"));
    told.update(other, object("1"));
    told.take();
    told.take();
    told.keep_only({other});
    CHECK(told.take().name == echo);
    CHECK_FALSE(told.has_event());
}

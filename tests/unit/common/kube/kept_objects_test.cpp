// SPDX-License-Identifier: Apache-2.0
#include "common/kube/kept_objects.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

WatchEvent change(WatchEvent::Type type, std::string const& name, std::string const& text = {}) {
    Resource object;
    object.object["metadata"] = {{"namespace", "n"}, {"name", name}};
    object.object["text"] = text;
    return {.type = type, .resource = std::move(object), .name = {"n", name}, .faults = {}};
}

std::string names(std::vector<Resource> const& objects) {
    std::string all;
    for (Resource const& object : objects)
        all += object.name().name + string_at(object.object, "text") + " ";
    return all;
}

}  // namespace

TEST_CASE("Kept objects: sorted by name, each as it was told last") {
    using Type = WatchEvent::Type;
    std::vector<Resource> objects;
    for (auto const* name : {"b", "c", "a"})
        keep(objects, change(Type::added, name, "1"));
    CHECK(names(objects) == "a1 b1 c1 ");
    keep(objects, change(Type::added, "b", "2"));
    keep(objects, change(Type::deleted, "a"));
    keep(objects, change(Type::deleted, "never there"));
    CHECK(names(objects) == "b2 c1 ");
}

TEST_CASE("Kept objects: one that cannot be read stays as it was") {
    using Type = WatchEvent::Type;
    std::vector<Resource> objects;
    keep(objects, change(Type::added, "a", "1"));
    keep(objects, change(Type::invalid, "a"));
    keep(objects, change(Type::synced, ""));
    CHECK(names(objects) == "a1 ");
}

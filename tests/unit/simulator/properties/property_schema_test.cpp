// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_schema.hpp"

#include "simulator/soap/session_properties.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

TEST_CASE("Property schema: whatever is served is defined", "[simulator]") {
    auto const* type = GENERATE(
        "Folder", "Datacenter", "ClusterComputeResource", "HostSystem", "VirtualMachine",
        "ResourcePool", "Datastore", "Network", "Task", "EventHistoryCollector", "ContainerView",
        "EventManager", "SessionManager", "ServiceInstance", "TaskManager");
    test::Vcenter vcenter;
    SessionProperties const source(vcenter.world, nullptr);
    auto const names = source.property_names(type);
    REQUIRE_FALSE(names.empty());
    for (auto const name : names) {
        INFO(type << "." << name);
        CHECK(is_defined(type, name));
    }
}

TEST_CASE(
    "Property schema: a class has its bases' properties, a base not its classes'", "[simulator]") {
    struct Example {
        std::string_view type;
        std::string_view path;
        bool defined;
    };
    auto const example = GENERATE(
        Example{"VirtualMachine", "name", true}, Example{"ManagedEntity", "name", true},
        Example{"ManagedEntity", "runtime", false}, Example{"HostSystem", "guest", false},
        Example{"ClusterComputeResource", "host", true},
        Example{"ClusterComputeResource", "drsFault", true},
        Example{"ComputeResource", "drsFault", false}, Example{"ContainerView", "view", true},
        Example{"EventHistoryCollector", "filter", true}, Example{"Task", "name", false});
    INFO(example.type << "." << example.path);
    CHECK(is_defined(example.type, example.path) == example.defined);
}

TEST_CASE("Property schema: of a path the first name counts, and only as a whole", "[simulator]") {
    CHECK(is_defined("VirtualMachine", "runtime.powerState"));
    CHECK(is_defined("VirtualMachine", "config.hardware.device[4000]"));
    CHECK_FALSE(is_defined("VirtualMachine", "bogus.powerState"));
    for (auto const* part : {"run", "untime", "runtimes", "config datastore", " ", ""}) {
        INFO(part);
        CHECK_FALSE(is_defined("VirtualMachine", part));
    }
}

TEST_CASE("Property schema: of a class that is not known anything may be asked", "[simulator]") {
    CHECK(is_defined("VirtualApp", "vm"));
}

}  // namespace
}  // namespace millrace::simulator

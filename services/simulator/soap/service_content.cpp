// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/service_content.hpp"

#include <algorithm>
#include <array>

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

struct ServiceObject {
    std::string_view field;
    std::string_view type;
    std::string_view id;
};
/// ServiceContent's managers in the order of the schema; `about` stands after viewManager.
constexpr std::array<ServiceObject, 2> managers_before_about = {{
    {"propertyCollector", "PropertyCollector", "propertyCollector"},
    {"viewManager", "ViewManager", "ViewManager"},
}};
constexpr std::array<ServiceObject, 4> managers_after_about = {{
    {"sessionManager", "SessionManager", "SessionManager"},
    {"eventManager", "EventManager", "EventManager"},
    {"taskManager", "TaskManager", "TaskManager"},
    {"searchIndex", "SearchIndex", "SearchIndex"},
}};

}  // namespace

bool is_service_object(ManagedReference const& object) {
    auto const is_it = [&](ServiceObject const& one) {
        return one.type == object.type && one.id == object.value;
    };
    return std::ranges::any_of(managers_before_about, is_it) ||
           std::ranges::any_of(managers_after_about, is_it);
}

std::string service_content_xml(Inventory const& inventory) {
    std::string out = reference_element("rootFolder", {"Folder", inventory.root});
    auto const add = [&](ServiceObject const& one) {
        out += reference_element(one.field, {std::string(one.type), std::string(one.id)});
    };
    for (auto const& one : managers_before_about)
        add(one);
    out +=
        "<about><name>VMware vCenter Server</name>"
        "<fullName>VMware vCenter Server 8.0.2 build-22385739 (Millrace simulator)</fullName>"
        "<vendor>VMware, Inc.</vendor><version>8.0.2</version><build>22385739</build>"
        "<localeVersion>INTL</localeVersion><localeBuild>000</localeBuild>"
        "<osType>linux-x64</osType><productLineId>vpx</productLineId>"
        "<apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion>";
    append_element(out, "instanceUuid", inventory.instance_uuid);
    out +=
        "<licenseProductName>VMware VirtualCenter Server</licenseProductName>"
        "<licenseProductVersion>8.0</licenseProductVersion></about>";
    for (auto const& one : managers_after_about)
        add(one);
    return out;
}

}  // namespace millrace::simulator

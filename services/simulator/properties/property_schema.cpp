// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_schema.hpp"

#include <algorithm>
#include <array>

#include "simulator/world/inventory.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

struct ClassNames {
    std::string_view type;
    std::string_view names;  ///< of the class itself, each between blanks
};

/// vSphere API 8.0: the properties of each class beside those of its bases.
constexpr std::array<ClassNames, 21> classes = {{
    {"ManagedEntity",
     " alarmActionsEnabled availableField configIssue configStatus customValue "
     "declaredAlarmState disabledMethod effectiveRole name overallStatus parent permission "
     "recentTask tag triggeredAlarmState value "},
    {"Folder", " childEntity childType namespace "},
    {"Datacenter",
     " configuration datastore datastoreFolder hostFolder network networkFolder vmFolder "},
    {"ComputeResource",
     " configurationEx datastore environmentBrowser host lifecycleManaged network resourcePool "
     "summary "},
    {"ClusterComputeResource",
     " actionHistory configuration drsFault drsRecommendation hciConfig migrationHistory "
     "recommendation "},
    {"HostSystem",
     " answerFileValidationResult answerFileValidationState capability complianceCheckResult "
     "complianceCheckState config configManager datastore datastoreBrowser hardware "
     "licensableResource network precheckRemediationResult remediationResult remediationState "
     "runtime summary systemResources vm "},
    {"VirtualMachine",
     " capability config datastore environmentBrowser guest guestHeartbeatStatus layout layoutEx "
     "network parentVApp resourceConfig resourcePool rootSnapshot runtime snapshot storage "
     "summary "},
    {"ResourcePool", " childConfiguration config namespace owner resourcePool runtime summary vm "},
    {"Datastore", " browser capability host info iormConfiguration summary vm "},
    {"Network", " host summary vm "},
    {"Task", " info "},
    {"HistoryCollector", " filter "},
    {"EventHistoryCollector", " initialized latestPage "},
    {"ManagedObjectView", " view "},
    {"ContainerView", " container recursive type "},
    {"EventManager", " description latestEvent maxCollector "},
    {"SessionManager",
     " currentSession defaultLocale message messageLocaleList sessionList supportedLocaleList "},
    {"ServiceInstance", " capability content serverClock "},
    {"TaskManager", " description maxCollector recentTask "},
    {"PropertyCollector", " filter "},
    {"ViewManager", " viewList "},
}};

std::expected<void, SoapFault> check_selection(SelectionSpec const& spec) {
    if (!spec.path.empty() && !is_defined(spec.type, spec.path)) {
        return std::unexpected(SoapFault{
            "InvalidArgument",
            "A specified parameter was not correct: " + spec.type + "." + spec.path,
            element("invalidProperty", "spec.objectSet.selectSet.path")});
    }
    for (auto const& inner : spec.select) {
        if (auto const checked = check_selection(inner); !checked)
            return checked;
    }
    return {};
}

}  // namespace

bool is_defined(std::string_view type, std::string_view path) {
    if (std::ranges::find(classes, type, &ClassNames::type) == classes.end())
        return true;
    auto const name = path.substr(0, path.find_first_of(".["));
    if (name.empty() || name.find(' ') != std::string_view::npos)
        return false;
    auto const first = " " + std::string(name) + " ";
    return std::ranges::any_of(classes, [&](ClassNames const& one) {
        return is_class(type, one.type) && one.names.find(first) != std::string_view::npos;
    });
}

std::expected<void, SoapFault> check_defined(PropertyFilterSpec const& spec) {
    for (auto const& properties : spec.properties) {
        for (auto const& path : properties.paths) {
            if (!is_defined(properties.type, path)) {
                return std::unexpected(SoapFault{"InvalidProperty", "", element("name", path)});
            }
        }
    }
    for (auto const& object : spec.objects) {
        for (auto const& select : object.select) {
            if (auto const checked = check_selection(select); !checked)
                return checked;
        }
    }
    return {};
}

}  // namespace millrace::simulator

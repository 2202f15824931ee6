// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/host_properties.hpp"

namespace millrace::simulator {
namespace {

Value runtime(Host const& host) {
    bool const in = host.maintenance == Maintenance::in || host.maintenance == Maintenance::exiting;
    return object_value(
        "HostRuntimeInfo",
        {{"connectionState", enum_value("HostSystemConnectionState", host.connection)},
         {"powerState", enum_value("HostSystemPowerState", "poweredOn")},
         {"standbyMode", text_value("none")},
         {"inMaintenanceMode", bool_value(in)},
         {"inQuarantineMode", bool_value(false)}});
}

Value product() {
    return object_value(
        "AboutInfo", {{"name", text_value("VMware ESXi")},
                      {"fullName", text_value("VMware ESXi 8.0.2 build-22380479")},
                      {"vendor", text_value("VMware, Inc.")},
                      {"version", text_value("8.0.2")},
                      {"build", text_value("22380479")},
                      {"osType", text_value("vmnix-x86")},
                      {"productLineId", text_value("embeddedEsx")},
                      {"apiType", text_value("HostAgent")},
                      {"apiVersion", text_value("8.0.2.0")}});
}

Value hardware(Host const& host) {
    return object_value(
        "HostHardwareSummary",
        {{"vendor", text_value("Dell Inc.")},
         {"model", text_value("PowerEdge R760")},
         {"uuid", text_value(host.uuid)},
         {"memorySize", long_value(512LL << 30)},
         {"cpuModel", text_value("Intel(R) Xeon(R) Gold 6442Y CPU @ 2.60GHz")},
         {"cpuMhz", int_value(2600)},
         {"numCpuPkgs", enum_value("xsd:short", "2")},
         {"numCpuCores", enum_value("xsd:short", "32")},
         {"numCpuThreads", enum_value("xsd:short", "64")},
         {"numNics", int_value(4)},
         {"numHBAs", int_value(2)}});
}

Value summary(Inventory const& inventory, Host const& host) {
    auto const load = static_cast<std::int64_t>(inventory.vms_of_host(host.id).size());
    return object_value(
        "HostListSummary",
        {{"host", reference_value(inventory.reference(host.id))},
         {"hardware", hardware(host)},
         {"runtime", runtime(host)},
         {"config", object_value(
                        "HostConfigSummary", {{"name", text_value(inventory.name_of(host.id))},
                                              {"port", int_value(443)},
                                              {"product", product()},
                                              {"vmotionEnabled", bool_value(true)},
                                              {"faultToleranceEnabled", bool_value(false)}})},
         {"quickStats",
          object_value(
              "HostListSummaryQuickStats", {{"overallCpuUsage", int_value(800 + 400 * load)},
                                            {"overallMemoryUsage", int_value(8192 + 6144 * load)},
                                            {"uptime", int_value(86'400)}})},
         {"overallStatus", enum_value("ManagedEntityStatus", "green")},
         {"rebootRequired", bool_value(false)}});
}

Value all_of(Inventory const& inventory, std::string_view type) {
    std::vector<ManagedReference> found;
    for (auto const& [id, entity] : inventory.entities) {
        if (entity.type == type)
            found.push_back({entity.type, id});
    }
    return references_value(found);
}

}  // namespace

std::optional<Value> host_property(
    Inventory const& inventory, Host const& host, std::string_view name) {
    if (name == "runtime")
        return runtime(host);
    if (name == "summary")
        return summary(inventory, host);
    if (name == "datastore")
        return all_of(inventory, "Datastore");
    if (name == "network")
        return all_of(inventory, "Network");
    if (name != "vm")
        return std::nullopt;
    std::vector<ManagedReference> here;
    for (auto const& id : inventory.vms_of_host(host.id))
        here.push_back({"VirtualMachine", id});
    return references_value(here);
}

}  // namespace millrace::simulator

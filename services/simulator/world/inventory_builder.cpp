// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/inventory_builder.hpp"

#include <array>
#include <concepts>
#include <cstdio>
#include <random>

namespace millrace::simulator {
namespace {

struct Guest {
    std::string_view id;
    std::string_view name;
};
constexpr Guest debian{"debian12_64Guest", "Debian GNU/Linux 12 (64-bit)"};
constexpr Guest ubuntu{"ubuntu64Guest", "Ubuntu Linux (64-bit)"};
constexpr Guest windows{"windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)"};

struct VmPlan {
    std::string_view name;
    std::string_view folder;  ///< one of folder_names
    Guest guest;
    int cpus;
    int memory_gb;
    bool on = true;
};

constexpr std::array<std::string_view, 3> folder_names = {
    "Production", "Infrastructure", "Development"};

constexpr std::array<VmPlan, 40> plans = {{
    {"web-01", "Production", debian, 2, 4},
    {"web-02", "Production", debian, 2, 4},
    {"web-03", "Production", debian, 2, 4},
    {"app-01", "Production", ubuntu, 4, 16},
    {"app-02", "Production", ubuntu, 4, 16},
    {"app-03", "Production", ubuntu, 4, 16},
    {"db-primary", "Production", debian, 8, 64},
    {"db-replica", "Production", debian, 8, 64},
    {"cache-01", "Production", debian, 2, 16},
    {"cache-02", "Production", debian, 2, 16},
    {"queue-01", "Production", debian, 4, 8},
    {"queue-02", "Production", debian, 4, 8},
    {"queue-03", "Production", debian, 4, 8},
    {"shop-frontend", "Production", ubuntu, 4, 8},
    {"shop-payment", "Production", ubuntu, 4, 8},
    {"erp-app", "Production", windows, 8, 32},
    {"erp-sql", "Production", windows, 8, 64},
    {"sharepoint-01", "Production", windows, 4, 24},
    {"dc01", "Infrastructure", windows, 2, 8},
    {"dc02", "Infrastructure", windows, 2, 8},
    {"dns-01", "Infrastructure", debian, 1, 2},
    {"dns-02", "Infrastructure", debian, 1, 2},
    {"dhcp-01", "Infrastructure", debian, 1, 2},
    {"mail-gateway", "Infrastructure", debian, 2, 4},
    {"fileserver-01", "Infrastructure", windows, 4, 16},
    {"print-01", "Infrastructure", windows, 2, 4},
    {"backup-proxy-01", "Infrastructure", windows, 4, 16},
    {"backup-proxy-02", "Infrastructure", windows, 4, 16},
    {"monitoring", "Infrastructure", debian, 4, 16},
    {"log-collector", "Infrastructure", debian, 4, 16},
    {"jump-host", "Infrastructure", debian, 2, 4},
    {"gitlab", "Development", debian, 8, 32},
    {"ci-runner-01", "Development", ubuntu, 8, 16},
    {"ci-runner-02", "Development", ubuntu, 8, 16},
    {"ci-runner-03", "Development", ubuntu, 8, 16},
    {"dev-ada", "Development", ubuntu, 4, 16},
    {"dev-linus", "Development", ubuntu, 4, 16, false},
    {"test-k8s-01", "Development", debian, 4, 8},
    {"test-k8s-02", "Development", debian, 4, 8},
    {"template-check", "Development", debian, 1, 2, false},
}};

constexpr std::array<std::string_view, 5> hostile_names = {
    "<img src=x onerror=alert(1)>",
    "it's \"quoted\" & <b>bold</b>; $(reboot) `id` %0d%0a",
    "tab\there, line\nbreak",
    "\xE2\x80\xAEgnp.exe\xE2\x80\xAC zero\xE2\x80\x8Bwidth \xC2\x85 next line",
    "\xE5\x90\x8D\xE5\x89\x8D-\xC3\xBCml\xC3\xA4ut-\xF0\x9F\x92\xA5-\x7F",
};

std::string numbered(std::string prefix, std::integral auto number) {
    return std::move(prefix) + std::to_string(number);
}

/// A version 4 UUID from a seeded generator, so that the demo is the same each time.
std::string seeded_uuid(std::mt19937_64& random) {
    auto const high = (random() & ~0xF000ULL) | 0x4000ULL;
    auto const low = (random() & ~(3ULL << 62)) | (2ULL << 62);
    std::array<char, 37> text{};
    std::snprintf(
        text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
        static_cast<unsigned>((high >> 16) & 0xFFFF), static_cast<unsigned>(high & 0xFFFF),
        static_cast<unsigned>(low >> 48), low & 0xFFFFFFFFFFFFULL);
    return text.data();
}

class Builder {
public:
    Inventory build(InventoryOptions const& options);

private:
    void add(std::string id, std::string_view type, std::string_view name, std::string_view parent);
    void add_folder(
        std::string id, std::string_view name, std::string_view parent,
        std::vector<std::string> child_types);
    void add_datacenter();
    void add_clusters();
    void add_storage_and_networks();
    void add_vm(VmPlan const& plan);

    Inventory inventory_;
    std::mt19937_64 random_{20261122};
    int next_ = 21;
    std::vector<std::string> hosts_;
    std::size_t vm_count_ = 0;
};

void Builder::add(
    std::string id, std::string_view type, std::string_view name, std::string_view parent) {
    inventory_.entities[std::move(id)] =
        Entity{std::string(type), std::string(name), std::string(parent)};
}

void Builder::add_folder(
    std::string id, std::string_view name, std::string_view parent,
    std::vector<std::string> child_types) {
    inventory_.folders[id] = Folder{id, std::move(child_types)};
    add(std::move(id), "Folder", name, parent);
}

void Builder::add_datacenter() {
    inventory_.root = "group-d1";
    add_folder("group-d1", "Datacenters", "", {"Folder", "Datacenter"});
    add("datacenter-2", "Datacenter", "Berlin", "group-d1");
    add_folder("group-v3", "vm", "datacenter-2", {"Folder", "VirtualMachine", "VirtualApp"});
    add_folder("group-h4", "host", "datacenter-2", {"Folder", "ComputeResource"});
    add_folder("group-s5", "datastore", "datacenter-2", {"Folder", "Datastore", "StoragePod"});
    add_folder(
        "group-n6", "network", "datacenter-2", {"Folder", "Network", "DistributedVirtualSwitch"});
    inventory_.datacenters["datacenter-2"] =
        Datacenter{"datacenter-2", "group-v3", "group-h4", "group-s5", "group-n6"};
}

void Builder::add_clusters() {
    struct Plan {
        std::string_view id, name, pool, prefix;
        int hosts;
    };
    static constexpr std::array<Plan, 2> clusters = {{
        {"domain-c8", "Production", "resgroup-9", "esx-prod", 4},
        {"domain-c10", "Development", "resgroup-11", "esx-dev", 3},
    }};
    for (auto const& plan : clusters) {
        std::string const id(plan.id);
        add(id, "ClusterComputeResource", plan.name, "group-h4");
        add(std::string(plan.pool), "ResourcePool", "Resources", id);
        inventory_.clusters[id] = Cluster{id, std::string(plan.pool)};
        inventory_.resource_pool_owners[std::string(plan.pool)] = id;
        for (int number = 1; number <= plan.hosts; ++number) {
            auto const host = numbered("host-", next_++);
            add(host, "HostSystem",
                numbered(std::string(plan.prefix) + "-0", number) + ".demo.local", id);
            inventory_.hosts[host] = Host{.id = host, .cluster = id, .uuid = seeded_uuid(random_)};
            hosts_.push_back(host);
        }
    }
}

void Builder::add_storage_and_networks() {
    for (auto const* name : {"vsan-prod", "nfs-backup", "vsan-dev", "iso-library"}) {
        add(numbered("datastore-", next_++), "Datastore", name, "group-s5");
    }
    for (auto const* name : {"VM Network", "DMZ", "Management"}) {
        add(numbered("network-", next_++), "Network", name, "group-n6");
    }
    for (auto const name : folder_names) {
        add_folder(
            numbered("group-v", next_++), name, "group-v3",
            {"Folder", "VirtualMachine", "VirtualApp"});
    }
}

void Builder::add_vm(VmPlan const& plan) {
    bool const development = plan.folder == "Development";
    auto const index = vm_count_++;
    VirtualMachine vm;
    vm.id = numbered("vm-", 57 + index);
    vm.host = development ? hosts_.at(4 + index % 3) : hosts_.at(index % 4);
    vm.folder = "group-v3";
    for (auto const& [id, entity] : inventory_.entities) {
        if (entity.parent == "group-v3" && entity.name == plan.folder)
            vm.folder = id;
    }
    vm.resource_pool = development ? "resgroup-11" : "resgroup-9";
    vm.datastore = development ? "datastore-30" : "datastore-28";
    vm.network =
        plan.name.starts_with("mail") || plan.name.starts_with("web") ? "network-33" : "network-32";
    vm.power = plan.on ? PowerState::on : PowerState::off;
    vm.guest = plan.guest.name;
    vm.guest_id = plan.guest.id;
    vm.address = numbered(development ? "10.20.2." : "10.20.1.", 10 + index);
    vm.cpus = plan.cpus;
    vm.memory_mb = plan.memory_gb * 1024;
    vm.uuid = seeded_uuid(random_);
    add(vm.id, "VirtualMachine", plan.name, vm.folder);
    inventory_.virtual_machines[vm.id] = std::move(vm);
}

Inventory Builder::build(InventoryOptions const& options) {
    inventory_.instance_uuid = seeded_uuid(random_);
    add_datacenter();
    add_clusters();
    add_storage_and_networks();
    for (auto const& plan : plans)
        add_vm(plan);
    if (options.hostile_names) {
        for (auto const name : hostile_names)
            add_vm({name, "Development", ubuntu, 1, 1});
    }
    return std::move(inventory_);
}

}  // namespace

Inventory build_inventory(InventoryOptions const& options) {
    return Builder().build(options);
}

}  // namespace millrace::simulator

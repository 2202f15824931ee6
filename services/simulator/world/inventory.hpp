// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "simulator/world/managed_reference.hpp"

namespace millrace::simulator {

enum class PowerState { off, on, suspended };
/// vSphere's words: poweredOff, poweredOn, suspended.
std::string_view to_string(PowerState state);

struct Snapshot {
    ManagedReference reference;
    int id = 0;
    std::string name;
    std::string description;
    SystemTime created;
    PowerState power = PowerState::off;
};

/// What the kinds of inventory objects have beyond name and parent; empty where it does not apply.
struct VirtualMachine {
    std::string id;
    std::string host;
    std::string folder;
    std::string resource_pool;
    std::string datastore;
    std::string network;
    PowerState power = PowerState::on;
    std::string guest;  ///< full name of the guest system
    std::string guest_id;
    std::string address;
    int cpus = 2;
    int memory_mb = 4096;
    std::string uuid;
    std::vector<Snapshot> snapshots;  ///< oldest first, each the child of the one before
};

enum class Maintenance { none, entering, in, exiting };
/// "none", "entering", "in", "exiting".
std::string_view to_string(Maintenance state);

struct Host {
    std::string id;
    std::string cluster;
    std::string connection = "connected";
    Maintenance maintenance = Maintenance::none;
    std::string uuid;
};

struct Cluster {
    std::string id;
    std::string resource_pool;
};

struct Folder {
    std::string id;
    std::vector<std::string> child_types;
};

struct Datacenter {
    std::string id;
    std::string vm_folder;
    std::string host_folder;
    std::string datastore_folder;
    std::string network_folder;
};

/// Name, class and place of every inventory object.
struct Entity {
    std::string type;
    std::string name;
    std::string parent;  ///< empty for the root folder
};

/// Order of identifiers as people expect it: "vm-57" before "vm-100".
struct IdentifierOrder {
    using is_transparent = void;
    bool operator()(std::string_view left, std::string_view right) const {
        return left.size() != right.size() ? left.size() < right.size() : left < right;
    }
};
template <class T>
using ById = std::map<std::string, T, IdentifierOrder>;

/// The simulated inventory: plain values and the questions others ask of them.
class Inventory {
public:
    ById<Entity> entities;
    ById<Datacenter> datacenters;
    ById<Folder> folders;
    ById<Cluster> clusters;
    ById<Host> hosts;
    ById<VirtualMachine> virtual_machines;
    ById<std::string> resource_pool_owners;  ///< pool to cluster
    std::string root;
    std::string instance_uuid;  ///< of the vCenter itself

    Entity const* find(std::string_view id) const;
    Host* find_host(std::string_view id);
    Host const* find_host(std::string_view id) const;
    VirtualMachine* find_vm(std::string_view id);
    VirtualMachine const* find_vm(std::string_view id) const;
    std::string const& name_of(std::string_view id) const;
    ManagedReference reference(std::string_view id) const;
    NamedReference named(std::string_view id) const;

    /// Direct children by `parent`, in order of their identifiers.
    std::vector<std::string> children(std::string_view id, std::string_view type = {}) const;
    /// Whether `id` is `ancestor` or below it, by parents; a VM is also below its host, cluster and
    /// resource pool.
    bool is_under(std::string_view id, std::string_view ancestor) const;
    std::vector<std::string> vms_of_host(std::string_view host) const;
    std::vector<std::string> hosts_of_cluster(std::string_view cluster) const;
    /// The data centre that holds `id`, or an empty string.
    std::string datacenter_of(std::string_view id) const;

    /// Bumped by whoever changes a value, so that property filters know when to look again.
    std::uint64_t generation = 0;
};

/// Whether vSphere's class `type` is `base` or derives from it, for the classes served here.
bool is_class(std::string_view type, std::string_view base);

}  // namespace millrace::simulator

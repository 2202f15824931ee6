// SPDX-License-Identifier: Apache-2.0
#include "ovagen/ovf_descriptor.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "ovagen/ovf_product_section.hpp"

namespace millrace::ovagen {
namespace {

constexpr auto schemas = "http://schemas.dmtf.org/";
constexpr auto disk_format =
    "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";
/// Resource types of CIM_ResourceAllocationSettingData (DSP1041).
enum ResourceType {
    processor = 3,
    memory = 4,
    ide = 5,
    scsi = 6,
    ethernet = 10,
    cd = 15,
    disk = 17
};

std::uint64_t little_endian(std::span<unsigned char const> bytes) {
    std::uint64_t value = 0;
    for (std::size_t index = bytes.size(); index > 0; --index)
        value = value << 8 | bytes[index - 1];
    return value;
}

pugi::xml_node add(pugi::xml_node parent, char const* name, std::string const& text = "") {
    pugi::xml_node node = parent.append_child(name);
    if (!text.empty())
        node.text().set(text.c_str());
    return node;
}

pugi::xml_node add_section(pugi::xml_node parent, char const* name, char const* info) {
    pugi::xml_node section = parent.append_child(name);
    add(section, "Info", info);
    return section;
}

/// One device; its elements stand in the order of their names, as the schema wants them.
class Item {
public:
    Item(pugi::xml_node hardware, int id, ResourceType type, std::string name)
        : hardware_(hardware),
          elements_{
              {"ElementName", std::move(name)},
              {"InstanceID", std::to_string(id)},
              {"ResourceType", std::to_string(static_cast<int>(type))}} {}
    Item& with(char const* name, std::string value) {
        elements_.emplace(name, std::move(value));
        return *this;
    }
    void write() {
        pugi::xml_node item = hardware_.append_child("Item");
        for (auto const& [name, value] : elements_)
            add(item, ("rasd:" + name).c_str(), value);
    }

private:
    pugi::xml_node hardware_;
    std::map<std::string, std::string> elements_;
};

void add_disk(
    pugi::xml_node references, pugi::xml_node disks, char const* id, VirtualDisk const& disk) {
    pugi::xml_node file = references.append_child("File");
    file.append_attribute("ovf:id") = id;
    file.append_attribute("ovf:href") = disk.file_name.c_str();
    file.append_attribute("ovf:size") = std::to_string(disk.file_bytes).c_str();
    pugi::xml_node node = disks.append_child("Disk");
    node.append_attribute("ovf:diskId") = id;
    node.append_attribute("ovf:fileRef") = id;
    node.append_attribute("ovf:capacity") = std::to_string(disk.capacity_bytes).c_str();
    node.append_attribute("ovf:format") = disk_format;
}

void add_references(pugi::xml_node envelope, VirtualDisk const& system, VirtualDisk const& data) {
    pugi::xml_node references = add(envelope, "References");
    pugi::xml_node disks =
        add_section(envelope, "DiskSection", "The system's disk, and the one for data.");
    add_disk(references, disks, "system", system);
    add_disk(references, disks, "data", data);
    pugi::xml_node networks =
        add_section(envelope, "NetworkSection", "Where the appliance is reached.");
    pugi::xml_node network = networks.append_child("Network");
    network.append_attribute("ovf:name") = "Network";
    add(network, "Description", "Reaches vCenter, and is reached by browsers.");
}

void add_hardware(pugi::xml_node machine) {
    pugi::xml_node hardware = add_section(machine, "VirtualHardwareSection", "Virtual hardware.");
    hardware.append_attribute("ovf:transport") = "com.vmware.guestInfo iso";
    pugi::xml_node system = add(hardware, "System");
    add(system, "vssd:ElementName", "Virtual Hardware Family");
    add(system, "vssd:InstanceID", "0");
    add(system, "vssd:VirtualSystemIdentifier", "millrace");
    // ESXi 7.0 and later.
    add(system, "vssd:VirtualSystemType", "vmx-17");
    Item(hardware, 1, processor, "2 virtual CPUs")
        .with("AllocationUnits", "hertz * 10^6")
        .with("VirtualQuantity", "2")
        .write();
    Item(hardware, 2, memory, "4096 MB of memory")
        .with("AllocationUnits", "byte * 2^20")
        .with("VirtualQuantity", "4096")
        .write();
    Item(hardware, 3, scsi, "SCSI controller 0")
        .with("Address", "0")
        .with("ResourceSubType", "VirtualSCSI")
        .write();
    Item(hardware, 4, ide, "IDE 0").with("Address", "0").write();
    for (int number = 0; number < 2; ++number)
        Item(hardware, 5 + number, disk, "Hard disk " + std::to_string(number + 1))
            .with("AddressOnParent", std::to_string(number))
            .with("HostResource", number == 0 ? "ovf:/disk/system" : "ovf:/disk/data")
            .with("Parent", "3")
            .write();
    Item(hardware, 7, cd, "CD-ROM 1")
        .with("AddressOnParent", "0")
        .with("AutomaticAllocation", "false")
        .with("Parent", "4")
        .with("ResourceSubType", "vmware.cdrom.remotepassthrough")
        .write();
    Item(hardware, 8, ethernet, "Network adapter 1")
        .with("AddressOnParent", "7")
        .with("AutomaticAllocation", "true")
        .with("Connection", "Network")
        .with("ResourceSubType", "VmxNet3")
        .write();
}

}  // namespace

Result<VirtualDisk> read_virtual_disk(std::string const& path) {
    constexpr std::uint64_t sector_bytes = 512;
    // Compressed grains and markers: what makes it one that can be streamed.
    constexpr std::uint64_t streamed = 0x30000;
    std::array<unsigned char, 20> header{};
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(header.data()), header.size());
    std::span<unsigned char const> const bytes = header;
    bool const is_vmdk =
        file && std::string_view(reinterpret_cast<char const*>(header.data()), 4) == "KDMV";
    if (!is_vmdk || (little_endian(bytes.subspan(8, 4)) & streamed) != streamed)
        return failure(
            ErrorCode::invalid,
            path +
                " is no streamOptimized VMDK; make one with: qemu-img convert -O vmdk -o "
                "subformat=streamOptimized.");
    return VirtualDisk{
        .file_name = std::filesystem::path(path).filename().string(),
        .file_bytes = std::filesystem::file_size(path),
        .capacity_bytes = little_endian(bytes.subspan(12, 8)) * sector_bytes};
}

std::string ovf_descriptor(
    PropertyList const& list, VirtualDisk const& system, VirtualDisk const& data,
    std::string_view version) {
    pugi::xml_document document;
    pugi::xml_node envelope = document.append_child("Envelope");
    std::string const base = schemas;
    envelope.append_attribute("xmlns") = (base + "ovf/envelope/1").c_str();
    envelope.append_attribute("xmlns:ovf") = (base + "ovf/envelope/1").c_str();
    envelope.append_attribute("xmlns:rasd") =
        (base + "wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData").c_str();
    envelope.append_attribute("xmlns:vssd") =
        (base + "wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData").c_str();
    envelope.append_attribute("xmlns:vmw") = "http://www.vmware.com/schema/ovf";
    add_references(envelope, system, data);
    pugi::xml_node machine = add_section(envelope, "VirtualSystem", "The Millrace appliance.");
    machine.append_attribute("ovf:id") = "millrace";
    add(machine, "Name", "millrace");
    pugi::xml_node guest =
        add_section(machine, "OperatingSystemSection", "The guest's operating system.");
    guest.append_attribute("ovf:id") = "96";
    // Debian 13's own is known from vSphere 9 on; what vCenter does for this one is the same.
    guest.append_attribute("vmw:osType") = "debian11_64Guest";
    add(guest, "Description", "Debian GNU/Linux 64-bit");
    add_hardware(machine);
    add_product_section(machine, list, version);
    std::ostringstream text;
    document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
    return text.str();
}

}  // namespace millrace::ovagen

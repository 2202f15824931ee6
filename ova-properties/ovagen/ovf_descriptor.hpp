// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ovagen/property_list.hpp"

namespace millrace::ovagen {

/// A disk that a descriptor refers to.
struct VirtualDisk {
    std::string file_name;
    std::uint64_t file_bytes = 0;
    std::uint64_t capacity_bytes = 0;
};

/// What the header of a VMDK says (VMware's Virtual Disk Format 5.0). Errors: `invalid` for a file
/// that is not streamOptimized, the only kind that an OVA may have.
Result<VirtualDisk> read_virtual_disk(std::string const& path);

/// The whole descriptor of the appliance (DSP0243 1.1, which every vSphere reads): two processors,
/// 4 GiB, pvscsi with the system's disk and the one for data, vmxnet3, a CD drive for the transport
/// "iso", and the form. Both disks are files: importers stumble over one that is none.
std::string ovf_descriptor(
    PropertyList const& list, VirtualDisk const& system, VirtualDisk const& data,
    std::string_view version);

}  // namespace millrace::ovagen

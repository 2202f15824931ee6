// SPDX-License-Identifier: Apache-2.0
// A CD in the drive of a VM, from its volume descriptors on.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "common/base/file.hpp"
#include "configurator/environment/iso_file.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {

void take(std::string_view bytes) {
    constexpr off_t first_descriptor = off_t{16} * 2048;
    FileDescriptor const disc(::memfd_create("disc", MFD_CLOEXEC));
    FUZZ_HOLDS(
        ::pwrite(disc.get(), bytes.data(), bytes.size(), first_descriptor) ==
        static_cast<ssize_t>(bytes.size()));
    auto const found =
        configurator::read_environment_disc("/proc/self/fd/" + std::to_string(disc.get()));
    if (!found)
        FUZZ_HOLDS(!found.error().detail.empty());
    else if (*found)
        FUZZ_HOLDS((*found)->size() <= configurator::environment_bytes_max);
}

}  // namespace millrace::fuzz

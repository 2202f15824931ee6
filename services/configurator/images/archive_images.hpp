// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/images/archive_contents.hpp"

namespace millrace::configurator {

/// The full names of the images in an archive, sorted: "docker.io/library/busybox:1.37". It is an
/// OCI image layout (image-layout.md of the OCI image specification 1.1) or what `docker save`
/// writes (Docker image specification 1.2); of one that is both the layout counts, as for
/// containerd. Errors: all that is wrong with it: neither of them, an image without a name, for
/// another architecture (as Go names them: "amd64") or without a file that it needs. Pure.
Checked<std::vector<std::string>> images_of(
    ArchiveContents const& contents, std::string const& architecture);

/// The name that containerd knows an image by: "busybox" is "docker.io/library/busybox:latest". The
/// rule is that of distribution's reference.ParseNormalizedNamed.
std::string full_image_name(std::string_view name);

/// Of this program, as Go names it.
#if defined(__aarch64__)
inline constexpr auto own_architecture = "arm64";
#elif defined(__x86_64__)
inline constexpr auto own_architecture = "amd64";
#endif

}  // namespace millrace::configurator

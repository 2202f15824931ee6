// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/lease_holder.hpp"

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/host_name.hpp"
#include "common/base/log.hpp"

namespace millrace {
namespace {

constexpr std::size_t file_bytes_max = 256;

/// What is written there, once it is. One that cannot be read is not written over.
Result<std::string> kept_id(std::filesystem::path const& file) {
    auto text = read_file(file, file_bytes_max);
    if (text || text.error().code != ErrorCode::not_found)
        return text;
    std::string id = random_uuid();
    if (auto const written = write_file_atomic(file, id, 0600); !written)
        return std::unexpected(written.error());
    return id;
}

}  // namespace

LeaseHolder find_lease_holder(std::filesystem::path const& folder) {
    std::string const host = host_name();
    if (host.empty())
        throw StartupError("--lease: the name of this host is not known.");
    auto lock = try_lock_folder(folder);
    auto const id =
        lock ? kept_id(folder / "holder") : Result<std::string>(std::unexpected(lock.error()));
    if (id)
        return {host + "_" + *id, std::move(*lock)};
    log::info("As a new holder of leases.", {{"reason", id.error().detail}});
    return {host + "_" + random_uuid(), std::nullopt};
}

}  // namespace millrace

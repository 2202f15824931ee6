// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "tests/support/service_client.hpp"

namespace millrace::test {

/// An event the simulator says it has emitted.
struct Emitted {
    std::int64_t key = 0;
    std::string entity;
};

/// The simulator's ledger from position `from` on. `api` is its control API's URL.
Task<std::vector<Emitted>> read_ledger(ServiceClient& client, std::string api, std::int64_t from);
/// How long the ledger is now.
Task<std::int64_t> ledger_length(ServiceClient& client, std::string api);

/// One call of the function "receipts", in the order of the calls.
struct Receipt {
    std::int64_t key = 0;
    std::string entity;  ///< partitionkey
    std::string line;    ///< the whole event, JSON
};

/// Follows the file in which that function writes.
class ReceiptsFile {
public:
    explicit ReceiptsFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// Takes in the lines written since.
    void read_more();
    std::vector<Receipt> const& all() const { return all_; }
    std::set<std::int64_t> const& keys() const { return keys_; }

private:
    std::filesystem::path path_;
    std::streamoff offset_ = 0;
    std::vector<Receipt> all_;
    std::set<std::int64_t> keys_;
};

/// What the promise of delivery looks like in numbers (docs: conservation, order).
struct Verdict {
    std::size_t emitted = 0;
    std::size_t received = 0;
    std::size_t lost = 0;        ///< emitted, never received
    std::size_t phantom = 0;     ///< received, never emitted
    std::size_t duplicates = 0;  ///< received again
    std::size_t inversions = 0;  ///< first receipts of an entity out of order
};

/// `before` are keys that were emitted before the source was read: they may be received or not.
Verdict compare(
    std::vector<Emitted> const& emitted, std::vector<Emitted> const& before,
    std::vector<Receipt> const& receipts);

}  // namespace millrace::test

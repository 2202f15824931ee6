// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/conservation.hpp"

#include <charconv>
#include <map>

#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

Receipt to_receipt(std::string line) {
    auto const event = parse_json(line);
    if (!event)
        FAIL("No JSON: " << line);
    Receipt receipt;
    std::string const id = string_at(*event, "id");
    std::from_chars(id.data(), id.data() + id.size(), receipt.key);
    receipt.entity = string_at(*event, "partitionkey");
    receipt.line = std::move(line);
    return receipt;
}

}  // namespace

Task<std::vector<Emitted>> read_ledger(ServiceClient& client, std::string api, std::int64_t from) {
    std::vector<Emitted> emitted;
    for (std::int64_t total = from + 1; from < total;) {
        Json const page = co_await client.get(api + "/api/v1/ledger?from=" + std::to_string(from));
        for (Json const& item : *find_json(page, "items"))
            emitted.push_back({integer_at(item, "key").value(), string_at(item, "entity")});
        from = integer_at(page, "next").value();
        total = integer_at(page, "total").value();
    }
    co_return emitted;
}

Task<std::int64_t> ledger_length(ServiceClient& client, std::string api) {
    Json const page = co_await client.get(api + "/api/v1/ledger?limit=1");
    co_return integer_at(page, "total").value();
}

void ReceiptsFile::read_more() {
    std::ifstream file(path_);
    file.seekg(offset_);
    std::string line;
    // A line without its end is still being written.
    while (std::getline(file, line) && !file.eof()) {
        offset_ += static_cast<std::streamoff>(line.size()) + 1;
        all_.push_back(to_receipt(std::move(line)));
        keys_.insert(all_.back().key);
    }
}

Verdict compare(
    std::vector<Emitted> const& emitted, std::vector<Emitted> const& before,
    std::vector<Receipt> const& receipts) {
    Verdict verdict{.emitted = emitted.size(), .received = receipts.size()};
    std::set<std::int64_t> known;
    for (auto const* list : {&emitted, &before})
        for (Emitted const& event : *list)
            known.insert(event.key);
    std::set<std::int64_t> seen;
    std::map<std::string, std::int64_t> newest;
    for (Receipt const& receipt : receipts) {
        verdict.phantom += known.contains(receipt.key) ? 0 : 1;
        if (!seen.insert(receipt.key).second) {
            ++verdict.duplicates;
            continue;
        }
        // A duplicate may come late, but a new event never before an older one of its entity.
        verdict.inversions += receipt.key < newest[receipt.entity] ? 1 : 0;
        newest[receipt.entity] = std::max(newest[receipt.entity], receipt.key);
    }
    for (Emitted const& event : emitted)
        verdict.lost += seen.contains(event.key) ? 0 : 1;
    return verdict;
}

}  // namespace millrace::test

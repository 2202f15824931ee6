// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/oracle.hpp"

#include <charconv>
#include <span>

#include "router/checkpoint/checkpoint_codec.hpp"

namespace millrace::test {

std::set<std::int32_t> known_repeats(
    SimulatedFolder const& folder, SimulatedVcenter const& vcenter, SimulatedSink const& sink,
    std::size_t first) {
    auto const loaded = router::decode_checkpoint(folder.content("checkpoint"));
    std::set<std::int32_t> repeats;
    for (std::int32_t const key : std::span(sink.receipts).subspan(first)) {
        bool const is_known =
            loaded && (loaded->state.delivered.contains(key) ||
                       vcenter.event_of(key).created < loaded->state.low_water - 10s);
        if (!is_known)
            repeats.insert(key);
    }
    return repeats;
}

std::set<std::int32_t> dead_letters(SimulatedFolder const& folder) {
    constexpr std::string_view mark = "\"key\":";
    std::string const text = folder.content("dead-letters.jsonl");
    std::set<std::int32_t> keys;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        std::int32_t key = 0;
        std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), key);
        keys.insert(key);
    }
    return keys;
}

Verdict judge(
    SimulatedFolder const& folder, SimulatedVcenter const& vcenter, SimulatedSink const& sink,
    std::size_t first, std::size_t end) {
    Verdict verdict;
    std::set<std::int32_t> seen;
    std::map<std::uint32_t, std::int32_t> last_of_entity;
    for (std::int32_t const key : sink.receipts) {
        if (!seen.insert(key).second) {
            ++verdict.duplicates;
            continue;
        }
        std::int32_t& last = last_of_entity[vcenter.event_of(key).entity];
        verdict.out_of_order += key < last ? 1 : 0;
        last = std::max(last, key);
    }
    auto const dead = dead_letters(folder);
    for (std::size_t i = first; i < end; ++i) {
        std::int32_t const key = vcenter.history()[i].key;
        ++verdict.emitted;
        verdict.dead_lettered += dead.contains(key) ? 1 : 0;
        verdict.lost += seen.contains(key) || dead.contains(key) ? 0 : 1;
    }
    return verdict;
}

}  // namespace millrace::test

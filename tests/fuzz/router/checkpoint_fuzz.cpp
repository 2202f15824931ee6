// SPDX-License-Identifier: Apache-2.0
// A checkpoint file: any bytes, and good ones of which some were damaged.
#include <cstring>

#include "router/checkpoint/checkpoint_codec.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

using namespace millrace::router;

std::int32_t key_of(Parts& parts) {
    std::uint32_t key = 0;
    for (int i = 0; i < 4; ++i)
        key = key << 8 | parts.byte();
    std::int32_t signed_key = 0;
    std::memcpy(&signed_key, &key, sizeof key);
    return signed_key;
}

CheckpointState state_of(Parts& parts) {
    CheckpointState state;
    state.instance_uuid = std::string(parts.line().substr(0, 64));
    state.low_water = SystemTime(seconds(key_of(parts)));
    for (int i = parts.byte(); i > 0; --i)
        state.delivered.insert(key_of(parts));
    return state;
}

bool same(CheckpointState const& a, CheckpointState const& b) {
    return a.instance_uuid == b.instance_uuid && a.low_water == b.low_water &&
           a.delivered.ranges() == b.delivered.ranges();
}

/// Written and read again it is the same; with a damaged byte it is that state, or none.
void damage(Parts parts) {
    CheckpointState const state = state_of(parts);
    std::string file = encode_snapshot(state, 7);
    auto const whole = decode_checkpoint(file);
    FUZZ_HOLDS(whole && whole->generation == 7 && same(whole->state, state));
    auto const at = static_cast<std::size_t>(static_cast<std::uint32_t>(key_of(parts)));
    char& byte = file[at % file.size()];
    byte = static_cast<char>(byte ^ static_cast<char>(parts.byte() | 1));
    // CRC-32C finds every error of one byte.
    FUZZ_HOLDS(!decode_checkpoint(file));
}

}  // namespace

void take(std::string_view bytes) {
    Parts parts(bytes);
    if (parts.byte() % 2 == 0)
        return damage(parts);
    auto const loaded = decode_checkpoint(parts.rest());
    if (!loaded)
        return;
    auto const again = decode_checkpoint(encode_snapshot(loaded->state, loaded->generation));
    FUZZ_HOLDS(again && same(again->state, loaded->state));
}

}  // namespace millrace::fuzz

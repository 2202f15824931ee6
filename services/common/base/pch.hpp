// SPDX-License-Identifier: Apache-2.0
// Precompiled for base, event, the pure parts of services and the unit tests.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "common/base/json.hpp"

namespace millrace::console {

/// The components of a CycloneDX document as the API tells them, in the order of their names: a
/// list of schema Part (openapi.yaml). What another program wrote is read with care: a component
/// without a name or a version is left out.
Json parts_of(Json const& cyclonedx);

/// What this installation is made of (appliance/bill-of-materials), read at the start and kept in
/// memory.
class Bill {
public:
    /// An empty folder: none is known. Throws StartupError for one that cannot be read.
    explicit Bill(std::filesystem::path const& folder);

    bool is_known() const { return !text_.empty(); }
    Json const& parts() const { return parts_; }
    /// CycloneDX, as it was built.
    std::string const& text() const { return text_; }
    /// licences.tar.xz
    std::string const& licences() const { return licences_; }

private:
    std::string text_;
    std::string licences_;
    Json parts_ = Json::array();
};

}  // namespace millrace::console

// SPDX-License-Identifier: Apache-2.0
#include "console/files/bill.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/service/service.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t bytes_max = 32UL << 20;

std::string read(std::filesystem::path const& file) {
    auto content = read_file(file, bytes_max);
    if (!content)
        throw StartupError("--bill: " + content.error().detail);
    return std::move(*content);
}

Json const& list_at(Json const& from, char const* key) {
    static Json const none = Json::array();
    Json const* list = find_json(from, key);
    return list != nullptr && list->is_array() ? *list : none;
}

/// CycloneDX has an SPDX identifier, a name, or an expression.
Json licences_of(Json const& component) {
    Json licences = Json::array();
    for (Json const& choice : list_at(component, "licenses")) {
        Json const* licence = find_json(choice, "license");
        std::string const name = licence == nullptr ? string_at(choice, "expression")
                                 : string_at(*licence, "id").empty() ? string_at(*licence, "name")
                                                                     : string_at(*licence, "id");
        if (!name.empty())
            licences.push_back(name);
    }
    return licences;
}

/// Of each file that names it, one.
Json sources_of(Json const& component) {
    Json sources = Json::array();
    for (Json const& property : list_at(component, "properties"))
        if (string_at(property, "name") == "millrace:source")
            sources.push_back(string_at(property, "value"));
    return sources;
}

}  // namespace

Json parts_of(Json const& cyclonedx) {
    std::vector<Json> parts;
    for (Json const& component : list_at(cyclonedx, "components")) {
        Json part = Json::object();
        std::string const name = string_at(component, "name");
        std::string const version = string_at(component, "version");
        part["name"] = name;
        part["version"] = version;
        part["licences"] = licences_of(component);
        part["sources"] = sources_of(component);
        part["purl"] = string_at(component, "purl");
        if (!name.empty() && !version.empty())
            parts.push_back(std::move(part));
    }
    std::ranges::sort(parts, {}, [](Json const& part) {
        return std::pair(string_at(part, "name"), string_at(part, "purl"));
    });
    return Json(std::move(parts));
}

Bill::Bill(std::filesystem::path const& folder) {
    if (folder.empty())
        return;
    std::filesystem::path const file = folder / "parts.cdx.json";
    text_ = read(file);
    licences_ = read(folder / "licences.tar.xz");
    auto const document = parse_json(text_);
    if (!document || string_at(*document, "bomFormat") != "CycloneDX")
        throw StartupError("--bill: " + file.string() + " is no CycloneDX document.");
    parts_ = parts_of(*document);
}

}  // namespace millrace::console

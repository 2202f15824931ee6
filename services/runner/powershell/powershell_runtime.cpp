// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_runtime.hpp"

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"

namespace millrace::runner {
namespace {

constexpr std::size_t file_bytes_max = 512 * 1024;
constexpr char const* installation_file = "installed.json";
constexpr char const* again = " Install it again: millrace-runner install-powershell.";

std::string path_from(std::filesystem::path const& path, std::filesystem::path const& folder) {
    auto const inside = path.lexically_relative(folder);
    bool const is_inside = !inside.empty() && *inside.begin() != "..";
    return is_inside ? inside.string() : path.string();
}

Result<Json> read_note(std::filesystem::path const& folder) {
    auto const text = read_file(folder / installation_file, file_bytes_max);
    if (!text && text.error().code == ErrorCode::not_found)
        return failure(ErrorCode::not_found, powershell_remedy);
    auto const json = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (!json)
        return failure(ErrorCode::invalid, json.error().detail + again);
    return *json;
}

PowerShellRuntime powershell_of(Json const& note, std::filesystem::path const& folder) {
    auto const path = [&](char const* name) {
        std::string const value = string_at(note, name);
        return value.empty() ? std::filesystem::path() : std::filesystem::absolute(folder / value);
    };
    PowerShellRuntime powershell;
    powershell.program = path("program");
    powershell.compiled = path("compiled");
    powershell.modules = path("modules");
    powershell.version = string_at(note, "version");
    powershell.sha256 = string_at(note, "sha256");
    powershell.has_icu = system_has_icu();
    return powershell;
}

}  // namespace

/// .NET looks for it by name and version in the folders of libraries.
bool system_has_icu() {
    for (auto const* folder :
         {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"}) {
        auto const files = list_folder(folder);
        for (auto const& file : files.value_or(std::vector<std::filesystem::path>()))
            if (file.filename().string().starts_with("libicuuc.so."))
                return true;
    }
    return false;
}

Result<std::string> source_key(std::filesystem::path const& runtime) {
    std::string all;
    for (auto const& folder : {runtime / "CloudEvents.Sdk", runtime / "worker"}) {
        auto const files = list_folder(folder);
        if (!files)
            return std::unexpected(files.error());
        for (std::filesystem::path const& file : *files) {
            auto const text = read_file(file, file_bytes_max);
            if (!text)
                return std::unexpected(text.error());
            all += file.filename().string() + "\n" + *text;
        }
    }
    char key[17];
    std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(fnv1a(all)));
    return std::string(key);
}

Result<PowerShellRuntime> read_noted(std::filesystem::path const& folder) {
    auto const note = read_note(folder);
    if (!note)
        return std::unexpected(note.error());
    return powershell_of(*note, folder);
}

Result<PowerShellRuntime> read_installation(
    std::filesystem::path const& folder, std::string const& sources) {
    auto const note = read_note(folder);
    if (!note)
        return std::unexpected(note.error());
    if (string_at(*note, "sources") != sources)
        return failure(
            ErrorCode::invalid,
            "The PowerShell in " + folder.string() + " was prepared by another version." + again);
    PowerShellRuntime powershell = powershell_of(*note, folder);
    std::error_code error;
    for (auto const& needed : {powershell.program, powershell.compiled / "worker.dll"})
        if (!std::filesystem::is_regular_file(needed, error))
            return failure(ErrorCode::invalid, "There is no " + needed.string() + "." + again);
    return powershell;
}

Result<void> write_installation(
    std::filesystem::path const& folder, PowerShellRuntime const& powershell,
    std::string const& sources) {
    Json json = Json::object();
    json["version"] = powershell.version;
    json["sha256"] = powershell.sha256;
    json["program"] = path_from(powershell.program, folder);
    json["compiled"] = path_from(powershell.compiled, folder);
    json["modules"] = powershell.modules.empty() ? "" : path_from(powershell.modules, folder);
    json["sources"] = sources;
    return write_file_atomic(folder / installation_file, dump_json_pretty(json) + "\n", 0644);
}

}  // namespace millrace::runner

// SPDX-License-Identifier: Apache-2.0
// ovagen ROOT: writes everything that properties.json says again elsewhere.
// ovagen --check ROOT: says which of it is not current, and exits 1.
// ovagen --descriptor SYSTEM DATA ROOT: prints the OVF descriptor around two streamOptimized VMDKs.
#include <cstdio>
#include <filesystem>
#include <vector>

#include "common/base/file.hpp"
#include "ovagen/outputs.hpp"
#include "ovagen/ovf_descriptor.hpp"

namespace {

using namespace millrace;

constexpr std::size_t file_bytes_max = 1 << 20;

struct Output {
    std::string path;
    std::string content;
};

std::vector<Output> make_outputs(ovagen::PropertyList const& list, std::string_view version) {
    return {
        {"ova-properties/generated/product_section.xml",
         ovagen::ovf_product_section(list, version)},
        {"ova-properties/generated/form.json", ovagen::form_json(list)},
        {"ova-properties/generated/ovftool.sh", ovagen::ovftool_sample(list)},
        {"ova-properties/generated/govc.json", ovagen::govc_sample(list)},
        {"services/configurator/form/generated/property_table.cpp",
         ovagen::property_table_source(list)},
        {"docs/properties.md", ovagen::properties_markdown(list)},
    };
}

int report(std::string const& sentence) {
    std::fprintf(stderr, "ovagen: %s\n", sentence.c_str());
    return 1;
}

int check(std::filesystem::path const& root, std::vector<Output> const& outputs) {
    int stale = 0;
    for (auto const& [path, content] : outputs) {
        auto const found = read_file(root / path, file_bytes_max);
        if (found && *found == content)
            continue;
        stale =
            report(path + " is not what properties.json says; scripts/build-properties writes it.");
    }
    return stale;
}

int write(std::filesystem::path const& root, std::vector<Output> const& outputs) {
    for (auto const& [path, content] : outputs) {
        auto const target = root / path;
        if (auto const made = make_directories(target.parent_path(), 0755); !made)
            return report(made.error().detail);
        auto const written = write_file_atomic(target, content, 0644, Durability::process);
        if (!written)
            return report(written.error().detail);
    }
    return 0;
}

int print_descriptor(
    std::vector<std::string> const& words, ovagen::PropertyList const& list,
    std::string_view version) {
    auto const system = ovagen::read_virtual_disk(words[1]);
    auto const data = ovagen::read_virtual_disk(words[2]);
    if (!system || !data)
        return report((!system ? system : data).error().detail);
    std::fputs(ovagen::ovf_descriptor(list, *system, *data, version).c_str(), stdout);
    return 0;
}

/// Reads properties.json and does what the words before ROOT say.
int run(std::vector<std::string> const& words) {
    std::filesystem::path const root = words.back();
    auto const text = read_file(root / "ova-properties/properties.json", file_bytes_max);
    auto version = read_file(root / "VERSION", file_bytes_max);
    if (!text || !version)
        return report((!text ? text.error() : version.error()).detail);
    version->resize(version->find_last_not_of('\n') + 1);
    auto const list = ovagen::read_property_list(*text);
    if (!list)
        return report("properties.json:\n" + to_string(list.error()));
    if (words.front() == "--descriptor")
        return print_descriptor(words, *list, *version);
    auto const outputs = make_outputs(*list, *version);
    return words.front() == "--check" ? check(root, outputs) : write(root, outputs);
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::vector<std::string> const words(arguments + 1, arguments + argument_count);
    std::string const first = words.empty() ? "" : words.front();
    std::size_t const wanted = first == "--descriptor" ? 4 : first == "--check" ? 2 : 1;
    if (words.size() != wanted) {
        std::fputs("Usage: ovagen [--check | --descriptor SYSTEM DATA] ROOT\n", stderr);
        return 2;
    }
    return run(words);
}

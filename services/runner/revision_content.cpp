// SPDX-License-Identifier: Apache-2.0
#include "runner/revision_content.hpp"

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"

namespace millrace::runner {
namespace {

bool is_file_name(std::string const& name) {
    return !name.empty() && name.size() <= 128 && name != "." && name != ".." &&
           name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               std::string::npos;
}

Result<void> write_files(Resource const& code, std::filesystem::path const& folder) {
    if (auto made = make_directories(folder, 0700); !made)
        return made;
    Json const* files = find_json(code.object, "data");
    if (files == nullptr || !files->is_object())
        return {};
    for (auto const& [name, content] : files->items()) {
        if (!is_file_name(name))
            return failure(
                ErrorCode::invalid, "ConfigMap " + code.name().text() + " has the key \"" +
                                        name.substr(0, 80) + "\", which is no file name.");
        if (auto written = write_file_atomic(folder / name, string_at(content, ""), 0600); !written)
            return written;
    }
    return {};
}

/// A folder a content: a ConfigMap that was changed against its name's promise gets another one.
std::string folder_name(Resource const& code) {
    Json const* files = find_json(code.object, "data");
    std::string const content = files == nullptr ? "" : dump_json(*files);
    return code.name().name + "-" + std::to_string(fnv1a(content));
}

Task<Result<std::map<std::string, std::string>>> read_secret(
    ResourceStore& store, ResourceName name) {
    auto const secret = co_await store.get(kinds::secret, name);
    if (!secret)
        co_return std::unexpected(secret.error());
    co_return secret_values(*secret);
}

}  // namespace

Task<Result<RevisionContent>> gather_content(
    ResourceStore& store, FunctionDefinition definition, std::filesystem::path folder) {
    std::string const name_space = definition.name.name_space;
    auto const code = co_await store.get(kinds::config_map, {name_space, definition.code});
    if (!code)
        co_return failure(code.error().code, "Its code cannot be read: " + code.error().detail);
    RevisionContent content;
    content.code_folder = std::filesystem::absolute(folder / folder_name(*code));
    if (auto const written = write_files(*code, content.code_folder); !written)
        co_return std::unexpected(written.error());
    for (std::string const& secret : definition.secrets) {
        auto const values = co_await read_secret(store, {name_space, secret});
        if (!values)
            co_return std::unexpected(values.error());
        content.environment.insert(values->begin(), values->end());
    }
    for (auto const& [name, value] : definition.environment)
        content.environment[name] = value;
    for (auto const& [name, reference] : definition.secret_keys) {
        auto const values = co_await read_secret(store, {name_space, reference.first});
        if (!values)
            co_return std::unexpected(values.error());
        auto const found = values->find(reference.second);
        if (found == values->end())
            co_return failure(
                ErrorCode::not_found,
                "Secret " + reference.first + " has no key " + reference.second + ".");
        content.environment[name] = found->second;
    }
    content.definition = std::move(definition);
    co_return content;
}

}  // namespace millrace::runner

// SPDX-License-Identifier: Apache-2.0
#include "runner/function/revision_content.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"

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

/// The values of the Secrets that a definition names, each Secret read once.
class ReadSecrets {
public:
    ReadSecrets(ResourceStore& store, std::string name_space)
        : store_(store),
          name_space_(std::move(name_space)) {}

    Task<Result<SecretValues const*>> of(std::string name) {
        if (auto const known = values_.find(name); known != values_.end())
            co_return &known->second;
        auto const secret = co_await store_.get(kinds::secret, {name_space_, name});
        if (!secret)
            co_return std::unexpected(secret.error());
        auto values = secret_values(*secret);
        if (!values)
            co_return std::unexpected(values.error());
        co_return &values_.emplace(name, std::move(*values)).first->second;
    }

private:
    ResourceStore& store_;
    std::string name_space_;
    std::map<std::string, SecretValues> values_;
};

Task<Result<void>> gather_environment(ResourceStore& store, RevisionContent& content) {
    FunctionDefinition const& definition = content.definition;
    ReadSecrets secrets(store, definition.name.name_space);
    for (auto const& [secret, is_optional] : definition.secrets) {
        auto const values = co_await secrets.of(secret);
        if (!values && is_optional && values.error().code == ErrorCode::not_found)
            continue;
        if (!values)
            co_return std::unexpected(values.error());
        for (auto const& [name, value] : **values) {
            if (auto const reason = reason_against_variable(name); !reason.empty())
                co_return failure(
                    ErrorCode::invalid, "Secret " + secret + ": the key " + name + " " + reason);
            content.environment[name] = value;
            content.secret_variables.insert(name);
        }
    }
    for (auto const& [name, value] : definition.environment) {
        content.environment[name] = Secret(value);
        content.secret_variables.erase(name);
    }
    for (auto const& [name, reference] : definition.secret_keys) {
        auto const values = co_await secrets.of(reference.first);
        if (!values)
            co_return std::unexpected(values.error());
        auto const found = (*values)->find(reference.second);
        if (found == (*values)->end())
            co_return failure(
                ErrorCode::not_found,
                "Secret " + reference.first + " has no key " + reference.second + ".");
        content.environment[name] = found->second;
        content.secret_variables.insert(name);
    }
    co_return Result<void>();
}

}  // namespace

bool RevisionContent::operator==(RevisionContent const& other) const {
    auto const same = [](auto const& one, auto const& two) {
        return one.first == two.first && one.second.matches(two.second.reveal());
    };
    return definition == other.definition && code_folder == other.code_folder &&
           secret_variables == other.secret_variables &&
           std::ranges::equal(environment, other.environment, same);
}

Result<std::filesystem::path> write_code(
    Resource const& code, std::filesystem::path const& folder) {
    std::filesystem::path place = std::filesystem::absolute(folder / folder_name(code));
    std::error_code error;
    if (std::filesystem::is_directory(place, error))
        return place;
    std::filesystem::path const unfinished =
        place.parent_path() / (".unfinished-" + hex_encode(random_bytes(6)));
    auto written = write_files(code, unfinished);
    if (written && ::rename(unfinished.c_str(), place.c_str()) != 0)
        written = std::unexpected(storage_error("Cannot name " + place.string()));
    if (written)
        return place;
    std::filesystem::remove_all(unfinished, error);
    return std::unexpected(written.error());
}

void remove_code_beside(
    std::filesystem::path const& folder, std::vector<std::filesystem::path> const& kept) {
    auto const entries = list_folder(folder);
    if (!entries) {
        log::warn("Old code cannot be removed.", {{"reason", entries.error().detail}});
        return;
    }
    for (std::filesystem::path const& path : *entries) {
        if (std::ranges::find(kept, std::filesystem::absolute(path)) != kept.end())
            continue;
        std::error_code error;
        std::filesystem::remove_all(path, error);
        if (error)
            log::warn(
                "Old code cannot be removed.",
                {{"folder", path.string()}, {"reason", error.message()}});
    }
}

Task<Result<RevisionContent>> gather_content(
    ResourceStore& store, FunctionDefinition definition, std::filesystem::path folder) {
    auto const code =
        co_await store.get(kinds::config_map, {definition.name.name_space, definition.code});
    if (!code)
        co_return failure(code.error().code, "Its code cannot be read: " + code.error().detail);
    auto place = write_code(*code, folder);
    if (!place)
        co_return std::unexpected(place.error());
    RevisionContent content;
    content.code_folder = std::move(*place);
    content.definition = std::move(definition);
    if (auto const gathered = co_await gather_environment(store, content); !gathered)
        co_return std::unexpected(gathered.error());
    co_return content;
}

}  // namespace millrace::runner

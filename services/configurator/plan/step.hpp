// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"

namespace millrace::configurator {

/// A file is to have this content and mode; its owner is root.
struct WriteFile {
    std::string path;
    Secret content;
    mode_t mode = 0644;
};

/// No such file is to be there.
struct RemoveFile {
    std::string path;
};

/// The folder has these files and no others.
struct KeepFolder {
    std::string path;
    std::vector<WriteFile> files;
};

/// A certificate of our own, with its key, is to be there: for these names, with more than a third
/// of its life before it. `certificate_path` is 0644, `key_path` 0600.
struct KeepCertificate {
    std::string certificate_path;
    std::string key_path;
    std::vector<std::string> names;
    int days = 0;
};

/// What the host is to have, and can be looked at.
using Change = std::variant<WriteFile, RemoveFile, KeepFolder, KeepCertificate>;

/// A program, one that can run twice. What is secret goes to its input, never among its words.
struct Program {
    std::vector<std::string> words;  ///< the program's path first
    Secret input;
    seconds limit{30};
};

/// What shows that a step has come true: a program that ends well, and says `output` where that is
/// given. Asked again until `limit`; then `otherwise` is what a person is told.
struct Proof {
    std::vector<std::string> words;
    std::string output;
    seconds limit{30};
    std::string otherwise;
};

/// One part of a configuration. Its programs run when something had to be changed, or when nothing
/// proves that it holds; so it can be performed again at any time.
struct Step {
    std::string id;     ///< "network"
    std::string title;  ///< "Network", as a person sees it
    std::vector<Change> changes;
    std::vector<Program> programs;
    std::vector<Proof> proofs;
    /// What fails is a warning, and the next step goes on.
    bool is_optional = false;
};

/// "write /etc/hostname", for the plan that a person looks at. Nothing secret is in it.
std::string describe(Change const& change);
std::string describe(Program const& program);
/// The whole plan, a line for each thing.
std::string describe(std::vector<Step> const& steps);

/// The path that a change is about, for messages.
std::string const& path_of(Change const& change);

}  // namespace millrace::configurator

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/runner/process_tree.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "common/base/file.hpp"

namespace millrace::bench {
namespace {

nanoseconds cpu_of(std::string const& process) {
    std::string text;
    std::getline(std::ifstream(process + "/stat"), text, '\0');
    // The name, which may hold anything, ends with the last parenthesis; then field 3 follows.
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return nanoseconds(1s) * (user + system) / ::sysconf(_SC_CLK_TCK);
}

double pss_of(std::string const& process) {
    std::ifstream rollup(process + "/smaps_rollup");
    for (std::string word; rollup >> word;) {
        if (word != "Pss:")
            continue;
        double kib = 0;
        rollup >> kib;
        return kib / 1024;
    }
    return 0;
}

}  // namespace

TreeCost cost_of_tree(pid_t root) {
    std::string const process = "/proc/" + std::to_string(root);
    TreeCost cost{cpu_of(process), pss_of(process)};
    for (auto const& task :
         list_folder(process + "/task").value_or(std::vector<std::filesystem::path>())) {
        std::ifstream children(task / "children");
        for (pid_t child = 0; children >> child;) {
            TreeCost const more = cost_of_tree(child);
            cost.cpu += more.cpu;
            cost.pss_mib += more.pss_mib;
        }
    }
    return cost;
}

}  // namespace millrace::bench

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "common/base/file.hpp"
#include "configurator/command_line.hpp"
#include "configurator/commands.hpp"
#include "configurator/configure.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/host/system_host.hpp"
#include "configurator/state/status.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// Tells how it stands: the file for programs, a line a step for people.
class Progress {
public:
    explicit Progress(std::filesystem::path file) : file_(std::move(file)) {}

    /// What cannot be told is told on standard error, and hinders nothing.
    void write(Json const& status) {
        if (status == told_)
            return;
        told_ = status;
        auto written = make_directories(file_.parent_path(), 0755);
        if (written)
            written = write_file_atomic(file_, dump_json_pretty(status), 0644, Durability::process);
        if (!written)
            complain(written.error().detail);
    }
    void tell(ConfigurationMachine const& machine, Faults const& notes) {
        write(status_json(machine, notes));
        bool const is_stuck = std::holds_alternative<Stuck>(machine.next());
        std::size_t const through =
            machine.current().value_or(machine.steps().size()) + (is_stuck ? 1 : 0);
        for (; lines_ < through; ++lines_)
            print_line(machine.steps()[lines_], machine.reports()[lines_]);
    }

private:
    static void print_line(Step const& step, StepReport const& report) {
        std::printf("%-28s %s\n", step.title.c_str(), std::string(to_string(report.state)).c_str());
        if (!report.problem.empty())
            std::printf("  %s\n", report.problem.c_str());
        std::fflush(stdout);
    }

    std::filesystem::path file_;
    Json told_;
    std::size_t lines_ = 0;
};

/// What is to be followed: the form that was found, else the one that was kept.
class FormKeeper {
public:
    FormKeeper(Transports transports, Journal& journal)
        : transports_(std::move(transports)),
          journal_(journal) {}

    /// Errors: an environment that is there and cannot be read, or kept.
    Result<void> take() {
        auto const found = find_environment(transports_);
        if (!found)
            return std::unexpected(found.error());
        if (!*found)
            return {};
        auto form = parse_ovf_environment((*found)->xml);
        if (!form)
            return failure(form.error().code, (*found)->place + ": " + form.error().detail);
        // One without properties is what hide_environment left, or a VM without a form.
        if (form->empty())
            return {};
        if (!journal_.sealed())
            if (auto kept = journal_.keep_form(std::move(*form)); !kept)
                return kept;
        // It is on the disk, for root alone. vCenter gives it anew at each power on.
        if (auto const hidden = hide_environment(transports_, **found); !hidden)
            notes.push_back({(*found)->place, hidden.error().detail});
        return {};
    }

    Faults notes;

private:
    Transports transports_;
    Journal& journal_;
};

int follow(Journal& journal, Progress& progress, Faults notes) {
    ReadSettings read = read_and_print(*journal.form());
    notes.insert(notes.end(), read.notes.begin(), read.notes.end());
    if (!read.settings) {
        progress.write(status_json(read.settings.error(), notes));
        return bad_input;
    }
    SystemHost host("/");
    ConfigurationMachine machine(all_steps(*read.settings), journal.completed());
    auto const done = configure(machine, host, journal, [&](ConfigurationMachine const& now) {
        progress.tell(now, notes);
    });
    if (!done)
        return complain(done.error().detail);
    if (!*done)
        return stuck;
    auto const sealed = journal.seal();
    return sealed ? well : complain(sealed.error().detail);
}

}  // namespace

int run_apply(std::vector<std::string> const& words) {
    auto const flags = read_flags("apply", words, apply_flags());
    if (!flags)
        return flags.error();
    auto journal = Journal::open(flags->text("state"));
    if (!journal)
        return complain(journal.error().detail);
    Progress progress(flags->text("status"));
    FormKeeper keeper(transports_of(*flags), *journal);
    if (auto const taken = keeper.take(); !taken) {
        progress.write(status_json(Faults{{"ovf environment", taken.error().detail}}, {}));
        return complain(taken.error().detail);
    }
    if (journal->sealed()) {
        progress.write(status_json(ConfigurationMachine({}), keeper.notes));
        return well;
    }
    if (!journal->form()) {
        progress.write(
            status_json(Faults{{"ovf environment", "There is none; nothing is configured."}}, {}));
        complain("There is no OVF environment: neither VMware Tools nor the CD drive has one.");
        return no_environment;
    }
    return follow(*journal, progress, std::move(keeper.notes));
}

}  // namespace millrace::configurator

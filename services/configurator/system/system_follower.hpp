// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>

#include "common/net/worker_thread.hpp"
#include "configurator/follow/wish_box.hpp"
#include "configurator/host/host.hpp"
#include "configurator/state/journal.hpp"
#include "configurator/system/system_change.hpp"

namespace millrace::configurator {

/// Changes a running appliance, one trial at a time. All of it belongs to the io thread; the worker
/// has host, journal and the trial's steps for one command at a time, as with FormFollower, which
/// is followed by this.
class SystemFollower {
public:
    /// How the last change ended.
    struct Outcome {
        Trial::State state;
        std::string problem;
        SystemTime time;
    };

    /// All of it outlives this.
    SystemFollower(asio::any_io_executor io, WorkerThread& worker, Journal& journal, Host& host)
        : worker_(worker),
          journal_(journal),
          host_(host),
          changed_(std::move(io)),
          wishes_(changed_) {}

    /// Until it is cancelled. Undoes first what nobody had confirmed when the machine went down.
    /// Pre: the journal is sealed. Ends by itself only where the journal cannot be written.
    Task<Result<void>> run();

    /// Whether run() has begun.
    bool is_ready() const { return is_ready_; }
    /// What is in force or on trial; nothing secret.
    PropertyTexts const& form() const { return form_; }
    /// Nothing where no change is under way.
    std::optional<Trial> const& trial() const { return trial_; }
    /// The step that is being performed; "" where none is.
    std::string const& step_title() const { return step_title_; }
    std::optional<Outcome> const& last() const { return last_; }

    /// Begins it. Errors: `conflict` where another is under way; `timed_out`; `invalid` where what
    /// was before could not be brought back; those of the journal. Nothing was changed then.
    Task<Result<void>> begin(SystemChange change);
    /// Keeps what is on trial. Errors: `conflict` where nothing is; those of the journal.
    Task<Result<void>> confirm();
    /// Begins to undo what is on trial. Errors: `conflict` where nothing is.
    Result<void> take_back();
    /// Runs it between two commands. Errors: `conflict`, `timed_out`, and the program's.
    Task<Result<void>> perform(Program program);

private:
    Task<Result<void>> ask_for(std::variant<SystemChange, Program> what);
    Task<void> take_wish();
    Task<Result<void>> take(SystemChange change);
    Task<Result<void>> take(Program program);
    Task<Result<void>> perform_command();
    Task<Result<void>> end();

    WorkerThread& worker_;
    Journal& journal_;
    Host& host_;
    bool is_ready_ = false;
    PropertyTexts form_;
    std::optional<Trial> trial_;
    std::string step_title_;
    std::optional<Outcome> last_;
    AsyncSignal changed_;  ///< a wish came or was answered, or the trial's state is another
    WishBox<std::variant<SystemChange, Program>> wishes_;
};

}  // namespace millrace::configurator

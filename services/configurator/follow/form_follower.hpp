// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "common/net/worker_thread.hpp"
#include "configurator/environment/transport.hpp"
#include "configurator/follow/status_file.hpp"
#include "configurator/follow/step_log.hpp"
#include "configurator/follow/wish_box.hpp"
#include "configurator/host/host.hpp"
#include "configurator/state/journal.hpp"

namespace millrace::configurator {

/// What the VM's form makes of a machine that is a copy of another: the form that counts then, with
/// nothing secret, and what makes the difference.
struct CopyChange {
    PropertyTexts form;
    std::vector<Step> steps;
};

/// What a FormFollower works with beside worker, journal and machine.
struct Following {
    Transports transports;  ///< where the VM's own form may be
    /// Performed where a form was followed to its end before: what holds is left as it is.
    std::vector<Step> boot_steps;
    std::filesystem::path status_file;
    std::filesystem::path copy_mark;  ///< there while a copy has not followed its form
    /// By the form that the other machine had, and the one that the VM has been given. Set by the
    /// Configurator.
    std::function<Checked<CopyChange>(PropertyTexts const& form, PropertyTexts const& given)>
        change_of_copy;
    std::function<void()> on_sealed;  ///< called when a form has been followed to its end
};

/// Takes the form, follows it to its end, and takes corrections of it meanwhile. All of it belongs
/// to the io thread; the worker thread has machine, host and journal for one command at a time,
/// and nobody else touches them until that has ended.
class FormFollower {
public:
    /// `worker`, `journal` and `host` outlive it.
    FormFollower(
        asio::any_io_executor io, WorkerThread& worker, Journal& journal, Host& host,
        Following following);

    /// Until the form was followed to its end, and the steps of a boot are through or one has
    /// failed for good; worker, journal and host are the caller's again then. Error: the journal
    /// cannot be written; what is not on the disk must not be done.
    Task<Result<void>> run();

    /// How it stands: status_json.
    Json const& status() const { return status_; }
    /// The form that is followed or has faults, secrets too; nothing where there is none.
    std::optional<PropertyTexts> const& form() const { return form_; }
    /// Whether a form was followed to its end. It stays so.
    bool sealed() const { return sealed_; }
    StepLog const& log() const { return log_; }

    /// Keeps the form and begins with it, once the command under way has ended. Pre: the form has
    /// no faults. Errors: `conflict` where it is sealed, no form is looked for yet, or another is
    /// being taken; `timed_out` where the command takes longer than `limit`; then nothing is
    /// changed; `storage`.
    Task<Result<void>> follow(PropertyTexts form, nanoseconds limit);
    /// Begins the stuck step again. Errors: `conflict` where none is stuck.
    Result<void> retry();

private:
    Result<Faults> take_environment();
    Result<Faults> take_form(PropertyTexts form);
    bool is_copy() const;
    Result<void> end_copy();
    Task<Result<void>> take_wish();
    void begin();
    bool is_over() const;
    Task<Result<void>> perform_command();
    Task<Result<void>> rest(std::optional<nanoseconds> span);
    void keep_printed(std::string const& step, std::vector<std::string> const& words);
    Json current_status() const;
    void tell();

    WorkerThread& worker_;
    Journal& journal_;
    Host& host_;
    Following following_;
    StatusFile file_;
    std::optional<ConfigurationMachine> machine_;
    Faults faults_;
    Faults notes_;
    Faults environment_notes_;
    std::optional<CopyChange> copy_change_;
    bool has_looked_ = false;
    AsyncSignal changed_;  ///< a wish came, was answered, or a retry
    WishBox<PropertyTexts> wishes_;

    Json status_;
    std::optional<PropertyTexts> form_;
    bool sealed_ = false;
    StepLog log_;
};

}  // namespace millrace::configurator

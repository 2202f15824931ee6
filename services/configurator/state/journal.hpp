// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>

#include "common/base/result.hpp"
#include "configurator/state/before_change.hpp"

namespace millrace::configurator {

/// What the configurator keeps in its folder, 0700: how far it is, and what the form said.
class Journal {
public:
    /// Errors: a folder that cannot be made or read, a file in it that is damaged. A damaged file
    /// is told by its name, never taken for an empty one.
    static Result<Journal> open(std::filesystem::path folder);

    /// The form as it was given last, secrets too; nothing where none was given, or when it was
    /// forgotten. It is a file of its own, 0600.
    std::optional<PropertyTexts> const& form() const { return form_; }
    /// Ids of the steps that have come true for this form.
    std::set<std::string> const& completed() const { return completed_; }

    /// Another form than the one before begins anew: no step is completed. On disk when it returns.
    /// Pre: not sealed().
    Result<void> keep_form(PropertyTexts form);
    /// The same for the one in the OVF environment, but for one that was taken before: what a
    /// person has corrected since then stays, although vCenter gives the wrong one anew at each
    /// power on.
    Result<void> take_form(PropertyTexts form);
    /// On disk when it returns.
    Result<void> keep_completed(std::set<std::string> completed);
    /// Whether the form was followed to its end, and is not to be looked at again: passwords and
    /// whatever else a person changed since then stay.
    bool sealed() const { return sealed_; }
    /// Seals it: the form's secrets are not on the disk any more, the rest of it stays. On disk
    /// when it returns. Nothing where it is sealed.
    Result<void> seal();

    /// What was before a change that is not confirmed; nothing where there is none.
    std::optional<BeforeChange> const& before_change() const { return before_; }
    /// Begins a change: `form` is the one that counts. Of a change that could not be undone the
    /// older `before` stays, with the steps of both. On disk when it returns. Pre: sealed().
    Result<void> begin_change(BeforeChange before, PropertyTexts form);
    /// Another form counts, and nothing of what was before it. On disk when it returns. Pre:
    /// sealed(); nothing of `form` is secret.
    Result<void> replace_form(PropertyTexts form);
    /// The change counts for good. On disk when it returns.
    Result<void> keep_change();
    /// The change is undone: the form before it counts again. On disk when it returns.
    Result<void> forget_change();

private:
    explicit Journal(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Result<void> read();
    Result<void> remove(char const* name) const;
    Result<void> write_progress(std::set<std::string> const& completed, bool sealed) const;

    std::filesystem::path folder_;
    std::optional<PropertyTexts> form_;
    std::optional<PropertyTexts> taken_;  ///< what take_form was given last
    std::optional<BeforeChange> before_;
    std::set<std::string> completed_;
    bool sealed_ = false;
};

}  // namespace millrace::configurator

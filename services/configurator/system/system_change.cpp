// SPDX-License-Identifier: Apache-2.0
#include "configurator/system/system_change.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "configurator/form/form_document.hpp"
#include "configurator/form/given_values.hpp"
#include "configurator/node/node_steps.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr std::array<std::string_view, 4> groups = {"network", "access", "certificates", "syslog"};
constexpr std::array<std::string_view, 3> password_keys = {
    "root_password", "endpoint_username", "endpoint_password"};

bool is_among(auto const& all, auto const& one) {
    return std::ranges::find(all, one) != std::ranges::end(all);
}

bool is_password(std::string_view key) {
    return is_among(password_keys, key);
}

std::set<std::string> system_keys() {
    std::set<std::string> keys;
    for (Json const& group : system_groups())
        for (Json const& field : *find_json(group, "fields"))
            keys.insert(string_at(field, "key"));
    return keys;
}

std::string_view text_of(PropertyTexts const& form, std::string_view key) {
    auto const found = form.find(key);
    return found == form.end() ? std::string_view() : found->second.reveal();
}

/// Keys whose value is another one.
std::set<std::string> changed_keys(PropertyTexts const& before, PropertyTexts const& after) {
    std::set<std::string> keys;
    for (auto const& [key, value] : after)
        if (text_of(before, key) != value.reveal())
            keys.insert(key);
    return keys;
}

Faults faults_of_keys(std::set<std::string> const& changed, PropertyTexts const& after) {
    Faults faults;
    std::set<std::string> const known = system_keys();
    auto const passwords = std::ranges::count_if(changed, is_password);
    for (std::string const& key : changed) {
        if (!known.contains(key))
            faults.push_back({key, "cannot be changed here."});
        else if (is_password(key) && static_cast<std::size_t>(passwords) != changed.size())
            faults.push_back({key, "cannot be on trial: change it by itself."});
    }
    if (changed.contains("endpoint_username") && text_of(after, "endpoint_password").empty())
        faults.push_back({"endpoint_password", "is needed with another user name."});
    if (changed.contains("custom_tls_ca_cert") && !text_of(after, "custom_tls_ca_cert").empty() &&
        text_of(after, "custom_tls_private_key").empty())
        faults.push_back({"custom_tls_private_key", "is needed with another certificate."});
    return faults;
}

Step certificate_in_force(Settings const& settings) {
    Step step = certificate_step(settings.certificates, settings.network);
    step.programs.push_back(restart_web_page());
    return step;
}

/// Steps that can be on trial. The certificate's only where its key is known.
std::vector<Step> trial_steps(Settings const& settings) {
    std::vector<Step> steps = {hostname_step(settings.network), network_step(settings.network),
                               ssh_step(settings.access),       trust_step(settings.certificates),
                               syslog_step(settings.syslog),    time_step(settings.network)};
    CertificateSettings const& certificates = settings.certificates;
    if (certificates.chain_pem.empty() || !certificates.key_pem.empty())
        steps.push_back(certificate_in_force(settings));
    return steps;
}

/// What makes the difference between the two, once each: a trial that fails is undone at once.
std::vector<Step> steps_between(Checked<Settings> const& before, Settings const& after) {
    std::vector<Step> const old = before ? trial_steps(*before) : std::vector<Step>();
    std::vector<Step> steps = trial_steps(after);
    std::erase_if(steps, [&](Step const& step) { return is_among(old, step); });
    if (!after.access.root_password.empty())
        steps.push_back(passwords_step(after.access));
    if (!after.access.console_password.empty()) {
        steps.push_back(web_page_step(after.access));
        steps.back().programs.push_back(restart_web_page());
    }
    for (Step& step : steps)
        step.attempts_max = 1;
    return steps;
}

}  // namespace

Json const& system_groups() {
    static Json const shown = [] {
        auto const form = parse_json(form_document);
        MILLRACE_ASSERT(form);
        Json some = Json::array();
        for (Json const& group : form->at("groups"))
            if (is_among(groups, string_at(group, "id")))
                some.push_back(group);
        return some;
    }();
    return shown;
}

Checked<SystemChange> change_of(PropertyTexts const& form, Json const& body, SystemTime now) {
    auto after = with_values(form, body);
    if (!after)
        return std::unexpected(std::move(after.error()));
    std::set<std::string> const changed = changed_keys(form, *after);
    Faults faults = faults_of_keys(changed, *after);
    ReadSettings read = read_settings(*after, now, NeededSecrets::in_force);
    if (!read.settings)
        faults.insert(faults.end(), read.settings.error().begin(), read.settings.error().end());
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    SystemChange change{.form = without_secrets(std::move(*after)), .apply = {}};
    if (changed.empty())
        return change;
    change.apply =
        steps_between(read_settings(form, now, NeededSecrets::in_force).settings, *read.settings);
    if (std::ranges::all_of(changed, is_password))
        change.confirmation = Confirmation::not_needed;
    return change;
}

Checked<SystemChange> change_of_copy(
    PropertyTexts const& form, PropertyTexts const& given, SystemTime now) {
    std::set<std::string> const known = system_keys();
    Json values = Json::object();
    for (auto const& [key, value] : without_secrets(given))
        if (known.contains(key) && !is_password(key))
            values[key] = value.reveal();
    std::string_view const certificate = text_of(given, "custom_tls_ca_cert");
    if (certificate != text_of(form, "custom_tls_ca_cert"))
        values["custom_tls_private_key"] = std::string(text_of(given, "custom_tls_private_key"));
    auto change = change_of(form, {{"values", std::move(values)}}, now);
    if (!change)
        return change;
    change->confirmation = Confirmation::not_needed;
    for (Step& step : change->apply)
        step.attempts_max = Step().attempts_max;
    return change;
}

Result<SystemChange> certificate_renewal(PropertyTexts const& form, SystemTime now) {
    ReadSettings read = read_settings(form, now, NeededSecrets::in_force);
    if (!read.settings)
        return failure(ErrorCode::invalid, to_sentences(read.settings.error()));
    if (!read.settings->certificates.chain_pem.empty())
        return failure(
            ErrorCode::conflict,
            "The web page's certificate is one that was given; give another one.");
    // Apart: a step looks at all its changes before it makes the first.
    Step away{.id = "certificate-away", .title = "Certificate of the web page"};
    away.changes.emplace_back(RemoveFile{web_page_certificate().certificate});
    return SystemChange{.form = form, .apply = {away, certificate_in_force(*read.settings)}};
}

std::vector<std::string> kept_paths(std::set<std::string> const& steps) {
    if (!steps.contains("certificate"))
        return {};
    CertificatePaths paths = web_page_certificate();
    return {std::move(paths.certificate), std::move(paths.key)};
}

Result<std::vector<Step>> undo_steps(BeforeChange const& before, SystemTime now) {
    ReadSettings read = read_settings(before.form, now, NeededSecrets::in_force);
    if (!read.settings)
        return failure(
            ErrorCode::invalid, "What was in force before cannot be read any more: " +
                                    to_sentences(read.settings.error()));
    std::vector<Step> steps = trial_steps(*read.settings);
    std::erase_if(steps, [&](Step const& step) {
        return step.id == "certificate" || !before.steps.contains(step.id);
    });
    if (before.steps.contains("certificate"))
        steps.push_back(
            {.id = "certificate",
             .title = "Certificate of the web page",
             .changes = before.files,
             .programs = {restart_web_page()}});
    return steps;
}

}  // namespace millrace::configurator
